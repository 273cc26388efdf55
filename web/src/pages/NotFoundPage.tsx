import { Button } from "antd";
import { Link } from "react-router";
import { Notice } from "../app/Notice";
import { useText } from "../i18n/LocaleProvider";

export function NotFoundPage() {
  const { t } = useText();
  return (
    <Notice
      title={t("app.notFound")}
      hint={t("app.notFoundHint")}
      action={
        <Link to="/recordings">
          <Button type="primary" tabIndex={-1}>
            {t("app.backToRecordings")}
          </Button>
        </Link>
      }
    />
  );
}
