import { Checkbox } from "antd";
import type { ShareRights } from "../api/models";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Sharing.module.css";

interface RightsChoiceProps {
  rights: ShareRights;
  onChange: (rights: ShareRights) => void;
}

/** What viewers may have beside the picture and the sound. */
export function RightsChoice({ rights, onChange }: RightsChoiceProps) {
  const { t } = useText();
  return (
    <div className={styles.rights}>
      {(["transcript", "minutes", "download"] as const).map((right) => (
        <Checkbox
          key={right}
          checked={rights[right]}
          onChange={({ target }) => onChange({ ...rights, [right]: target.checked })}
        >
          {t(`share.right.${right}`)}
        </Checkbox>
      ))}
    </div>
  );
}
