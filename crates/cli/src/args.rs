//! What can be said on the command line. Texts are added by `help`, in the language of the user.

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use slotwerk_breach::Fingerprint;
use slotwerk_policy::Language;
use std::net::IpAddr;
use std::path::PathBuf;

// No doc comments in this file: clap would show them as help, in English only.

#[derive(Parser)]
#[command(name = "slotwerk")]
pub(crate) struct Cli {
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[arg(long, global = true, value_name = "nl|en", hide_possible_values = true)]
    pub(crate) lang: Option<Lang>,
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Lang {
    Nl,
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Nl => Self::Nl,
            Lang::En => Self::En,
        }
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    Blocklist {
        #[command(subcommand)]
        command: BlocklistCommand,
    },
    Password {
        #[command(subcommand)]
        command: PasswordCommand,
    },
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    Throttle {
        #[command(subcommand)]
        command: ThrottleCommand,
    },
    Budgets {
        #[command(subcommand)]
        command: BudgetsCommand,
    },
    Schema {
        #[command(subcommand)]
        command: SchemaCommand,
    },
    Database {
        #[command(subcommand)]
        command: DatabaseCommand,
    },
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    Completions(Completions),
    Man(Man),
}

#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    Check(Check),
    Lint(Lint),
    Explain(Explain),
    Generate(Generate),
}

#[derive(Subcommand)]
pub(crate) enum BlocklistCommand {
    Build(Build),
    Query(Query),
    Info(OneFilter),
    Verify(OneFilter),
}

#[derive(Subcommand)]
pub(crate) enum PasswordCommand {
    Calibrate(Calibrate),
    Hash(Hash),
    Verify(VerifyPassword),
    Rewrap(Rewrap),
}

#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    New(KeyFile),
    List(KeyFile),
    Prepare(KeyFile),
    Rotate(RotateKeys),
    Retire(RetireKey),
    Reseal(ResealKeys),
    Revoke(RevokeKey),
}

#[derive(Subcommand)]
pub(crate) enum ThrottleCommand {
    Explain(ExplainThrottle),
}

#[derive(Subcommand)]
pub(crate) enum BudgetsCommand {
    Clear(ClearBudgets),
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    Verify(VerifyAudit),
    Export(ExportAudit),
    Prune(PruneAudit),
}

#[derive(Args)]
pub(crate) struct Source {
    #[arg(required = true, value_name = "POLICY")]
    pub(crate) policies: Vec<PathBuf>,
    #[arg(long = "blocklist", value_name = "FILE")]
    pub(crate) blocklists: Vec<PathBuf>,
    #[arg(long)]
    pub(crate) common: bool,
}

#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) source: Source,
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    #[arg(long)]
    pub(crate) each_line: bool,
    #[arg(long = "user-name", value_name = "NAME")]
    pub(crate) user_names: Vec<String>,
    #[arg(long = "mail", value_name = "ADDRESS")]
    pub(crate) mails: Vec<String>,
    #[arg(long = "name", value_name = "NAME")]
    pub(crate) names: Vec<String>,
    #[arg(long, value_name = "FILTER")]
    pub(crate) breach: Option<PathBuf>,
    #[arg(
        long,
        value_name = "MB",
        default_value_t = 64,
        hide_default_value = true
    )]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=1_048_576))]
    pub(crate) cache: u32,
    #[arg(long)]
    pub(crate) new_account: bool,
}

#[derive(Args)]
pub(crate) struct Lint {
    #[command(flatten)]
    pub(crate) source: Source,
    #[arg(long, conflicts_with = "with_second_factor")]
    pub(crate) single_factor: bool,
    #[arg(long)]
    pub(crate) with_second_factor: bool,
}

#[derive(Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) source: Source,
}

#[derive(Args)]
pub(crate) struct Generate {
    #[command(flatten)]
    pub(crate) source: Source,
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) count: u32,
    #[arg(long, value_name = "N", conflicts_with = "passphrase")]
    #[arg(value_parser = clap::value_parser!(u16).range(8..=256))]
    pub(crate) length: Option<u16>,
    #[arg(long, value_name = "nl|en", hide_possible_values = true)]
    pub(crate) passphrase: Option<Lang>,
    #[arg(
        id = "word-count",
        long = "words",
        value_name = "N",
        requires = "passphrase"
    )]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) words: Option<u16>,
    #[arg(long, value_name = "TEXT", requires = "passphrase")]
    pub(crate) separator: Option<String>,
}

#[derive(Args)]
pub(crate) struct Build {
    #[arg(long, value_name = "FILE", required_unless_present = "words")]
    pub(crate) hashes: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) words: Vec<PathBuf>,
    #[arg(long, value_name = "16|32", value_parser = bits)]
    pub(crate) bits: Fingerprint,
    #[arg(short, long, value_name = "FILTER")]
    pub(crate) output: PathBuf,
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true)]
    pub(crate) minimum_count: u64,
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) label: String,
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
    #[arg(
        long,
        value_name = "MB",
        default_value_t = 256,
        hide_default_value = true
    )]
    #[arg(value_parser = clap::value_parser!(u32).range(4..=1_048_576))]
    pub(crate) memory: u32,
}

