-- What the database itself refuses, whichever program asks. 0002_guards_postgres.sql says the same for PostgreSQL.

CREATE TRIGGER recordings_dispose BEFORE UPDATE OF disposal ON recordings WHEN OLD.disposal <> NEW.disposal
BEGIN
    SELECT RAISE(ABORT, 'huiji: no such step of disposal')
    WHERE OLD.disposal || '>' || NEW.disposal
        NOT IN ('active>trashed', 'trashed>active', 'trashed>purging', 'purging>purged');
    SELECT RAISE(ABORT, 'huiji: a legal hold keeps this recording')
    WHERE NEW.disposal IN ('trashed', 'purging')
        AND EXISTS (SELECT 1 FROM holds_in_force WHERE holds_in_force.recording_id = OLD.id);
END;
CREATE TRIGGER recordings_stay_in_their_tenant BEFORE UPDATE OF id, tenant_id ON recordings
WHEN OLD.id <> NEW.id OR OLD.tenant_id <> NEW.tenant_id
BEGIN
    SELECT RAISE(ABORT, 'huiji: a recording stays where it is');
END;
-- Not INSERT OR IGNORE: within an upsert SQLite lets the outer statement decide what a conflict means.
CREATE TRIGGER recordings_stay_held BEFORE UPDATE OF host_user_id, meeting_id ON recordings
WHEN OLD.host_user_id <> NEW.host_user_id OR OLD.meeting_id <> NEW.meeting_id
BEGIN
    INSERT INTO held_recordings (hold_id, recording_id)
    SELECT holds_in_force.hold_id, holds_in_force.recording_id FROM holds_in_force
    WHERE holds_in_force.recording_id = OLD.id AND NOT EXISTS (SELECT 1 FROM held_recordings
        WHERE held_recordings.hold_id = holds_in_force.hold_id AND held_recordings.recording_id = OLD.id);
END;
CREATE TRIGGER participants_stay_held BEFORE UPDATE OF user_id ON participants WHEN OLD.user_id IS NOT NEW.user_id
BEGIN
    INSERT INTO held_recordings (hold_id, recording_id)
    SELECT holds_in_force.hold_id, holds_in_force.recording_id FROM holds_in_force
    WHERE holds_in_force.recording_id = OLD.recording_id AND NOT EXISTS (SELECT 1 FROM held_recordings
        WHERE held_recordings.hold_id = holds_in_force.hold_id AND held_recordings.recording_id = OLD.recording_id);
END;
CREATE TRIGGER relations_stay_held BEFORE DELETE ON relations
BEGIN
    INSERT INTO held_recordings (hold_id, recording_id)
    SELECT holds_in_force.hold_id, holds_in_force.recording_id FROM holds_in_force
    WHERE holds_in_force.recording_id = OLD.recording_id AND NOT EXISTS (SELECT 1 FROM held_recordings
        WHERE held_recordings.hold_id = holds_in_force.hold_id AND held_recordings.recording_id = OLD.recording_id);
END;
CREATE TRIGGER recordings_never_go BEFORE DELETE ON recordings
BEGIN
    SELECT RAISE(ABORT, 'huiji: a recording is purged, its row stays');
END;
CREATE TRIGGER legal_holds_need_two BEFORE UPDATE ON legal_holds
BEGIN
    SELECT RAISE(ABORT, 'huiji: a hold is only ever released, by two people')
    WHERE OLD.id <> NEW.id OR OLD.tenant_id <> NEW.tenant_id OR OLD.scope <> NEW.scope OR OLD.scope_id <> NEW.scope_id
        OR OLD.placed_by <> NEW.placed_by OR OLD.placed_at <> NEW.placed_at OR OLD.released_at IS NOT NULL
        OR (NEW.released_at IS NOT NULL AND (OLD.release_requested_by IS NULL
            OR NEW.release_requested_by IS NOT OLD.release_requested_by
            OR NEW.released_by IS NULL OR NEW.released_by = OLD.release_requested_by));
END;
CREATE TRIGGER audit_entries_only_lose_names BEFORE UPDATE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'huiji: the audit log is only appended to')
    WHERE OLD.tenant_id <> NEW.tenant_id OR OLD.seq <> NEW.seq OR OLD.at <> NEW.at OR OLD.action <> NEW.action
        OR OLD.recording_id IS NOT NEW.recording_id OR OLD.outcome <> NEW.outcome
        OR OLD.commitment IS NOT NEW.commitment OR OLD.chain IS NOT NEW.chain
        OR OLD.salt IS NULL OR NEW.salt IS NOT NULL OR NEW.actor <> 'erased' OR NEW.detail_json <> 'null';
