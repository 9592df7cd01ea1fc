//! The clock file.

use crate::clock::clock;
use std::fs;

#[test]
fn times_of_other_platforms_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clock");
    for text in ["1700000000", "\u{feff}1700000000\r\n\r\n", " 1700000000 \n"] {
        fs::write(&file, text).unwrap();
        let now = clock(Some(file.clone())).unwrap()();
        assert_eq!(now.as_secs(), 1_700_000_000, "{text:?}");
    }
}

#[test]
fn a_lost_file_stops_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clock");
    fs::write(&file, "1700000000").unwrap();
    let now = clock(Some(file.clone())).unwrap();
    for broken in ["", "12x"] {
        fs::write(&file, broken).unwrap();
        assert_eq!(now().as_secs(), 1_700_000_000, "not 1970");
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(now().as_secs(), 1_700_000_000);
    assert!(clock(Some(file)).is_err());
}
