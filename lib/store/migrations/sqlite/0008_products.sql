-- One text for both databases: the copy for SQLite differs in BLOB/BYTEA only.
-- === products of vendors

-- What the sender's manifest says its files were made with. A release that does not know the column leaves it as it is.
ALTER TABLE ledger ADD COLUMN made_with TEXT;

-- Names that are shown; others count as unregistered.
CREATE TABLE products (
    name_key TEXT PRIMARY KEY,       -- lower case, single blanks
    name TEXT NOT NULL,
    registered_at BIGINT NOT NULL
);

CREATE TABLE conformance_results (
    id TEXT PRIMARY KEY CHECK (length(id) = 64),
    name_key TEXT NOT NULL,
    version TEXT NOT NULL,
    tool TEXT NOT NULL,
    signer TEXT NOT NULL,
    relay TEXT NOT NULL,
    ended_at BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    passed BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    not_run BIGINT NOT NULL,
    failed_cases TEXT NOT NULL,      -- joined by blanks
    signed BLOB NOT NULL
);
CREATE INDEX conformance_results_of_product ON conformance_results (name_key, ended_at);

-- Reports of imports, counted in the transaction that enters them. The slot spreads one pair over several rows, so that
-- its reports do not wait for each other.
CREATE TABLE import_counts (
    made_with TEXT NOT NULL,         -- name_key, or a word in round brackets
    taken_by TEXT NOT NULL,
    slot BIGINT NOT NULL,
    code TEXT NOT NULL,              -- of a failed one; empty: it went well
    count BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (made_with, taken_by, slot, code)
);
