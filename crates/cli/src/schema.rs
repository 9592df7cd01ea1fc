//! `slotwerk schema`: the tables of the store, and the rights of a role, as scripts.

use crate::args::{DialectName, Grants, PrintSchema};
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::output::Output;
use crate::texts;
use serde_json::json;
use slotwerk_sqlx::{Dialect, grants_sql, schema_sql};

impl From<DialectName> for Dialect {
    fn from(name: DialectName) -> Self {
        match name {
            DialectName::Sqlite => Self::Sqlite,
            DialectName::Postgres => Self::Postgres,
            DialectName::Mysql => Self::Mysql,
        }
    }
}

pub(crate) fn print(context: &Context, args: &PrintSchema) -> Result<Answer, Failure> {
    script(
        context,
        "schema print",
        &schema_sql(args.dialect.into(), args.after),
    )
}

pub(crate) fn grants(context: &Context, args: &Grants) -> Result<Answer, Failure> {
    let sql = grants_sql(args.dialect.into(), &args.role)
        .map_err(|_| Failure::usage(context.say(texts::SCHEMA_ROLE, &[])))?;
    script(context, "schema grants", &sql)
}

fn script(context: &Context, command: &str, sql: &str) -> Result<Answer, Failure> {
    let mut output = Output::new(context);
    if context.json {
        output.json(&json!({ "version": 1, "command": command, "sql": sql }))?;
    } else {
        for line in sql.trim_end().lines() {
            output.line(line)?;
        }
    }
    output.finish()?;
    Ok(Answer::Yes)
}
