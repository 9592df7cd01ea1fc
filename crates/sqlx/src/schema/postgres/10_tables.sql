-- Version 10, the first one for PostgreSQL. The comments of SQLite's files hold here too.
-- Ids compare byte by byte (collation "C"). All numbers are BIGINT. Times are in seconds since 1970, or in
-- milliseconds where the name ends in _ms.

-- Mails to write and send. The payload is sealed by the caller.
CREATE TABLE slotwerk_outbox (
    id         BYTEA  NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant     VARCHAR(128) COLLATE "C" NOT NULL,
    payload    BYTEA  NOT NULL,
    ready_at   BIGINT NOT NULL CHECK (ready_at >= 0),
    attempt    BIGINT NOT NULL CHECK (attempt >= 0),
    created_at BIGINT NOT NULL DEFAULT 0 CHECK (created_at >= 0),
    waits      BIGINT NOT NULL DEFAULT 0 CHECK (waits >= 0),
    held       BIGINT NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
    ran_ahead  BIGINT NOT NULL DEFAULT 0 CHECK (ran_ahead IN (0, 1))
);
-- From tenant to tenant, and to the oldest job of each.
CREATE INDEX slotwerk_outbox_turn ON slotwerk_outbox (tenant, ready_at, id);
-- To the jobs whose time only a clock that ran ahead can have written.
CREATE INDEX slotwerk_outbox_time ON slotwerk_outbox (held, ready_at);

-- One row for an account whose password was set, whose access was revoked, or whose lock was taken.
CREATE TABLE slotwerk_credentials (
    tenant      VARCHAR(128) COLLATE "C" NOT NULL,
    account     VARCHAR(128) COLLATE "C" NOT NULL,
    hash        TEXT COLLATE "C",
    epoch       BIGINT NOT NULL CHECK (epoch >= 0),
    set_at      BIGINT CHECK (set_at >= 0),
    recheck     BIGINT NOT NULL CHECK (recheck IN (0, 1)),
    locked      BIGINT NOT NULL DEFAULT 0 CHECK (locked >= 0),
    must_change BIGINT NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
    PRIMARY KEY (tenant, account)
);

-- Past passwords. The epoch is the last one in which the hash was current.
CREATE TABLE slotwerk_password_history (
    tenant     VARCHAR(128) COLLATE "C" NOT NULL,
    account    VARCHAR(128) COLLATE "C" NOT NULL,
    epoch      BIGINT NOT NULL CHECK (epoch >= 0),
    hash       TEXT COLLATE "C" NOT NULL,
    retired_at BIGINT NOT NULL CHECK (retired_at >= 0),
    PRIMARY KEY (tenant, account, epoch)
);

-- Live reset links. Using a link deletes its row.
CREATE TABLE slotwerk_resets (
    token      BYTEA  NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    tenant     VARCHAR(128) COLLATE "C" NOT NULL,
    account    VARCHAR(128) COLLATE "C" NOT NULL,
    job        BYTEA  NOT NULL CHECK (length(job) = 16),
    epoch      BIGINT NOT NULL CHECK (epoch >= 0),
    binding    BYTEA  NOT NULL CHECK (length(binding) = 32),
    expires_at BIGINT NOT NULL CHECK (expires_at >= 0)
);
CREATE INDEX slotwerk_resets_account ON slotwerk_resets (tenant, account);
CREATE INDEX slotwerk_resets_expiry ON slotwerk_resets (expires_at);

-- Whoever counts the links of an account locks a row that goes with the last of them.
CREATE TABLE slotwerk_link_locks (
    tenant     VARCHAR(128) COLLATE "C" NOT NULL,
    account    VARCHAR(128) COLLATE "C" NOT NULL,
    locked     BIGINT NOT NULL CHECK (locked >= 0),
    expires_at BIGINT NOT NULL CHECK (expires_at >= 0),
    PRIMARY KEY (tenant, account)
);
CREATE INDEX slotwerk_link_locks_expiry ON slotwerk_link_locks (expires_at);

-- Sign-ins in flight.
CREATE TABLE slotwerk_tickets (
    token      BYTEA  NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    tenant     VARCHAR(128) COLLATE "C" NOT NULL,
    account    VARCHAR(128) COLLATE "C" NOT NULL,
    stage      VARCHAR(16) NOT NULL,
    standing   VARCHAR(16) NOT NULL,
    epoch      BIGINT NOT NULL CHECK (epoch >= 0),
    expires_at BIGINT NOT NULL CHECK (expires_at >= 0),
    opened_at  BIGINT NOT NULL CHECK (opened_at >= 0)
);
CREATE INDEX slotwerk_tickets_account ON slotwerk_tickets (tenant, account);
CREATE INDEX slotwerk_tickets_expiry ON slotwerk_tickets (expires_at);

