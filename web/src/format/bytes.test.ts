import { expect, test } from "vitest";
import { formatBytes } from "./bytes";

test("sizes use decimal units", () => {
  expect([0, 999, 1000, 1_500_000, 123_456_789, 600_000_000_000, 2.5e15].map((b) => formatBytes(b, "en-US"))).toEqual([
    "0 B",
    "999 B",
    "1 KB",
    "1.5 MB",
    "123 MB",
    "600 GB",
    "2.5 PB",
  ]);
});
