import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Input, Space, Spin, Tag } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { Notice } from "../app/Notice";
import { ProblemNotice } from "../app/ProblemNotice";
import { formatMediaTime } from "../format/media-time";
import { formatWallTime } from "../format/wall-time";
import { useText } from "../i18n/LocaleProvider";
import type { CaseTabProps } from "../pages/CasePage";
import { MarkedText } from "../search/MarkedText";
import styles from "./Archive.module.css";
import { caseSearchQuery } from "./queries";

/** Searches the whole organisation. Each question is an entry of the audit log. */
export function CaseSearch({ file, isOpen, change }: CaseTabProps) {
  const { t, locale } = useText();
  const [search, setSearch] = useSearchParams();
  const query = search.get("q") ?? "";
  const [name, setName] = useState("");
  const ask = (q: string) => setSearch({ tab: "search", ...(q.trim() !== "" && { q: q.trim() }) });
  const results = useQuery({
    ...caseSearchQuery(file.case.id, query),
    enabled: isOpen && query !== "",
    placeholderData: keepPreviousData,
  });
  const known = new Set(file.recordings.map((recording) => recording.recording_id));
  const csv = `/api/v1/cases/${encodeURIComponent(file.case.id)}/search.csv?${new URLSearchParams({ q: query })}`;
  return (
    <div className={styles.page}>
      <p className={styles.soft}>{t("cases.searchHint")}</p>
      <Input.Search
        key={query}
        enterButton={t("search.submit")}
        aria-label={t("search.title")}
        defaultValue={query}
        disabled={!isOpen}
        onSearch={ask}
        data-testid="case-query"
      />
      <div className={styles.actions}>
        {file.searches.map((saved) => (
          <Tag
            key={saved.name}
            closable={isOpen}
            onClick={() => ask(saved.query)}
            onClose={(event) => {
              event.preventDefault();
              change({ change: "remove_search", name: saved.name });
            }}
          >
            {saved.name}
          </Tag>
        ))}
        {isOpen && query !== "" && (
          <Space.Compact>
            <Input
              size="small"
              placeholder={t("cases.searchName")}
              aria-label={t("cases.searchName")}
              value={name}
              maxLength={200}
              onChange={(event) => setName(event.target.value)}
            />
            <Button
              size="small"
              disabled={name.trim() === ""}
              onClick={() => {
                change({ change: "save_search", name: name.trim(), query });
                setName("");
              }}
            >
              {t("cases.saveSearch")}
            </Button>
          </Space.Compact>
        )}
        {isOpen && query !== "" && (
          <Button size="small" href={csv} download="hits.csv">
            {t("cases.csv")}
          </Button>
        )}
      </div>
      {query === "" || !isOpen ? null : results.isError ? (
        <ProblemNotice problem={results.error} onRetry={() => void results.refetch()} />
      ) : results.data === undefined ? (
        <Spin />
      ) : results.data.groups.length === 0 ? (
        <Notice title={t("search.none", { query })} />
      ) : (
        <>
          <p role="status">{t("search.recordings", { count: results.data.total_recordings })}</p>
          {results.data.groups.map((group) => (
            <section key={group.recording_id} className={styles.panel} data-testid="case-hit">
              <div className={styles.panelHead}>
                <span className={styles.stack}>
                  <strong>{group.title}</strong>
                  <small>
                    {group.host_name}
                    {group.started_at !== null && ` · ${formatWallTime(group.started_at, locale)}`}
                  </small>
                </span>
                {known.has(group.recording_id) ? (
                  <Tag color="green">{t("cases.inCase")}</Tag>
                ) : (
                  <Button
                    size="small"
                    onClick={() => change({ change: "add_recording", recording_id: group.recording_id })}
                  >
                    {t("cases.addToCase")}
                  </Button>
                )}
              </div>
              <ul className={styles.shares}>
                {group.hits.map((hit) => (
                  <li key={`${hit.kind}${hit.start_ms}${hit.text}`}>
                    <span className={`${styles.soft} number`}>
                      {formatMediaTime(hit.start_ms)} {hit.speaker_name}
                    </span>{" "}
                    <MarkedText text={hit.text} highlights={hit.highlights} />
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </>
      )}
    </div>
  );
}
