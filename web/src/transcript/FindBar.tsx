import { DownOutlined, SearchOutlined, UpOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Transcript.module.css";

interface FindBarProps {
  wanted: string;
  onWanted: (text: string) => void;
  /** The selected match, counted from one; zero when there is none. */
  position: number;
  count: number;
  onStep: (direction: 1 | -1) => void;
}

export function FindBar({ wanted, onWanted, position, count, onStep }: FindBarProps) {
  const { t } = useText();
  return (
    <search className={styles.find}>
      <Input
        allowClear
        prefix={<SearchOutlined />}
        placeholder={t("transcript.find")}
        aria-label={t("transcript.find")}
        value={wanted}
        onChange={(event) => onWanted(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            onStep(event.shiftKey ? -1 : 1);
          } else if (event.key === "Escape") {
            onWanted("");
          }
        }}
      />
      {wanted.trim() !== "" && (
        <>
          <span className={`${styles.matches} number`} role="status">
            {count === 0 ? t("transcript.noMatches") : t("transcript.matches", { index: position, count })}
          </span>
          <Button
            type="text"
            icon={<UpOutlined />}
            aria-label={t("transcript.previousMatch")}
            disabled={count === 0}
            onClick={() => onStep(-1)}
          />
          <Button
            type="text"
            icon={<DownOutlined />}
            aria-label={t("transcript.nextMatch")}
            disabled={count === 0}
            onClick={() => onStep(1)}
          />
        </>
      )}
    </search>
  );
}
