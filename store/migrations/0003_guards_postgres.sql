-- What the database itself refuses, whichever program asks. 0003_guards_sqlite.sql says the same for SQLite.

CREATE TRIGGER recording_sharing_do_not_come_late AFTER INSERT ON recording_sharing
FOR EACH ROW EXECUTE FUNCTION huiji_not_late();

CREATE TRIGGER share_links_do_not_come_late AFTER INSERT ON share_links
FOR EACH ROW EXECUTE FUNCTION huiji_not_late();

CREATE TRIGGER access_requests_do_not_come_late AFTER INSERT ON access_requests
FOR EACH ROW EXECUTE FUNCTION huiji_not_late();
