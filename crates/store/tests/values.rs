//! The values of the contract: names that come back, the rule of what is kept, and what is not shown.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk_store::{
    AccountKey, AttemptKey, AuditKind, AuditReason, Authenticator, AuthenticatorRemoved,
    BeginEnrolment, BudgetChanges, BudgetCharge, BudgetCharges, ChangePassword, ClearRecheck,
    ConfirmEnrolment, ConsumeReset, Credential, Durability, KeepHistory, MAX_AUDIT_REASON,
    MAX_HISTORY, MAX_SESSION_DATA, PasswordStanding, PastPassword, PendingEnrolment,
    RecheckCleared, RemoveAuthenticator, RenameAuthenticator, RenewRecoveryCodes, Session,
    SessionData, Stage, Subject, TokenHash, TooManyCharges, latest_session_end,
};
use slotwerk_throttle::Budget;
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

#[test]
fn stored_names_come_back_and_others_do_not() {
    let standings = [
        (PasswordStanding::Good, "good"),
        (PasswordStanding::Expired, "expired"),
        (PasswordStanding::Unfit, "unfit"),
        (PasswordStanding::MustChange, "must-change"),
        (PasswordStanding::Breached, "breached"),
    ];
    for (standing, name) in standings {
        assert_eq!(standing.as_str(), name);
        assert_eq!(PasswordStanding::from_name(name), Some(standing));
        assert_eq!(Stage::from_name(name), None);
    }
    for name in ["", "Good", "good ", "enrol"] {
        assert_eq!(PasswordStanding::from_name(name), None, "{name:?}");
    }
    for (stage, name) in [
        (Stage::Enrol, "enrol"),
        (Stage::Verify, "verify"),
        (Stage::Manage, "manage"),
    ] {
        assert_eq!(stage.as_str(), name);
        assert_eq!(Stage::from_name(name), Some(stage));
    }
    let names: BTreeSet<_> = AuditKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names.len(), AuditKind::ALL.len());
    for kind in AuditKind::ALL {
        assert_eq!(AuditKind::from_name(kind.as_str()), Some(kind));
        assert!(kind.as_str().len() <= 32, "the width of a column");
    }
}

#[test]
fn durability_is_no_part_of_a_name() {
    let durable = AttemptKey::durable([7; 32]);
    let lossy = AttemptKey::new([7; 32], Durability::MayBeLost);
    assert_eq!(durable.durability(), Durability::Durable);
    assert_eq!(lossy.durability(), Durability::MayBeLost);
    assert_eq!(durable, lossy);
    assert_eq!(BTreeSet::from([durable, lossy]).len(), 1, "one row");
    assert_eq!(HashSet::from([durable, lossy]).len(), 1, "one entry");
    let next = AttemptKey::durable([8; 32]);
    assert!(lossy < next && next != durable, "ordered by the bytes");
    assert!(format!("{lossy:?}").contains("MayBeLost"));
}

#[test]
fn a_stage_allows_no_more_than_it_has_shown() {
    for most in [0, 1, u32::MAX] {
        assert_eq!(Stage::Enrol.most_active(most), Some(0));
        assert_eq!(Stage::Manage.most_active(most), Some(most));
        assert_eq!(Stage::Verify.most_active(most), None);
    }
}

#[test]
fn the_graver_standing_is_the_greater() {
    use PasswordStanding::{Breached, Expired, Good, Unfit};
    assert!(Good < Expired && Expired < Unfit && Unfit < Breached);
    assert_eq!(PasswordStanding::default(), Good);
}

#[test]
fn what_is_kept_is_recent_or_young_and_within_the_bound() {
    let keep = |last, since| KeepHistory { last, since };
    let bound = usize::from(MAX_HISTORY);
    for (keep, newer, retired_at, due) in [
        (keep(3, u64::MAX), 2, 0, true),
        (keep(3, u64::MAX), 3, 0, false),
        (keep(0, 100), 9, 99, false),
        (keep(0, 100), 9, 100, true),
        (keep(3, 100), 2, 99, true),
        (keep(3, 100), 3, 100, true),
        (keep(3, 100), 3, 99, false),
        (keep(0, 0), bound - 1, 0, true),
        (keep(u16::MAX, 0), bound, u64::MAX, false),
        (keep(0, u64::MAX - 1), 0, u64::MAX, true),
        (keep(0, u64::MAX), 0, u64::MAX, false),
        (KeepHistory::NOTHING, 0, u64::MAX, false),
    ] {
        let seen = keep.keeps(newer, retired_at);
        assert_eq!(
            seen, due,
            "{keep:?} of one with {newer} newer, {retired_at}"
        );
    }
}

