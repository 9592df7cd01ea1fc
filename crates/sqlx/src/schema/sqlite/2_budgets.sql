-- Version 2. Delays go by a count of their own, which time resets. The reach is the longest that the
-- last charge could put the arrival time ahead; for older rows it is the longest of any budget.
ALTER TABLE slotwerk_attempts
  ADD COLUMN recent BIGINT NOT NULL DEFAULT 0 CHECK (recent BETWEEN 0 AND 4294967295);
ALTER TABLE slotwerk_attempts
  ADD COLUMN reach_ms BIGINT NOT NULL DEFAULT 2592086400000 CHECK (reach_ms >= 0);
UPDATE slotwerk_attempts SET recent = failures;
