//! The page for operators names what there is.
#![cfg(feature = "sqlite")]

use crate::common;

use common::Database;
use slotwerk_testkit::conformance::block_on;
use sqlx::AssertSqlSafe;

#[test]
fn every_column_is_explained() {
    let page = include_str!("../OPERATING.md");
    block_on(async {
        let database = Database::new().await;
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'slotwerk%'",
        )
        .fetch_all(&database.raw)
        .await
        .unwrap();
        assert!(tables.len() > 12);
        for table in tables {
            let start = format!("| `{table}` |");
            let row = page.lines().find(|line| line.starts_with(&start));
            let row = row.unwrap_or_else(|| panic!("{table} has no row"));
            let columns = format!("SELECT name FROM pragma_table_info('{table}')");
            let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(columns))
                .fetch_all(&database.raw)
                .await
                .unwrap();
            for column in columns {
                let is_order = column == "number" && table != "slotwerk_audit";
                let named = row.contains(&format!("`{column}`"));
                assert!(named || is_order, "{table}.{column} is not explained");
            }
        }
    });
}
