import { Button } from "antd";
import { useText } from "../i18n/LocaleProvider";
import { Notice } from "./Notice";

/** What is left when a page throws. */
export function Crashed() {
  const { t } = useText();
  return (
    <Notice
      title={t("app.crashed")}
      hint={t("app.crashedHint")}
      action={
        <Button type="primary" onClick={() => window.location.reload()}>
          {t("app.reload")}
        </Button>
      }
    />
  );
}
