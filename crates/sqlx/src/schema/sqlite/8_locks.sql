-- Version 8. Taking the lock of an account changes its row: a cluster that certifies rows (Galera) sees no write that
-- changes nothing.
ALTER TABLE slotwerk_credentials ADD COLUMN locked BIGINT NOT NULL DEFAULT 0 CHECK (locked >= 0);

-- Authenticators and enrolments have a kind. Those from before are all of one.
ALTER TABLE slotwerk_authenticators
  ADD COLUMN kind VARCHAR(16) NOT NULL DEFAULT 'totp' CHECK (length(kind) BETWEEN 1 AND 16);
ALTER TABLE slotwerk_pending_enrolments
  ADD COLUMN kind VARCHAR(16) NOT NULL DEFAULT 'totp' CHECK (length(kind) BETWEEN 1 AND 16);

-- Tickets are pushed out by the time of their opening. Those from before count as the oldest.
ALTER TABLE slotwerk_tickets ADD COLUMN opened_at BIGINT NOT NULL DEFAULT 0 CHECK (opened_at >= 0);
