import { Tooltip } from "antd";
import type { ReactNode } from "react";
import styles from "./Player.module.css";

interface PlayerControlProps {
  label: string;
  /** The key that does the same. */
  keys?: string;
  pressed?: boolean;
  className?: string | undefined;
  onClick: () => void;
  children: ReactNode;
}

/** A button of the player with its name and key as a tooltip. */
export function PlayerControl({ label, keys, pressed, className = "", onClick, children }: PlayerControlProps) {
  return (
    <Tooltip title={keys === undefined ? label : `${label} (${keys})`} mouseEnterDelay={0.4}>
      <button
        type="button"
        className={`${styles.control} ${className}`}
        aria-label={label}
        aria-pressed={pressed}
        onClick={onClick}
      >
        {children}
      </button>
    </Tooltip>
  );
}
