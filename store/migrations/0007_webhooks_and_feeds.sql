CREATE TABLE webhook_endpoints (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    url TEXT NOT NULL,
    events_json TEXT NOT NULL,
    -- Sealed with the tenant's key.
    sealed_secret TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX webhook_endpoints_by_tenant ON webhook_endpoints (tenant_id, created_at);

CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    webhook_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
    -- What is told holds ids and times only; it is no part of the recording, and neither held nor certified with it.
    about_recording_id TEXT NOT NULL REFERENCES recordings (id),
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- When it is due while it is pending, else when it ended.
    state_at BIGINT NOT NULL,
    last_status BIGINT,
    last_problem TEXT
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (webhook_id, created_at);

-- How the packets of a track come beside its main stream: redundancy, retransmission, its name in a bundle.
ALTER TABLE tracks ADD COLUMN feed_json TEXT;
