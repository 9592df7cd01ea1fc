//! Opening a service: what fits, and which option is named if something does not.

use clap::Parser;
use slotwerk_service::slotwerk::mail::Sender;
use slotwerk_service::{Service, ServiceOptions, StartError, clap};
use std::path::Path;

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    service: ServiceOptions,
}

/// The options of a good start in this folder, with these in place of its own.
fn options(folder: &Path, more: &[&str]) -> ServiceOptions {
    let database = format!("sqlite://{}", folder.join("service.sqlite").display());
    let keys = folder.join("keys");
    let good = [
        ("--listen", "127.0.0.1:0"),
        ("--database-url", &*database),
        ("--keys", keys.to_str().unwrap()),
    ];
    let good = good.iter().filter(|(option, _)| !more.contains(option));
    let good = good.flat_map(|(option, value)| [*option, *value]);
    let all = ["service"].into_iter().chain(good);
    Options::parse_from(all.chain(more.iter().copied())).service
}

async fn open(folder: &Path, more: &[&str]) -> Result<Service, StartError> {
    let opened = Service::open("service", &options(folder, more)).await;
    opened.map(|(service, _)| service)
}

async fn failure(folder: &Path, more: &[&str]) -> String {
    match open(folder, more).await {
        Err(StartError::Failed(line)) => line,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("{more:?} is accepted"),
    }
}

#[tokio::test]
async fn lost_database_is_no_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    drop(open(folder, &[]).await.unwrap());
    drop(open(folder, &[]).await.unwrap());
    let database = folder.join("service.sqlite");
    std::fs::remove_file(&database).unwrap();
    let line = failure(folder, &[]).await;
    assert!(line.starts_with("--database-url: "), "{line}");
    assert!(line.ends_with("--new-database"), "{line}");
    assert!(!database.exists());
    drop(open(folder, &["--new-database"]).await.unwrap());
}

#[tokio::test]
async fn other_key_file_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), &[]).await.unwrap());
    let other = folder.path().join("other-keys");
    std::fs::write(
        &other,
        "1 active ERERERERERERERERERERERERERERERERERERERERERE\n",
    )
    .unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&other, mode).unwrap();
    let options = options(folder.path(), &[]);
    let options = ServiceOptions {
        keys: other,
        ..options
    };
    let Err(error) = Service::open("service", &options).await else {
        panic!("it fits");
    };
    assert!(
        error
            .to_string()
            .contains("copy the key file of the other nodes"),
        "{error}"
    );
}

#[tokio::test]
async fn taken_address_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for option in ["--listen", "--metrics-listen"] {
        let line = failure(folder.path(), &[option, &address]).await;
        assert!(line.starts_with(&format!("{option} {address}: ")), "{line}");
    }
}

#[tokio::test]
async fn wrong_options_are_usage() {
    let folder = tempfile::tempdir().unwrap();
    for more in [["--database-url", "oracle://x"], ["--redis-url", "nowhere"]] {
        let Err(StartError::Usage(line)) = open(folder.path(), &more).await else {
            panic!("{more:?}");
        };
        assert!(line.starts_with(more[0]), "{line}");
    }
    let sender = Sender::new("no-reply@service.example").unwrap();
    for url in ["nowhere", "smtp://ann:secret5@:x"] {
        let mut service = open(folder.path(), &["--smtp-url", url]).await.unwrap();
        let Err(StartError::Usage(line)) = service.smtp(&sender) else {
            panic!("{url}");
        };
        assert!(
            line.starts_with("--smtp-url: ") && !line.contains("secret5"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn commands_need_a_used_database() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path(), &[]);
    let Err(error) = Service::open_tables(&options).await else {
        panic!("an unused database");
    };
    assert!(
        error.to_string().contains("start one on it first"),
        "{error}"
    );
    drop(open(folder.path(), &[]).await.unwrap());
    Service::open_tables(&options).await.unwrap();
}
