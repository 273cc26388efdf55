-- What the database itself refuses, whichever program asks. 0002_guards_sqlite.sql says the same for SQLite.

CREATE FUNCTION huiji_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'huiji: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$;

-- A trigger that asks for holds takes the tenant's turn first, like the store, so that a hold being placed is seen.
CREATE FUNCTION huiji_take_turn(tenant TEXT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hold_turns (tenant_id, turn) VALUES (tenant, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET turn = hold_turns.turn + 1;
END $$;

CREATE FUNCTION huiji_dispose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.disposal || '>' || NEW.disposal
        NOT IN ('active>trashed', 'trashed>active', 'trashed>purging', 'purging>purged') THEN
        RAISE EXCEPTION 'huiji: no such step of disposal';
    END IF;
    IF NEW.disposal IN ('trashed', 'purging') THEN
        PERFORM huiji_take_turn(OLD.tenant_id);
        IF EXISTS (SELECT 1 FROM holds_in_force WHERE holds_in_force.recording_id = OLD.id) THEN
            RAISE EXCEPTION 'huiji: a legal hold keeps this recording';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recordings_dispose BEFORE UPDATE OF disposal ON recordings
FOR EACH ROW WHEN (OLD.disposal <> NEW.disposal) EXECUTE FUNCTION huiji_dispose();

CREATE TRIGGER recordings_stay_in_their_tenant BEFORE UPDATE OF id, tenant_id ON recordings
FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.tenant_id <> NEW.tenant_id) EXECUTE FUNCTION huiji_refuse();

CREATE FUNCTION huiji_stay_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed TEXT;
BEGIN
    IF TG_TABLE_NAME = 'recordings' THEN changed := OLD.id; ELSE changed := OLD.recording_id; END IF;
    INSERT INTO held_recordings (hold_id, recording_id)
    SELECT hold_id, recording_id FROM holds_in_force WHERE recording_id = changed
    ON CONFLICT DO NOTHING;
    RETURN NEW;
END $$;
CREATE TRIGGER recordings_stay_held BEFORE UPDATE OF host_user_id, meeting_id ON recordings
FOR EACH ROW WHEN (OLD.host_user_id <> NEW.host_user_id OR OLD.meeting_id <> NEW.meeting_id)
EXECUTE FUNCTION huiji_stay_held();
CREATE TRIGGER participants_stay_held BEFORE UPDATE OF user_id ON participants
FOR EACH ROW WHEN (OLD.user_id IS DISTINCT FROM NEW.user_id) EXECUTE FUNCTION huiji_stay_held();

CREATE FUNCTION huiji_stay_held_without() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO held_recordings (hold_id, recording_id)
    SELECT hold_id, recording_id FROM holds_in_force WHERE recording_id = OLD.recording_id
    ON CONFLICT DO NOTHING;
    RETURN OLD;
END $$;
CREATE TRIGGER relations_stay_held BEFORE DELETE ON relations FOR EACH ROW EXECUTE FUNCTION huiji_stay_held_without();

CREATE FUNCTION huiji_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.id <> NEW.id OR OLD.tenant_id <> NEW.tenant_id OR OLD.scope <> NEW.scope OR OLD.scope_id <> NEW.scope_id
        OR OLD.placed_by <> NEW.placed_by OR OLD.placed_at <> NEW.placed_at OR OLD.released_at IS NOT NULL
        OR (NEW.released_at IS NOT NULL AND (OLD.release_requested_by IS NULL
            OR NEW.release_requested_by IS DISTINCT FROM OLD.release_requested_by
            OR NEW.released_by IS NULL OR NEW.released_by = OLD.release_requested_by)) THEN
        RAISE EXCEPTION 'huiji: a hold is only ever released, by two people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER legal_holds_need_two BEFORE UPDATE ON legal_holds FOR EACH ROW EXECUTE FUNCTION huiji_release();

CREATE FUNCTION huiji_erase_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.tenant_id <> NEW.tenant_id OR OLD.seq <> NEW.seq OR OLD.at <> NEW.at OR OLD.action <> NEW.action
        OR OLD.recording_id IS DISTINCT FROM NEW.recording_id OR OLD.outcome <> NEW.outcome
        OR OLD.commitment IS DISTINCT FROM NEW.commitment OR OLD.chain IS DISTINCT FROM NEW.chain
        OR OLD.salt IS NULL OR NEW.salt IS NOT NULL OR NEW.actor <> 'erased' OR NEW.detail_json <> 'null' THEN
        RAISE EXCEPTION 'huiji: the audit log is only appended to';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_entries_only_lose_names BEFORE UPDATE ON audit_entries
FOR EACH ROW EXECUTE FUNCTION huiji_erase_audit();

CREATE FUNCTION huiji_go_with_recording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS DISTINCT FROM 'purging' THEN
        RAISE EXCEPTION 'huiji: % go with their recording, when it is purged', TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END $$;

-- After the row, and after the foreign key has locked the recording: a purge that began meanwhile is then seen.
CREATE FUNCTION huiji_not_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged') THEN
        RAISE EXCEPTION 'huiji: the recording is being purged';
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    target TEXT;
BEGIN
    FOREACH target IN ARRAY ARRAY[
        'recordings', 'legal_holds', 'held_recordings', 'hold_turns', 'deletion_certificates',
        'audit_entries', 'audit_checkpoints'
    ] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION huiji_refuse()',
            target || '_never_go', target);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I EXECUTE FUNCTION huiji_refuse()',
            target || '_never_empty', target);
    END LOOP;
    FOREACH target IN ARRAY ARRAY[
        'held_recordings', 'deletion_certificates', 'audit_checkpoints'
    ] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION huiji_refuse()',
            target || '_never_change', target);
    END LOOP;
    FOREACH target IN ARRAY ARRAY[
        'data_keys', 'participants', 'tracks', 'objects', 'segments', 'speech_chunks', 'timeline_events', 'artefacts',
        'recording_labels', 'trash_entries', 'purges'
    ] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION huiji_go_with_recording()',
            target || '_go_with_their_recording', target);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I EXECUTE FUNCTION huiji_refuse()',
            target || '_never_empty', target);
    END LOOP;
    -- PostgreSQL fires triggers in the order of their names; those of foreign keys begin with RI.
    FOREACH target IN ARRAY ARRAY[
        'data_keys', 'participants', 'relations', 'tracks', 'objects', 'segments',
        'speech_chunks', 'timeline_events', 'artefacts', 'jobs', 'playback_sessions',
        'recording_labels'
    ] LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I FOR EACH ROW EXECUTE FUNCTION huiji_not_late()',
            target || '_do_not_come_late', target);
    END LOOP;
END $$;
