import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { Recording, RecordingPage } from "./models";
import { newerPage } from "./newer";
import { acceptRecording, recordingListQuery, recordingQuery } from "./queries";

const recording = (version: number, state: Recording["state"]) => ({ id: "rec_1", version, state }) as Recording;
const page = (...recordings: Recording[]): RecordingPage => ({ recordings, next_page_token: null });

test("an answer that an event overtook changes nothing", async () => {
  const queryClient = new QueryClient();
  let answer: (recording: Recording) => void = () => undefined;
  const options = {
    ...recordingQuery("rec_1"),
    queryFn: () => new Promise<Recording>((resolve) => (answer = resolve)),
  };
  const observer = new QueryObserver(queryClient, options);
  const fetched = observer.refetch();
  acceptRecording(queryClient, recording(4, "sealed"));
  answer(recording(3, "finalizing"));
  await fetched;
  expect(queryClient.getQueryData(options.queryKey)?.state).toBe("sealed");
});

test("a refused overtaking holds for rows of a list too", () => {
  const queryClient = new QueryClient();
  const { queryKey } = recordingListQuery({});
  queryClient.setQueryData(queryKey, page(recording(4, "sealed")));
  acceptRecording(queryClient, recording(3, "finalizing"));
  expect(queryClient.getQueryData(queryKey)?.recordings[0]?.state).toBe("sealed");
  acceptRecording(queryClient, recording(5, "sealed"));
  expect(queryClient.getQueryData(queryKey)?.recordings[0]?.version).toBe(5);
});

test("a list that was read again keeps what is newer and drops what is gone", () => {
  const other = { ...recording(9, "live"), id: "rec_2" };
  const merged = newerPage(page(recording(4, "sealed"), other), page(recording(3, "finalizing")));
  expect(merged.recordings).toEqual([recording(4, "sealed")]);
});
