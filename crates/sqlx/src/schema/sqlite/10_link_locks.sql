-- Version 10. Whoever counts the links of an account locks a row that goes with the last of them. An account without
-- a credential can have links, too, and a name without an account must leave no credential.
CREATE TABLE slotwerk_link_locks (
    tenant     VARCHAR(128) NOT NULL,
    account    VARCHAR(128) NOT NULL,
    locked     BIGINT       NOT NULL CHECK (locked >= 0),
    expires_at BIGINT       NOT NULL CHECK (expires_at >= 0),
    PRIMARY KEY (tenant, account)
);
CREATE INDEX slotwerk_link_locks_expiry ON slotwerk_link_locks (expires_at);
INSERT INTO slotwerk_link_locks (tenant, account, locked, expires_at)
SELECT tenant, account, 0, MAX(expires_at) FROM slotwerk_resets GROUP BY tenant, account;

-- The oldest version whose code works with the tables: older nodes may run on while this says so.
ALTER TABLE slotwerk_schema ADD COLUMN oldest BIGINT;
