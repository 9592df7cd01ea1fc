-- Version 1. Types are those that SQLite, PostgreSQL and MySQL share, or nearly (BLOB is BYTEA in
-- PostgreSQL and VARBINARY in MySQL; a numbered key is an identity column there). Ids compare byte by
-- byte: MySQL needs a binary collation, where "A" is not "a".

-- Mails to write and send. The payload is sealed by the caller.
CREATE TABLE slotwerk_outbox (
    id       BLOB         NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant   VARCHAR(128) NOT NULL,
    payload  BLOB         NOT NULL,
    ready_at BIGINT       NOT NULL CHECK (ready_at >= 0),
    attempt  BIGINT       NOT NULL CHECK (attempt >= 0)
);
-- From tenant to tenant, and to the oldest job of each.
CREATE INDEX slotwerk_outbox_turn ON slotwerk_outbox (tenant, ready_at, id);

-- One row for an account whose password was set, whose access was revoked, or whose second factor was
-- changed: that locks this row, so that what it counts holds until it has written.
CREATE TABLE slotwerk_credentials (
    tenant  VARCHAR(128) NOT NULL,
    account VARCHAR(128) NOT NULL,
    hash    TEXT,
    version BIGINT       NOT NULL CHECK (version >= 0),
    set_at  BIGINT       CHECK (set_at >= 0),
    recheck SMALLINT     NOT NULL CHECK (recheck IN (0, 1)),
    PRIMARY KEY (tenant, account)
);

-- Past passwords. The version is the last one that the hash stood under: it orders them, and its
-- place in the key means that no version retires two.
CREATE TABLE slotwerk_password_history (
    tenant     VARCHAR(128) NOT NULL,
    account    VARCHAR(128) NOT NULL,
    version    BIGINT       NOT NULL CHECK (version >= 0),
    hash       TEXT         NOT NULL,
    retired_at BIGINT       NOT NULL CHECK (retired_at >= 0),
    PRIMARY KEY (tenant, account, version)
);

-- Live reset links. A used one is deleted: the row is the permission.
CREATE TABLE slotwerk_resets (
    token      BLOB         NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    tenant     VARCHAR(128) NOT NULL,
    account    VARCHAR(128) NOT NULL,
    job        BLOB         NOT NULL CHECK (length(job) = 16),
    version    BIGINT       NOT NULL CHECK (version >= 0),
    binding    BLOB         NOT NULL CHECK (length(binding) = 32),
    expires_at BIGINT       NOT NULL CHECK (expires_at >= 0)
);
CREATE INDEX slotwerk_resets_account ON slotwerk_resets (tenant, account);
CREATE INDEX slotwerk_resets_expiry ON slotwerk_resets (expires_at);

-- Sign-ins in flight. The number is the order of opening.
CREATE TABLE slotwerk_tickets (
    number     INTEGER      PRIMARY KEY AUTOINCREMENT,
    token      BLOB         NOT NULL UNIQUE CHECK (length(token) = 32),
    tenant     VARCHAR(128) NOT NULL,
    account    VARCHAR(128) NOT NULL,
    stage      VARCHAR(16)  NOT NULL,
    standing   VARCHAR(16)  NOT NULL,
    version    BIGINT       NOT NULL CHECK (version >= 0),
    expires_at BIGINT       NOT NULL CHECK (expires_at >= 0)
);
CREATE INDEX slotwerk_tickets_account ON slotwerk_tickets (tenant, account, number);
CREATE INDEX slotwerk_tickets_expiry ON slotwerk_tickets (expires_at);

-- The enrolment that waits for its first code; at most one an account. It dies with the credential
-- version it was begun under, like links and tickets, whichever of two transactions came first.
CREATE TABLE slotwerk_pending_enrolments (
    tenant     VARCHAR(128) NOT NULL,
    account    VARCHAR(128) NOT NULL,
    id         BLOB         NOT NULL CHECK (length(id) = 16),
    sealed     BLOB         NOT NULL,
    ticket     BLOB         NOT NULL CHECK (length(ticket) = 32),
    shared     SMALLINT     NOT NULL CHECK (shared IN (0, 1)),
    version    BIGINT       NOT NULL CHECK (version >= 0),
    expires_at BIGINT       NOT NULL CHECK (expires_at >= 0),
    PRIMARY KEY (tenant, account)
);
CREATE INDEX slotwerk_pending_enrolments_expiry ON slotwerk_pending_enrolments (expires_at);

-- Active authenticators. The number is the order of enrolment.
CREATE TABLE slotwerk_authenticators (
    number    INTEGER      PRIMARY KEY AUTOINCREMENT,
    tenant    VARCHAR(128) NOT NULL,
    account   VARCHAR(128) NOT NULL,
    id        BLOB         NOT NULL CHECK (length(id) = 16),
    sealed    BLOB         NOT NULL,
    watermark BIGINT       NOT NULL CHECK (watermark >= 0),
    drift     SMALLINT     NOT NULL CHECK (drift BETWEEN -128 AND 127),
    name      VARCHAR(256) CHECK (length(name) <= 256),
    added_at  BIGINT       NOT NULL CHECK (added_at >= 0),
    used_at   BIGINT       NOT NULL CHECK (used_at >= 0),
    UNIQUE (tenant, account, id)
);

-- Unspent recovery codes. A spent one is deleted.
CREATE TABLE slotwerk_recovery_codes (
    tenant  VARCHAR(128) NOT NULL,
    account VARCHAR(128) NOT NULL,
    digest  BLOB         NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (tenant, account, digest)
);

-- Attempt budgets, named by a keyed hash. Failures are those in a row; what is spent outlives a success.
CREATE TABLE slotwerk_attempts (
    budget_key BLOB   NOT NULL PRIMARY KEY CHECK (length(budget_key) = 32),
    tat_ms     BIGINT NOT NULL CHECK (tat_ms >= 0),
    failures   BIGINT NOT NULL CHECK (failures BETWEEN 0 AND 4294967295),
    spent      BIGINT NOT NULL CHECK (spent BETWEEN 0 AND 4294967295),
    keep_ms    BIGINT NOT NULL CHECK (keep_ms >= 0)
);
CREATE INDEX slotwerk_attempts_tat ON slotwerk_attempts (tat_ms);

-- What happened, written in the transaction in which it happened.
CREATE TABLE slotwerk_audit (
    number      INTEGER      PRIMARY KEY AUTOINCREMENT,
    tenant      VARCHAR(128) NOT NULL,
    happened_at BIGINT       NOT NULL CHECK (happened_at >= 0),
    kind        VARCHAR(32)  NOT NULL,
    subject     BLOB         NOT NULL CHECK (length(subject) = 32)
);
CREATE INDEX slotwerk_audit_tenant ON slotwerk_audit (tenant, number);
