import type { MessageKey, MessageParameters } from "../i18n/message";
import type { Deletion, RuleScope } from "./queries";

type Translate = (key: MessageKey, parameters?: MessageParameters) => string;

/** Names what a rule is about beyond its kind; empty for all recordings. */
export function scopeValue(scope: RuleScope): string {
  switch (scope.scope) {
    case "tenant":
      return "";
    case "meeting_kind":
      return scope.meeting_kind;
    case "department":
      return scope.department;
    case "host":
      return scope.user_id;
    case "tag":
      return scope.tag;
  }
}

export function ruleScope(kind: RuleScope["scope"], value: string): RuleScope {
  const text = value.trim();
  switch (kind) {
    case "tenant":
      return { scope: "tenant" };
    case "meeting_kind":
      return { scope: "meeting_kind", meeting_kind: text };
    case "department":
      return { scope: "department", department: text };
    case "host":
      return { scope: "host", user_id: text };
    case "tag":
      return { scope: "tag", tag: text };
  }
}

export function scopeText(scope: RuleScope, t: Translate): string {
  const value = scopeValue(scope);
  const kind = t(`retention.scope.${scope.scope}`);
  return value === "" ? kind : `${kind} · ${value}`;
}

export function deletionText(deletion: Deletion, t: Translate): string {
  return deletion.deletion === "after"
    ? t("retention.deletesAfter", { count: deletion.days })
    : t(`retention.deletion.${deletion.deletion}`);
}
