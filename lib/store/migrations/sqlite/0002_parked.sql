-- The operator's own limit of a redrive, messages a minute; NULL: the installation's.
ALTER TABLE parked ADD COLUMN per_minute BIGINT;
