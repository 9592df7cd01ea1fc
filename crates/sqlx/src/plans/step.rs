//! One step of a plan.

use crate::connection::Row;
use crate::statement::Record;
use sqlx::Row as _;

/// One step of a plan, as a database describes it.
pub(crate) struct Step {
    pub(crate) text: String,
    /// Goes through a whole table or a whole index.
    scans: bool,
    /// Goes through a whole index unless the next step is its condition.
    needs_condition: bool,
    /// Sorts rows.
    pub(crate) sorts: bool,
}

impl Record for Step {
    fn read(row: &Row) -> Result<Self, sqlx::Error> {
        match row {
            Row::Sqlite(row) => row.try_get("detail").map(Self::of_sqlite),
            Row::Postgres(row) => row.try_get(0).map(Self::of_postgres),
            Row::Mysql(row) => Self::of_mysql(row),
        }
    }
}

/// Whether a plan goes through a whole table or a whole index.
pub(crate) fn scans(plan: &[Step]) -> bool {
    let has_condition = |n: usize| {
        let next = plan.get(n + 1);
        next.is_some_and(|next| next.text.contains("Index Cond:"))
    };
    let scans = |(n, step): (usize, &Step)| step.scans || step.needs_condition && !has_condition(n);
    plan.iter().enumerate().any(scans)
}

/// What SQLite goes through besides tables: subqueries and common table expressions, by their names in our statements.
const NO_TABLES: [&str; 4] = ["CONSTANT", "waiting", "one", "surplus"];

impl Step {
    fn of_sqlite(text: String) -> Self {
        let scanned = text.strip_prefix("SCAN ");
        let scanned = scanned.and_then(|rest| rest.split(' ').next());
        Self {
            scans: scanned.is_some_and(|name| !NO_TABLES.contains(&name)),
            needs_condition: false,
            sorts: text.contains("TEMP B-TREE"),
            text,
        }
    }

    fn of_postgres(text: String) -> Self {
        Self {
            scans: text.contains("Seq Scan on slotwerk_"),
            needs_condition: text.contains("Index Scan") || text.contains("Index Only Scan"),
            sorts: text.trim_start().starts_with("->  Sort") || text.starts_with("Sort"),
            text,
        }
    }

    fn of_mysql(row: &sqlx::mysql::MySqlRow) -> Result<Self, sqlx::Error> {
        let column = |name| row.try_get::<Option<String>, _>(name);
        let how = column("select_type")?.unwrap_or_default();
        let table = column("table")?.unwrap_or_default();
        let access = column("type")?.unwrap_or_default();
        let key = column("key")?.unwrap_or_default();
        let extra = column("Extra")?.unwrap_or_default();
        let is_table = !table.starts_with('<') && !NO_TABLES.contains(&table.as_str());
        Ok(Self {
            // The table that an INSERT writes to counts as ALL.
            scans: is_table && how != "INSERT" && matches!(access.as_str(), "ALL" | "index"),
            needs_condition: false,
            // The few tenants that wait are sorted, not their jobs.
            sorts: is_table && extra.contains("filesort"),
            text: format!("{how} {table} {access} {key} {extra}"),
        })
    }
}