#[derive(Args)]
pub(crate) struct Query {
    #[arg(value_name = "FILTER")]
    pub(crate) filter: PathBuf,
    #[arg(long)]
    pub(crate) each_line: bool,
    #[arg(long)]
    pub(crate) sha1: bool,
    #[arg(
        long,
        value_name = "MB",
        default_value_t = 64,
        hide_default_value = true
    )]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=1_048_576))]
    pub(crate) cache: u32,
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct OneFilter {
    #[arg(value_name = "FILTER")]
    pub(crate) filter: PathBuf,
}

#[derive(Args)]
pub(crate) struct Calibrate {
    #[arg(
        long,
        value_name = "N",
        default_value_t = 250,
        hide_default_value = true
    )]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) target_ms: u32,
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1024,
        hide_default_value = true
    )]
    #[arg(value_parser = clap::value_parser!(u32).range(12..=262_144))]
    pub(crate) memory_mib: u32,
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) workers: Option<u16>,
    #[arg(
        long,
        value_name = "N",
        default_value_t = 2_000,
        hide_default_value = true
    )]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=60_000))]
    pub(crate) wait_ms: u32,
    #[arg(long, value_name = "N", default_value_t = 9, hide_default_value = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(crate) samples: u16,
}

#[derive(Args)]
pub(crate) struct Cost {
    #[arg(
        long,
        value_name = "N",
        default_value_t = 19_456,
        hide_default_value = true
    )]
    pub(crate) memory_kib: u32,
    #[arg(long, value_name = "N", default_value_t = 2, hide_default_value = true)]
    pub(crate) passes: u32,
}

#[derive(Args)]
pub(crate) struct PepperOf {
    #[arg(long, value_name = "FILE", requires_all = ["tenant", "account"])]
    pub(crate) pepper_keys: Option<PathBuf>,
    #[arg(long, value_name = "ID", requires = "pepper_keys")]
    pub(crate) tenant: Option<String>,
    #[arg(long, value_name = "ID", requires = "pepper_keys")]
    pub(crate) account: Option<String>,
}

#[derive(Args)]
pub(crate) struct Hash {
    #[command(flatten)]
    pub(crate) cost: Cost,
    #[command(flatten)]
    pub(crate) pepper: PepperOf,
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct VerifyPassword {
    #[arg(value_name = "HASH", required_unless_present = "hash_file")]
    #[arg(conflicts_with = "hash_file")]
    pub(crate) hash: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub(crate) hash_file: Option<PathBuf>,
    #[arg(long)]
    pub(crate) replacement: bool,
    #[command(flatten)]
    pub(crate) cost: Cost,
    #[command(flatten)]
    pub(crate) pepper: PepperOf,
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Rewrap {
    #[arg(id = "ring", long = "pepper-keys", value_name = "FILE")]
    pub(crate) pepper_keys: PathBuf,
    #[arg(long)]
    pub(crate) changed_only: bool,
    #[arg(long)]
    pub(crate) import_plain: bool,
}

#[derive(Args)]
pub(crate) struct KeyFile {
    #[arg(id = "key-file", value_name = "FILE")]
    pub(crate) path: PathBuf,
}

#[derive(Args)]
pub(crate) struct RotateKeys {
    #[command(flatten)]
    pub(crate) file: KeyFile,
    #[arg(long, value_name = "ID", conflicts_with = "new_key")]
    pub(crate) to: Option<u16>,
    #[arg(long = "new")]
    pub(crate) new_key: bool,
}

#[derive(Args)]
pub(crate) struct RetireKey {
    #[command(flatten)]
    pub(crate) file: KeyFile,
    #[arg(value_name = "ID")]
    pub(crate) key: u16,
    #[arg(long, value_name = "ID")]
    pub(crate) to: u16,
}

#[derive(Args)]
pub(crate) struct ResealKeys {
    #[command(flatten)]
    pub(crate) file: KeyFile,
    #[command(flatten)]
    pub(crate) database: Database,
}

#[derive(Args)]
pub(crate) struct RevokeKey {
    #[command(flatten)]
    pub(crate) file: KeyFile,
    #[arg(value_name = "ID")]
    pub(crate) key: u16,
    #[command(flatten)]
    pub(crate) database: Database,
    #[arg(long, conflicts_with = "database-address")]
    pub(crate) lose_sealed: bool,
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct ExplainThrottle {
    #[arg(value_name = "NAME:SETTINGS")]
    pub(crate) configurations: Vec<String>,
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[arg(long, value_name = "P")]
    pub(crate) within: Option<f64>,
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum SchemaCommand {
    Print(PrintSchema),
    Grants(Grants),
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum DialectName {
    Sqlite,
    Postgres,
    Mysql,
}

#[derive(Args)]
pub(crate) struct PrintSchema {
    #[arg(
        id = "schema-dialect",
        long = "dialect",
        value_name = "sqlite|postgres|mysql"
    )]
    #[arg(hide_possible_values = true)]
    pub(crate) dialect: DialectName,
    #[arg(
        id = "schema-after",
        long = "after",
        value_name = "VERSION",
        default_value_t = 0
    )]
    #[arg(hide_default_value = true)]
    pub(crate) after: i64,
}

#[derive(Args)]
pub(crate) struct Grants {
    #[arg(
        id = "schema-dialect",
        long = "dialect",
        value_name = "sqlite|postgres|mysql"
    )]
    #[arg(hide_possible_values = true)]
    pub(crate) dialect: DialectName,
    #[arg(id = "schema-role", long = "role", value_name = "NAME")]
    pub(crate) role: String,
}

