//! A link or a ticket that is not, to the bit, what was issued dies before the store is asked.
//!
//! The store counts its calls and the user table is away, so that either being asked shows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use slotwerk::reset::{
    Credential, Lifetime, Purpose, TOKEN_LENGTH, Token, TokenScope, issue, issue_storeless,
};
use slotwerk::store::MemoryStore;
use slotwerk::{CompleteOutcome, OpenOutcome, StepError};
use slotwerk_testkit::FaultyStore;
use std::sync::Arc;
use std::time::Duration;
use support::{GOOD, NextStep, World, password, ring};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The built-in purposes and one of a host.
fn purposes() -> impl Iterator<Item = Purpose> {
    let own = Purpose::new("of-the-host").unwrap();
    Purpose::BUILT_IN.into_iter().chain([own])
}

struct Counted {
    world: World,
    store: Arc<FaultyStore>,
}

impl Counted {
    fn new() -> Self {
        let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
        let world = World::on(store.clone());
        Self { world, store }
    }

    /// Every way to present a link: refused, and nobody asked.
    async fn link_dies_unasked(&self, tenant: &str, token: &str) {
        let before = (self.store.calls(), self.world.people.look_ups());
        self.world.people.break_down();
        let auth = &self.world.auth;
        let seen = auth.inspect_reset(tenant, token).await.unwrap();
        assert!(matches!(seen, OpenOutcome::Invalid), "{token:?}");
        let done = auth.complete_reset(tenant, token, password(GOOD)).await;
        assert!(
            matches!(done.unwrap(), CompleteOutcome::Invalid),
            "{token:?}"
        );
        self.world.people.recover();
        let after = (self.store.calls(), self.world.people.look_ups());
        assert_eq!(after, before, "{token:?}");
    }

    /// Every way to present a ticket: refused, and nobody asked.
    async fn ticket_dies_unasked(&self, tenant: &str, ticket: &str) {
        let before = (self.store.calls(), self.world.people.look_ups());
        self.world.people.break_down();
        let auth = &self.world.auth;
        assert_eq!(auth.inspect_ticket(tenant, ticket).await.unwrap(), None);
        let verified = auth.verify_code(tenant, ticket, "123456").await;
        assert!(
            matches!(verified, Err(StepError::TicketInvalid)),
            "{ticket:?}"
        );
        let code = "0000-0000-0000-0000";
        let redeemed = auth.redeem_recovery_code(tenant, ticket, code).await;
        assert!(
            matches!(redeemed, Err(StepError::TicketInvalid)),
            "{ticket:?}"
        );
        let begun = auth.begin_enrolment(tenant, ticket).await;
        assert!(matches!(begun, Err(StepError::TicketInvalid)), "{ticket:?}");
        let seen = auth.inspect_enrolment(tenant, ticket).await;
        assert!(matches!(seen, Err(StepError::TicketInvalid)), "{ticket:?}");
        let resent = auth.resend_enrolment(tenant, ticket).await;
        assert!(
            matches!(resent, Err(StepError::TicketInvalid)),
            "{ticket:?}"
        );
        let confirmed = auth
            .confirm_enrolment(tenant, ticket, "123456", &Default::default())
            .await;
        assert!(
            matches!(confirmed, Err(StepError::TicketInvalid)),
            "{ticket:?}"
        );
        self.world.people.recover();
        let after = (self.store.calls(), self.world.people.look_ups());
        assert_eq!(after, before, "{ticket:?}");
    }

    /// The control: the store is asked for this one.
    async fn link_opens(&self, tenant: &str, token: &str) {
        let before = (self.store.calls(), self.world.people.look_ups());
        let seen = self.world.auth.inspect_reset(tenant, token).await.unwrap();
        assert!(matches!(seen, OpenOutcome::Open(_)));
        assert!(self.store.calls() > before.0, "the counter counts");
        assert!(self.world.people.look_ups() > before.1, "and the other");
    }

