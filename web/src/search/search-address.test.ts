import { expect, test } from "vitest";
import {
  isNarrowed,
  readSearchAddress,
  type SearchAddress,
  searchQueryOf,
  widened,
  writeSearchAddress,
} from "./search-address";

const address: SearchAddress = {
  query: '"保留策略" -draft',
  speaker: "李娜",
  from: "2026-11-01",
  to: "2026-11-30",
  sort: "time",
  where: "minutes",
};

test("a search survives the address bar", () => {
  expect(readSearchAddress(new URLSearchParams(writeSearchAddress(address).toString()))).toEqual(address);
});

test("an address turns into a request", () => {
  expect(searchQueryOf(address)).toEqual({
    q: 'in:minutes "保留策略" -draft',
    sort: "time",
    speaker: "李娜",
    from: new Date(2026, 10, 1).toISOString(),
    to: new Date(2026, 11, 1).toISOString(),
  });
  expect(searchQueryOf({ ...address, where: "everywhere" })?.q).toBe('"保留策略" -draft');
  expect(searchQueryOf({ ...address, query: "  " })).toBeNull();
});

test("what narrows a search can be dropped, the words and the order stay", () => {
  expect(isNarrowed(address)).toBe(true);
  const wide = widened(address);
  expect([isNarrowed(wide), wide.query, wide.sort]).toEqual([false, address.query, "time"]);
  expect(readSearchAddress(new URLSearchParams("q=a&in=nowhere")).where).toBe("everywhere");
});
