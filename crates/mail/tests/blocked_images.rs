//! The set-up mail in a browser that blocks images: the symbol still scans.
//!
//! The browser is `chromium`, or what `SLOTWERK_CHROMIUM` names.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use std::path::Path;
use std::process::Command;

use common::{URI, compose, set_up};

fn scan(picture: &Path) -> Vec<String> {
    let output = Command::new("zbarimg")
        .args(["-q", "--raw"])
        .arg(picture)
        .output()
        .expect("zbarimg must be installed (Debian: zbar-tools)");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
#[ignore = "needs zbarimg"]
fn the_inline_picture_scans() {
    let directory = std::env::temp_dir().join(format!("slotwerk-mail-png-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let picture = directory.join("qr.png");
    std::fs::write(&picture, compose(&set_up(), "nl").inline_images()[0].png()).unwrap();
    let seen = scan(&picture);
    std::fs::remove_dir_all(&directory).unwrap();
    assert_eq!(seen, [URI]);
}

#[test]
#[ignore = "needs chromium and zbarimg"]
fn the_table_scans_where_images_are_blocked() {
    let browser = std::env::var("SLOTWERK_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let directory = std::env::temp_dir().join(format!("slotwerk-mail-html-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let page = directory.join("mail.html");
    std::fs::write(&page, compose(&set_up(), "nl").html()).unwrap();
    // 0 is dark and 1 is light.
    for scheme in [0, 1] {
        let picture = directory.join(format!("{scheme}.png"));
        let status = Command::new(&browser)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
            ])
            .arg("--window-size=640,1800")
            .arg(format!(
                "--blink-settings=imagesEnabled=false,preferredColorScheme={scheme}"
            ))
            .arg(format!(
                "--user-data-dir={}",
                directory.join("profile").display()
            ))
            .arg(format!("--screenshot={}", picture.display()))
            .arg(format!("file://{}", page.display()))
            .output()
            .expect("chromium must be installed")
            .status;
        assert!(status.success());
        assert_eq!(scan(&picture), [URI]);
    }
    std::fs::remove_dir_all(&directory).unwrap();
}
