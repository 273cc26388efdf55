-- Who made a version of an artefact by hand, and how; all empty for what an engine wrote. What was written stays in the
-- encrypted object.
ALTER TABLE artefacts ADD COLUMN author TEXT;
ALTER TABLE artefacts ADD COLUMN edit_kind TEXT;
ALTER TABLE artefacts ADD COLUMN restored_version BIGINT;
