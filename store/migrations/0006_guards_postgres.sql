CREATE TRIGGER minutes_revisions_go_with_their_recording BEFORE DELETE ON minutes_revisions
    FOR EACH ROW EXECUTE FUNCTION huiji_go_with_recording();
CREATE TRIGGER minutes_revisions_never_empty BEFORE TRUNCATE ON minutes_revisions EXECUTE FUNCTION huiji_refuse();
CREATE TRIGGER minutes_revisions_do_not_come_late AFTER INSERT ON minutes_revisions
    FOR EACH ROW EXECUTE FUNCTION huiji_not_late();
CREATE TRIGGER action_items_do_not_come_late AFTER INSERT ON action_items
    FOR EACH ROW EXECUTE FUNCTION huiji_not_late();
