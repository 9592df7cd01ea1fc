-- Version 3. A watermark that was written while a clock ran ahead, and the place of an authenticator among the
-- account's own. Those from before all have the same label in the app; the next one has another.
ALTER TABLE slotwerk_authenticators ADD COLUMN disbelieved BIGINT CHECK (disbelieved >= 0);
ALTER TABLE slotwerk_authenticators ADD COLUMN ordinal BIGINT NOT NULL DEFAULT 1 CHECK (ordinal >= 1);
ALTER TABLE slotwerk_pending_enrolments ADD COLUMN ordinal BIGINT NOT NULL DEFAULT 1 CHECK (ordinal >= 1);
