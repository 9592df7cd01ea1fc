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
    let owner = Owner::trusted();
    assert!(open(&path, owner, || ()).is_ok());
    let exposed = open(&path, owner, || put(0o644));
    assert_eq!(exposed.unwrap_err(), KeyFileError::Exposed);
    put(0o600);
    let folder_instead = open(&path, owner, || {
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
    });
    assert_eq!(folder_instead.unwrap_err(), KeyFileError::NotAFile);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_third_user_is_no_owner() {
    use std::os::unix::fs::MetadataExt as _;

    // This process owns the file; the check is made for another user.
    let path = std::env::temp_dir().join(format!("slotwerk-owner-{}", std::process::id()));
    fs::write(
        &path,
        "1 active ERERERERERERERERERERERERERERERERERERERERERE",
    )
    .unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let owner = fs::metadata(&path).unwrap().uid();
    assert!(open(&path, Owner::User(owner), || ()).is_ok());
    assert!(open(&path, Owner::Any, || ()).is_ok());
    let other = open(&path, Owner::User(owner + 1), || ());
    if owner == 0 {
        assert!(
            other.is_ok(),
            "root's file is good for every user that can read it"
        );
    } else {
        assert_eq!(other.unwrap_err(), KeyFileError::NotOurs);
    }
    fs::remove_file(path).unwrap();
}
