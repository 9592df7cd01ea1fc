//! A whole host service around the facade: one tenant, one person, and the flow from a forgotten
//! password to a sign-in with a second factor. A real one has pages where this prints.
#![allow(clippy::print_stdout, reason = "the terminal is this service's page")]

mod person;

use slotwerk::{Code, keys::*, mail::Brand, password::*, policy::*, store::MemoryStore, *};
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
        .store(Arc::new(MemoryStore::new())) // feature `sqlite` for one that lasts
        .directory(Arc::new(Users))
        .mailer(Arc::new(mailbox.clone())) // `SmtpMailer`, of feature `smtp`, in real life
        .keys(KeyRing::new(KeyId::new(1), MasterKey::generate()?)) // KeyRing::parse, from a file
        .hasher(Hasher::builder().workers(2).build()?) // all the memory that hashing will take
        .public_url("https://login.example") // links come from here, never from a request
        .tenant(Tenant::builder("noord", brand, policy, "Noord").build()?)
        .events(Arc::new(|e: &Event| println!("event: {:?}", e.kind))) // for the operator
        .build()?;

    // "Forgot password?" Everybody gets the same answer.
    let (login, client) = (Login::parse("demo")?, Client::unknown());
    let tenant = auth.tenant("noord").await?; // a service takes the handle once per request
    tenant.recovery().request(&login, &client).await?;
    tokio::time::sleep(Limits::default().reset_delay).await; // the work begins later, for everybody
    auth.worker().work_off_one().await?; // a service spawns `worker().run(…)` once instead

    // The mailed link. A GET shows its page and a POST completes it. A rejected password leaves it valid.
    for new in [person::TOO_SHORT, person::PASSWORD].map(Password::new) {
        let token = ResetToken::from_text(&mailbox.token()?);
        if let OpenOutcome::Open(link) = tenant.recovery().open(&token).await? {
            println!("new password: {:?}", link.complete(new?).await?);
        }
    }

    // Two sign-ins. Between two requests a service keeps `step.ticket()`, and calls `tenant.resume(&ticket)`.
    for password in [person::PASSWORD; 2].map(Password::new) {
        match tenant.sign_in(&login, password?, &client).await? {
            // The first sign-in sets an authenticator up. The answer to its first code has the recovery codes.
            SignInOutcome::Enrol(step) => {
                if let EnrolmentOutcome::OnScreen(page) = step.begin().await? {
                    phone.scan(&page.uri)?;
                }
                let (code, new) = (Code::parse(&phone.code()?)?, NewAuthenticator::default());
                println!("set up: {:?}", step.confirm(&code, &new).await?);
            }
            // Later sign-ins ask for a code. `SessionState::begin(&grant)` is what a service stores.
            SignInOutcome::Verify(step) => {
                let code = Code::parse(&phone.code()?)?;
                println!("verified: {:?}", step.code(&code).await?);
            }
            other => println!("{other:?}"), // signed in, rejected, throttled or busy
        }
    }
    while auth.worker().work_off_one().await? > 0 {} // the notices: password changed, app added
    Ok(())
}
