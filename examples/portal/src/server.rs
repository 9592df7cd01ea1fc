//! From options to a running portal, or one command.

use crate::added_tenants::{AddedTenants, TenantRow};
use crate::announce::{announce, say};
use crate::clock::clock;
use crate::database;
use crate::desk::Administrators;
use crate::mailbox::LocalMailbox;
use crate::options::{AddTenant, Command, Options};
use crate::pages;
use crate::portal::Portal;
use crate::tenants;
use crate::users::Users;
use slotwerk::Limits;
use slotwerk::mail::Sender;
use slotwerk_axum::words::{LanguageError, Languages};
use slotwerk_service::{Service, StartError};
use std::sync::Arc;
use std::time::Duration;

/// The address that the demonstration writes from.
const SENDER: &str = "no-reply@portal.example";

pub(crate) async fn run(options: Options) -> Result<(), StartError> {
    match &options.command {
        Some(Command::AddTenant(tenant)) => add_tenant(&options, tenant).await,
        None => serve(options).await,
    }
}

/// Adds a tenant to a database that is there.
async fn add_tenant(options: &Options, tenant: &AddTenant) -> Result<(), StartError> {
    let policy = std::fs::read_to_string(&tenant.rules);
    let option = format!("--rules {}", tenant.rules.display());
    let policy = policy.map_err(StartError::failed(option))?;
    let tables = Service::open_tables(&options.service).await?;
    database::create(&tables).await?;
    let row = TenantRow {
        policy,
        ..tenant.row.clone()
    };
    row.check().map_err(StartError::failed("add-tenant"))?;
    // People first: the tenant's pages are there with the row.
    add_people(&Users::new(tables.clone()), &row.id, &row.language).await?;
    let stored = row.store(&tables).await;
    stored.map_err(StartError::failed("add-tenant"))?;
    say(&format!("added {}: {}", row.id, row.name));
    Ok(())
}

async fn add_people(users: &Users, tenant: &str, language: &str) -> Result<(), StartError> {
    let added = users.add_people(tenant, language).await;
    added.map_err(StartError::failed("the demonstration people"))
}

async fn serve(options: Options) -> Result<(), StartError> {
    let clock = clock(options.clock_file.clone())?;
    let (mut service, builder) =
        Service::open_at("portal", &options.service, clock.clone()).await?;
    let tables = service.tables().clone();
    database::create(&tables).await?;
    let users = Users::new(tables.clone());
    for (tenant, language) in [("noord", "nl"), ("zuid", "en")] {
        add_people(&users, tenant, language).await?;
    }
    let sender = Sender::new(SENDER).map_err(StartError::failed("the portal's address"))?;
    let local = || LocalMailbox::new(tables.clone(), sender.clone(), clock);
    let mailbox = (!service.has_mail_server()).then(local);
    let mailer = match mailbox.clone() {
        None => service.smtp(&sender)?,
        Some(mailbox) => service.mailer(Arc::new(mailbox), &sender)?,
    };
    let demonstration = StartError::failed("the demonstration tenants");
    let [noord, zuid] = tenants::both(service.knows_breaches()).map_err(demonstration)?;
    let added_tenants = AddedTenants::new(tables);
    let auth = builder
        .mailer(mailer)
        .directory(Arc::new(users.clone()))
        .tenant(noord.clone())
        .tenant(zuid.clone())
        .tenant_source(Arc::new(added_tenants.clone()))
        .limits(limits(&options))
        .build()?;
    let web = service
        .web(auth)
        .json_api(true)
        .help_desk(Arc::new(Administrators(users)))
        .languages(languages().map_err(StartError::failed("the texts"))?)
        .style(include_str!("../static/portal.css"))
        .global("mailbox", mailbox.is_some())
        .template("api-demo.html", include_str!("../templates/api-demo.html"))
        .template("footer.html", include_str!("../templates/footer.html"))
        .template("front.html", include_str!("../templates/front.html"))
        .template("mail.html", include_str!("../templates/mail.html"))
        .template("mailbox.html", include_str!("../templates/mailbox.html"))
        .build()?;
    for tenant in [&noord, &zuid] {
        web.plain_pages().learn(tenant);
    }
    let portal = Portal {
        web: web.clone(),
        added_tenants,
        mailbox,
    };
    let pages = pages::router().merge(web.flow()).with_state(portal);
    announce(&options.service);
    service.run(&web, pages).await
}

/// The defaults. In a clock file time stands still, so that reset jobs start at once there.
fn limits(options: &Options) -> Limits {
    let mut limits = Limits::default();
    if options.clock_file.is_some() {
        limits.reset_delay = Duration::ZERO;
    }
    limits
}

/// The texts of the pages, with the portal's own.
fn languages() -> Result<Languages, LanguageError> {
    let own = Languages::new("en", include_str!("../texts/en.ftl"))?;
    let own = own.add("nl", include_str!("../texts/nl.ftl"))?;
    let english = "home-text = You have come all the way. In a real service, your own pages would begin here.\n\
        portal-name = Slotwerk demonstration";
    let dutch = "home-text = Je hebt de hele weg afgelegd. In een echte dienst begint hier je eigen omgeving.\n\
        portal-name = Slotwerk-demonstratie";
    let pages = Languages::pages()?
        .replace("en", english)?
        .replace("nl", dutch)?;
    pages.join(&own)
}
