import { CopyOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { copyText } from "../app/copy-text";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Recordings.module.css";

/** What a new deployment shows: how a recording comes to be. */
export function EmptyRecordings() {
  const { t } = useText();
  const api = `${window.location.origin}/api/v1`;
  const steps = [
    { title: t("recordings.emptyStep1"), code: createSnippet(api) },
    { title: t("recordings.emptyStep2"), code: trackSnippet(api) },
    { title: t("recordings.emptyStep3"), code: stopSnippet(api) },
  ];
  return (
    <section className={styles.empty}>
      <h2>{t("recordings.empty")}</h2>
      <p>{t("recordings.emptyHint")}</p>
      <ol>
        {steps.map((step) => (
          <li key={step.title}>
            <h3>{step.title}</h3>
            <Snippet code={step.code} />
          </li>
        ))}
      </ol>
      <p>{t("recordings.emptyKey")}</p>
    </section>
  );
}

function Snippet({ code }: { code: string }) {
  const { t } = useText();
  const { message } = App.useApp();
  return (
    <div className={styles.snippet}>
      <pre>
        <code>{code}</code>
      </pre>
      <Button
        type="text"
        size="small"
        icon={<CopyOutlined />}
        aria-label={t("copy.copy")}
        onClick={async () => {
          if (await copyText(code)) {
            message.success(t("copy.copied"));
          }
        }}
      />
    </div>
  );
}

const createSnippet = (api: string) => `curl -X POST ${api}/recordings \\
  -H "Authorization: Bearer $HUIJI_API_KEY" -H "Content-Type: application/json" \\
  -d '{"meeting_id":"meeting-42","title":"Weekly meeting","host_user_id":"alice",
       "language":"en","smart_minutes":true,"time_zone":"Asia/Shanghai",
       "roster":[{"id":"p-alice","display_name":"Alice","user_id":"alice"}]}'`;

const trackSnippet = (api: string) => `curl -X POST ${api}/recordings/$RECORDING_ID/tracks \\
  -H "Authorization: Bearer $HUIJI_API_KEY" -H "Content-Type: application/json" \\
  -d '{"participant_id":"p-alice","source":"microphone","codec":"opus",
       "payload_type":111,"clock_rate_hz":48000,"ssrc":305419896}'`;

const stopSnippet = (api: string) => `curl -X POST ${api}/recordings/$RECORDING_ID/stop \\
  -H "Authorization: Bearer $HUIJI_API_KEY"`;
