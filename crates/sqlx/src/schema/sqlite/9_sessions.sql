-- Version 9. Sessions, the mark that asks for a new password, and an audit trail that is ordered by time and id.

-- ends_at is the earlier of the absolute end and the end of the idle time, and 0 once the epoch has moved on: such
-- a row is over, and stays until the next change of the epoch so that one session can be rotated.
CREATE TABLE slotwerk_sessions (
    token      BLOB         NOT NULL PRIMARY KEY CHECK (length(token) = 32),
    tenant     VARCHAR(128) NOT NULL,
    account    VARCHAR(128) NOT NULL,
    epoch      BIGINT       NOT NULL CHECK (epoch >= 0),
    data       BLOB         NOT NULL CHECK (length(data) <= 4096),
    created_at BIGINT       NOT NULL CHECK (created_at >= 0),
    touched_at BIGINT       NOT NULL CHECK (touched_at >= 0),
    expires_at BIGINT       NOT NULL CHECK (expires_at >= 0),
    idle_secs  BIGINT       NOT NULL CHECK (idle_secs >= 0),
    ends_at    BIGINT       NOT NULL CHECK (ends_at >= 0)
);
CREATE INDEX slotwerk_sessions_account ON slotwerk_sessions (tenant, account);
CREATE INDEX slotwerk_sessions_end ON slotwerk_sessions (ends_at);
-- To the rows of a clock that ran ahead.
CREATE INDEX slotwerk_sessions_expiry ON slotwerk_sessions (expires_at);
CREATE INDEX slotwerk_sessions_touch ON slotwerk_sessions (touched_at);

ALTER TABLE slotwerk_credentials
  ADD COLUMN must_change SMALLINT NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1));

ALTER TABLE slotwerk_audit
  ADD COLUMN id BLOB NOT NULL DEFAULT x'00000000000000000000000000000000' CHECK (length(id) = 16);
ALTER TABLE slotwerk_audit ADD COLUMN actor BLOB CHECK (length(actor) = 32);
ALTER TABLE slotwerk_audit ADD COLUMN reason VARCHAR(200) CHECK (length(reason) <= 200);
UPDATE slotwerk_audit SET id = randomblob(16);
CREATE INDEX slotwerk_audit_page ON slotwerk_audit (tenant, happened_at, id);
CREATE INDEX slotwerk_audit_subject ON slotwerk_audit (tenant, subject, happened_at, id);
