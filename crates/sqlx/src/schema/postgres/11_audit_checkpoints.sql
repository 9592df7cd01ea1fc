-- Version 11. The comments of SQLite's file hold here too.
ALTER TABLE slotwerk_audit ADD COLUMN checkpoint BIGINT;
CREATE INDEX slotwerk_audit_sealed ON slotwerk_audit (tenant, checkpoint, happened_at, id);
CREATE INDEX slotwerk_audit_unsealed ON slotwerk_audit (tenant, happened_at) WHERE checkpoint IS NULL;

CREATE TABLE slotwerk_audit_checkpoints (
    tenant          VARCHAR(128) COLLATE "C" NOT NULL,
    number          BIGINT NOT NULL CHECK (number >= 1),
    previous        BYTEA  NOT NULL CHECK (length(previous) = 32),
    sealed_at       BIGINT NOT NULL CHECK (sealed_at >= 0),
    newest          BIGINT NOT NULL CHECK (newest >= 0),
    removed_through BIGINT NOT NULL CHECK (removed_through >= 0),
    entries         BYTEA  NOT NULL,
    key_id          BIGINT NOT NULL CHECK (key_id BETWEEN 0 AND 65535),
    mac             BYTEA  NOT NULL CHECK (length(mac) = 32),
    PRIMARY KEY (tenant, number)
);
