-- Version 11. The comments of SQLite's file hold here too.
-- The column and its indexes come in one statement, only if they are not there: MySQL has no ADD COLUMN IF NOT EXISTS.
SET @slotwerk_step = (
    SELECT IF(COUNT(*) = 0,
        'ALTER TABLE slotwerk_audit
           ADD COLUMN checkpoint BIGINT,
           ADD INDEX slotwerk_audit_sealed (tenant, checkpoint, happened_at, id),
           ADD INDEX slotwerk_audit_unsealed (checkpoint, tenant, happened_at)',
        'DO 0')
      FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'slotwerk_audit' AND column_name = 'checkpoint');
PREPARE slotwerk_step FROM @slotwerk_step;
EXECUTE slotwerk_step;
DEALLOCATE PREPARE slotwerk_step;

CREATE TABLE IF NOT EXISTS slotwerk_audit_checkpoints (
    tenant          VARBINARY(128) NOT NULL,
    number          BIGINT NOT NULL CHECK (number >= 1),
    previous        VARBINARY(32) NOT NULL CHECK (length(previous) = 32),
    sealed_at       BIGINT NOT NULL CHECK (sealed_at >= 0),
    newest          BIGINT NOT NULL CHECK (newest >= 0),
    removed_through BIGINT NOT NULL CHECK (removed_through >= 0),
    entries         BLOB NOT NULL,
    key_id          BIGINT NOT NULL CHECK (key_id BETWEEN 0 AND 65535),
    mac             VARBINARY(32) NOT NULL CHECK (length(mac) = 32),
    PRIMARY KEY (tenant, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
