import { App } from "antd";
import { problemText } from "../api/problem-text";
import { useText } from "../i18n/LocaleProvider";

/** Says what failed and what to do, over the page one stays on. */
export function useProblemMessage(): (problem: unknown) => void {
  const { t } = useText();
  const { notification } = App.useApp();
  return (problem) => {
    const { title, hint } = problemText(problem, t);
    notification.error({ title, description: hint, placement: "top" });
  };
}
