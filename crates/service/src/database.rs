//! Opens the key file and the database that belongs to it.

use crate::keys;
use crate::options::ServiceOptions;
use crate::start_error::StartError;
use slotwerk::keys::KeyRing;
use slotwerk::sqlx::{Connect, ConnectError, Connected};
use std::path::Path;
use std::time::Duration;

/// How long a request waits for a connection to a server. A person waits for the page that asks to try again no longer.
const WAIT: Duration = Duration::from_secs(3);

const LOST: &str = "the database is missing or empty, and the key file shows an earlier run: restore it, or start with \
                    --new-database";

const UNUSED: &str = "no process has used this database yet: start one on it first";

pub(crate) struct Opened {
    pub(crate) database: Connected,
    pub(crate) place: String,
    pub(crate) keys: KeyRing,
    pub(crate) new_keys: bool,
}

/// Opens both, and checks that they fit.
pub(crate) async fn open(options: &ServiceOptions) -> Result<Opened, StartError> {
    let option = format!("--keys {}", options.keys.display());
    let found = KeyRing::find_file(&options.keys).map_err(StartError::failed(&option))?;
    // Keys without a database: it is lost. A first start that is cut off makes the database first.
    let existing = found.is_some() && !options.new_database;
    let (database, place) = connect(&options.database_url, existing, LOST).await?;
    let (keys, new_keys) = match found {
        Some(keys) => (keys, false),
        None => {
            let made = KeyRing::generate_file(&options.keys);
            (made.map_err(StartError::failed(&option))?, true)
        }
    };
    let checked = keys::check(&keys, &database.host).await;
    checked.map_err(StartError::failed(&option))?;
    Ok(Opened {
        database,
        place,
        keys,
        new_keys,
    })
}

/// Opens a database that a service has used already.
pub(crate) async fn open_existing(options: &ServiceOptions) -> Result<Connected, StartError> {
    Ok(connect(&options.database_url, true, UNUSED).await?.0)
}

async fn connect(
    url: &str,
    existing: bool,
    missing: &'static str,
) -> Result<(Connected, String), StartError> {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme);
    let known = ["sqlite", "postgres", "postgresql", "mysql", "mariadb"];
    if !scheme.is_some_and(|scheme| known.contains(&scheme)) {
        let how = "begin it with sqlite:, postgres:// or mysql://";
        return Err(StartError::usage("--database-url")(how));
    }
    let connect = Connect::to(url).existing(existing).wait_at_most(WAIT);
    let place = connect.place();
    if !existing && !connect.is_on_a_server() {
        make_folder(Path::new(&place));
    }
    let option = format!("--database-url: {place}");
    let opened = connect.open().await.map_err(|error| match error {
        ConnectError::Missing => StartError::failed(option)(missing),
        error => StartError::failed(option)(error),
    })?;
    Ok((opened, place))
}

/// Makes the folder of a file in the working directory, as the default is one. A folder elsewhere must be there.
fn make_folder(file: &Path) {
    if let Some(folder) = file.parent().filter(|folder| folder.is_relative()) {
        let _ = std::fs::create_dir_all(folder);
    }
}
