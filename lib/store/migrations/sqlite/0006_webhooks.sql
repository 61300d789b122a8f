-- === webhooks: URLs of vendors' and offices' own that are told of what happens, each a cursor on the lists it tells of

CREATE TABLE webhooks (
    name TEXT PRIMARY KEY,         -- vendor.abc, office.0300000100: as a channel's
    holder TEXT NOT NULL,          -- vendor:abc, office:0300000100: who must be allowed to read
    url TEXT NOT NULL,
    since BIGINT NOT NULL,
    secret TEXT NOT NULL,          -- calls are signed with it
    old_secret TEXT,               -- and with this one
    old_secret_until BIGINT,       -- until then
    tests_asked BIGINT NOT NULL,   -- test calls operators asked for
    tests_done BIGINT NOT NULL,    -- and how many of them are done
    test_answer TEXT               -- what came of the last, JSON
);

-- The offices a webhook tells of, how far each of their lists was told, and whether it is taken.
CREATE TABLE webhook_offices (
    webhook TEXT NOT NULL,
    office TEXT NOT NULL,
    inbox BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    failing_since BIGINT,
    tries BIGINT NOT NULL,
    outcome TEXT,                  -- of the last call in vain
    next_at BIGINT NOT NULL,       -- not called before
    disabled_at BIGINT,            -- given up until an operator says otherwise
    PRIMARY KEY (webhook, office)
);