-- The enrolment that waits for its first code; at most one an account.
CREATE TABLE slotwerk_pending_enrolments (
    tenant     VARCHAR(128) COLLATE "C" NOT NULL,
    account    VARCHAR(128) COLLATE "C" NOT NULL,
    id         BYTEA  NOT NULL CHECK (length(id) = 16),
    kind       VARCHAR(16) NOT NULL CHECK (length(kind) >= 1),
    sealed     BYTEA  NOT NULL,
    ticket     BYTEA  NOT NULL CHECK (length(ticket) = 32),
    shared     BIGINT NOT NULL CHECK (shared IN (0, 1)),
    ordinal    BIGINT NOT NULL CHECK (ordinal >= 1),
    mail       VARCHAR(16) NOT NULL,
    epoch      BIGINT NOT NULL CHECK (epoch >= 0),
    expires_at BIGINT NOT NULL CHECK (expires_at >= 0),
    PRIMARY KEY (tenant, account)
);
CREATE INDEX slotwerk_pending_enrolments_expiry ON slotwerk_pending_enrolments (expires_at);

-- Active authenticators.
CREATE TABLE slotwerk_authenticators (
    tenant      VARCHAR(128) COLLATE "C" NOT NULL,
    account     VARCHAR(128) COLLATE "C" NOT NULL,
    id          BYTEA  NOT NULL CHECK (length(id) = 16),
    kind        VARCHAR(16) NOT NULL CHECK (length(kind) >= 1),
    sealed      BYTEA  NOT NULL,
    watermark   BIGINT NOT NULL CHECK (watermark >= 0),
    drift       BIGINT NOT NULL CHECK (drift BETWEEN -128 AND 127),
    disbelieved BIGINT CHECK (disbelieved >= 0),
    ordinal     BIGINT NOT NULL CHECK (ordinal >= 1),
    name        VARCHAR(256),
    added_at    BIGINT NOT NULL CHECK (added_at >= 0),
    used_at     BIGINT NOT NULL CHECK (used_at >= 0),
    PRIMARY KEY (tenant, account, id)
);

-- Unused recovery codes. Using a code deletes its row.
CREATE TABLE slotwerk_recovery_codes (
    tenant  VARCHAR(128) COLLATE "C" NOT NULL,
    account VARCHAR(128) COLLATE "C" NOT NULL,
    digest  BYTEA NOT NULL CHECK (length(digest) = 32),
    hashing VARCHAR(128),
    PRIMARY KEY (tenant, account, digest)
);

-- Attempt budgets, named by a keyed hash.
CREATE TABLE slotwerk_attempts (
    budget_key BYTEA  NOT NULL PRIMARY KEY CHECK (length(budget_key) = 32),
    tat_ms     BIGINT NOT NULL CHECK (tat_ms >= 0),
    failures   BIGINT NOT NULL CHECK (failures BETWEEN 0 AND 4294967295),
    recent     BIGINT NOT NULL CHECK (recent BETWEEN 0 AND 4294967295),
    spent      BIGINT NOT NULL CHECK (spent BETWEEN 0 AND 4294967295),
    keep_ms    BIGINT NOT NULL CHECK (keep_ms >= 0),
    reach_ms   BIGINT NOT NULL CHECK (reach_ms >= 0)
);
CREATE INDEX slotwerk_attempts_tat ON slotwerk_attempts (tat_ms);

-- What happened, written in the transaction in which it happened.
CREATE TABLE slotwerk_audit (
    number      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant      VARCHAR(128) COLLATE "C" NOT NULL,
    happened_at BIGINT NOT NULL CHECK (happened_at >= 0),
    kind        VARCHAR(32) NOT NULL,
    subject     BYTEA  NOT NULL CHECK (length(subject) = 32),
    id          BYTEA  NOT NULL CHECK (length(id) = 16),
    actor       BYTEA  CHECK (length(actor) = 32),
    reason      VARCHAR(200)
);
CREATE INDEX slotwerk_audit_tenant ON slotwerk_audit (tenant, number);
CREATE INDEX slotwerk_audit_page ON slotwerk_audit (tenant, happened_at, id);
CREATE INDEX slotwerk_audit_subject ON slotwerk_audit (tenant, subject, happened_at, id);

-- Sessions. ends_at is the earlier of the absolute end and the end of the idle time, and 0 once the epoch has moved on.
CREATE TABLE slotwerk_sessions (
    token      BYTEA  NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    tenant     VARCHAR(128) COLLATE "C" NOT NULL,
    account    VARCHAR(128) COLLATE "C" NOT NULL,
    epoch      BIGINT NOT NULL CHECK (epoch >= 0),
    data       BYTEA  NOT NULL CHECK (length(data) <= 4096),
    created_at BIGINT NOT NULL CHECK (created_at >= 0),
    touched_at BIGINT NOT NULL CHECK (touched_at >= 0),
    expires_at BIGINT NOT NULL CHECK (expires_at >= 0),
    idle_secs  BIGINT NOT NULL CHECK (idle_secs >= 0),
    ends_at    BIGINT NOT NULL CHECK (ends_at >= 0)
);
CREATE INDEX slotwerk_sessions_account ON slotwerk_sessions (tenant, account);
CREATE INDEX slotwerk_sessions_end ON slotwerk_sessions (ends_at);
CREATE INDEX slotwerk_sessions_expiry ON slotwerk_sessions (expires_at);
CREATE INDEX slotwerk_sessions_touch ON slotwerk_sessions (touched_at);
