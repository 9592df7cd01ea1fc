-- Version 6. How the recovery codes of a set were hashed before their digests were made: parameters and salt.
-- Sets from before have none: their digests are those of the codes themselves, until a new set replaces them.
ALTER TABLE slotwerk_recovery_codes ADD COLUMN hashing VARCHAR(128) CHECK (length(hashing) <= 128);
