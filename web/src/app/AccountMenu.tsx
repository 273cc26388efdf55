import {
  DeleteOutlined,
  DesktopOutlined,
  LogoutOutlined,
  MoonOutlined,
  PieChartOutlined,
  ShareAltOutlined,
  SunOutlined,
} from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Dropdown, type MenuProps } from "antd";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { client, unwrap } from "../api/client";
import { useText } from "../i18n/LocaleProvider";
import { useCurrentUser } from "../session/CurrentUser";
import { type AppearanceChoice, useAppearance } from "../theme/AppearanceProvider";
import styles from "./Shell.module.css";

export function AccountMenu() {
  const { t } = useText();
  const user = useCurrentUser();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const { choice, choose } = useAppearance();

  const signOut = async () => {
    try {
      await unwrap(client.DELETE("/api/v1/session"));
    } catch {
      message.error(t("problem.network"));
      return;
    }
    queryClient.clear();
    navigate("/sign-in");
  };
  const items: MenuProps["items"] = [
    {
      key: "who",
      type: "group",
      label: (
        <span className={styles.who}>
          <strong>{user.display_name}</strong>
          <small>{t(`role.${user.role}`)}</small>
        </span>
      ),
    },
    { type: "divider" },
    {
      key: "sharing",
      icon: <ShareAltOutlined />,
      label: t("nav.sharingRules"),
      onClick: () => navigate("/sharing"),
    },
    { key: "plan", icon: <PieChartOutlined />, label: t("nav.plan"), onClick: () => navigate("/plan") },
    { key: "trash", icon: <DeleteOutlined />, label: t("nav.trash"), onClick: () => navigate("/archive/trash") },
    {
      key: "appearance",
      type: "group",
      label: t("theme.label"),
      children: (
        [
          ["system", <DesktopOutlined key="icon" />],
          ["light", <SunOutlined key="icon" />],
          ["dark", <MoonOutlined key="icon" />],
        ] as [AppearanceChoice, ReactNode][]
      ).map(([key, icon]) => ({ key, icon, label: t(`theme.${key}`), onClick: () => choose(key) })),
    },
    { type: "divider" },
    { key: "signOut", icon: <LogoutOutlined />, label: t("nav.signOut"), onClick: () => void signOut() },
  ];
  return (
    <Dropdown trigger={["click"]} placement="bottomRight" menu={{ items, selectedKeys: [choice] }}>
      <button type="button" className={styles.account} aria-label={t("nav.account")} data-testid="account">
        <span className={styles.avatar}>{[...user.display_name][0] ?? "?"}</span>
        <span className={styles.accountName}>{user.display_name}</span>
      </button>
    </Dropdown>
  );
}
