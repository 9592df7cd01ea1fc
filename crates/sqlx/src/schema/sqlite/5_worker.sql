-- Version 5. Jobs know when they were added, how often they only waited, and whether a worker holds them;
-- a pending enrolment knows where its mail is.
ALTER TABLE slotwerk_outbox ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0 CHECK (created_at >= 0);
ALTER TABLE slotwerk_outbox ADD COLUMN waits BIGINT NOT NULL DEFAULT 0 CHECK (waits >= 0);
ALTER TABLE slotwerk_outbox ADD COLUMN held SMALLINT NOT NULL DEFAULT 0 CHECK (held IN (0, 1));
ALTER TABLE slotwerk_outbox ADD COLUMN ran_ahead SMALLINT NOT NULL DEFAULT 0 CHECK (ran_ahead IN (0, 1));
-- When an older job was added is not known, but not later than this.
UPDATE slotwerk_outbox SET created_at = ready_at;
-- To the jobs whose time no right clock can have written.
CREATE INDEX slotwerk_outbox_time ON slotwerk_outbox (held, ready_at);

ALTER TABLE slotwerk_pending_enrolments ADD COLUMN mail VARCHAR(16) NOT NULL DEFAULT 'queued';
