-- Who made which version of minutes, and whose action items are where. What was said stays in the sealed objects.

CREATE TABLE minutes_revisions (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    version BIGINT NOT NULL,
    revision_json TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (recording_id, version)
);

-- The action items of the latest minutes that somebody owns and no reviewer threw out.
CREATE TABLE action_items (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    line_id BIGINT NOT NULL,
    participant_id TEXT NOT NULL,
    status TEXT NOT NULL,
    due_date TEXT,
    PRIMARY KEY (recording_id, line_id)
);

CREATE INDEX participants_by_user ON participants (user_id, recording_id) WHERE user_id IS NOT NULL;
