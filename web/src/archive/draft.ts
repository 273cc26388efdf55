import type { RetentionPolicy, RetentionRule } from "./queries";

/** A draft is kept in the browser, so that a reload or a look at another page does not lose it. */
const KEY = "huiji.retention-draft";

export interface Draft {
  policy: RetentionPolicy;
  /** The version it was made from. */
  version: number;
}

export function readDraft(): Draft | null {
  try {
    const draft = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Draft | null;
    return draft !== null && Array.isArray(draft.policy?.rules) ? draft : null;
  } catch {
    return null;
  }
}

export function writeDraft(draft: Draft | null): void {
  if (draft === null) {
    sessionStorage.removeItem(KEY);
  } else {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  }
}

/** Puts a rule in the place of another, or at the end. */
export function withRule(policy: RetentionPolicy, index: number | null, rule: RetentionRule): RetentionPolicy {
  const rules = index === null ? [...policy.rules, rule] : policy.rules.map((old, at) => (at === index ? rule : old));
  return { ...policy, rules };
}

export function withoutRule(policy: RetentionPolicy, index: number): RetentionPolicy {
  return { ...policy, rules: policy.rules.filter((_, at) => at !== index) };
}
