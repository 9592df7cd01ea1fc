//! A reset token, made and checked: ours, a JWT (HS256) and a PASETO (v4.local), which all carry
//! purpose, tenant, expiry and a random identifier. Sixteen random bytes are drawn from the operating
//! system for every token issued, whoever issues it; how long that takes by itself, and the rest without
//! it, is told apart.

use std::hint::black_box;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use criterion::{Criterion, criterion_group, criterion_main};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use pasetors::claims::{Claims, ClaimsValidationRules};
use pasetors::keys::SymmetricKey;
use pasetors::token::UntrustedToken;
use pasetors::version4::V4;
use pasetors::{Local, local};
use serde::{Deserialize, Serialize};
use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_reset::{Lifetime, Purpose, TokenScope, generate_selector, inspect, issue};

const KEY: [u8; 32] = [0x42; 32];
const HOUR: Duration = Duration::from_secs(3_600);
const PURPOSE: &str = "password-reset";
const TENANT: &str = "tenant-a";

#[derive(Serialize, Deserialize)]
struct JwtClaims {
    sub: String,
    aud: String,
    exp: u64,
    jti: String,
}

fn hex(bytes: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn clock() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock")
        .as_secs()
}

fn draw() -> [u8; 16] {
    generate_selector().expect("entropy")
}

fn jwt(key: &EncodingKey, id: [u8; 16]) -> String {
    let claims = JwtClaims {
        sub: PURPOSE.to_owned(),
        aud: TENANT.to_owned(),
        exp: clock() + HOUR.as_secs(),
        jti: hex(id),
    };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, key).expect("a token")
}

fn paseto(key: &SymmetricKey<V4>) -> String {
    let mut claims = Claims::new_expires_in(&HOUR).expect("claims");
    claims.subject(PURPOSE).expect("a claim");
    claims.audience(TENANT).expect("a claim");
    let id = hex(draw());
    claims.token_identifier(&id).expect("a claim");
    local::encrypt(key, &claims, None, None).expect("a token")
}

fn benches(c: &mut Criterion) {
    let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes(KEY));
    let scope = TokenScope::new(Purpose::PASSWORD_RESET, TENANT);
    let lifetime = Lifetime::new(HOUR).expect("within a day");
    let ours = |selector| issue(&ring, &scope, clock(), lifetime, selector).expect("a token");
    let jwt_key = EncodingKey::from_secret(&KEY);
    let paseto_key = SymmetricKey::<V4>::from(&KEY).expect("a key");

    let mut group = c.benchmark_group("reset_token/issue");
    group.bench_function("slotwerk", |b| b.iter(|| ours(draw())));
    group.bench_function("jsonwebtoken", |b| b.iter(|| jwt(&jwt_key, draw())));
    group.bench_function("pasetors", |b| b.iter(|| paseto(&paseto_key)));
    group.bench_function("the draw alone", |b| b.iter(draw));
    // PASETO draws a nonce of its own, so it cannot go without.
    group.bench_function("slotwerk without the draw", |b| {
        b.iter(|| ours(black_box([7; 16])));
    });
    group.bench_function("jsonwebtoken without the draw", |b| {
        b.iter(|| jwt(&jwt_key, black_box([7; 16])));
    });
    group.finish();

    let issued = ours(draw());
    let text = issued.token.expose();
    let jwt_text = jwt(&jwt_key, draw());
    let jwt_opens = DecodingKey::from_secret(&KEY);
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&[TENANT]);
    let paseto_text = paseto(&paseto_key);
    let mut rules = ClaimsValidationRules::new();
    rules.validate_audience_with(TENANT);
    rules.validate_subject_with(PURPOSE);
    println!(
        "characters: slotwerk {}, jsonwebtoken {}, pasetors {}",
        text.len(),
        jwt_text.len(),
        paseto_text.len()
    );

    let mut group = c.benchmark_group("reset_token/verify");
    group.bench_function("slotwerk", |b| {
        b.iter(|| inspect(&ring, &scope, black_box(text), clock()).expect("genuine"));
    });
    group.bench_function("jsonwebtoken", |b| {
        b.iter(|| {
            let data =
                jsonwebtoken::decode::<JwtClaims>(black_box(&jwt_text), &jwt_opens, &validation)
                    .expect("genuine");
            assert_eq!(data.claims.sub, PURPOSE);
            data
        });
    });
    group.bench_function("pasetors", |b| {
        b.iter(|| {
            let untrusted =
                UntrustedToken::<Local, V4>::try_from(black_box(&paseto_text)).expect("a token");
            local::decrypt(&paseto_key, &untrusted, &rules, None, None).expect("genuine")
        });
    });
    group.finish();

    // What an attacker can have a server do: the last character changed.
    let forged = |text: &str| {
        let (body, last) = text.split_at(text.len() - 1);
        format!("{body}{}", if last == "A" { "E" } else { "A" })
    };
    let (ours_forged, jwt_forged) = (forged(text), forged(&jwt_text));
    let paseto_forged = forged(&paseto_text);
    let mut group = c.benchmark_group("reset_token/refuse");
    group.bench_function("slotwerk", |b| {
        b.iter(|| inspect(&ring, &scope, black_box(&ours_forged), clock()).expect_err("forged"));
    });
    group.bench_function("jsonwebtoken", |b| {
        b.iter(|| {
            jsonwebtoken::decode::<JwtClaims>(black_box(&jwt_forged), &jwt_opens, &validation).err()
        });
    });
    group.bench_function("pasetors", |b| {
        b.iter(|| {
            let untrusted =
                UntrustedToken::<Local, V4>::try_from(black_box(&paseto_forged)).ok()?;
            local::decrypt(&paseto_key, &untrusted, &rules, None, None).ok()
        });
    });
    // The cheapest to send: what is no token at all, and what is one only to its length and alphabet.
    let (junk, alike) = ("/../../etc/passwd", "A".repeat(text.len()));
    for (name, presented) in [("no token", junk), ("no version", alike.as_str())] {
        group.bench_function(format!("slotwerk, {name}"), |b| {
            b.iter(|| inspect(&ring, &scope, black_box(presented), clock()).expect_err("forged"));
        });
    }
    group.finish();
}

criterion_group! {
    name = reset_token;
    config = slotwerk_benches::short_samples();
    targets = benches
}
criterion_main!(reset_token);
