//! A token works for its own purpose, tenant, account and credential, and for no other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{NOW, PURPOSES, SELECTOR, hour, purpose, reason, ring};
use slotwerk_reset::*;

const TENANTS: [&str; 8] = [
    "",
    "a",
    "b",
    "ab",
    "tenant-a",
    "tenant-A",
    "tenant-a ",
    "tenant-\u{430}",
];

#[test]
fn every_purpose_and_tenant_is_refused_at_every_other() {
    let ring = ring();
    let scopes: Vec<TokenScope<'_>> = PURPOSES
        .iter()
        .flat_map(|purpose| TENANTS.map(|tenant| TokenScope::new(*purpose, tenant)))
        .collect();
    for made in &scopes {
        let stored = issue(&ring, made, NOW, hour(), SELECTOR).unwrap().token;
        let storeless = issue_storeless(&ring, made, &CREDENTIAL, NOW, hour(), SELECTOR);
        let storeless = storeless.unwrap().token;
        for tried in &scopes {
            let as_stored = |token: &Token| reason(inspect(&ring, tried, token.expose(), NOW));
            let as_storeless = |token: &Token| {
                let text = token.expose();
                reason(inspect_storeless(&ring, tried, &CREDENTIAL, text, NOW))
            };
            let expected = (made != tried).then_some(Reason::Forged);
            assert_eq!(as_stored(&stored), expected, "{made:?} at {tried:?}");
            assert_eq!(as_storeless(&storeless), expected, "{made:?} at {tried:?}");
            assert_eq!(as_stored(&storeless), Some(Reason::Forged));
            assert_eq!(as_storeless(&stored), Some(Reason::Forged));
        }
    }
}

/// A proof of one scope hands nothing out for another.
#[test]
fn proof_is_for_its_own_scope() {
    let ring = ring();
    let scopes: Vec<TokenScope<'_>> = PURPOSES
        .iter()
        .flat_map(|purpose| TENANTS.map(|tenant| TokenScope::new(*purpose, tenant)))
        .collect();
    for made in &scopes {
        let issued = issue(&ring, made, NOW, hour(), SELECTOR).unwrap();
        let stored = inspect(&ring, made, issued.token.expose(), NOW).unwrap();
        assert_eq!(
            (stored.purpose(), stored.tenant()),
            (made.purpose, made.tenant)
        );
        let token = issue_storeless(&ring, made, &CREDENTIAL, NOW, hour(), SELECTOR);
        let text = token.unwrap().token;
        let storeless = inspect_storeless(&ring, made, &CREDENTIAL, text.expose(), NOW).unwrap();
        assert_eq!(
            (storeless.purpose(), storeless.tenant()),
            (made.purpose, made.tenant)
        );
        assert_eq!(storeless.account(), CREDENTIAL.account);
        for used in &scopes {
            let own = made == used;
            let hash = if own {
                Ok(issued.selector_hash)
            } else {
                Err(WrongProof)
            };
            assert_eq!(stored.selector_hash_for(used), hash, "{made:?} at {used:?}");
            let epoch = if own { Ok(3) } else { Err(WrongProof) };
            assert_eq!(
                storeless.epoch_for(used, "account-7"),
                epoch,
                "{made:?} at {used:?}"
            );
            for account in ["", "account-8", "account-7 ", "Account-7"] {
                assert_eq!(storeless.epoch_for(used, account), Err(WrongProof));
            }
        }
    }
}

/// A host cannot make a purpose whose tokens pass for built-in ones, or outlive its own.
#[test]
fn built_in_names_are_taken() {
    for purpose in PURPOSES {
        let same_name: &'static str = purpose.name().to_owned().leak();
        assert_eq!(Purpose::new(same_name), Err(PurposeError::BuiltIn));
    }
    for name in [
        "",
        "known-device ",
        "Known-device",
        "known-devic",
        "known-devices",
        "not-me-link",
        "sign\u{2010}in",
        "known-device\0",
    ] {
        let own = Purpose::new(name).unwrap();
        assert!(!PURPOSES.contains(&own) && !own.may_last(), "{name:?}");
        assert_eq!(own.longest(), Lifetime::MAX, "{name:?}");
    }
    const OWN: Result<Purpose, PurposeError> = Purpose::new("known-device");
    assert_eq!(OWN, Err(PurposeError::BuiltIn), "in a constant, too");
}

