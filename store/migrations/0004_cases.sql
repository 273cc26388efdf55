-- Cases of the compliance team: who may look into which recordings, why, and what was taken out.

CREATE TABLE cases (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_by TEXT,
    closed_at BIGINT
);
CREATE INDEX cases_by_tenant ON cases (tenant_id, opened_at);

CREATE TABLE case_members (
    case_id TEXT NOT NULL REFERENCES cases (id),
    user_id TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, user_id)
);
CREATE INDEX case_members_by_user ON case_members (user_id);

CREATE TABLE case_recordings (
    case_id TEXT NOT NULL REFERENCES cases (id),
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, recording_id)
);
CREATE INDEX case_recordings_by_recording ON case_recordings (recording_id);

CREATE TABLE case_holds (
    case_id TEXT NOT NULL REFERENCES cases (id),
    hold_id TEXT NOT NULL REFERENCES legal_holds (id),
    PRIMARY KEY (case_id, hold_id)
);

CREATE TABLE case_searches (
    case_id TEXT NOT NULL REFERENCES cases (id),
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, name)
);

-- An export is a list of what belongs to it, with hashes; its bytes are put together anew each time they are fetched.
CREATE TABLE case_exports (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    state TEXT NOT NULL,
    progress_percent BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    finished_at BIGINT,
    plan_json TEXT NOT NULL,
    manifest TEXT,
    public_key TEXT,
    signature TEXT,
    problem TEXT
);
CREATE INDEX case_exports_by_case ON case_exports (case_id, requested_at);
CREATE INDEX case_exports_waiting ON case_exports (requested_at) WHERE state IN ('queued', 'running');
