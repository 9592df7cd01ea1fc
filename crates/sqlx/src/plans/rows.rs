//! Many rows in every table, as plain SQL.

use crate::Dialect;

/// So many rows make an index worth its while.
pub(crate) const ROWS: u64 = 10_000;

/// The time that the rows are written around, as in the conformance suite.
pub(crate) const NOW: u64 = 1_700_000_000;

/// What each dialect writes differently. `{i}` is the number of a row.
struct Spelling {
    bytes16: &'static str,
    bytes32: &'static str,
    tenant: &'static str,
    account: &'static str,
}

const SQLITE: Spelling = Spelling {
    bytes16: "unhex(printf('%032x', {i}))",
    bytes32: "unhex(printf('%064x', {i}))",
    tenant: "iif({i} % 100 = 0, 'noord', 'tenant ' || ({i} % 100))",
    account: "'account ' || ({i} / 100)",
};

const POSTGRES: Spelling = Spelling {
    bytes16: "decode(lpad(to_hex({i}), 32, '0'), 'hex')",
    bytes32: "decode(lpad(to_hex({i}), 64, '0'), 'hex')",
    tenant: "CASE WHEN {i} % 100 = 0 THEN 'noord' ELSE 'tenant ' || ({i} % 100) END",
    account: "'account ' || ({i} / 100)",
};

const MYSQL: Spelling = Spelling {
    bytes16: "UNHEX(LPAD(HEX({i}), 32, '0'))",
    bytes32: "UNHEX(LPAD(HEX({i}), 64, '0'))",
    tenant: "IF({i} % 100 = 0, 'noord', CONCAT('tenant ', {i} % 100))",
    account: "CONCAT('account ', {i} DIV 100)",
};

/// The columns of each table, and their values. A row of each table belongs to each account.
const TABLES: [(&str, &str, &str); 12] = [
    (
        "slotwerk_outbox",
        "id, tenant, payload, ready_at, attempt, created_at, held",
        "{bytes16}, {tenant}, {bytes32}, {now} - {i} % 5000, 1, {now} - 5000, {i} % 2",
    ),
    (
        "slotwerk_credentials",
        "tenant, account, hash, epoch, set_at, recheck",
        "{tenant}, {account}, 'hash', 1, {now}, 0",
    ),
    (
        "slotwerk_password_history",
        "tenant, account, epoch, hash, retired_at",
        "{tenant}, {account}, 0, 'hash', {now}",
    ),
    (
        "slotwerk_resets",
        "token, tenant, account, job, epoch, binding, expires_at",
        "{bytes32}, {tenant}, {account}, {bytes16}, 1, {bytes32}, {now} + 60 + {i} % 3600",
    ),
    (
        "slotwerk_tickets",
        "token, tenant, account, stage, standing, epoch, expires_at, opened_at",
        "{bytes32}, {tenant}, {account}, 'verify', 'good', 1, {now} + 60 + {i} % 600, {now}",
    ),
    (
        "slotwerk_pending_enrolments",
        "tenant, account, id, kind, sealed, ticket, shared, ordinal, mail, epoch, expires_at",
        "{tenant}, {account}, {bytes16}, 'totp', {bytes32}, {bytes32}, 1, 1, 'queued', 1, {now} + 60 + {i} % 600",
    ),
    (
        "slotwerk_authenticators",
        "tenant, account, id, kind, sealed, watermark, drift, ordinal, name, added_at, used_at",
        "{tenant}, {account}, {bytes16}, 'totp', {bytes32}, 0, 0, 1, 'phone', {now}, {now}",
    ),
    (
        "slotwerk_recovery_codes",
        "tenant, account, digest, hashing",
        "{tenant}, {account}, {bytes32}, 'hashing'",
    ),
    (
        "slotwerk_attempts",
        "budget_key, tat_ms, failures, recent, spent, keep_ms, reach_ms",
        "{bytes32}, {now}000 + {i}, 1, 1, 1, 3600000, 3600000",
    ),
    (
        "slotwerk_audit",
        "tenant, happened_at, kind, subject, id",
        "{tenant}, {now} - {i}, 'code-accepted', {bytes32}, {bytes16}",
    ),
    (
        "slotwerk_sessions",
        "token, tenant, account, epoch, data, created_at, touched_at, expires_at, idle_secs, ends_at",
        "{bytes32}, {tenant}, {account}, 1, {bytes16}, {now}, {now}, {now} + 86400 + {i} % 3600, 3600, {now} + 60 + {i} % 3600",
    ),
    (
        "slotwerk_link_locks",
        "tenant, account, locked, expires_at",
        "{tenant}, {account}, 0, {now} + 60 + {i} % 3600",
    ),
];

/// The statements that give each table the rows from `first` to before `end`, and the planner its statistics.
pub(crate) fn statements(dialect: Dialect, first: u64, end: u64) -> Vec<String> {
    let (spelling, analyze) = match dialect {
        Dialect::Sqlite => (SQLITE, "ANALYZE"),
        // Also lets an index answer without its table.
        Dialect::Postgres => (POSTGRES, "VACUUM ANALYZE"),
        Dialect::Mysql => (MYSQL, "ANALYZE TABLE"),
    };
    let mut statements = Vec::new();
    if dialect == Dialect::Mysql {
        statements.push("SET SESSION max_recursive_iterations = 4294967295".to_owned());
    }
    for (table, columns, values) in TABLES {
        let values = values
            .replace("{bytes16}", spelling.bytes16)
            .replace("{bytes32}", spelling.bytes32)
            .replace("{tenant}", spelling.tenant)
            .replace("{account}", spelling.account)
            .replace("{now}", &NOW.to_string())
            .replace("{i}", "i");
        statements.push(format!(
            "INSERT INTO {table} ({columns})
             WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {end})
             SELECT {values} FROM n"
        ));
    }
    if dialect == Dialect::Sqlite {
        statements.push(analyze.to_owned());
    } else {
        statements.extend(TABLES.map(|(table, ..)| format!("{analyze} {table}")));
    }
    statements
}
