import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

// Tests that need a page say so with `@vitest-environment jsdom`; the others are faster without one.
if (typeof window !== "undefined") {
  afterEach(cleanup);
  fillInLayout();
}

/** jsdom has no layout and no media queries; Ant Design and the transcript ask for them. */
function fillInLayout(): void {
  Object.defineProperty(window, "matchMedia", {
    configurable: true,
    value: (query: string) => ({
      matches: false,
      media: query,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
      addListener: () => undefined,
      removeListener: () => undefined,
    }),
  });
  window.ResizeObserver = class implements ResizeObserver {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
  HTMLElement.prototype.scrollTo = () => undefined;
}
