//! Writes every mail, in each language, as HTML, text and pictures to a directory, to look at.
//!
//! `cargo run -p slotwerk-mail --example preview -- <directory> [<tag>.ftl]`
//!
//! The second argument is a file with all texts of one more language, named by its BCP 47 tag: `de.ftl`.

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use slotwerk_mail::{Brand, Composer, Message, ReportLink};

/// What a facade makes for the person who did not do what the mail is about.
const NOT_ME: ReportLink<'static> = ReportLink {
    link: "https://noord.example/not-me/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd",
    valid_for: Duration::from_secs(7 * 24 * 3600),
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let directory = arguments.next().ok_or("name a directory to write to")?;
    fs::create_dir_all(&directory)?;
    let noord = Brand::new("Arbodienst Noord", "#0b6e4f")?
        .with_support("hulp@noord.example")?
        .with_time_zone("Europe/Amsterdam")?;
    let zuid =
        Brand::new("Zuid Occupational Health", "#ffc53d")?.with_support("+31 20 555 01 23")?;
    let mut brands = vec![("nl".to_owned(), &noord), ("en".to_owned(), &zuid)];
    let mut composer = Composer::builder();
    if let Some(file) = arguments.next() {
        let tag = file.file_stem().and_then(|stem| stem.to_str());
        let tag = tag.ok_or("the file is named by a language tag")?;
        composer = composer.language(tag, &fs::read_to_string(&file)?);
        brands.push((tag.to_owned(), &noord));
    }
    let composer = composer.build()?;
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

fn messages() -> [Message<'static>; 16] {
    let (account_name, when) = ("anna.devries", Some(1_772_546_700));
    let authenticator = Some("Telefoon van Anna");
    [
        Message::ResetLink {
            link: "https://noord.example/reset/AQABAGkZ2mQAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp",
            valid_for: Duration::from_secs(1800),
            account_name,
        },
        Message::Invitation {
            link: "https://noord.example/reset/AQABAGkZ2mQAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp",
            valid_for: Duration::from_secs(24 * 3600),
            account_name,
        },
        Message::SetUp {
            account_name,
            issuer: "Arbodienst Noord",
            secret_grouped: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
            otpauth_uri: "otpauth://totp/Arbodienst%20Noord:anna.devries?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Arbodienst%20Noord",
            valid_for: Duration::from_secs(24 * 3600),
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
            last: false,
            when,
        },
        Message::AuthenticatorRemoved {
            account_name,
            authenticator,
            last: true,
            when,
        },
        Message::SecondFactorForgotten { account_name, when },
        Message::AccountUnlocked { account_name, when },
        Message::SessionsEnded { account_name, when },
        Message::NewPasswordRequired { account_name, when },
        Message::AuthenticatorResynchronised {
            account_name,
            authenticator,
            when,
        },
        Message::RecoveryCodesRenewed { account_name, when },
        Message::RecoveryCodeUsed {
            account_name,
            remaining: 3,
            when,
        },
    ]
}
