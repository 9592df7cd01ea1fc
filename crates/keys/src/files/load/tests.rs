//! A file that is exchanged while it is being opened.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use super::*;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn a_file_exchanged_while_it_is_opened_is_held_to_the_same_rules() {
    let folder = std::env::temp_dir().join(format!("slotwerk-load-{}", std::process::id()));
    fs::create_dir(&folder).unwrap();
    let path = folder.join("keys");
    let put = |mode| {
        fs::write(
            &path,
            "1 active ERERERERERERERERERERERERERERERERERERERERERE",
        )
        .unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    };
    put(0o600);
    assert!(open(&path, || ()).is_ok());
    let exposed = open(&path, || put(0o644));
    assert_eq!(exposed.unwrap_err(), KeyFileError::Exposed);
    put(0o600);
    let folder_instead = open(&path, || {
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
    });
    assert_eq!(folder_instead.unwrap_err(), KeyFileError::NotAFile);
    fs::remove_dir_all(folder).unwrap();
}
