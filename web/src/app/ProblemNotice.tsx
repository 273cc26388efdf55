import { Button } from "antd";
import { RequestError } from "../api/problem";
import { useText } from "../i18n/LocaleProvider";
import { Notice } from "./Notice";

interface ProblemNoticeProps {
  problem: unknown;
  /** What to do when the thing does not exist. */
  notFoundHint?: string;
  onRetry?: () => void;
}

/** Says what failed and what to do next. */
export function ProblemNotice({ problem, notFoundHint, onRetry }: ProblemNoticeProps) {
  const { t } = useText();
  const { title, hint, requestId, retriable } = explain(problem, t, notFoundHint);
  return (
    <Notice
      title={title}
      hint={hint}
      detail={requestId === null ? undefined : t("problem.requestId", { id: requestId })}
      action={retriable && onRetry !== undefined ? <Button onClick={onRetry}>{t("problem.retry")}</Button> : undefined}
    />
  );
}

type Translate = ReturnType<typeof useText>["t"];

function explain(problem: unknown, t: Translate, notFoundHint: string | undefined) {
  const error = problem instanceof RequestError ? problem : null;
  switch (error?.code) {
    case "network":
      return { title: t("problem.network"), hint: t("problem.networkHint"), requestId: null, retriable: true };
    case "forbidden":
      return { title: t("problem.forbidden"), hint: t("problem.forbiddenHint"), requestId: null, retriable: false };
    case "not_found":
      return { title: t("problem.notFound"), hint: notFoundHint, requestId: null, retriable: false };
    default:
      return {
        title: t("problem.unknown"),
        hint: error?.detail ?? t("problem.unknownHint"),
        requestId: error?.requestId ?? null,
        retriable: true,
      };
  }
}