    /// The control: the store is asked for this one.
    async fn ticket_opens(&self, tenant: &str, ticket: &str) {
        let before = self.store.calls();
        let step = self.world.auth.inspect_ticket(tenant, ticket).await;
        assert_eq!(step.unwrap(), Some(NextStep::Verify));
        assert!(self.store.calls() > before, "the counter counts");
    }
}

/// The six bits of each character.
fn sextets(token: &str) -> Vec<u8> {
    let place = |c: u8| ALPHABET.iter().position(|known| *known == c).unwrap();
    token.bytes().map(|c| place(c) as u8).collect()
}

/// The selector: bytes 8 to 24.
fn selector(token: &str) -> [u8; 16] {
    let bits: Vec<u8> = sextets(token)
        .iter()
        .flat_map(|six| (0..6).rev().map(move |bit| six >> bit & 1))
        .collect();
    let bytes = bits
        .chunks(8)
        .map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit));
    bytes
        .skip(8)
        .take(16)
        .collect::<Vec<u8>>()
        .try_into()
        .unwrap()
}

/// Everything that is one step away from a token.
fn altered(token: &str) -> Vec<String> {
    assert_eq!(token.len(), TOKEN_LENGTH);
    let mut all = Vec::new();
    // Every bit of the 56 bytes, and the two that the last character has to spare: other spellings of
    // the same bytes.
    let six = sextets(token);
    for (at, bit) in (0..six.len()).flat_map(|at| (0..6).map(move |bit| (at, bit))) {
        let mut changed = token.to_owned();
        let with = char::from(ALPHABET[usize::from(six[at] ^ (1 << bit))]);
        changed.replace_range(at..=at, &with.to_string());
        all.push(changed);
    }
    // Every bit of the characters.
    for (at, bit) in (0..token.len()).flat_map(|at| (0..7).map(move |bit| (at, bit))) {
        let mut changed = token.as_bytes().to_vec();
        changed[at] ^= 1 << bit;
        all.push(String::from_utf8(changed).unwrap());
    }
    for length in 0..token.len() {
        all.push(token[..length].to_owned());
        all.push(token[length + 1..].to_owned());
    }
    for extra in (0..=255).map(char::from) {
        all.push(format!("{token}{extra}"));
        all.push(format!("{extra}{token}"));
    }
    assert!(all.len() == 450 + 525 + 150 + 512 && !all.iter().any(|other| other == token));
    all
}

/// Genuine tokens for the same selector, under the ring's own key, each for something else.
fn of_something_else(world: &World, own: &TokenScope<'_>, token: &str) -> Vec<String> {
    let (now, selector) = (world.clock.seconds(), selector(token));
    let lifetime = Lifetime::new(Duration::from_secs(3600)).unwrap();
    let mut all = Vec::new();
    for purpose in purposes() {
        for tenant in ["noord", "zuid", "", "noor", "noord "] {
            let scope = TokenScope::new(purpose, tenant);
            if scope != *own {
                let issued = issue(&ring(), &scope, now, lifetime, selector).unwrap();
                all.push(issued.token.expose().to_owned());
            }
        }
        for account in ["id-demo", ""] {
            let scope = TokenScope::new(purpose, own.tenant);
            let (epoch, ring) = (0, ring());
            let credential = Credential { account, epoch };
            let issued = issue_storeless(&ring, &scope, &credential, now, lifetime, selector);
            all.push(issued.unwrap().token.expose().to_owned());
        }
    }
    // The right scope under other keys: another one of the ring's id, and the ring's own under another.
    for (id, fill) in [(1, 8), (2, 9), (2, 8)] {
        let ring = KeyRing::new(KeyId::new(id), MasterKey::from_bytes([fill; 32]));
        let issued = issue(&ring, own, now, lifetime, selector).unwrap();
        all.push(issued.token.expose().to_owned());
    }
    assert_eq!(all.len(), 39 + 16 + 3);
    all
}

