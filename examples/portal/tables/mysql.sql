-- Ids are bytes: the collations of a text ignore trailing spaces.
CREATE TABLE IF NOT EXISTS portal_users (
    tenant VARBINARY(128) NOT NULL, id VARBINARY(128) NOT NULL, login VARBINARY(512) NOT NULL,
    mail VARCHAR(320) NOT NULL, name TEXT NOT NULL, locale VARCHAR(35) NOT NULL, enabled BOOLEAN NOT NULL,
    PRIMARY KEY (tenant, id), UNIQUE (tenant, login)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE TABLE IF NOT EXISTS portal_mailbox (
    id BIGINT AUTO_INCREMENT PRIMARY KEY, received_at BIGINT NOT NULL, language VARCHAR(35) NOT NULL,
    sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, text MEDIUMTEXT NOT NULL,
    html MEDIUMTEXT NOT NULL, eml LONGBLOB NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
CREATE TABLE IF NOT EXISTS portal_mail_images (
    mail BIGINT NOT NULL, content_id VARBINARY(255) NOT NULL, png LONGBLOB NOT NULL,
    PRIMARY KEY (mail, content_id)
) ENGINE = InnoDB;
CREATE TABLE IF NOT EXISTS portal_tenants (
    id VARBINARY(128) PRIMARY KEY, name TEXT NOT NULL, colour VARCHAR(16) NOT NULL,
    language VARCHAR(35) NOT NULL, rules MEDIUMTEXT NOT NULL, mailed BOOLEAN NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin;
