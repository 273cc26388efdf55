import { Button } from "antd";
import { useState } from "react";
import { Notice } from "../app/Notice";
import { useText } from "../i18n/LocaleProvider";
import type { CaseTabProps } from "../pages/CasePage";
import styles from "./Archive.module.css";
import { HoldForm } from "./HoldForm";
import { HoldTable } from "./HoldTable";

export function CaseHolds({ file, isOpen, change }: CaseTabProps) {
  const { t } = useText();
  const [placing, setPlacing] = useState(false);
  const place = isOpen ? <Button onClick={() => setPlacing(true)}>{t("holds.place")}</Button> : undefined;
  return (
    <div className={styles.page}>
      {file.holds.length > 0 && <div>{place}</div>}
      <div className={styles.sheet}>
        {file.holds.length === 0 ? (
          <Notice title={t("cases.noHolds")} hint={t("holds.emptyHint")} action={place} />
        ) : (
          <HoldTable holds={file.holds} loading={false} />
        )}
      </div>
      <HoldForm
        open={placing}
        onClose={() => setPlacing(false)}
        onPlaced={(hold_id) => change({ change: "add_hold", hold_id })}
      />
    </div>
  );
}