#[tokio::test]
async fn no_altered_link_reaches_the_store() {
    let here = Counted::new();
    let token = here.world.mailed_token("noord", "demo").await;
    here.link_opens("noord", &token).await;
    // Additions of mail programs before or behind it leave the same token.
    let reads_alike =
        |text: &String| Token::from_pasted(text).is_ok_and(|read| read.expose() == token.as_str());
    let (alike, altered): (Vec<_>, Vec<_>) = altered(&token).into_iter().partition(reads_alike);
    assert_eq!((alike.len(), altered.len()), (194 + 69, 1_637 - 194 - 69));
    for presented in altered {
        here.link_dies_unasked("noord", &presented).await;
    }
    for presented in alike {
        here.link_opens("noord", &presented).await;
    }
    here.link_opens("noord", &token).await;
}

#[tokio::test]
async fn no_link_for_something_else_reaches_the_store() {
    let here = Counted::new();
    let token = here.world.mailed_token("noord", "demo").await;
    let own = TokenScope::new(Purpose::PASSWORD_RESET, "noord");
    for presented in of_something_else(&here.world, &own, &token) {
        here.link_dies_unasked("noord", &presented).await;
    }
    here.link_dies_unasked("zuid", &token).await;
    // The same selector, time and lifetime in the right scope are the link itself.
    let half_an_hour = Lifetime::new(Duration::from_secs(1800)).unwrap();
    let now = here.world.clock.seconds();
    let again = issue(&ring(), &own, now, half_an_hour, selector(&token)).unwrap();
    assert_eq!(again.token.expose(), token);
    here.link_opens("noord", &token).await;
}

#[tokio::test]
async fn no_expired_or_revoked_link_reaches_the_store() {
    let here = Counted::new();
    let token = here.world.mailed_token("noord", "demo").await;
    let next = || ring().rotate(KeyId::new(2), MasterKey::from_bytes([8; 32]));
    let retired = Counted {
        world: here.world.node_with(next().unwrap()),
        store: here.store.clone(),
    };
    retired.link_opens("noord", &token).await;
    let revoked = Counted {
        world: here
            .world
            .node_with(next().unwrap().revoke(KeyId::new(1)).unwrap()),
        store: here.store.clone(),
    };
    revoked.link_dies_unasked("noord", &token).await;

    here.world.advance(30 * 60 - 1);
    here.link_opens("noord", &token).await;
    here.world.advance(1);
    here.link_dies_unasked("noord", &token).await;
}

#[tokio::test]
async fn a_well_signed_link_that_nobody_was_sent_is_looked_up_and_dead() {
    let here = Counted::new();
    let scope = TokenScope::new(Purpose::PASSWORD_RESET, "noord");
    let hour = Lifetime::new(Duration::from_secs(3600)).unwrap();
    let now = here.world.clock.seconds();
    let issued = issue(&ring(), &scope, now, hour, [7; 16]).unwrap();
    let auth = &here.world.auth;
    let seen = auth.inspect_reset("noord", issued.token.expose()).await;
    assert!(matches!(seen.unwrap(), OpenOutcome::Invalid));
    assert_eq!(here.store.calls(), 1);
}

#[tokio::test]
async fn no_altered_ticket_reaches_the_store() {
    let here = Counted::new();
    here.world.enrolled("demo").await;
    let ticket = here.world.verify_ticket("zuid", "demo").await;
    here.ticket_opens("zuid", &ticket).await;
    for presented in altered(&ticket) {
        here.ticket_dies_unasked("zuid", &presented).await;
    }
    here.ticket_opens("zuid", &ticket).await;
}

#[tokio::test]
async fn no_ticket_for_something_else_reaches_the_store() {
    let here = Counted::new();
    here.world.enrolled("demo").await;
    let ticket = here.world.verify_ticket("zuid", "demo").await;
    let own = TokenScope::new(Purpose::SIGN_IN, "zuid");
    for presented in of_something_else(&here.world, &own, &ticket) {
        here.ticket_dies_unasked("zuid", &presented).await;
    }
    here.ticket_dies_unasked("noord", &ticket).await;
    let link = here.world.mailed_token("zuid", "demo").await;
    here.ticket_dies_unasked("zuid", &link).await;
    here.link_dies_unasked("zuid", &ticket).await;
    here.ticket_opens("zuid", &ticket).await;
    here.link_opens("zuid", &link).await;
}
