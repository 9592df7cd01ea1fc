//! Writes every mail, in both languages, as HTML, text and pictures to a directory, to look at.
//!
//! `cargo run -p slotwerk-mail --example preview -- <directory>`

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use slotwerk_mail::{Brand, Composer, Message};

/// What a facade makes for the person who did not do what the mail is about.
const NOT_ME: &str = "https://noord.example/not-me/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd";

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).map(PathBuf::from);
    let directory = directory.ok_or("name a directory to write to")?;
    fs::create_dir_all(&directory)?;
    let composer = Composer::new()?;
    let brands = [
        (
            "nl",
            Brand::new("Arbodienst Noord", "#0b6e4f")?
                .with_support("hulp@noord.example")?
                .with_time_zone("Europe/Amsterdam")?,
        ),
        (
            "en",
            Brand::new("Zuid Occupational Health", "#ffc53d")?.with_support("+31 20 555 01 23")?,
        ),
    ];
    for (language, brand) in &brands {
        for (number, message) in messages().iter().enumerate() {
            let mail =
                composer.compose_reportable(message, brand, language, "anna@example.nl", NOT_ME)?;
            let stem = format!("{number}.{}.{language}", mail.kind());
            let mut html = mail.html().to_owned();
            for image in mail.inline_images() {
                let name = format!("{stem}.png");
                fs::write(directory.join(&name), image.png())?;
                html = html.replace(&format!("cid:{}", image.content_id()), &name);
            }
            fs::write(directory.join(format!("{stem}.html")), html)?;
            fs::write(directory.join(format!("{stem}.txt")), mail.text())?;
        }
    }
    Ok(())
}

fn messages() -> [Message<'static>; 10] {
    let (account_name, when) = ("anna.devries", Some(1_772_546_700));
    let authenticator = Some("Telefoon van Anna");
    [
        Message::ResetLink {
            link: "https://noord.example/reset/AQABAGkZ2mQAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp",
            valid_for: Duration::from_secs(1800),
            account_name,
        },
        Message::SetUp {
            account_name,
            issuer: "Arbodienst Noord",
            secret_grouped: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
            otpauth_uri: "otpauth://totp/Arbodienst%20Noord:anna.devries?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Arbodienst%20Noord",
        },
        Message::PasswordChanged { account_name, when },
        Message::AuthenticatorAdded {
            account_name,
            authenticator,
            first: true,
            when,
        },
        Message::AuthenticatorAdded {
            account_name,
            authenticator,
            first: false,
            when,
        },
        Message::AuthenticatorReplaced {
            account_name,
            authenticator,
            when,
        },
        Message::AuthenticatorRemoved {
            account_name,
            authenticator,
            when,
        },
        Message::AuthenticatorResynchronised { account_name, when },
        Message::RecoveryCodesRenewed { account_name, when },
        Message::RecoveryCodeUsed {
            account_name,
            remaining: 3,
            when,
        },
    ]
}
