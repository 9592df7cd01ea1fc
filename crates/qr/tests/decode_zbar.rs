//! The PNG read by another program: zbarimg, from the Debian package zbar-tools.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::process::Command;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use slotwerk_qr::{Level, Symbol};

#[test]
#[ignore = "needs zbarimg"]
fn zbarimg_reads_what_was_encoded() {
    let dir = std::env::temp_dir().join(format!("slotwerk-qr-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let uris = (
        "[a-z]{1,20}",
        "[a-z.]{1,30}(@[a-z]{1,20}\\.nl)?",
        "[A-Z2-7]{26,103}",
        prop::sample::select(vec![Level::L, Level::M, Level::Q, Level::H]),
        2_u32..=8,
    );
    let mut runner = TestRunner::new(Config::with_cases(100));
    let outcome = runner.run(&uris, |(issuer, account, secret, level, px)| {
        let uri = format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}");
        let file = dir.join("symbol.png");
        std::fs::write(&file, Symbol::encode(&uri, level).unwrap().png(px).unwrap()).unwrap();
        let output = Command::new("zbarimg")
            .args(["-q", "--raw"])
            .arg(&file)
            .output()
            .expect("zbarimg must be installed (Debian: zbar-tools)");
        let read = String::from_utf8(output.stdout).unwrap();
        prop_assert_eq!(read.trim_end(), uri);
        Ok(())
    });
    std::fs::remove_dir_all(&dir).unwrap();
    outcome.unwrap();
}