#[test]
fn no_hash_is_shown() {
    const HASH: &str = "$argon2id$v=19$s3cret";
    let account = AccountKey::new("noord", "42").unwrap();
    let (subject, keep) = (Subject([0; 32]), KeepHistory::NOTHING);
    let shown = [
        format!(
            "{:?}",
            Credential {
                hash: Some(HASH.to_owned()),
                epoch: 3,
                set_at: Some(5),
                recheck: true,
                must_change: false,
            }
        ),
        format!(
            "{:#?}",
            PastPassword {
                hash: HASH.to_owned(),
                retired_at: 7,
            }
        ),
        format!(
            "{:?}",
            ChangePassword {
                account: account.clone(),
                expected_epoch: 0,
                hash: HASH.to_owned(),
                recheck: true,
                keep,
                notice: None,
                subject,
                now: 0,
                budgets: BudgetChanges::default(),
            }
        ),
        format!(
            "{:?}",
            ConsumeReset {
                token: TokenHash([0; 32]),
                account,
                binding: [0; 32],
                hash: HASH.to_owned(),
                recheck: true,
                keep,
                notice: None,
                subject,
                now: 0,
                budgets: BudgetChanges::default(),
            }
        ),
    ];
    for text in &shown {
        assert!(!text.contains("argon2"), "{text}");
    }
    assert!(shown[0].contains("set_at: Some(5)") && shown[0].contains("recheck: true"));
    assert!(shown[1].contains("retired_at: 7"), "the rest is shown");
}

#[test]
fn seventeen_charges_are_too_many() {
    let allowance = Budget::new(5, Duration::from_secs(60)).unwrap().into();
    let charge = BudgetCharge {
        key: AttemptKey::durable([1; 32]),
        allowance,
    };
    assert_eq!(BudgetCharges::new(vec![charge; 16]).unwrap().len(), 16);
    let rejected = BudgetCharges::new(vec![charge; 17]).unwrap_err();
    assert_eq!(rejected, TooManyCharges { charges: 17 });
    let text = "a command charges at most 16 budgets, not 17";
    assert_eq!(rejected.to_string(), text);
}

#[test]
fn public_types_are_send_sync_and_static() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Credential>();
    check::<Authenticator>();
    check::<PendingEnrolment>();
    check::<BeginEnrolment>();
    check::<ConfirmEnrolment>();
    check::<RenameAuthenticator>();
    check::<RemoveAuthenticator>();
    check::<RenewRecoveryCodes>();
    check::<AuthenticatorRemoved>();
    check::<KeepHistory>();
    check::<PastPassword>();
    check::<ClearRecheck>();
    check::<RecheckCleared>();
    check::<PasswordStanding>();
}

#[test]
fn session_data_has_a_bound() {
    let full = SessionData::new(vec![7; MAX_SESSION_DATA]).unwrap();
    assert_eq!(full.as_bytes().len(), 4096);
    let error = SessionData::new(vec![7; MAX_SESSION_DATA + 1]).unwrap_err();
    assert_eq!(error.len, 4097);
    assert!(error.to_string().contains("4097"), "{error}");
    let shown = format!("{:?}", SessionData::new(*b"s3cret").unwrap());
    assert_eq!(shown, "SessionData(6 bytes)");
}

#[test]
fn audit_reason_has_a_bound() {
    let longest = "ü".repeat(MAX_AUDIT_REASON);
    assert_eq!(AuditReason::new(&longest).unwrap().as_str(), longest);
    for text in [format!("{longest}x"), "two\nlines".to_owned()] {
        assert!(AuditReason::new(text).is_err());
    }
    let shown = format!("{:?}", AuditReason::new("Ann lost it").unwrap());
    assert!(!shown.contains("Ann"), "{shown}");
}

#[test]
fn session_ends_at_the_earlier_limit() {
    let session = Session {
        token: TokenHash([0; 32]),
        account: AccountKey::new("noord", "42").unwrap(),
        epoch: 0,
        data: SessionData::default(),
        created_at: 0,
        touched_at: 1_000,
        expires_at: 9_000,
        idle_secs: 500,
    };
    assert_eq!(session.ends_at(), 1_500);
    assert!(session.is_in_time(1_499) && !session.is_in_time(1_500));
    assert!(session.is_in_time(940) && !session.is_in_time(939));
    let busy = Session {
        idle_secs: u64::MAX,
        ..session.clone()
    };
    assert_eq!(busy.ends_at(), 9_000);
    let far = Session {
        expires_at: latest_session_end(1_000) + 1,
        ..session
    };
    assert!(!far.is_in_time(1_000) && far.is_in_time(1_001));
}
