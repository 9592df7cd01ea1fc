-- Version 11. Checkpoints over the audit trail, so that rows that were altered or deleted show. A row without a
-- checkpoint is not covered yet. Older versions of this crate write rows beside it, and do not name the column.
ALTER TABLE slotwerk_audit ADD COLUMN checkpoint BIGINT;
CREATE INDEX slotwerk_audit_sealed ON slotwerk_audit (tenant, checkpoint, happened_at, id);
-- To the tenants with rows that are not covered.
CREATE INDEX slotwerk_audit_unsealed ON slotwerk_audit (tenant, happened_at) WHERE checkpoint IS NULL;

-- The chain of each tenant. The tag is keyed; its key is not in the database.
CREATE TABLE slotwerk_audit_checkpoints (
    tenant          VARCHAR(128) NOT NULL,
    number          BIGINT       NOT NULL CHECK (number >= 1),
    previous        BLOB         NOT NULL CHECK (length(previous) = 32),
    sealed_at       BIGINT       NOT NULL CHECK (sealed_at >= 0),
    newest          BIGINT       NOT NULL CHECK (newest >= 0),
    removed_through BIGINT       NOT NULL CHECK (removed_through >= 0),
    entries         BLOB         NOT NULL,
    key_id          BIGINT       NOT NULL CHECK (key_id BETWEEN 0 AND 65535),
    mac             BLOB         NOT NULL CHECK (length(mac) = 32),
    PRIMARY KEY (tenant, number)
);
