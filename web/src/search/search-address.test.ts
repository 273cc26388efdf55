import { expect, test } from "vitest";
import { readSearchAddress, type SearchAddress, searchQueryOf, writeSearchAddress } from "./search-address";

const address: SearchAddress = {
  query: '"保留策略" -draft',
  speaker: "李娜",
  from: "2026-11-01",
  to: "2026-11-30",
  sort: "time",
};

test("a search survives the address bar", () => {
  expect(readSearchAddress(new URLSearchParams(writeSearchAddress(address).toString()))).toEqual(address);
});

test("an address turns into a request", () => {
  expect(searchQueryOf(address)).toEqual({
    q: '"保留策略" -draft',
    sort: "time",
    speaker: "李娜",
    from: new Date(2026, 10, 1).toISOString(),
    to: new Date(2026, 11, 1).toISOString(),
  });
  expect(searchQueryOf({ ...address, query: "  " })).toBeNull();
});
