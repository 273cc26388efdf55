-- One text for SQLite and PostgreSQL: ids TEXT, times BIGINT microseconds UTC, JSON TEXT, flags BIGINT 0 or 1.

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    plan_name TEXT NOT NULL,
    plan_json TEXT NOT NULL,
    -- Counters, not database sequences: a row lock makes the order of numbers the order of commits, so a reader that
    -- remembers the last number never misses an entry that was numbered earlier and committed later.
    outbox_seq BIGINT NOT NULL,
    audit_seq BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    user_name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT
);
CREATE INDEX users_by_tenant ON users (tenant_id);

CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL UNIQUE
);

CREATE TABLE sign_ins (
    token_sha256 TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    expires_at BIGINT NOT NULL
);

CREATE TABLE recordings (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    meeting_id TEXT NOT NULL,
    title TEXT NOT NULL,
    -- Lower case as Rust knows it: the databases disagree about LOWER and LIKE outside ASCII.
    title_folded TEXT NOT NULL,
    host_user_id TEXT NOT NULL,
    language TEXT NOT NULL,
    profile TEXT NOT NULL,
    layout TEXT NOT NULL,
    smart_minutes BIGINT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    state_json TEXT NOT NULL,
    processing_json TEXT NOT NULL,
    disposal TEXT NOT NULL,
    disposal_json TEXT NOT NULL,
    -- The kind of job model::next_step asks for, kept with each save so that the reconciler can find it by index.
    next_job TEXT,
    timeline_seq BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX recordings_newest ON recordings (tenant_id, created_at, id);
CREATE INDEX recordings_by_state ON recordings (state);
CREATE INDEX recordings_by_next_job ON recordings (next_job) WHERE next_job IS NOT NULL;

CREATE TABLE data_keys (
    recording_id TEXT NOT NULL PRIMARY KEY REFERENCES recordings (id),
    master_key_id TEXT NOT NULL,
    wrapped_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE participants (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    id TEXT NOT NULL,
    position BIGINT NOT NULL,
    display_name TEXT NOT NULL,
    user_id TEXT,
    language TEXT,
    PRIMARY KEY (recording_id, id)
);

CREATE TABLE relations (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    user_id TEXT NOT NULL,
    relation TEXT NOT NULL,
    PRIMARY KEY (recording_id, user_id)
);
CREATE INDEX relations_by_user ON relations (user_id, recording_id);

CREATE TABLE tracks (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    id TEXT NOT NULL,
    participant_id TEXT NOT NULL,
    source TEXT NOT NULL,
    codec TEXT NOT NULL,
    payload_type BIGINT NOT NULL,
    clock_rate_hz BIGINT NOT NULL,
    ssrc BIGINT NOT NULL,
    srtp_sealed TEXT,
    added_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (recording_id, id)
);

CREATE TABLE objects (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    object_key TEXT NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    object_class TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (recording_id, object_key)
);
CREATE INDEX objects_by_tenant ON objects (tenant_id);

CREATE TABLE segments (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    rendition TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    start_us BIGINT NOT NULL,
    duration_us BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    object_key TEXT NOT NULL,
    state TEXT NOT NULL,
    staged_at BIGINT NOT NULL,
    published_at BIGINT,
    PRIMARY KEY (recording_id, rendition, sequence)
);

CREATE TABLE speech_chunks (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    participant_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    start_ms BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    object_key TEXT NOT NULL,
    state TEXT NOT NULL,
    staged_at BIGINT NOT NULL,
    published_at BIGINT,
    PRIMARY KEY (recording_id, participant_id, sequence)
);

CREATE TABLE timeline_events (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    event_json TEXT NOT NULL,
    PRIMARY KEY (recording_id, seq)
);

CREATE TABLE artefacts (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    stage TEXT NOT NULL,
    version BIGINT NOT NULL,
    object_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (recording_id, stage, version)
);

CREATE TABLE search_outbox (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    seq BIGINT NOT NULL,
    recording_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX search_outbox_by_recording ON search_outbox (recording_id, seq);

CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    kind TEXT NOT NULL,
    payload_json TEXT NOT NULL,
    state TEXT NOT NULL,
    -- The moment that belongs to the state: queued not before, running leased until, done or dead since.
    state_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    progress_percent BIGINT NOT NULL,
    last_problem TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX jobs_one_live_per_kind ON jobs (recording_id, kind) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_due ON jobs (kind, state_at) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_by_recording ON jobs (recording_id, created_at);

CREATE TABLE playback_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    user_id TEXT NOT NULL,
    token_sha256 TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE audit_entries (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    recording_id TEXT,
    outcome TEXT NOT NULL,
    detail_json TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX audit_entries_by_recording ON audit_entries (recording_id, at);
