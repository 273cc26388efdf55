import { Button } from "antd";
import type { ReactNode } from "react";
import { RequestError } from "../api/problem";
import { problemText } from "../api/problem-text";
import { useText } from "../i18n/LocaleProvider";
import { Notice } from "./Notice";

interface ProblemNoticeProps {
  problem: unknown;
  /** What to do when the thing does not exist. */
  notFoundHint?: string;
  onRetry?: () => void;
  /** Where else to go when trying again makes no sense. */
  action?: ReactNode;
}

/** Says what failed and what to do next. */
export function ProblemNotice({ problem, notFoundHint, onRetry, action }: ProblemNoticeProps) {
  const { t } = useText();
  const { title, hint, requestId, retriable } = problemText(problem, t);
  const isMissing = problem instanceof RequestError && problem.code === "not_found";
  return (
    <Notice
      title={title}
      hint={isMissing ? (notFoundHint ?? hint) : hint}
      detail={requestId === null ? undefined : t("problem.requestId", { id: requestId })}
      action={retriable && onRetry !== undefined ? <Button onClick={onRetry}>{t("problem.retry")}</Button> : action}
    />
  );
}
