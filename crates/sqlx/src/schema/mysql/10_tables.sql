-- Version 10, the first one for MariaDB and MySQL. The comments of SQLite's files hold here too.
-- Ids are bytes, since the binary collation of a text ignores trailing spaces. All numbers are BIGINT. Times are in
-- seconds since 1970, or in milliseconds where the name ends in _ms.

-- Mails to write and send. The payload is sealed by the caller.
CREATE TABLE IF NOT EXISTS slotwerk_outbox (
    id         VARBINARY(16) NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant     VARBINARY(128) NOT NULL,
    payload    LONGBLOB  NOT NULL,
    ready_at   BIGINT NOT NULL CHECK (ready_at >= 0),
    attempt    BIGINT NOT NULL CHECK (attempt >= 0),
    created_at BIGINT NOT NULL DEFAULT 0 CHECK (created_at >= 0),
    waits      BIGINT NOT NULL DEFAULT 0 CHECK (waits >= 0),
    held       BIGINT NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
    ran_ahead  BIGINT NOT NULL DEFAULT 0 CHECK (ran_ahead IN (0, 1)),
    INDEX slotwerk_outbox_turn (tenant, ready_at, id),
    INDEX slotwerk_outbox_time (held, ready_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row for an account whose password was set, whose access was revoked, or whose lock was taken.
CREATE TABLE IF NOT EXISTS slotwerk_credentials (
    tenant      VARBINARY(128) NOT NULL,
    account     VARBINARY(128) NOT NULL,
    hash        TEXT,
    epoch       BIGINT NOT NULL CHECK (epoch >= 0),
    set_at      BIGINT CHECK (set_at >= 0),
    recheck     BIGINT NOT NULL CHECK (recheck IN (0, 1)),
    locked      BIGINT NOT NULL DEFAULT 0 CHECK (locked >= 0),
    must_change BIGINT NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
    PRIMARY KEY (tenant, account)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Past passwords. The epoch is the last one in which the hash was current.
CREATE TABLE IF NOT EXISTS slotwerk_password_history (
    tenant     VARBINARY(128) NOT NULL,
    account    VARBINARY(128) NOT NULL,
    epoch      BIGINT NOT NULL CHECK (epoch >= 0),
    hash       TEXT NOT NULL,
    retired_at BIGINT NOT NULL CHECK (retired_at >= 0),
    PRIMARY KEY (tenant, account, epoch)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Live reset links. Using a link deletes its row.
CREATE TABLE IF NOT EXISTS slotwerk_resets (
    token      VARBINARY(32) NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    tenant     VARBINARY(128) NOT NULL,
    account    VARBINARY(128) NOT NULL,
    job        VARBINARY(16) NOT NULL CHECK (length(job) = 16),
    epoch      BIGINT NOT NULL CHECK (epoch >= 0),
    binding    VARBINARY(32) NOT NULL CHECK (length(binding) = 32),
    expires_at BIGINT NOT NULL CHECK (expires_at >= 0),
    INDEX slotwerk_resets_account (tenant, account),
    INDEX slotwerk_resets_expiry (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Whoever counts the links of an account locks a row that goes with the last of them.
CREATE TABLE IF NOT EXISTS slotwerk_link_locks (
    tenant     VARBINARY(128) NOT NULL,
    account    VARBINARY(128) NOT NULL,
    locked     BIGINT NOT NULL CHECK (locked >= 0),
    expires_at BIGINT NOT NULL CHECK (expires_at >= 0),
    PRIMARY KEY (tenant, account),
    INDEX slotwerk_link_locks_expiry (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Sign-ins in flight.
CREATE TABLE IF NOT EXISTS slotwerk_tickets (
    token      VARBINARY(32) NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    tenant     VARBINARY(128) NOT NULL,
    account    VARBINARY(128) NOT NULL,
    stage      VARCHAR(16) NOT NULL,
    standing   VARCHAR(16) NOT NULL,
    epoch      BIGINT NOT NULL CHECK (epoch >= 0),
    expires_at BIGINT NOT NULL CHECK (expires_at >= 0),
    opened_at  BIGINT NOT NULL CHECK (opened_at >= 0),
    INDEX slotwerk_tickets_account (tenant, account),
    INDEX slotwerk_tickets_expiry (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- The enrolment that waits for its first code; at most one an account.
CREATE TABLE IF NOT EXISTS slotwerk_pending_enrolments (
    tenant     VARBINARY(128) NOT NULL,
    account    VARBINARY(128) NOT NULL,
    id         VARBINARY(16) NOT NULL CHECK (length(id) = 16),
    kind       VARCHAR(16) NOT NULL CHECK (char_length(kind) >= 1),
    sealed     BLOB  NOT NULL,
    ticket     VARBINARY(32) NOT NULL CHECK (length(ticket) = 32),
    shared     BIGINT NOT NULL CHECK (shared IN (0, 1)),
    ordinal    BIGINT NOT NULL CHECK (ordinal >= 1),
    mail       VARCHAR(16) NOT NULL,
    epoch      BIGINT NOT NULL CHECK (epoch >= 0),
    expires_at BIGINT NOT NULL CHECK (expires_at >= 0),
    PRIMARY KEY (tenant, account),
    INDEX slotwerk_pending_enrolments_expiry (expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Active authenticators.
CREATE TABLE IF NOT EXISTS slotwerk_authenticators (
    tenant      VARBINARY(128) NOT NULL,
    account     VARBINARY(128) NOT NULL,
    id          VARBINARY(16) NOT NULL CHECK (length(id) = 16),
    kind        VARCHAR(16) NOT NULL CHECK (char_length(kind) >= 1),
    sealed      BLOB  NOT NULL,
    watermark   BIGINT NOT NULL CHECK (watermark >= 0),
    drift       BIGINT NOT NULL CHECK (drift BETWEEN -128 AND 127),
    disbelieved BIGINT CHECK (disbelieved >= 0),
    ordinal     BIGINT NOT NULL CHECK (ordinal >= 1),
    name        VARCHAR(256),
    added_at    BIGINT NOT NULL CHECK (added_at >= 0),
    used_at     BIGINT NOT NULL CHECK (used_at >= 0),
    PRIMARY KEY (tenant, account, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Unused recovery codes. Using a code deletes its row.
CREATE TABLE IF NOT EXISTS slotwerk_recovery_codes (
    tenant  VARBINARY(128) NOT NULL,
    account VARBINARY(128) NOT NULL,
    digest  VARBINARY(32) NOT NULL CHECK (length(digest) = 32),
    hashing VARCHAR(128),
    PRIMARY KEY (tenant, account, digest)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Attempt budgets, named by a keyed hash.
CREATE TABLE IF NOT EXISTS slotwerk_attempts (
    budget_key VARBINARY(32) NOT NULL PRIMARY KEY CHECK (length(budget_key) = 32),
    tat_ms     BIGINT NOT NULL CHECK (tat_ms >= 0),
    failures   BIGINT NOT NULL CHECK (failures BETWEEN 0 AND 4294967295),
    recent     BIGINT NOT NULL CHECK (recent BETWEEN 0 AND 4294967295),
    spent      BIGINT NOT NULL CHECK (spent BETWEEN 0 AND 4294967295),
    keep_ms    BIGINT NOT NULL CHECK (keep_ms >= 0),
    reach_ms   BIGINT NOT NULL CHECK (reach_ms >= 0),
    INDEX slotwerk_attempts_tat (tat_ms)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- What happened, written in the transaction in which it happened.
CREATE TABLE IF NOT EXISTS slotwerk_audit (
    number      BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    tenant      VARBINARY(128) NOT NULL,
    happened_at BIGINT NOT NULL CHECK (happened_at >= 0),
    kind        VARCHAR(32) NOT NULL,
    subject     VARBINARY(32) NOT NULL CHECK (length(subject) = 32),
    id          VARBINARY(16) NOT NULL CHECK (length(id) = 16),
    actor       VARBINARY(32) CHECK (length(actor) = 32),
    reason      VARCHAR(200),
    INDEX slotwerk_audit_tenant (tenant, number),
    INDEX slotwerk_audit_page (tenant, happened_at, id),
    INDEX slotwerk_audit_subject (tenant, subject, happened_at, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;

-- Sessions. ends_at is the earlier of the absolute end and the end of the idle time, and 0 once the epoch has moved on.
CREATE TABLE IF NOT EXISTS slotwerk_sessions (
    token      VARBINARY(32) NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    tenant     VARBINARY(128) NOT NULL,
    account    VARBINARY(128) NOT NULL,
    epoch      BIGINT NOT NULL CHECK (epoch >= 0),
    data       BLOB  NOT NULL CHECK (length(data) <= 4096),
    created_at BIGINT NOT NULL CHECK (created_at >= 0),
    touched_at BIGINT NOT NULL CHECK (touched_at >= 0),
    expires_at BIGINT NOT NULL CHECK (expires_at >= 0),
    idle_secs  BIGINT NOT NULL CHECK (idle_secs >= 0),
    ends_at    BIGINT NOT NULL CHECK (ends_at >= 0),
    INDEX slotwerk_sessions_account (tenant, account),
    INDEX slotwerk_sessions_end (ends_at),
    INDEX slotwerk_sessions_expiry (expires_at),
    INDEX slotwerk_sessions_touch (touched_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
