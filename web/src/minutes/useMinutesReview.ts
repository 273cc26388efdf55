import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { createContext, useCallback, useContext, useMemo, useState } from "react";
import { client, unwrap } from "../api/client";
import type { LineReview, Minutes, Recording } from "../api/models";
import { problemText } from "../api/problem-text";
import { minutesQuery, recordingQuery } from "../api/queries";
import { useText } from "../i18n/LocaleProvider";

/** Reviewing the minutes that are shown. */
export interface MinutesReview {
  saving: boolean;
  /** Makes the next version and says whether it came to that. What goes wrong is said to the person. */
  review: (reviews: LineReview[]) => Promise<boolean>;
  restore: (version: number) => Promise<boolean>;
}

/** Lets somebody review minutes; null for who may not. */
export function useMinutesReview(recording: Recording, minutes: Minutes): MinutesReview | null {
  const { t } = useText();
  const queryClient = useQueryClient();
  const { notification, message } = App.useApp();
  const [saving, setSaving] = useState(false);
  const { id } = recording;
  const { version } = minutes;
  const allowed = recording.permissions.can_review_minutes;
  const save = useCallback(
    async (request: () => Promise<Minutes>): Promise<boolean> => {
      setSaving(true);
      try {
        const saved = await request();
        queryClient.setQueryData(minutesQuery(id, saved.version).queryKey, saved);
        queryClient.setQueryData(recordingQuery(id).queryKey, (known) => known && withMinutes(known, saved.version));
        void queryClient.invalidateQueries({ queryKey: ["action-items"] });
        void message.success(t("review.saved", { version: saved.version }));
        return true;
      } catch (problem) {
        const { title, hint } = problemText(problem, t);
        notification.error({ title, description: hint });
        await queryClient.invalidateQueries(recordingQuery(id));
        return false;
      } finally {
        setSaving(false);
      }
    },
    [id, queryClient, message, notification, t],
  );
  const review = useCallback(
    (reviews: LineReview[]) =>
      save(() =>
        unwrap(
          client.POST("/api/v1/recordings/{recording_id}/minutes/reviews", {
            params: { path: { recording_id: id } },
            body: { base_version: version, reviews },
          }),
        ),
      ),
    [save, id, version],
  );
  const restore = useCallback(
    (earlier: number) =>
      save(() =>
        unwrap(
          client.POST("/api/v1/recordings/{recording_id}/minutes/restorations", {
            params: { path: { recording_id: id } },
            body: { base_version: version, version: earlier },
          }),
        ),
      ),
    [save, id, version],
  );
  return useMemo(() => (allowed ? { saving, review, restore } : null), [allowed, saving, review, restore]);
}

function withMinutes(recording: Recording, version: number): Recording {
  return { ...recording, processing: { ...recording.processing, minutes: { outcome: "done" as const, version } } };
}

const ReviewContext = createContext<MinutesReview | null>(null);

export const MinutesReviewProvider = ReviewContext.Provider;

/** The review of the minutes around a line; null when they are only read. */
export function useReview(): MinutesReview | null {
  return useContext(ReviewContext);
}
