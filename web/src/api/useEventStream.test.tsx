// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Recording } from "./models";
import { recordingQuery } from "./queries";
import { useEventStream } from "./useEventStream";

/** Stands where the browser's stream is: the test opens, cuts and feeds it. */
class ScriptedEventSource extends EventTarget {
  static readonly CLOSED = 2;
  static made: ScriptedEventSource[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readyState = 0;

  constructor(readonly url: string) {
    super();
    ScriptedEventSource.made.push(this);
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  refuse(): void {
    this.readyState = ScriptedEventSource.CLOSED;
    this.onerror?.();
  }

  send(name: string, data: string): void {
    this.dispatchEvent(new MessageEvent(name, { data }));
  }

  close(): void {
    this.readyState = ScriptedEventSource.CLOSED;
  }
}

let hidden = false;
const last = () => ScriptedEventSource.made.at(-1) as ScriptedEventSource;

function watch() {
  const queryClient = new QueryClient();
  const invalidated = vi.spyOn(queryClient, "invalidateQueries");
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );
  const hook = renderHook(() => useEventStream("/events"), { wrapper });
  return { queryClient, invalidated, ...hook };
}

function look(away: boolean): void {
  hidden = away;
  act(() => {
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", ScriptedEventSource);
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
  ScriptedEventSource.made = [];
  hidden = false;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("what is pushed is shown, what is broken is left out", () => {
  const { queryClient, result } = watch();
  act(() => last().open());
  expect(result.current).toBe(true);
  act(() => {
    last().send("recording", "{");
    last().send("recorder", JSON.stringify({ recording_id: "rec_1", recorder: { safe: true } }));
    last().send("recording", JSON.stringify({ id: "rec_1", state: "live" } as Recording));
    last().send("recorder", JSON.stringify({ recording_id: "rec_1", recorder: { safe: true } }));
  });
  expect(queryClient.getQueryData(recordingQuery("rec_1").queryKey)?.recorder?.safe).toBe(true);
  expect(queryClient.getQueryData(recordingQuery("rec_1").queryKey)?.state).toBe("live");
});

test("a refused stream is asked for again, and the list is read again once it is back", () => {
  const { invalidated, result } = watch();
  act(() => last().open());
  act(() => last().refuse());
  expect(result.current).toBe(false);
  act(() => vi.advanceTimersByTime(5_000));
  expect(ScriptedEventSource.made).toHaveLength(2);
  invalidated.mockClear();
  act(() => last().open());
  expect(invalidated).toHaveBeenCalledWith({ queryKey: ["recordings"] });
});

test("a page that nobody looks at gives its connection back", () => {
  const { result } = watch();
  act(() => last().open());
  look(true);
  act(() => vi.advanceTimersByTime(20_000));
  look(false);
  act(() => vi.advanceTimersByTime(60_000));
  expect([ScriptedEventSource.made.length, result.current]).toEqual([1, true]);

  look(true);
  act(() => vi.advanceTimersByTime(30_000));
  expect([last().readyState, result.current]).toEqual([ScriptedEventSource.CLOSED, false]);
  look(false);
  expect(ScriptedEventSource.made).toHaveLength(2);
});