#[derive(Subcommand)]
pub(crate) enum DatabaseCommand {
    AfterRestore(AfterRestore),
}

#[derive(Args)]
pub(crate) struct AfterRestore {
    #[command(flatten)]
    pub(crate) database: Database,
    #[arg(id = "restore-yes", long = "yes")]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct Database {
    #[arg(id = "database-address", long = "database", value_name = "FILE|URL")]
    pub(crate) address: Option<String>,
}

#[derive(Args)]
pub(crate) struct ClearBudgets {
    #[command(flatten)]
    pub(crate) database: Database,
    #[arg(id = "ring-of-service", long = "keys", value_name = "FILE")]
    pub(crate) keys: PathBuf,
    #[arg(id = "budgets-tenant", long = "tenant", value_name = "ID")]
    pub(crate) tenant: String,
    #[arg(id = "budgets-account", long = "account", value_name = "ID")]
    #[arg(conflicts_with_all = ["login", "address"])]
    pub(crate) account: Option<String>,
    #[arg(long, value_name = "NAME", conflicts_with = "address")]
    pub(crate) login: Option<String>,
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Option<IpAddr>,
}

#[derive(Args)]
pub(crate) struct VerifyAudit {
    #[command(flatten)]
    pub(crate) database: Database,
    #[arg(id = "audit-keys", long = "keys", value_name = "FILE")]
    pub(crate) keys: PathBuf,
    #[arg(id = "audit-tenant", long = "tenant", value_name = "ID")]
    pub(crate) tenant: Option<String>,
    #[arg(long, value_name = "NUMBER:MAC", requires = "audit-tenant")]
    pub(crate) expect: Option<String>,
}

#[derive(Args)]
pub(crate) struct ExportAudit {
    #[command(flatten)]
    pub(crate) database: Database,
    #[arg(id = "audit-tenant", long = "tenant", value_name = "ID")]
    pub(crate) tenant: Option<String>,
    #[arg(long, value_name = "jsonl|csv", hide_possible_values = true)]
    pub(crate) format: ExportFormat,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ExportFormat {
    Jsonl,
    Csv,
}

#[derive(Args)]
pub(crate) struct PruneAudit {
    #[command(flatten)]
    pub(crate) database: Database,
    #[arg(id = "audit-keys", long = "keys", value_name = "FILE")]
    pub(crate) keys: PathBuf,
    #[arg(id = "prune-tenant", long = "tenant", value_name = "ID")]
    pub(crate) tenant: String,
    #[arg(long, value_name = "N")]
    pub(crate) keep_days: u32,
}

#[derive(Args)]
pub(crate) struct Completions {
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    pub(crate) shell: Shell,
}

#[derive(Args)]
pub(crate) struct Man {
    #[arg(id = "man-folder", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

// Read by `throttle`, as those of a named configuration are.
#[derive(Args)]
pub(crate) struct Settings {
    #[arg(long, value_name = "N")]
    pub(crate) burst: Option<String>,
    #[arg(long, value_name = "TIME")]
    pub(crate) refill: Option<String>,
    #[arg(long, value_name = "N|none")]
    pub(crate) hard_stop: Option<String>,
    #[arg(long, value_name = "FREE/FIRST/LAST|none")]
    pub(crate) backoff: Option<String>,
    #[arg(long, value_name = "N|none")]
    pub(crate) lifetime: Option<String>,
    #[arg(long, value_name = "N")]
    pub(crate) codes: Option<String>,
    #[arg(long, value_name = "N")]
    pub(crate) accepted: Option<String>,
    #[arg(long, value_name = "N")]
    pub(crate) successes: Option<String>,
}

fn bits(text: &str) -> Result<Fingerprint, &'static str> {
    match text {
        "16" => Ok(Fingerprint::Bits16),
        "32" => Ok(Fingerprint::Bits32),
        _ => Err("16 or 32"),
    }
}
