import { expect, test } from "vitest";
import { auditFiltersOf, readAuditAddress, writeAuditAddress } from "./audit-filters";

test("filters survive a round trip through the address", () => {
  const search = "actor=usr_1&action=hold&recording=rec_1&outcome=denied&from=2026-03-01&to=2026-03-02&page=7";
  expect(writeAuditAddress(readAuditAddress(new URLSearchParams(search))).toString()).toBe(search);
  const nonsense = readAuditAddress(new URLSearchParams("outcome=perhaps&from=yesterday"));
  expect(writeAuditAddress(nonsense).size).toBe(0);
});

test("days become moments and empty filters are left out", () => {
  const address = readAuditAddress(new URLSearchParams("action=hold&to=2026-03-02"));
  expect(auditFiltersOf(address)).toEqual({ action: "hold", to: new Date(2026, 2, 3).toISOString() });
});
