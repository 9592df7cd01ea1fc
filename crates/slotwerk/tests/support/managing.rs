//! A person who looks after the second factor, step by step.

use super::{Phone, World, epoch_of, tenant_of};
use slotwerk::{
    ActiveAuthenticator, AuthenticatorId, AuthenticatorName, CodeOutcome, ConfirmOutcome,
    EnrolmentOutcome, Grant, ManageOutcome, NewAuthenticator, RenameOutcome, StepError,
};

pub(crate) fn name(text: &str) -> AuthenticatorName {
    AuthenticatorName::parse(text).unwrap()
}

pub(crate) fn named(text: &str) -> NewAuthenticator {
    NewAuthenticator::default().named(name(text))
}

/// The ticket to change the second factor with.
pub(crate) async fn open(world: &World, grant: &Grant) -> String {
    match world.auth.manage(grant).await.unwrap().unwrap() {
        ManageOutcome::Open(step) => step.ticket().expose().to_owned(),
        other => panic!("expected to manage, got {other:?}"),
    }
}

pub(crate) async fn active(world: &World, account: &str) -> Vec<ActiveAuthenticator> {
    let summary = world.auth.second_factor("zuid", account).await.unwrap();
    summary.authenticators
}

/// Signs in with a code.
pub(crate) async fn sign_in(world: &World, phone: &Phone) -> CodeOutcome {
    let ticket = world.verify_ticket("zuid", "demo").await;
    let code = phone.code(world.clock.seconds());
    let verified = world.auth.verify_code("zuid", &ticket, &code).await;
    verified.unwrap()
}

pub(crate) async fn granted(world: &World, phone: &Phone) -> Grant {
    match sign_in(world, phone).await {
        CodeOutcome::SignedIn { grant, .. } => grant,
        other => panic!("expected to be signed in, got {other:?}"),
    }
}

/// Shows the set-up under a ticket to a new phone.
pub(crate) async fn scan(world: &World, ticket: &str) -> Phone {
    match world.auth.begin_enrolment("zuid", ticket).await.unwrap() {
        EnrolmentOutcome::OnScreen(material) => Phone::scan(material.uri.expose()),
        other => panic!("expected material, got {other:?}"),
    }
}

pub(crate) async fn confirm(
    world: &World,
    ticket: &str,
    phone: &Phone,
    new: &NewAuthenticator,
) -> ConfirmOutcome {
    let code = phone.code(world.clock.seconds());
    let confirmed = world.auth.confirm_enrolment("zuid", ticket, &code, new);
    confirmed.await.unwrap()
}

pub(crate) async fn rename(
    world: &World,
    tenant: &str,
    ticket: &str,
    id: AuthenticatorId,
    called: &str,
) -> Result<RenameOutcome, StepError> {
    let called = name(called);
    let renamed = world.auth.rename_authenticator(tenant, ticket, id, &called);
    renamed.await
}

/// A second authenticator beside the first.
pub(crate) async fn added(world: &World, ticket: &str, called: &str) -> Phone {
    let phone = scan(world, ticket).await;
    let done = confirm(world, ticket, &phone, &named(called)).await;
    assert!(matches!(done, ConfirmOutcome::Added), "{done:?}");
    phone
}

pub(crate) async fn stands(world: &World, grant: &Grant) -> bool {
    let (tenant, epoch) = (tenant_of(grant), epoch_of(grant));
    let stands = world.auth.session_stands(&tenant, grant.account(), epoch);
    stands.await.unwrap()
}

/// Subjects of the mails that left, after the set-up.
pub(crate) async fn subjects(world: &World) -> Vec<String> {
    let mails = world.deliver().await;
    mails.iter().map(|mail| mail.subject().to_owned()).collect()
}
