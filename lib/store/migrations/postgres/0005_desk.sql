-- === the operators' desk

-- What an operator may do. One without a row may look.
CREATE TABLE operators (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('view', 'operate', 'administer')),
    changed_at BIGINT NOT NULL
);

-- Whoever was an operator before there were roles could do everything.
INSERT INTO operators (name, role, changed_at)
    SELECT substr(holder, 10), 'administer', MIN(bound_at) FROM certificates
    WHERE holder LIKE 'operator:%' GROUP BY holder;

-- Search by destination, by sequence and by time; by sender there is ledger_sent.
CREATE INDEX ledger_of_destination ON ledger (destination);
CREATE INDEX ledger_of_sequence ON ledger (sequence);
CREATE INDEX ledger_accepted ON ledger (accepted_at);

-- Announced maintenance: the door takes nothing from begins_at until ends_at, or until an operator ended it.
CREATE TABLE maintenance (
    id BIGINT PRIMARY KEY,
    begins_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    words TEXT NOT NULL,
    announced_by TEXT NOT NULL,
    announced_at BIGINT NOT NULL,
    ended_at BIGINT
);
