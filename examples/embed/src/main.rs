//! A whole host service around the facade: one tenant, one person, and the flow from a forgotten
//! password to a sign-in with a second factor. A real one has pages where this prints.
#![allow(clippy::print_stdout, reason = "the terminal is this service's page")]

mod person;

use slotwerk::{keys::*, mail::Brand, password::*, policy::*, store::MemoryStore, *};
use std::sync::Arc;

/// The host's user table. Slotwerk reads it and never writes it; passwords and secrets lie in the
/// store, under the opaque id that is given here.
struct Users;

#[async_trait]
impl Directory for Users {
    async fn find(&self, tenant: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        self.get(tenant, login.folded()).await
    }
    async fn get(&self, _: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        Ok((id == "demo").then(|| Account::new("demo", "demo", "demo@noord.example")))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mailbox, mut phone) = (person::Mailbox::default(), person::Phone::default());
    let rules = PolicyDraft::recommended().blocklist(Blocklist::common());
    let (policy, brand) = (rules.build()?, Brand::new("Noord", "#1f5f8b")?); // the brand is for mails
    // `build` rejects settings that contradict each other, and missing parts.
    let auth = Auth::builder()
        .store(Arc::new(MemoryStore::new())) // slotwerk-sqlx for one that lasts
        .directory(Arc::new(Users))
        .mailer(Arc::new(mailbox.clone())) // `SmtpMailer`, of slotwerk-mail, in real life
        .keys(KeyRing::new(KeyId::new(1), MasterKey::generate()?)) // KeyRing::parse, from a file
        .hasher(Hasher::builder().workers(2).build()?) // all the memory that hashing will take
        .public_url("https://login.example") // links come from here, never from a request
        .tenant(Tenant::new("noord", brand, policy, "Noord"))
        .events(Arc::new(|e: &Event| println!("event: {:?}", e.kind))) // for the operator
        .build()?;

    // "Forgot password?" The answer is the same for everybody: there is nothing to tell apart.
    let (login, client) = (Login::parse("demo")?, Client::unknown());
    auth.request_reset("noord", &login, &client).await?;
    tokio::time::sleep(Limits::default().reset_delay).await; // the work begins later, for everybody
    auth.work_outbox().await?; // a service spawns `run_outbox` instead, once

    // The link: showing its page is `inspect_reset`, which uses nothing up. This is its form. A
    // refused password leaves the link alive; saving one ends it, with every session from before.
    for new in [person::TOO_SHORT, person::PASSWORD].map(Password::new) {
        let token = mailbox.token()?;
        let answer = auth.complete_reset("noord", &token, new?).await?;
        println!("new password: {answer:?}");
    }

    // Signing in, twice. The ticket carries the person from the password to the second factor.
    for password in [person::PASSWORD; 2].map(Password::new) {
        match auth.sign_in("noord", &login, password?, &client).await? {
            // The first time, an authenticator is set up. Its first code activates it.
            SignIn::Enrol(ticket) => {
                let ticket = ticket.expose();
                if let Enrolment::OnScreen(page) = auth.begin_enrolment("noord", ticket).await? {
                    phone.scan(&page.uri)?;
                }
                // The answer holds the recovery codes: show them now, or never.
                let (code, new) = (phone.code()?, NewAuthenticator::default());
                let answer = auth.confirm_enrolment("noord", ticket, &code, &new).await?;
                println!("set up: {answer:?}");
            }
            // From then on, a code follows the password. Each counts once. The answer holds the grant,
            // which the host turns into its session; keep its epoch along, for `session_stands`.
            SignIn::Verify(ticket) => {
                let (ticket, code) = (ticket.expose(), phone.code()?);
                let answer = auth.verify_code("noord", ticket, &code).await?;
                println!("verified: {answer:?}");
            }
            other => println!("{other:?}"), // wait, locked out, or busy: say so
        }
    }
    while auth.work_outbox().await? > 0 {} // the notices: password changed, authenticator added
    Ok(())
}
