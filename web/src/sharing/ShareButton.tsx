import { ShareAltOutlined } from "@ant-design/icons";
import { Button, Modal, Tabs } from "antd";
import { useState } from "react";
import type { Recording } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import styles from "../recording/Recording.module.css";
import { LinksPanel } from "./LinksPanel";
import { PeoplePanel } from "./PeoplePanel";
import { RequestsPanel } from "./RequestsPanel";
import { ViewLogPanel } from "./ViewLogPanel";

/** Opens everything there is to decide about who sees a recording. */
export function ShareButton({ recording }: { recording: Recording }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={<ShareAltOutlined />} aria-label={t("share.title")} onClick={() => setOpen(true)}>
        <span className={styles.actionName}>{t("share.title")}</span>
      </Button>
      <Modal
        open={open}
        destroyOnHidden
        title={t("share.of", { title: recording.title })}
        width={680}
        footer={null}
        onCancel={() => setOpen(false)}
      >
        <Tabs
          items={[
            { key: "people", label: t("share.people"), children: <PeoplePanel recordingId={recording.id} /> },
            { key: "links", label: t("share.links"), children: <LinksPanel recordingId={recording.id} /> },
            { key: "requests", label: t("share.requests"), children: <RequestsPanel recordingId={recording.id} /> },
            { key: "views", label: t("share.views"), children: <ViewLogPanel recordingId={recording.id} /> },
          ]}
        />
      </Modal>
    </>
  );
}
