-- Retention, legal holds, purge, deletion certificates, and the audit log's chain of hashes.

CREATE TABLE retention_policies (
    tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
    policy_json TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- What retention rules go by beside the recording's own columns.
CREATE TABLE recording_labels (
    recording_id TEXT NOT NULL PRIMARY KEY REFERENCES recordings (id),
    department TEXT,
    meeting_kind TEXT,
    tags_json TEXT NOT NULL
);

CREATE TABLE legal_holds (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    scope TEXT NOT NULL,
    -- The recording, meeting or account; the tenant itself for a hold on everything.
    scope_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    placed_by TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    release_requested_by TEXT,
    release_requested_at BIGINT,
    released_by TEXT,
    released_at BIGINT
);
CREATE INDEX legal_holds_in_force ON legal_holds (tenant_id, scope, scope_id) WHERE released_at IS NULL;

-- Whoever places a hold and whoever deletes takes the tenant's row first, so that one of the two sees the other.
CREATE TABLE hold_turns (
    tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
    turn BIGINT NOT NULL
);

-- What a hold has once covered stays under it, though the meeting's host or roster is changed afterwards.
CREATE TABLE held_recordings (
    hold_id TEXT NOT NULL REFERENCES legal_holds (id),
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    PRIMARY KEY (hold_id, recording_id)
);
CREATE INDEX held_recordings_by_recording ON held_recordings (recording_id);

-- Which holds in force cover which recordings. A view, so a recording made after the hold is covered from its first row.
CREATE VIEW holds_in_force AS
SELECT recordings.id AS recording_id, legal_holds.id AS hold_id
FROM recordings JOIN legal_holds ON legal_holds.tenant_id = recordings.tenant_id
WHERE legal_holds.released_at IS NULL AND (
    legal_holds.scope = 'tenant'
    OR (legal_holds.scope = 'recording' AND legal_holds.scope_id = recordings.id)
    OR (legal_holds.scope = 'meeting' AND legal_holds.scope_id = recordings.meeting_id)
    OR (legal_holds.scope = 'person' AND (
        legal_holds.scope_id = recordings.host_user_id
        OR EXISTS (SELECT 1 FROM participants
            WHERE participants.recording_id = recordings.id AND participants.user_id = legal_holds.scope_id)
        OR EXISTS (SELECT 1 FROM relations
            WHERE relations.recording_id = recordings.id AND relations.user_id = legal_holds.scope_id)))
    OR EXISTS (SELECT 1 FROM held_recordings
        WHERE held_recordings.hold_id = legal_holds.id AND held_recordings.recording_id = recordings.id));

-- Why a recording was last moved to the trash.
CREATE TABLE trash_entries (
    recording_id TEXT NOT NULL PRIMARY KEY REFERENCES recordings (id),
    reason_json TEXT NOT NULL,
    trashed_at BIGINT NOT NULL
);

CREATE TABLE purges (
    recording_id TEXT NOT NULL PRIMARY KEY REFERENCES recordings (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    reason_json TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    -- Names the destroyed data key without holding it.
    key_json TEXT NOT NULL
);

CREATE TABLE deletion_certificates (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    recording_id TEXT NOT NULL UNIQUE REFERENCES recordings (id),
    issued_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    public_key TEXT NOT NULL,
    signature TEXT NOT NULL
);
CREATE INDEX deletion_certificates_by_tenant ON deletion_certificates (tenant_id, issued_at);

-- Entries written before this migration have no hashes; the chain begins after them.
ALTER TABLE audit_entries ADD COLUMN salt TEXT;
ALTER TABLE audit_entries ADD COLUMN commitment TEXT;
ALTER TABLE audit_entries ADD COLUMN chain TEXT;

CREATE TABLE audit_checkpoints (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    seq BIGINT NOT NULL,
    chain TEXT NOT NULL,
    at BIGINT NOT NULL,
    public_key TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
