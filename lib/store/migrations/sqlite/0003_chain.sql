-- === version chain

-- Which sending has a record's latest version: the one with the highest sequence. Keys are digests of persons' numbers;
-- such rows go when the envelope's contents go.
CREATE TABLE versions (
    record BLOB PRIMARY KEY,       -- sender, destination and month first: what belongs together lies together
    id BLOB NOT NULL,
    sequence BIGINT NOT NULL,       -- its 14 digits as a number
    withdraws BIGINT NOT NULL       -- 1: a deletion, which withdraws the record
);

-- Which sendings have an earlier one.
CREATE TABLE versions_before (
    record BLOB NOT NULL,
    id BLOB NOT NULL,
    sequence BIGINT NOT NULL,
    withdraws BIGINT NOT NULL,
    PRIMARY KEY (record, id)
);
CREATE INDEX versions_before_of_id ON versions_before (id);

-- The newer sending took the place of one record of the older one, or more.
CREATE TABLE version_links (
    older BLOB NOT NULL,
    newer BLOB NOT NULL,
    sequence BIGINT NOT NULL,       -- of the newer one
    withdraws BIGINT NOT NULL,      -- whether the newer one is a deletion
    PRIMARY KEY (older, newer)
);
CREATE INDEX version_links_of_newer ON version_links (newer);

ALTER TABLE contents ADD COLUMN records BLOB; -- keys of its records, 16 bytes each

-- superseded_by: the sending that last took the place of one of its records.
ALTER TABLE mailbox ADD COLUMN records BIGINT; -- NULL: the chain does not follow it
ALTER TABLE mailbox ADD COLUMN records_current BIGINT;
ALTER TABLE mailbox ADD COLUMN withdrawn_by BLOB; -- the deletion that last withdrew one of its records

-- === retention and reminders

CREATE INDEX notices_of_office ON notices (office, id);
