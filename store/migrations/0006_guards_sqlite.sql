CREATE TRIGGER minutes_revisions_go_with_their_recording BEFORE DELETE ON minutes_revisions
WHEN (SELECT disposal FROM recordings WHERE recordings.id = OLD.recording_id) IS NOT 'purging'
BEGIN
    SELECT RAISE(ABORT, 'huiji: minutes_revisions go with their recording, when it is purged');
END;
CREATE TRIGGER minutes_revisions_do_not_come_late BEFORE INSERT ON minutes_revisions
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
CREATE TRIGGER action_items_do_not_come_late BEFORE INSERT ON action_items
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
