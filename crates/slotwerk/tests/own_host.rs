//! A host without a framework: two nodes, tenants on their own domains from a table, sessions as text.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::Mail;
use slotwerk::{
    ChangePasswordOutcome, CheckOutcome, Client, Code, CodeOutcome, CompleteOutcome,
    ConfirmOutcome, EnrolmentOutcome, Grant, ManageOutcome, NewAndCurrent, NewAuthenticator,
    OpenOutcome, ResetToken, SecondFactor, Session, SessionState, SignInOutcome, Step, Tenant,
    TenantAuth,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use support::{GOOD, OTHER, Phone, Table, With, World, link_in, login, password, renamed};

/// One node of the host. Both share the table, the store and the sessions.
struct Node {
    world: World,
    sessions: Arc<Mutex<HashMap<String, String>>>,
}

/// The cookie of a browser.
type Cookie = String;

impl Node {
    /// The tenant is the first label of the host name.
    async fn tenant(&self, host: &str) -> TenantAuth {
        let id = host.split('.').next().unwrap();
        self.world.auth.tenant(id).await.unwrap()
    }

    fn begin(&self, grant: &Grant) -> Cookie {
        self.keep(&SessionState::begin(grant))
    }

    fn keep(&self, state: &SessionState) -> Cookie {
        let mut sessions = self.sessions.lock().unwrap();
        let cookie = format!("session-{}", sessions.len());
        let text = serde_json::to_string(state).unwrap();
        sessions.insert(cookie.clone(), text);
        cookie
    }

    fn state(&self, cookie: &Cookie) -> SessionState {
        let sessions = self.sessions.lock().unwrap();
        serde_json::from_str(&sessions[cookie]).unwrap()
    }

    async fn signed_in(&self, host: &str, cookie: &Cookie) -> Option<Session> {
        let checked = self.tenant(host).await.check(&self.state(cookie)).await;
        match checked.unwrap() {
            CheckOutcome::Valid(session) => Some(session),
            CheckOutcome::Ended => None,
        }
    }

    async fn forgot_password(&self, host: &str) -> Mail {
        let tenant = self.tenant(host).await;
        let (demo, client) = (login("demo"), Client::unknown());
        tenant.recovery().request(&demo, &client).await.unwrap();
        let mut mails = self.world.deliver().await;
        mails.pop().expect("a mail with a link")
    }

    async fn new_password(&self, link: &str, text: &str) {
        let mut parts = link.trim_start_matches("https://").split('/');
        let host = parts.next().unwrap();
        let token = ResetToken::from_text(parts.next_back().unwrap());
        let tenant = self.tenant(host).await;
        let OpenOutcome::Open(open) = tenant.recovery().open(&token).await.unwrap() else {
            panic!("{link} is invalid")
        };
        let set = open.complete(password(text)).await.unwrap();
        assert!(matches!(set, CompleteOutcome::Changed { .. }), "{set:?}");
    }

    async fn sign_in(&self, host: &str, text: &str) -> SignInOutcome {
        let tenant = self.tenant(host).await;
        let (demo, client) = (login("demo"), Client::unknown());
        let answer = tenant.sign_in(&demo, password(text), &client).await;
        answer.unwrap()
    }

    async fn enter_code(&self, host: &str, step: &Step, phone: &Phone) -> Grant {
        assert_eq!(
            host.split('.').next().unwrap(),
            self.tenant(host).await.id()
        );
        let Step::Verify(verification) = step else {
            panic!("{step:?}")
        };
        let code = Code::parse(&phone.code(self.world.clock.seconds())).unwrap();
        match verification.code(&code).await.unwrap() {
            CodeOutcome::SignedIn { grant, .. } => grant,
            other => panic!("{other:?}"),
        }
    }
}

/// A tenant on its own domain, where a second factor is each person's choice.
fn on_own_domain(id: &str, issuer: &str) -> Tenant {
    let url = format!("https://{id}.example");
    renamed(id, issuer).with(|tenant| {
        tenant
            .public_url(url)
            .second_factor(SecondFactor::WhenEnrolled)
    })
}

/// Two nodes, and the table from which both load.
fn host() -> ([Node; 2], Table) {
    let table = Table::of([on_own_domain("west", "West")]);
    let first = World::put_together(|builder| builder.tenant_source(table.source()));
    let second = first.node_put_together(|builder| builder.tenant_source(table.source()));
    let sessions = Arc::default();
    let node = |world| Node {
        world,
        sessions: Arc::clone(&sessions),
    };
    ([node(first), node(second)], table)
}

#[tokio::test]
async fn person_goes_through_the_whole_flow() {
    let ([first, second], _table) = host();
    let mail = first.forgot_password("west.example").await;
    let link = link_in(&mail, "/reset/");
    assert!(link.starts_with("https://west.example/reset/"), "{link}");
    second.new_password(&link, GOOD).await;

    // The password is enough until this person chooses a second factor.
    let SignInOutcome::SignedIn(grant) = first.sign_in("west.example", GOOD).await else {
        panic!("no second factor yet")
    };
    let cookie = first.begin(&grant);
    let session = second.signed_in("west.example", &cookie).await.unwrap();
    let ManageOutcome::Enrol(set_up) = session.manage().await.unwrap() else {
        panic!("opting in")
    };
    let phone = match set_up.begin().await.unwrap() {
        EnrolmentOutcome::OnScreen(page) => Phone::scan(page.uri.expose()),
        EnrolmentOutcome::Mailed => {
            let mails = second.world.deliver().await;
            Phone::mailed(mails.last().expect("a set-up mail"))
        }
        other => panic!("{other:?}"),
    };
    let code = Code::parse(&phone.code(first.world.clock.seconds())).unwrap();
    let confirmed = set_up.confirm(&code, &NewAuthenticator::default()).await;
    let ConfirmOutcome::SignedIn { grant, .. } = confirmed.unwrap() else {
        panic!("the first authenticator")
    };
    assert!(first.signed_in("west.example", &cookie).await.is_none());
    let cookie = first.begin(&grant);

    // Much later a change of the second factor asks for a code, and for nothing else.
    first.world.advance(3_600);
    let session = second.signed_in("west.example", &cookie).await.unwrap();
    let ManageOutcome::StepUp(step_up) = session.manage().await.unwrap() else {
        panic!("shown too long ago")
    };
    let verification = step_up.by_code().await.unwrap().expect("an authenticator");
    let ticket = verification.ticket().clone();
    let tenant = first.tenant("west.example").await;
    let step = tenant.resume(&ticket).await.unwrap();
    let grant = first.enter_code("west.example", &step, &phone).await;
    let state = first.state(&cookie).stepped_up(&grant);
    let cookie = first.keep(&state);
    let session = second.signed_in("west.example", &cookie).await.unwrap();
    let managed = session.manage().await.unwrap();
    assert!(matches!(managed, ManageOutcome::Open(_)), "{managed:?}");

    // A new password ends the session; its grant begins another one.
    let session = second.signed_in("west.example", &cookie).await.unwrap();
    let passwords = NewAndCurrent {
        current: password(GOOD),
        new: password(OTHER),
    };
    let changed = session.change_password(passwords, &Client::unknown()).await;
    let ChangePasswordOutcome::Changed { grant, .. } = changed.unwrap() else {
        panic!("a good password")
    };
    assert!(first.signed_in("west.example", &cookie).await.is_none());
    let cookie = second.begin(&grant);
    assert!(first.signed_in("west.example", &cookie).await.is_some());

    // The next sign-in needs a code.
    first.world.advance(60);
    let SignInOutcome::Verify(verification) = second.sign_in("west.example", OTHER).await else {
        panic!("a second factor by now")
    };
    let step = tenant.resume(verification.ticket()).await.unwrap();
    first.enter_code("west.example", &step, &phone).await;
}

#[tokio::test]
async fn tenant_is_added_while_requests_run() {
    let ([first, second], table) = host();
    let unknown = first.world.auth.tenant("oost").await;
    assert!(unknown.is_err());
    table.put(on_own_domain("oost", "Oost"));
    let mail = first.forgot_password("oost.example").await;
    let link = link_in(&mail, "/reset/");
    assert!(link.starts_with("https://oost.example/reset/"), "{link}");
    second.new_password(&link, GOOD).await;
    // Nothing of one domain serves at the other.
    let SignInOutcome::SignedIn(grant) = second.sign_in("oost.example", GOOD).await else {
        panic!("no second factor")
    };
    let cookie = first.begin(&grant);
    assert!(first.signed_in("oost.example", &cookie).await.is_some());
    assert!(first.signed_in("west.example", &cookie).await.is_none());
    let answer = first.sign_in("west.example", GOOD).await;
    assert!(matches!(answer, SignInOutcome::Rejected), "{answer:?}");
}

#[tokio::test]
async fn mail_waits_for_its_node() {
    let ([first, second], _table) = host();
    let berg = on_own_domain("berg", "Berg");
    first.world.auth.put_tenant(berg).unwrap();
    assert!(second.world.auth.tenant("berg").await.is_err());
    let tenant = first.tenant("berg.example").await;
    let (demo, client) = (login("demo"), Client::unknown());
    tenant.recovery().request(&demo, &client).await.unwrap();
    assert!(second.world.deliver().await.is_empty());
    first.world.advance(1);
    let mails = first.world.deliver().await;
    let link = link_in(&mails[0], "/reset/");
    first.new_password(&link, GOOD).await;
    let answer = first.sign_in("berg.example", GOOD).await;
    assert!(matches!(answer, SignInOutcome::SignedIn(_)), "{answer:?}");
}
