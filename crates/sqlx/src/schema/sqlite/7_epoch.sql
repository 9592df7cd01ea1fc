-- The number that ends what was issued before it has one name.
ALTER TABLE slotwerk_credentials RENAME COLUMN version TO epoch;
ALTER TABLE slotwerk_password_history RENAME COLUMN version TO epoch;
ALTER TABLE slotwerk_resets RENAME COLUMN version TO epoch;
ALTER TABLE slotwerk_tickets RENAME COLUMN version TO epoch;
ALTER TABLE slotwerk_pending_enrolments RENAME COLUMN version TO epoch;
