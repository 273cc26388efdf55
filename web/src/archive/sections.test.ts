import { expect, test } from "vitest";
import type { User } from "../api/models";
import { sectionsOf } from "./sections";

const user = (role: User["role"]): User => ({ id: "u", tenant_id: "t", user_name: "u", display_name: "U", role });

test("each role sees what it works with", () => {
  expect(sectionsOf(user("member"))).toEqual(["trash"]);
  expect(sectionsOf(user("admin"))).toEqual(["trash", "retention", "storage", "holds", "certificates"]);
  expect(sectionsOf(user("compliance"))).toContain("audit");
});
