//! Calls of the script that starts and kills servers.

use std::path::PathBuf;
use std::process::Command;

/// Runs `.ci/servers` with these arguments, away from the threads of the runtime.
pub(crate) async fn servers(arguments: &[&str]) {
    let script = std::env::var_os("SLOTWERK_SERVERS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../.ci/servers"),
        PathBuf::from,
    );
    let mut command = Command::new(script);
    command.args(arguments);
    let run = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = run.await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
}
