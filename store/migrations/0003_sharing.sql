-- Whom a recording is open to, links, requests for access, and what an administrator allows.

CREATE TABLE recording_sharing (
    recording_id TEXT NOT NULL PRIMARY KEY REFERENCES recordings (id),
    scope TEXT NOT NULL,
    -- Whether those admitted may read transcript and minutes, and so find them by search.
    reads_text BIGINT NOT NULL,
    sharing_json TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    saved_at BIGINT NOT NULL
);

CREATE TABLE share_links (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    token_sha256 TEXT NOT NULL UNIQUE,
    audience TEXT NOT NULL,
    rights_json TEXT NOT NULL,
    password_hash TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    views_max BIGINT,
    views BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX share_links_by_recording ON share_links (recording_id, created_at);

CREATE TABLE access_requests (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    user_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    PRIMARY KEY (recording_id, user_id)
);

CREATE TABLE sharing_policies (
    tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
    policy_json TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    saved_at BIGINT NOT NULL
);

-- A session that was opened with a link ends with it.
ALTER TABLE playback_sessions ADD COLUMN link_id TEXT;
-- The name a watermark shows, and the role: accounts that exist only in a platform's tokens have no row to take them from.
ALTER TABLE playback_sessions ADD COLUMN viewer_name TEXT NOT NULL DEFAULT '';
ALTER TABLE playback_sessions ADD COLUMN viewer_role TEXT NOT NULL DEFAULT 'member';

-- The relations that open a recording, the way model's ShareScope says it.
CREATE VIEW admitted_relations AS
SELECT relations.recording_id, relations.user_id,
    CASE WHEN relations.relation IN ('host', 'co_host') THEN 1
        ELSE COALESCE(recording_sharing.reads_text, 1) END AS reads_text
FROM relations LEFT JOIN recording_sharing ON recording_sharing.recording_id = relations.recording_id
WHERE relations.relation IN ('host', 'co_host')
    OR recording_sharing.scope IS NULL
    OR recording_sharing.scope IN ('participants', 'organisation')
    OR (recording_sharing.scope = 'named' AND relations.relation = 'viewer');
