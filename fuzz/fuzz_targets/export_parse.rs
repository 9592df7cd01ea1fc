//! Reading exports of Google Authenticator: never a panic, and what was read can be written as `otpauth` URIs.
#![no_main]

use libfuzzer_sys::{arbitrary, fuzz_target};
use slotwerk_totp::{Export, OtpauthUri};

#[derive(Debug, arbitrary::Arbitrary)]
enum Input<'a> {
    /// Anything at all.
    Raw(&'a str),
    /// Any bytes, well wrapped.
    Data(&'a [u8]),
    /// One account as the app would write it, with whatever values.
    Account {
        secret: &'a [u8],
        name: &'a str,
        issuer: &'a str,
        numbers: [u8; 3],
        more: &'a [u8],
    },
}

fuzz_target!(|input: Input<'_>| match input {
    Input::Raw(text) => read(text),
    Input::Data(bytes) => read(&wrapped(bytes)),
    Input::Account {
        secret,
        name,
        issuer,
        numbers,
        more,
    } => {
        let mut entry = Vec::new();
        for (field, value) in [(1, secret), (2, name.as_bytes()), (3, issuer.as_bytes())] {
            push(&mut entry, field, value);
        }
        for (field, value) in (4..).zip(numbers) {
            entry.extend([field << 3, value & 7]);
        }
        entry.extend(more);
        let mut payload = Vec::new();
        push(&mut payload, 1, &entry);
        payload.extend([2 << 3, 1]);
        read(&wrapped(&payload));
    }
});

/// A field of bytes, with its length in groups of seven bits.
fn push(message: &mut Vec<u8>, field: u8, value: &[u8]) {
    message.push(field << 3 | 2);
    let mut length = value.len();
    while length > 127 {
        message.push(length as u8 | 128);
        length >>= 7;
    }
    message.push(length as u8);
    message.extend(value);
}

fn wrapped(bytes: &[u8]) -> String {
    use base64ct::Encoding as _;
    let data = base64ct::Base64::encode_string(bytes);
    format!("otpauth-migration://offline?data={data}")
}

fn read(text: &str) {
    let Ok(export) = Export::parse(text) else {
        return;
    };
    assert!(text.len() <= Export::MAX_BYTES);
    assert!((1..=export.total()).contains(&export.number()));
    assert!(!export.entries().is_empty());
    for entry in export.entries() {
        match entry {
            Ok(account) => {
                let issuer = account.issuer().unwrap_or("issuer");
                let params = account.parameters();
                assert!([6, 8].contains(&params.digits()));
                assert_eq!(params.period().as_secs(), 30);
                OtpauthUri::new(account.secret(), params, issuer, account.account())
                    .expect("what was read can be written");
            }
            // By name: what stands there, and nothing more.
            Err(refused) => assert!(refused.account().len() <= text.len()),
        }
    }
}
