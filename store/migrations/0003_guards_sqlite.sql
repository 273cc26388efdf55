-- What the database itself refuses, whichever program asks. 0003_guards_postgres.sql says the same for PostgreSQL.

CREATE TRIGGER recording_sharing_do_not_come_late BEFORE INSERT ON recording_sharing
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;

CREATE TRIGGER share_links_do_not_come_late BEFORE INSERT ON share_links
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;

CREATE TRIGGER access_requests_do_not_come_late BEFORE INSERT ON access_requests
WHEN (SELECT disposal FROM recordings WHERE recordings.id = NEW.recording_id) IN ('purging', 'purged')
BEGIN
    SELECT RAISE(ABORT, 'huiji: the recording is being purged');
END;