#[test]
fn purpose_and_tenant_do_not_run_together() {
    let ring = ring();
    let pairs = [("a", "bc"), ("ab", "c"), ("abc", ""), ("", "abc")];
    for made in pairs {
        let scope = TokenScope::new(purpose(made.0), made.1);
        let token = issue(&ring, &scope, NOW, hour(), SELECTOR).unwrap().token;
        for tried in pairs {
            let scope = TokenScope::new(purpose(tried.0), tried.1);
            assert_eq!(
                inspect(&ring, &scope, token.expose(), NOW).is_ok(),
                made == tried
            );
        }
    }
}

#[test]
fn tenants_are_bounded() {
    let ring = ring();
    let longest = "t".repeat(MAX_TENANT);
    let scope = TokenScope::new(Purpose::SIGN_IN, &longest);
    let token = issue(&ring, &scope, NOW, hour(), SELECTOR).unwrap().token;
    assert!(inspect(&ring, &scope, token.expose(), NOW).is_ok());

    let longer = "t".repeat(MAX_TENANT + 1);
    let scope = TokenScope::new(Purpose::SIGN_IN, &longer);
    assert_eq!(
        issue(&ring, &scope, NOW, hour(), SELECTOR).unwrap_err(),
        IssueError::TenantTooLong
    );
    assert_eq!(
        reason(inspect(&ring, &scope, token.expose(), NOW)),
        Some(Reason::Malformed)
    );
}

const CREDENTIAL: Credential<'_> = Credential {
    account: "account-7",
    epoch: 3,
};

fn storeless() -> Token {
    issue_storeless(&ring(), &common::SCOPE, &CREDENTIAL, NOW, hour(), SELECTOR)
        .unwrap()
        .token
}

fn try_storeless(credential: &Credential<'_>, presented: &str, now: u64) -> Option<Reason> {
    reason(inspect_storeless(
        &ring(),
        &common::SCOPE,
        credential,
        presented,
        now,
    ))
}

#[test]
fn a_storeless_token_dies_with_the_version_of_its_credential() {
    let token = storeless();
    assert_eq!(try_storeless(&CREDENTIAL, token.expose(), NOW), None);
    assert_eq!(try_storeless(&CREDENTIAL, token.expose(), NOW + 3599), None);
    assert_eq!(
        try_storeless(&CREDENTIAL, token.expose(), NOW + 3600),
        Some(Reason::Expired)
    );
    for epoch in [0, 2, 4, u64::MAX] {
        let other = Credential {
            epoch,
            ..CREDENTIAL
        };
        assert_eq!(
            try_storeless(&other, token.expose(), NOW),
            Some(Reason::Forged),
            "{epoch}"
        );
    }
    for account in ["", "account-8", "account-7 ", "account-"] {
        let other = Credential {
            account,
            ..CREDENTIAL
        };
        assert_eq!(
            try_storeless(&other, token.expose(), NOW),
            Some(Reason::Forged),
            "{account}"
        );
    }
}

#[test]
fn stored_and_storeless_tokens_do_not_mix() {
    let ring = ring();
    let stored = common::issued(&ring).token;
    assert_eq!(
        try_storeless(&CREDENTIAL, stored.expose(), NOW),
        Some(Reason::Forged)
    );
    let refused = reason(inspect(&ring, &common::SCOPE, storeless().expose(), NOW));
    assert_eq!(refused, Some(Reason::Forged));
}

#[test]
fn accounts_are_bounded() {
    let issue = |account: &str, tenant: &str| {
        let scope = TokenScope::new(Purpose::PASSWORD_RESET, tenant);
        let credential = Credential { account, epoch: 1 };
        issue_storeless(&ring(), &scope, &credential, NOW, hour(), SELECTOR).err()
    };
    assert_eq!(
        issue(&"a".repeat(MAX_ACCOUNT), &"t".repeat(MAX_TENANT)),
        None
    );
    assert_eq!(
        issue(&"a".repeat(MAX_ACCOUNT + 1), ""),
        Some(IssueError::AccountTooLong)
    );
    assert_eq!(
        issue("", &"t".repeat(MAX_TENANT + 1)),
        Some(IssueError::TenantTooLong)
    );
    let account = "a".repeat(MAX_ACCOUNT + 1);
    let long = Credential {
        account: &account,
        epoch: 3,
    };
    assert_eq!(
        try_storeless(&long, storeless().expose(), NOW),
        Some(Reason::Malformed)
    );
}
