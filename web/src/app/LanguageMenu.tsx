import { GlobalOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { useText } from "../i18n/LocaleProvider";
import type { Locale } from "../i18n/message";

/** Each language is offered under its own name, so nobody is lost in one they cannot read. */
const LANGUAGES: { key: Locale; label: string }[] = [
  { key: "zh-CN", label: "中文" },
  { key: "en-US", label: "English" },
];

export function LanguageMenu() {
  const { t, locale, setLocale } = useText();
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: LANGUAGES,
        selectable: true,
        selectedKeys: [locale],
        onClick: ({ key }) => setLocale(key as Locale),
      }}
    >
      <Button type="text" icon={<GlobalOutlined />} aria-label={t("language.label")} data-testid="language" />
    </Dropdown>
  );
}
