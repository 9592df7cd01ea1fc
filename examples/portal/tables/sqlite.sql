-- The portal's own tables, beside those of the store. The files for the other databases hold the same tables.
CREATE TABLE IF NOT EXISTS portal_users (
    tenant TEXT NOT NULL, id TEXT NOT NULL, login TEXT NOT NULL, mail TEXT NOT NULL,
    name TEXT NOT NULL, locale TEXT NOT NULL, enabled INTEGER NOT NULL,
    PRIMARY KEY (tenant, id), UNIQUE (tenant, login)
);
CREATE TABLE IF NOT EXISTS portal_mailbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_at INTEGER NOT NULL, language TEXT NOT NULL,
    sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL,
    html TEXT NOT NULL, eml BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS portal_mail_images (
    mail INTEGER NOT NULL, content_id TEXT NOT NULL, png BLOB NOT NULL, PRIMARY KEY (mail, content_id)
);
-- Tenants that `add-tenant` has added.
CREATE TABLE IF NOT EXISTS portal_tenants (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, colour TEXT NOT NULL, language TEXT NOT NULL,
    rules TEXT NOT NULL, mailed INTEGER NOT NULL
);
-- A check value for each key of the key file. It shows a node that has the key file of another service.
