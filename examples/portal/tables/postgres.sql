-- One node at a time: two that create a table at once would get an error. All of this is one transaction.
SELECT pg_advisory_xact_lock(7310577365311121);
CREATE TABLE IF NOT EXISTS portal_users (
    tenant TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL, login TEXT COLLATE "C" NOT NULL,
    mail TEXT NOT NULL, name TEXT NOT NULL, locale TEXT NOT NULL, enabled BOOLEAN NOT NULL,
    PRIMARY KEY (tenant, id), UNIQUE (tenant, login)
);
CREATE TABLE IF NOT EXISTS portal_mailbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, received_at BIGINT NOT NULL, language TEXT NOT NULL,
    sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL,
    html TEXT NOT NULL, eml BYTEA NOT NULL
);
CREATE TABLE IF NOT EXISTS portal_mail_images (
    mail BIGINT NOT NULL, content_id TEXT COLLATE "C" NOT NULL, png BYTEA NOT NULL,
    PRIMARY KEY (mail, content_id)
);
CREATE TABLE IF NOT EXISTS portal_tenants (
    id TEXT COLLATE "C" PRIMARY KEY, name TEXT NOT NULL, colour TEXT NOT NULL, language TEXT NOT NULL,
    rules TEXT NOT NULL, mailed BOOLEAN NOT NULL
);
