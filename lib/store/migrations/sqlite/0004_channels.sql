-- === channels: queues of vendors' and offices' own, each a cursor on the mailboxes it serves

CREATE TABLE channels (
    name TEXT PRIMARY KEY,         -- vendor.abc, office.0300000100: the queue's name and its user's
    since BIGINT NOT NULL
);

-- The offices a channel serves, and how far each of their lists was published: positions of inbox, sent list, notices.
CREATE TABLE channel_offices (
    channel TEXT NOT NULL,
    office TEXT NOT NULL,
    inbox BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    notice BIGINT NOT NULL,
    PRIMARY KEY (channel, office)
);
