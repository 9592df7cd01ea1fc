//! Reading `otpauth` URIs: never a panic, and what was read is written and read again the same.
#![no_main]

use libfuzzer_sys::{arbitrary, fuzz_target};
use slotwerk_totp::{MAX_URI_BYTES, OtpauthUri, Parsed, Secret};

#[derive(Debug, arbitrary::Arbitrary)]
enum Input<'a> {
    /// Anything at all.
    Raw(&'a str),
    /// With a good secret, so that the label and the other parameters are reached.
    Totp {
        label: &'a str,
        secret: &'a [u8],
        query: &'a str,
    },
    /// Names that somebody chose, with a good secret.
    Names {
        issuer: &'a str,
        account: &'a str,
        secret: &'a [u8],
    },
}

fuzz_target!(|input: Input<'_>| {
    match input {
        Input::Raw(text) => read(text),
        Input::Totp {
            label,
            secret,
            query,
        } => {
            let Ok(secret) = Secret::from_bytes(secret) else {
                return;
            };
            let secret = secret.to_base32();
            read(&format!("otpauth://totp/{label}?secret={}{query}", *secret));
        }
        Input::Names {
            issuer,
            account,
            secret,
        } => {
            let Ok(secret) = Secret::from_bytes(secret) else {
                return;
            };
            let params = slotwerk_totp::Parameters::ISSUED;
            let Ok(uri) = OtpauthUri::new(&secret, &params, issuer, account) else {
                return;
            };
            let parsed = OtpauthUri::parse(uri.expose()).expect("what is written can be read");
            assert_eq!(parsed.issuer(), Some(issuer));
            assert_eq!(parsed.account(), account);
            assert_eq!(parsed.secret().expose(), secret.expose());
            assert_eq!(parsed.parameters(), &params);
        }
    }
});

fn read(text: &str) {
    let Ok(parsed) = OtpauthUri::parse(text) else {
        return;
    };
    assert!(text.len() <= MAX_URI_BYTES);
    // A URI may do without an issuer, but none is written so.
    let issuer = parsed.issuer().unwrap_or("issuer");
    let written = write(&parsed, issuer);
    let again = OtpauthUri::parse(&written).expect("what is written can be read");
    assert_eq!(again.issuer(), Some(issuer));
    assert_eq!(again.account(), parsed.account());
    assert_eq!(again.parameters(), parsed.parameters());
    assert_eq!(again.secret().expose(), parsed.secret().expose());
    assert_eq!(write(&again, issuer), written);
}

fn write(parsed: &Parsed, issuer: &str) -> String {
    OtpauthUri::new(
        parsed.secret(),
        parsed.parameters(),
        issuer,
        parsed.account(),
    )
    .expect("what was read can be written")
    .expose()
    .to_owned()
}
