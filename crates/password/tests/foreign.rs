//! Hashes of other systems verify here, and what is wrong with one is said.
#![cfg(all(
    feature = "argon2-foreign",
    feature = "bcrypt",
    feature = "danger-weak-params",
    feature = "keycloak",
    feature = "pbkdf2",
    feature = "scrypt"
))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::sync::LazyLock;

use proptest::prelude::*;
use slotwerk_password::{
    ForeignError, ForeignScheme, HashError, Hasher, KeycloakError, LongBcrypt, Params, ParseError,
    Password, PasswordHash, Verification,
};

const SALT: [u8; 16] = [0x5a; 16];

#[derive(Debug)]
struct Row {
    form: &'static str,
    password: String,
    stored: String,
}

/// What the peers made. A credential of Keycloak is converted first.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let file = include_str!("vectors/foreign/peers.tsv");
    lines(file)
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [form, password, stored] = fields[..] else {
                panic!("{line}")
            };
            let bytes: Vec<u8> = (0..password.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&password[at..at + 2], 16).unwrap())
                .collect();
            Row {
                form,
                password: String::from_utf8(bytes).unwrap(),
                stored: text_of(form, stored),
            }
        })
        .collect()
});

static HASHER: LazyLock<Hasher> = LazyLock::new(|| hasher(LongBcrypt::Refuse));
static TRUNCATING: LazyLock<Hasher> = LazyLock::new(|| hasher(LongBcrypt::Truncate));

fn hasher(long: LongBcrypt) -> Hasher {
    Hasher::builder()
        .workers(1)
        .queue(64)
        .params(Params::danger_weak(64, 1, 1).unwrap())
        .stored_ceiling(Params::danger_weak(4096, 16, 1).unwrap())
        .long_bcrypt(long)
        // However busy the machine, nothing waits too long.
        .clock(|| std::time::Duration::ZERO)
        .build()
        .unwrap()
}

fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.starts_with('#'))
}

fn text_of(form: &str, stored: &str) -> String {
    if !form.starts_with("keycloak:") {
        return stored.to_owned();
    }
    let (secret, credential) = stored.split_once(' ').unwrap();
    let hash = PasswordHash::from_keycloak(secret, credential).unwrap();
    hash.as_str().to_owned()
}

fn accepts(hasher: &Hasher, password: &str, stored: &PasswordHash) -> bool {
    let password = Password::new(password).unwrap();
    match hasher.verify_blocking(password, stored, SALT).unwrap() {
        Verification::Verified { replacement, .. } => {
            assert_eq!(
                replacement.is_some(),
                stored.is_weaker_than(&hasher.params())
            );
            true
        }
        _ => false,
    }
}

