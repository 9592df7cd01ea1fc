//! Command-line tool for operators: policies, breach filters, password hashes, keys, attempt budgets and audit
//! trails.

mod args;
mod audit;
mod blocklist;
mod budgets;
mod context;
mod database;
mod failure;
mod help;
mod input;
mod keys;
mod output;
mod password;
mod policy;
mod progress;
mod schema;
mod shell;
mod texts;
mod throttle;

use args::{
    AuditCommand, BlocklistCommand, BudgetsCommand, Cli, Command, DatabaseCommand, KeysCommand,
    PasswordCommand, PolicyCommand, SchemaCommand, ThrottleCommand,
};
use context::Context;
use failure::{Answer, Failure};
use std::process::ExitCode;

fn main() -> ExitCode {
    let language = context::language();
    let cli = match help::parsed(language) {
        Ok(cli) => cli,
        Err(code) => return code.into(),
    };
    let context = Context::new(&cli, language);
    let code = match run(&context, cli) {
        Ok(answer) => answer.code(),
        Err(failure) => {
            failure.report(&context);
            failure.code()
        }
    };
    code.into()
}

fn run(context: &Context, cli: Cli) -> Result<Answer, Failure> {
    match cli.command {
        Command::Policy { command } => match command {
            PolicyCommand::Check(args) => policy::check::run(context, &args),
            PolicyCommand::Lint(args) => policy::lint::run(context, &args),
            PolicyCommand::Explain(args) => policy::explain::run(context, &args),
            PolicyCommand::Generate(args) => policy::generate::run(context, &args),
        },
        Command::Blocklist { command } => match command {
            BlocklistCommand::Build(args) => blocklist::build::run(context, &args),
            BlocklistCommand::Query(args) => blocklist::query::run(context, &args),
            BlocklistCommand::Info(args) => blocklist::info::run(context, &args.filter, false),
            BlocklistCommand::Verify(args) => blocklist::info::run(context, &args.filter, true),
        },
        Command::Password { command } => match command {
            PasswordCommand::Calibrate(args) => password::calibrate::run(context, &args),
            PasswordCommand::Hash(args) => password::hash::run(context, &args),
            PasswordCommand::Verify(args) => password::verify::run(context, &args),
            PasswordCommand::Rewrap(args) => password::rewrap::run(context, &args),
        },
        Command::Keys { command } => match command {
            KeysCommand::New(args) => keys::new(context, &args),
            KeysCommand::List(args) => keys::list(context, &args),
            KeysCommand::Prepare(args) => keys::prepare(context, &args),
            KeysCommand::Rotate(args) => keys::rotate(context, &args),
            KeysCommand::Retire(args) => keys::retire(context, &args),
            KeysCommand::Reseal(args) => keys::reseal::run(context, &args),
            KeysCommand::Revoke(args) => keys::revoke::run(context, &args),
        },
        Command::Completions(args) => shell::completions(context, &args),
        Command::Man(args) => shell::man(context, &args),
        Command::Throttle { command } => match command {
            ThrottleCommand::Explain(args) => throttle::explain(context, &args),
        },
        Command::Budgets { command } => match command {
            BudgetsCommand::Clear(args) => budgets::clear(context, &args),
        },
        Command::Schema { command } => match command {
            SchemaCommand::Print(args) => schema::print(context, &args),
            SchemaCommand::Grants(args) => schema::grants(context, &args),
        },
        Command::Database { command } => match command {
            DatabaseCommand::AfterRestore(args) => database::after_restore(context, &args),
        },
        Command::Audit { command } => match command {
            AuditCommand::Verify(args) => audit::verify(context, &args),
            AuditCommand::Export(args) => audit::export(context, &args),
            AuditCommand::Prune(args) => audit::prune(context, &args),
        },
    }
}