END;
CREATE TRIGGER legal_holds_never_go BEFORE DELETE ON legal_holds
BEGIN
    SELECT RAISE(ABORT, 'huiji: legal_holds are only added to');
END;
CREATE TRIGGER held_recordings_never_go BEFORE DELETE ON held_recordings
BEGIN
    SELECT RAISE(ABORT, 'huiji: held_recordings are only added to');
END;
CREATE TRIGGER hold_turns_never_go BEFORE DELETE ON hold_turns
BEGIN
    SELECT RAISE(ABORT, 'huiji: hold_turns are only added to');
END;
CREATE TRIGGER deletion_certificates_never_go BEFORE DELETE ON deletion_certificates
BEGIN
    SELECT RAISE(ABORT, 'huiji: deletion_certificates are only added to');
END;
CREATE TRIGGER audit_entries_never_go BEFORE DELETE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'huiji: audit_entries are only added to');
END;
CREATE TRIGGER audit_checkpoints_never_go BEFORE DELETE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'huiji: audit_checkpoints are only added to');
END;
CREATE TRIGGER held_recordings_never_change BEFORE UPDATE ON held_recordings
BEGIN
    SELECT RAISE(ABORT, 'huiji: held_recordings are only added to');
END;
CREATE TRIGGER deletion_certificates_never_change BEFORE UPDATE ON deletion_certificates
BEGIN
    SELECT RAISE(ABORT, 'huiji: deletion_certificates are only added to');
END;
CREATE TRIGGER audit_checkpoints_never_change BEFORE UPDATE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'huiji: audit_checkpoints are only added to');
END;
CREATE TRIGGER data_keys_go_with_their_recording BEFORE DELETE ON data_keys
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: data_keys go with their recording, when it is purged');
END;
CREATE TRIGGER participants_go_with_their_recording BEFORE DELETE ON participants
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: participants go with their recording, when it is purged');
END;
CREATE TRIGGER tracks_go_with_their_recording BEFORE DELETE ON tracks
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: tracks go with their recording, when it is purged');
END;
CREATE TRIGGER objects_go_with_their_recording BEFORE DELETE ON objects
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: objects go with their recording, when it is purged');
END;
CREATE TRIGGER segments_go_with_their_recording BEFORE DELETE ON segments
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: segments go with their recording, when it is purged');
END;
CREATE TRIGGER speech_chunks_go_with_their_recording BEFORE DELETE ON speech_chunks
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: speech_chunks go with their recording, when it is purged');
END;
CREATE TRIGGER timeline_events_go_with_their_recording BEFORE DELETE ON timeline_events
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: timeline_events go with their recording, when it is purged');
END;
CREATE TRIGGER artefacts_go_with_their_recording BEFORE DELETE ON artefacts
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: artefacts go with their recording, when it is purged');
END;
CREATE TRIGGER recording_labels_go_with_their_recording BEFORE DELETE ON recording_labels
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: recording_labels go with their recording, when it is purged');
END;
CREATE TRIGGER purges_go_with_their_recording BEFORE DELETE ON purges
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: purges go with their recording, when it is purged');
END;
CREATE TRIGGER trash_entries_go_with_their_recording BEFORE DELETE ON trash_entries
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: trash_entries go with their recording, when it is purged');
END;
CREATE TRIGGER data_keys_do_not_come_late BEFORE INSERT ON data_keys
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER participants_do_not_come_late BEFORE INSERT ON participants
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER relations_do_not_come_late BEFORE INSERT ON relations
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER tracks_do_not_come_late BEFORE INSERT ON tracks
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER objects_do_not_come_late BEFORE INSERT ON objects
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER segments_do_not_come_late BEFORE INSERT ON segments
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER speech_chunks_do_not_come_late BEFORE INSERT ON speech_chunks
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER timeline_events_do_not_come_late BEFORE INSERT ON timeline_events
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER artefacts_do_not_come_late BEFORE INSERT ON artefacts
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER jobs_do_not_come_late BEFORE INSERT ON jobs
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER playback_sessions_do_not_come_late BEFORE INSERT ON playback_sessions
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER recording_labels_do_not_come_late BEFORE INSERT ON recording_labels
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