fn parsed(text: &str) -> PasswordHash {
    PasswordHash::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn hashes_of_the_peers_verify() {
    let families = [
        "django:",
        "bcrypt:",
        "argon2-cffi:",
        "keycloak:",
        "hashlib:",
        "aspnet:",
        "node:",
    ];
    for family in families {
        assert!(
            ROWS.iter().any(|row| row.form.starts_with(family)),
            "{family}"
        );
    }
    assert!(ROWS.len() > 200);
    for row in ROWS.iter() {
        let stored = parsed(&row.stored);
        assert_eq!(stored.as_str(), row.stored);
        assert!(accepts(&HASHER, &row.password, &stored), "{}", row.form);
        let other = format!("{} ", row.password);
        assert!(!accepts(&HASHER, &other, &stored), "{}", row.form);
    }
}

#[test]
fn hashes_of_asp_net_identity_itself_verify() {
    let mut seen = [0; 3];
    for line in lines(include_str!("vectors/foreign/aspnet.tsv")) {
        let (expected, text) = line.split_once('\t').unwrap();
        let found = PasswordHash::parse(text);
        match expected {
            "refuses" => assert!(matches!(found, Err(ParseError::Foreign(_))), "{text}"),
            _ => assert_eq!(
                accepts(&HASHER, "my password", &found.unwrap()),
                expected == "verifies",
                "{text}"
            ),
        }
        seen[["verifies", "rejects", "refuses"]
            .iter()
            .position(|known| *known == expected)
            .unwrap()] += 1;
    }
    assert_eq!(seen, [4, 1, 7]);
}

#[test]
fn hashes_of_open_bsd_verify() {
    for line in lines(include_str!("vectors/foreign/jbcrypt.tsv")) {
        let (password, text) = line.split_once('\t').unwrap();
        assert!(accepts(&HASHER, password, &parsed(text)), "{text}");
        assert!(
            !accepts(&HASHER, &format!("{password}x"), &parsed(text)),
            "{text}"
        );
    }
}

#[test]
fn each_form_is_counted_as_what_it_is() {
    use ForeignScheme::{
        Argon2d, Argon2i, Argon2id, Bcrypt, BcryptSha256, Pbkdf2Sha1, Pbkdf2Sha256, Pbkdf2Sha512,
        Scrypt,
    };
    let expected = [
        ("django:pbkdf2_sha256", Some(Pbkdf2Sha256)),
        ("django:pbkdf2_sha1", Some(Pbkdf2Sha1)),
        ("django:argon2", Some(Argon2id)),
        ("django:bcrypt_sha256", Some(BcryptSha256)),
        ("django:bcrypt", Some(Bcrypt)),
        ("django:scrypt", Some(Scrypt)),
        ("bcrypt:2y", Some(Bcrypt)),
        ("argon2-cffi:D-19", Some(Argon2d)),
        ("argon2-cffi:I-unversioned", Some(Argon2i)),
        ("argon2-cffi:ID-16", Some(Argon2id)),
        ("argon2-cffi:ID-19", None),
        ("keycloak:argon2id-1.3", None),
        ("keycloak:argon2i-1.3", Some(Argon2i)),
        ("keycloak:pbkdf2", Some(Pbkdf2Sha1)),
        ("aspnet:v2", Some(Pbkdf2Sha1)),
        ("aspnet:v3-sha512", Some(Pbkdf2Sha512)),
        ("hashlib:scrypt-32", Some(Scrypt)),
    ];
    for (form, scheme) in expected {
        let row = ROWS.iter().find(|row| row.form == form).unwrap();
        assert_eq!(parsed(&row.stored).foreign(), scheme, "{form}");
    }
}

#[test]
fn every_foreign_hash_is_replaced_unless_it_is_argon2id_of_today() {
    let tiny = Params::danger_weak(64, 1, 1).unwrap();
    let large = Params::danger_weak(4096, 3, 1).unwrap();
    for row in ROWS.iter() {
        let stored = parsed(&row.stored);
        let current = [
            "django:argon2",
            "argon2-cffi:ID-19",
            "keycloak:argon2id-1.3",
            "node:argon2id",
        ]
        .contains(&row.form);
        assert_eq!(stored.is_weaker_than(&tiny), !current, "{}", row.form);
        assert!(stored.is_weaker_than(&large), "{}", row.form);
    }
}

fn stored_for(form: &str, password: &str) -> PasswordHash {
    let row = ROWS
        .iter()
        .find(|row| row.form == form && row.password == password)
        .unwrap();
    parsed(&row.stored)
}

#[test]
fn bcrypt_takes_72_bytes_and_what_is_longer_is_refused_or_cut_off() {
    let full = "a".repeat(72);
    for form in ["bcrypt:2a", "bcrypt:2b", "bcrypt:2y", "django:bcrypt"] {
        let stored = stored_for(form, &full);
        for (length, refusing, truncating) in [
            (71, false, false),
            (72, true, true),
            (73, false, true),
            (1000, false, true),
        ] {
            let typed = "a".repeat(length);
            assert_eq!(
                accepts(&HASHER, &typed, &stored),
                refusing,
                "{form} {length}"
            );
            assert_eq!(
                accepts(&TRUNCATING, &typed, &stored),
                truncating,
                "{form} {length}"
            );
        }
        let differs_within = format!("{}b", "a".repeat(71));
        assert!(!accepts(&TRUNCATING, &differs_within, &stored));
    }
    // Bytes are counted, not characters.
    let stored = stored_for("bcrypt:2b", &"é".repeat(36));
    let longer = "é".repeat(37);
    assert!(accepts(&HASHER, &"é".repeat(36), &stored));
    assert!(!accepts(&HASHER, &longer, &stored));
    assert!(accepts(&TRUNCATING, &longer, &stored));
}

#[test]
fn bcrypt_with_a_nul_is_refused_or_ends_there() {
    // A key is repeated with its closing NUL, so these two are one to bcrypt.
    let (short, same) = ("correct horse", "correct horse\0correct horse");
    let stored = stored_for("bcrypt:2b", short);
    for typed in [same, "correct horse\0", "correct horse\0battery"] {
        assert!(!accepts(&HASHER, typed, &stored), "{typed:?}");
        assert!(accepts(&TRUNCATING, typed, &stored), "{typed:?}");
    }
    assert!(!accepts(&TRUNCATING, "\0correct horse", &stored));
}

#[test]
fn the_form_that_hashes_first_has_no_limit_in_either_setting() {
    let row = ROWS
        .iter()
        .find(|row| row.form == "django:bcrypt_sha256" && row.password.len() > 900)
        .unwrap();
    let stored = parsed(&row.stored);
    let mut end_differs = row.password.clone();
    end_differs.pop();
    for hasher in [&*HASHER, &*TRUNCATING] {
        assert!(accepts(hasher, &row.password, &stored));
        assert!(!accepts(hasher, &end_differs, &stored));
        assert!(!accepts(hasher, &format!("{}\0", row.password), &stored));
    }
}

#[test]
fn every_malformed_or_greedy_hash_is_refused_for_its_own_reason() {
    let mut refused = 0;
    for line in lines(include_str!("vectors/foreign/refused.tsv")) {
        let (expected, text) = line.split_once('\t').unwrap();
        let error = match PasswordHash::parse(text) {
            Err(ParseError::Foreign(error)) => error,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(format!("{error:?}"), expected, "{text}");
        refused += 1;
    }
    assert!(refused > 150, "{refused}");
}

#[test]
fn every_truncation_and_every_trailing_byte_is_refused() {
    // Half of 64 bytes of scrypt are the 32 bytes of the same password.
    let is_half = |row: &Row, end: usize| {
        (row.form == "node:scrypt" || row.form == "hashlib:scrypt-64")
            && end + 43 == row.stored.len()
    };
    for row in ROWS.iter().filter(|row| row.password == "correct horse") {
        // An output of Argon2 may have any length from 16 bytes, each with a digest of its own.
        let argon2 = row.stored.contains("argon2");
        for end in (0..row.stored.len()).filter(|end| !is_half(row, *end)) {
            match PasswordHash::parse(&row.stored[..end]) {
                Ok(hash) => {
                    assert!(argon2, "{} {end}", row.form);
                    assert!(
                        !accepts(&HASHER, "correct horse", &hash),
                        "{} {end}",
                        row.form
                    );
                }
                Err(_) => continue,
            }
        }
        for tail in ["\0", "\n", " ", "=", "$", "A", "AAAA"] {
            let longer = format!("{}{tail}", row.stored);
            let accepted = PasswordHash::parse(&longer)
                .is_ok_and(|hash| accepts(&HASHER, "correct horse", &hash));
            assert!(!accepted, "{} {tail:?}", row.form);
        }
    }
}

#[test]
fn a_megabyte_is_refused_before_it_is_read() {
    for row in ROWS.iter().filter(|row| row.password == "correct horse") {
        let padded = format!("{}{}", row.stored, "A".repeat(1_000_000));
        assert_eq!(
            PasswordHash::parse(&padded).unwrap_err(),
            ParseError::TooLong
        );
    }
}

#[test]
fn more_memory_than_the_ceiling_is_refused_before_it_is_queued() {
    let scrypt = |ln: u32| {
        let output = "A".repeat(43);
        parsed(&format!(
            "$scrypt$ln={ln},r=8,p=1${}${output}",
            "A".repeat(22)
        ))
    };
    let verdict = |stored: &PasswordHash| {
        HASHER
            .verify_blocking(Password::new("x").unwrap(), stored, SALT)
            .map(|_| ())
    };
    // 4 MiB of ceiling: the large array alone is as much, and the lanes come on top.
    assert_eq!(verdict(&scrypt(11)), Ok(()));
    for ln in [12, 17] {
        let refused = verdict(&scrypt(ln));
        assert!(matches!(refused, Err(HashError::TooCostly { m_kib, .. }) if m_kib > 1 << ln));
    }
    let argon2 = |m: u32, t: u32| {
        let tail = format!("{}${}", "A".repeat(22), "A".repeat(43));
        parsed(&format!("$argon2i$v=19$m={m},t={t},p=1${tail}"))
    };
    assert_eq!(verdict(&argon2(4096, 1)), Ok(()));
    let refused = Err(HashError::TooCostly { m_kib: 4097, t: 1 });
    assert_eq!(verdict(&argon2(4097, 1)), refused);
    let refused = Err(HashError::TooCostly { m_kib: 4096, t: 17 });
    assert_eq!(verdict(&argon2(4096, 17)), refused);
}

#[test]
fn neither_error_nor_debug_shows_salt_or_output() {
    for line in lines(include_str!("vectors/foreign/refused.tsv")) {
        let (_, text) = line.split_once('\t').unwrap();
        let error = PasswordHash::parse(text).unwrap_err();
        let shown = format!("{error} {error:?}");
        let leaks = text
            .split('$')
            .any(|part| part.len() > 20 && shown.contains(part));
        assert!(!leaks, "{shown}");
    }
    for row in ROWS.iter().filter(|row| row.password == "correct horse") {
        let shown = format!("{:?}", parsed(&row.stored));
        assert!(
            !row.stored
                .split('$')
                .any(|part| part.len() > 20 && shown.contains(part))
        );
    }
    assert_eq!(
        ForeignError::Cost.to_string(),
        "the cost of the foreign hash is out of bounds"
    );
}

/// The letters of bcrypt name one algorithm.
fn is_alias(altered: &str, stored: &str) -> bool {
    let same = |text: &str| text.replacen("$2a$", "$2b$", 1).replacen("$2y$", "$2b$", 1);
    same(altered) == same(stored)
}

fn row() -> impl Strategy<Value = &'static Row> {
    let cheap: Vec<usize> = (0..ROWS.len()).collect();
    prop::sample::select(cheap).prop_map(|at| &ROWS[at])
}

const PREFIXES: [&str; 14] = [
    "$2b$10$",
    "$2",
    "bcrypt$$2b$10$",
    "bcrypt_sha256$",
    "pbkdf2_sha256$1000$salt$",
    "pbkdf2_",
    "$pbkdf2-sha256$i=1,l=32$",
    "AQAAAA",
    "A",
    "scrypt$1024$salt$8$1$",
    "$scrypt$ln=4,r=8,p=1$",
    "argon2$argon2id$v=19$m=64,t=1,p=1$",
    "$argon2i$",
    "$argon2id$m=64,",
];

const SECRET: &str = r#"{"value":"z6LMI6UaEypQh3qoVk+kyhe2zXuOwAJvlm3nfP3kksc=","salt":"AAECAwQFBgcICQoLDA0ODw==","additionalParameters":{}}"#;
const CREDENTIAL: &str = r#"{"hashIterations":2,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["256"],"type":["i"],"version":["1.3"],"parallelism":["1"]}}"#;

#[test]
fn a_credential_of_keycloak_is_refused_for_the_part_that_is_wrong() {
    let reason = |secret: &str, credential: &str| {
        PasswordHash::from_keycloak(secret, credential).map(|hash| hash.as_str().to_owned())
    };
    let good = reason(SECRET, CREDENTIAL).unwrap();
    assert!(good.starts_with("$argon2i$v=19$m=256,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$z6LM"));
    let cost = ForeignError::Cost.into();
    for (from, to, expected) in [
        (r#"["1.3"]"#, r#"["1.2"]"#, KeycloakError::Version),
        (r#"["i"]"#, r#"["x"]"#, KeycloakError::Algorithm),
        (r#""argon2""#, r#""bcrypt""#, KeycloakError::Algorithm),
        (r#"["32"]"#, r#"["31"]"#, KeycloakError::Encoding),
        (r#"["32"]"#, r#"["x"]"#, KeycloakError::CredentialData),
        (
            r#"["256"]"#,
            r#"["256","1"]"#,
            KeycloakError::CredentialData,
        ),
        (r#"["256"]"#, "[]", KeycloakError::CredentialData),
        (r#"["256"]"#, r#"["-1"]"#, KeycloakError::CredentialData),
        (
            r#"["256"]"#,
            r#"["4294967295"]"#,
            KeycloakError::Refused(cost),
        ),
        (":2,", ":4294967295,", KeycloakError::Refused(cost)),
        (":2,", ":2147483648e9,", KeycloakError::CredentialData),
        (":2,", ":-1,", KeycloakError::CredentialData),
        (r#""memory":["256"],"#, "", KeycloakError::CredentialData),
    ] {
        let altered = CREDENTIAL.replacen(from, to, 1);
        assert_ne!(altered, CREDENTIAL);
        assert_eq!(reason(SECRET, &altered), Err(expected), "{altered}");
    }
    for (from, to, expected) in [
        ("ksc=", "ksc", KeycloakError::Encoding),
        ("ksc=", "ksd=", KeycloakError::Encoding),
        ("Dw==", "Dx==", KeycloakError::Encoding),
        ("value", "worth", KeycloakError::SecretData),
        (r#""salt""#, r#""value""#, KeycloakError::SecretData),
        ("}}", "}", KeycloakError::SecretData),
        (
            "AAECAwQFBgcICQoLDA0ODw==",
            "AAECAw==",
            KeycloakError::Refused(ForeignError::Salt.into()),
        ),
    ] {
        let altered = SECRET.replacen(from, to, 1);
        assert_ne!(altered, SECRET);
        assert_eq!(reason(&altered, CREDENTIAL), Err(expected), "{altered}");
    }
    let blank = " ".repeat(PasswordHash::KEYCLOAK_MAX_LEN + 1 - SECRET.len());
    assert!(reason(&format!("{SECRET}{}", &blank[1..]), CREDENTIAL).is_ok());
    assert_eq!(
        reason(&format!("{SECRET}{blank}"), CREDENTIAL),
        Err(KeycloakError::TooLong)
    );
    let deep = "[".repeat(PasswordHash::KEYCLOAK_MAX_LEN);
    assert_eq!(reason(&deep, CREDENTIAL), Err(KeycloakError::SecretData));
}

proptest! {
    #[test]
    fn an_altered_byte_never_verifies(row in row(), at in any::<prop::sample::Index>(), new in "[0-9A-Za-z+/.=,$_-]") {
        let at = at.index(row.stored.len());
        let altered = format!("{}{new}{}", &row.stored[..at], &row.stored[at + 1..]);
        prop_assume!(altered != row.stored && !is_alias(&altered, &row.stored));
        // Ten steps up in bcrypt's cost would only take long.
        prop_assume!(!altered.contains("$14$") && !altered.contains("$15$"));
        if let Ok(stored) = PasswordHash::parse(&altered)
            && let Ok(verdict) = HASHER.verify_blocking(Password::new(row.password.clone()).unwrap(), &stored, SALT)
        {
            prop_assert!(matches!(verdict, Verification::Rejected), "{} {}", row.form, altered);
        }
    }

    #[test]
    fn another_password_never_verifies(row in row(), other in "\\PC{0,80}") {
        prop_assume!(other != row.password);
        prop_assert!(!accepts(&HASHER, &other, &parsed(&row.stored)), "{}", row.form);
    }

    #[test]
    fn no_text_makes_it_panic(prefix in prop::sample::select(&PREFIXES[..]), tail in any::<String>(), plain in "[0-9A-Za-z+/.=,$]{0,120}") {
        let _ = PasswordHash::parse(&format!("{prefix}{tail}"));
        let _ = PasswordHash::parse(&format!("{prefix}{plain}"));
    }

    #[test]
    fn no_credential_makes_it_panic(secret in any::<String>(), credential in any::<String>()) {
        prop_assert!(PasswordHash::from_keycloak(&secret, &credential).is_err());
    }
}
