import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import styles from "../archive/Archive.module.css";
import { ArchiveFrame } from "../archive/ArchiveFrame";
import { HoldForm } from "../archive/HoldForm";
import { HoldTable } from "../archive/HoldTable";
import { holdsQuery } from "../archive/queries";
import { useText } from "../i18n/LocaleProvider";
import { useCurrentUser } from "../session/CurrentUser";

export function HoldsPage() {
  const { t } = useText();
  const [search, setSearch] = useSearchParams();
  const showAll = search.get("show") === "all";
  const [placing, setPlacing] = useState(false);
  const mayPlace = useCurrentUser().role === "compliance";
  const holds = useQuery(holdsQuery);
  const shown = (holds.data ?? []).filter((hold) => showAll || hold.state !== "released");
  const place = (
    <Button type="primary" onClick={() => setPlacing(true)} data-testid="place-hold">
      {t("holds.place")}
    </Button>
  );
  return (
    <ArchiveFrame
      section="holds"
      hint={t("holds.hint")}
      actions={
        <>
          <Segmented<boolean>
            value={showAll}
            options={[
              { value: false, label: t("holds.inForce") },
              { value: true, label: t("holds.all") },
            ]}
            onChange={(all) => setSearch(all ? { show: "all" } : {}, { replace: true })}
          />
          {mayPlace && shown.length > 0 && place}
        </>
      }
    >
      <div className={styles.sheet}>
        {holds.isError ? (
          <ProblemNotice problem={holds.error} onRetry={() => void holds.refetch()} />
        ) : holds.isSuccess && shown.length === 0 ? (
          <Notice
            title={t("holds.empty")}
            hint={t(mayPlace ? "holds.emptyHint" : "holds.emptyAdminHint")}
            action={mayPlace ? place : undefined}
          />
        ) : (
          <HoldTable holds={shown} loading={holds.isPending} />
        )}
      </div>
      <HoldForm open={placing} onClose={() => setPlacing(false)} />
    </ArchiveFrame>
  );
}
