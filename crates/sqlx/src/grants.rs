//! The rights of the role that a service runs under.

use crate::dialect::Dialect;
use thiserror::Error;

/// The rights to a table. No statement of the store needs more.
struct Rights {
    table: &'static str,
    rights: &'static str,
}

const CHANGED: &str = "SELECT, INSERT, UPDATE, DELETE";

const RIGHTS: &[Rights] = &[
    Rights {
        table: "slotwerk_schema",
        rights: "SELECT",
    },
    Rights {
        table: "slotwerk_outbox",
        rights: CHANGED,
    },
    Rights {
        table: "slotwerk_credentials",
        rights: "SELECT, INSERT, UPDATE",
    },
    Rights {
        table: "slotwerk_password_history",
        rights: "SELECT, INSERT, DELETE",
    },
    Rights {
        table: "slotwerk_resets",
        rights: CHANGED,
    },
    Rights {
        table: "slotwerk_link_locks",
        rights: CHANGED,
    },
    Rights {
        table: "slotwerk_tickets",
        rights: CHANGED,
    },
    Rights {
        table: "slotwerk_pending_enrolments",
        rights: CHANGED,
    },
    Rights {
        table: "slotwerk_authenticators",
        rights: CHANGED,
    },
    Rights {
        table: "slotwerk_recovery_codes",
        rights: "SELECT, INSERT, DELETE",
    },
    Rights {
        table: "slotwerk_attempts",
        rights: CHANGED,
    },
    // Append-only: the service cannot alter or remove what it has written.
    Rights {
        table: "slotwerk_audit",
        rights: "SELECT, INSERT",
    },
    Rights {
        table: "slotwerk_sessions",
        rights: CHANGED,
    },
];

/// The grants for the role of a service that changes no table itself, as a script.
///
/// Somebody else creates the tables then, with [`schema_sql`](crate::schema_sql) or
/// [`SqlStore::migrate`](crate::SqlStore::migrate) under another role. SQLite has no roles; its script is a comment.
/// On PostgreSQL the role also needs USAGE on the schema of the tables.
///
/// # Errors
///
/// [`InvalidRole`] if the name has other characters than ASCII letters, digits and `_`, or begins with a digit.
///
/// ```
/// use slotwerk_sqlx::{Dialect, grants_sql};
///
/// let script = grants_sql(Dialect::Postgres, "portal")?;
/// assert!(script.contains("GRANT SELECT, INSERT ON slotwerk_audit TO portal;"));
/// # Ok::<(), slotwerk_sqlx::InvalidRole>(())
/// ```
pub fn grants_sql(dialect: Dialect, role: &str) -> Result<String, InvalidRole> {
    let is_name = role.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if role.is_empty() || !is_name || role.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(InvalidRole);
    }
    let grantee = match dialect {
        Dialect::Sqlite => {
            return Ok("-- SQLite has no roles: the rights of the file decide.\n".to_owned());
        }
        Dialect::Postgres => role.to_owned(),
        Dialect::Mysql => format!("'{role}'@'%'"),
    };
    let grant =
        |Rights { table, rights }: &Rights| format!("GRANT {rights} ON {table} TO {grantee};\n");
    Ok(RIGHTS.iter().map(grant).collect())
}

/// The name of a role is not made of ASCII letters, digits and `_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the name of a role must be made of ASCII letters, digits and `_`, and begin with no digit"
)]
pub struct InvalidRole;
