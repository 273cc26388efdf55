import type { User } from "../api/models";

export type Section = "trash" | "retention" | "storage" | "holds" | "cases" | "certificates" | "audit";

const RIGHTS: Record<Section, readonly User["role"][]> = {
  trash: ["member", "compliance", "admin"],
  retention: ["compliance", "admin"],
  storage: ["compliance", "admin"],
  holds: ["compliance", "admin"],
  cases: ["compliance"],
  certificates: ["compliance", "admin"],
  audit: ["compliance"],
};

/** The pages of the archive that an account may open, in the order of the menu. */
export function sectionsOf(user: User): Section[] {
  return (Object.keys(RIGHTS) as Section[]).filter((section) => RIGHTS[section].includes(user.role));
}
