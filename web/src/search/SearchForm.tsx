import { SearchOutlined } from "@ant-design/icons";
import { Button, DatePicker, Input, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { useEffect, useState } from "react";
import { useText } from "../i18n/LocaleProvider";
import styles from "./Search.module.css";
import { SEARCH_PLACES, type SearchAddress, type SearchPlace } from "./search-address";

interface SearchFormProps {
  address: SearchAddress;
  onAddress: (address: SearchAddress) => void;
}

/** The question and its filters. The question is asked on Enter, filters at once. */
export function SearchForm({ address, onAddress }: SearchFormProps) {
  const { t } = useText();
  const [query, setQuery] = useState(address.query);
  const [speaker, setSpeaker] = useState(address.speaker);
  useEffect(() => setQuery(address.query), [address.query]);
  useEffect(() => setSpeaker(address.speaker), [address.speaker]);
  const submit = () => onAddress({ ...address, query, speaker });
  return (
    <search>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className={styles.question}>
          <Input
            size="large"
            allowClear
            autoFocus={address.query === ""}
            prefix={<SearchOutlined />}
            placeholder={t("search.placeholder")}
            aria-label={t("search.title")}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            data-testid="search-query"
          />
          <Button type="primary" size="large" htmlType="submit">
            {t("search.submit")}
          </Button>
        </div>
        <div className={styles.filters}>
          <Segmented<SearchPlace>
            className={styles.where}
            aria-label={t("search.where")}
            value={address.where}
            options={SEARCH_PLACES.map((place) => ({ value: place, label: t(`search.where.${place}`) }))}
            onChange={(where) => onAddress({ ...address, query, speaker, where })}
          />
          <Input
            className={styles.speaker}
            allowClear
            placeholder={t("search.speaker")}
            aria-label={t("search.speaker")}
            value={speaker}
            onChange={(event) => setSpeaker(event.target.value)}
            onBlur={() => speaker !== address.speaker && submit()}
          />
          <DatePicker.RangePicker
            className={styles.dates}
            allowEmpty={[true, true]}
            placeholder={[t("search.from"), t("search.to")]}
            value={[address.from ? dayjs(address.from) : null, address.to ? dayjs(address.to) : null]}
            onChange={(days) =>
              onAddress({
                ...address,
                query,
                speaker,
                from: days?.[0]?.format("YYYY-MM-DD") ?? "",
                to: days?.[1]?.format("YYYY-MM-DD") ?? "",
              })
            }
          />
          <Select
            className={styles.sort}
            aria-label={t("search.sort")}
            value={address.sort}
            options={(["relevance", "time"] as const).map((sort) => ({ value: sort, label: t(`search.sort.${sort}`) }))}
            onChange={(sort) => onAddress({ ...address, query, speaker, sort })}
          />
        </div>
      </form>
    </search>
  );
}
