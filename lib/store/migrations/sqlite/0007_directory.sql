-- === imports of the directory

-- The latest imports and how far each is. Whoever runs one gives a sign of life; one without is interrupted.
CREATE TABLE imports (
    id BIGINT PRIMARY KEY,
    actor TEXT NOT NULL,
    dry_run BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('arriving', 'checking', 'comparing', 'entering', 'done', 'refused', 'failed')),
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    report TEXT NOT NULL             -- JSON of proto's ImportReport
);

-- The file of the import that is going on, piece by piece; gone when it is over.
CREATE TABLE import_parts (
    import BIGINT NOT NULL,
    n BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (import, n)
);

-- === notices: drafts, and targets beside every office and one office

-- To offices of a prefecture, of a service kind, or of both; NULL: of any.
ALTER TABLE notices ADD COLUMN prefecture TEXT;
ALTER TABLE notices ADD COLUMN service TEXT;
CREATE INDEX notices_to_many ON notices (id) WHERE office IS NULL;

-- Notices to many go to channels from now on. What was published before stays out of them: each cursor moves to the end,
-- unless a notice to its office alone still waits.
UPDATE channel_offices SET notice = (SELECT last FROM serials WHERE name = 'notices')
    WHERE EXISTS (SELECT 1 FROM serials WHERE name = 'notices') AND NOT EXISTS
        (SELECT 1 FROM notices n WHERE n.office = channel_offices.office AND n.id > channel_offices.notice);

CREATE TABLE drafts (
    id BIGINT PRIMARY KEY,
    office TEXT,
    prefecture TEXT,
    service TEXT,
    words TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- === lists of the desk

CREATE INDEX certificates_in_force ON certificates (not_after, fingerprint) WHERE revoked_at IS NULL;
CREATE INDEX offices_licensed ON offices (licence_until, number) WHERE licence_until IS NOT NULL;
