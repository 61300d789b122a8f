-- One text for both databases: the copy for SQLite differs in BYTEA/BLOB and in the storage of contents only.
-- Times are microseconds since 1970-01-01T00:00:00Z. Envelope ids and acceptances are raw bytes, offices ten digits.

-- === directory

CREATE TABLE offices (
    number TEXT PRIMARY KEY CHECK (length(number) = 10),
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'renumbered')),
    renumbered_to TEXT,
    services TEXT NOT NULL,          -- service kinds between blanks: ' 11 15 '
    licence_until BIGINT,
    grace_days BIGINT NOT NULL,
    max_bytes BIGINT,
    versions TEXT NOT NULL           -- CSV versions between blanks; empty takes all
);

CREATE TABLE licences (
    office TEXT NOT NULL,
    applied_on BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (office, applied_on)
);

CREATE TABLE certificates (
    fingerprint TEXT PRIMARY KEY CHECK (length(fingerprint) = 64),
    holder TEXT NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    bound_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX certificates_of_holder ON certificates (holder);

CREATE TABLE delegations (
    office TEXT NOT NULL,
    delegate TEXT NOT NULL,
    right_word TEXT NOT NULL CHECK (right_word IN ('send', 'sign', 'read')),
    begins_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (office, delegate, right_word, begins_at)
);

CREATE TABLE notices (
    id BIGINT PRIMARY KEY,
    office TEXT,                     -- NULL: to all
    at BIGINT NOT NULL,
    words TEXT NOT NULL
);

CREATE TABLE audit (
    n BIGINT PRIMARY KEY,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- === numbers given in the committing transaction

CREATE TABLE serials (
    name TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- One row an office: whoever holds it may give positions of the office's inbox and sent list.
CREATE TABLE counters (
    office TEXT PRIMARY KEY,
    inbox BIGINT NOT NULL,
    sent BIGINT NOT NULL
);

-- === ledger

CREATE TABLE ledger (
    id BYTEA PRIMARY KEY,
    acceptance BYTEA NOT NULL,       -- the one that stands, or is under way
    accepted_at BIGINT NOT NULL,
    sender TEXT NOT NULL,
    destination TEXT NOT NULL,
    submitter TEXT NOT NULL,
    status TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    sent_position BIGINT NOT NULL,
    steps BIGINT NOT NULL,           -- rows of it in history
    arrived_at BIGINT,               -- in a mailbox since; NULL: never
    recall_requested_at BIGINT,
    sequence TEXT CHECK (sequence IS NULL OR length(sequence) = 14),
    kinds TEXT NOT NULL,             -- joined by blanks
    month TEXT,
    version TEXT,
    signer TEXT,
    digest TEXT,
    same_as BYTEA,
    renumbered_to TEXT,
    report TEXT,                     -- JSON of proto's Problems
    software TEXT
);
CREATE UNIQUE INDEX ledger_sent ON ledger (sender, sent_position);
CREATE INDEX ledger_books ON ledger (status, arrived_at);

CREATE TABLE history (
    id BYTEA NOT NULL,
    n BIGINT NOT NULL,
    status TEXT NOT NULL,
    at BIGINT NOT NULL,
    done_by TEXT NOT NULL,
    PRIMARY KEY (id, n)
);

CREATE TABLE acceptances (
    acceptance BYTEA PRIMARY KEY,
    id BYTEA NOT NULL,
    accepted_at BIGINT NOT NULL,
    sender TEXT NOT NULL,
    destination TEXT NOT NULL,
    submitter TEXT NOT NULL,
    due_from BIGINT NOT NULL,        -- from when on it is waited for: accepted_at, or the last redrive
    seen_at BIGINT,                  -- its message, outcome or parked copy reached delivery
    ended_at BIGINT                  -- it has its one end
);
CREATE INDEX acceptances_of_id ON acceptances (id);
CREATE INDEX acceptances_awaited ON acceptances (due_from) WHERE seen_at IS NULL;

-- What identifies a sending: taken when it reaches the mailbox, free again when it is withdrawn.
CREATE TABLE names (
    sender TEXT NOT NULL,
    name TEXT NOT NULL,
    id BYTEA NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (name, sender)       -- in this order: a batch asks by names
);
CREATE INDEX names_of_id ON names (id);

-- Recalls of envelopes the ledger has not heard of; one counts if that office proves to be the sender.
CREATE TABLE tombstones (
    id BYTEA NOT NULL,
    office TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    PRIMARY KEY (id, office)
);
CREATE INDEX tombstones_of_office ON tombstones (office, requested_at);

CREATE TABLE receipts (
    id BYTEA NOT NULL,
    step TEXT NOT NULL,
    der BYTEA NOT NULL,
    PRIMARY KEY (id, step)
);

-- === mailbox

CREATE TABLE mailbox (
    id BYTEA PRIMARY KEY,
    destination TEXT NOT NULL,
    position BIGINT NOT NULL,
    content_month TEXT NOT NULL,
    size BIGINT NOT NULL,
    message TEXT,
    arrived_at BIGINT NOT NULL,
    handed_out_at BIGINT,
    collected_at BIGINT,
    imported_at BIGINT,
    withdrawn_at BIGINT,
    superseded_by BYTEA
);
CREATE UNIQUE INDEX mailbox_inbox ON mailbox (destination, position);
CREATE INDEX mailbox_new ON mailbox (destination, position) WHERE collected_at IS NULL AND withdrawn_at IS NULL;

-- By month, so that retention deletes one stretch of the key.
CREATE TABLE contents (
    month TEXT NOT NULL,
    id BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (month, id)
);
ALTER TABLE contents ALTER COLUMN bytes SET STORAGE EXTERNAL; -- zipped already: compressing again only costs

-- === work of the stations

CREATE TABLE parked (
    message_id TEXT NOT NULL,
    acceptance TEXT NOT NULL,        -- empty: the message bore none that could be read
    station TEXT NOT NULL,
    office TEXT NOT NULL,
    cause TEXT NOT NULL,
    routing_key TEXT NOT NULL,
    message_type TEXT NOT NULL,
    headers TEXT NOT NULL,           -- JSON object of texts
    body BYTEA NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'redrive')),
    parked_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (message_id, acceptance)
);
CREATE INDEX parked_in_order ON parked (state, parked_at);

CREATE TABLE suspects (
    id TEXT NOT NULL,
    station TEXT NOT NULL,
    tries BIGINT NOT NULL,
    PRIMARY KEY (id, station)
);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until BIGINT NOT NULL,
    fence BIGINT NOT NULL            -- rises with every change of owner
);

-- How far the stream of acceptance notes is taken in.
CREATE TABLE offsets (
    name TEXT PRIMARY KEY,
    position BIGINT NOT NULL
);
