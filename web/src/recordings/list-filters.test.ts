import { expect, test } from "vitest";
import {
  isFiltered,
  type ListFilters,
  NO_FILTERS,
  readDay,
  readFilters,
  recordingQueryOf,
  writeFilters,
} from "./list-filters";

const filters: ListFilters = {
  title: "周会 & <b>",
  states: ["live", "sealed"],
  host: "u-1",
  from: "2026-11-01",
  to: "2026-11-30",
};

test("filters survive the address bar", () => {
  expect(readFilters(new URLSearchParams(writeFilters(filters).toString()))).toEqual(filters);
  expect(writeFilters(NO_FILTERS).toString()).toBe("");
  expect([isFiltered(filters), isFiltered(NO_FILTERS)]).toEqual([true, false]);
});

test("a hand-written address cannot break the list", () => {
  expect(readFilters(new URLSearchParams("state=gone,live&from=2026-02-30&to=tomorrow"))).toEqual({
    ...NO_FILTERS,
    states: ["live"],
  });
  expect(readDay("2026-11-05")).toBe("2026-11-05");
});

test("days are whole days of the viewer", () => {
  const query = recordingQueryOf(filters, "next");
  expect(query.from).toBe(new Date(2026, 10, 1).toISOString());
  expect(query.to).toBe(new Date(2026, 11, 1).toISOString());
  expect([query.state, query.title, query.host, query.page_token]).toEqual([
    "live,sealed",
    "周会 & <b>",
    "u-1",
    "next",
  ]);
  expect(recordingQueryOf(NO_FILTERS, null)).toEqual({});
});
