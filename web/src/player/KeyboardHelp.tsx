import { Modal } from "antd";
import { useText } from "../i18n/LocaleProvider";
import type { MessageKey } from "../i18n/message";
import styles from "./Player.module.css";

const KEYS: [string[], MessageKey][] = [
  [["Space", "K"], "keys.playPause"],
  [["J", "L"], "keys.step10"],
  [["←", "→"], "keys.step5"],
  [["[", "]"], "keys.chapter"],
  [[",", "."], "keys.line"],
  [["E"], "keys.edge"],
  [["<"], "keys.slower"],
  [[">"], "keys.faster"],
  [["M"], "keys.mute"],
  [["C"], "keys.captions"],
  [["F"], "keys.fullscreen"],
  [["?"], "keys.help"],
];

export function KeyboardHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useText();
  return (
    <Modal open={open} onCancel={onClose} title={t("player.help")} footer={null} width={380} destroyOnHidden>
      <dl className={styles.keys}>
        {KEYS.map(([keys, meaning]) => (
          <div key={meaning} style={{ display: "contents" }}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(meaning)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
