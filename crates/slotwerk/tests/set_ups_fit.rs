//! The set-up of an authenticator can be shown and mailed for every tenant and every login name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use proptest::prelude::*;
use slotwerk::mail::{Composer, Format, Mail, Template};
use slotwerk::qr::{Level, Symbol};
use slotwerk::{BuildError, EnrolmentMaterial, EnrolmentOutcome, Login, Tenant, TenantError};
use std::io::Write as _;
use std::process::{Command, Stdio};
use support::{Phone, World, noord, without_tenants, zuid};

/// Names of companies, in full.
const ISSUERS: [&str; 12] = [
    "Arbodienst Noord",
    "Υπηρεσία Υγείας και Ασφάλειας Εργαζομένων Βορρά",
    "Οργανισμός Κοινωνικής Ασφάλισης Θεσσαλονίκης",
    "Общество с ограниченной ответственностью «Северное сияние»",
    "ТОВ «Охорона праці та здоров’я Північ»",
    "شركة الخدمات الصحية المهنية الشمالية",
    "המרכז הצפוני לבריאות תעסוקתית בע״מ",
    "株式会社日本労働衛生センター北海道支部",
    "北方职业健康安全服务有限公司",
    "북부산업보건센터 주식회사",
    "उत्तर व्यावसायिक स्वास्थ्य सेवा",
    "บริษัท อาชีวอนามัยภาคเหนือ จำกัด",
];

const LOGINS: [&str; 4] = [
    "demo",
    "maria.papadopoulou@ygeia-voria.example.gr",
    "μαρία.παπαδοπούλου",
    "山田太郎",
];

fn issued_by(tenant: Tenant, issuer: &str) -> Result<Tenant, TenantError> {
    tenant.into_builder().issuer(issuer).build()
}

/// A world in which `demo` has this login name and both tenants this issuer, told apart by a sign.
fn world(issuer: &str, login: &str) -> Result<World, TenantError> {
    let world = World::new();
    world.people.rename_demo(login);
    world.auth.put_tenant(issued_by(noord(), issuer)?).unwrap();
    let other = issuer.get(1..).filter(|rest| !rest.is_empty());
    let sign = if issuer.starts_with('Z') { 'Y' } else { 'Z' };
    let other = other.map_or_else(|| sign.to_string(), |rest| format!("{sign}{rest}"));
    world.auth.put_tenant(issued_by(zuid(), &other)?).unwrap();
    Ok(world)
}

async fn mailed(world: &World) -> Mail {
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let begun = world.auth.begin_enrolment("noord", &ticket).await;
    assert!(matches!(begun, Ok(EnrolmentOutcome::Mailed)), "{begun:?}");
    let mut mails = world.deliver().await;
    assert_eq!(mails.len(), 1, "{}", world.events_as_text());
    mails.remove(0)
}

async fn shown(world: &World) -> EnrolmentMaterial {
    world.with_password("zuid", "demo").await;
    let ticket = world.enrol_ticket("zuid", "demo").await;
    match world.auth.begin_enrolment("zuid", &ticket).await {
        Ok(EnrolmentOutcome::OnScreen(material)) => material,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn issuers_of_any_script_are_mailed() {
    for (issuer, login) in ISSUERS.into_iter().zip(LOGINS.into_iter().cycle()) {
        let world = world(issuer, login).unwrap_or_else(|error| panic!("{issuer}: {error:?}"));
        let mail = mailed(&world).await;
        assert_eq!(mail.kind(), "set_up");
        assert!(mail.text().contains(issuer) && mail.text().contains(login));
        let _ = Phone::mailed(&mail);
    }
}

/// The text of the symbol in the mail, as another program reads it.
fn scanned(mail: &Mail) -> String {
    let mut zbar = Command::new("zbarimg")
        .args(["--quiet", "--raw", "-Sdisable", "-Sqr.enable", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("zbarimg must be installed");
    let png = mail.inline_images()[0].png().to_vec();
    zbar.stdin.take().unwrap().write_all(&png).unwrap();
    let read = zbar.wait_with_output().unwrap().stdout;
    String::from_utf8(read).unwrap().trim_end().to_owned()
}

#[tokio::test]
#[ignore = "needs zbarimg"]
async fn mailed_symbols_are_scanned() {
    let longest = ["ж".repeat(64), "社".repeat(42)];
    let issuers = ISSUERS
        .into_iter()
        .chain(longest.iter().map(String::as_str));
    for (issuer, login) in issuers.zip(LOGINS.into_iter().cycle()) {
        let world = world(issuer, login).unwrap();
        let mail = mailed(&world).await;
        let now = world.clock.seconds();
        let by_camera = Phone::scan(&scanned(&mail)).code(now);
        assert_eq!(by_camera, Phone::mailed(&mail).code(now), "{issuer}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_accepted_name_is_set_up(
        issuer in prop_oneof!["\\PC{1,40}", "[жя]{60,64}", "[a😀é]{20,60}", "[a😀é]{35,50}", "[ -9;-~]{1,128}", "[社日]{30,42}"],
        login in prop_oneof!["\\PC{1,80}", "[a😀é: ]{1,120}", "[ -~]{200,254}", "[я]{100,127}", any::<String>()],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (Ok(_), Ok(world)) = (Login::parse(&login), world(&issuer, &login)) else {
                return;
            };
            let mail = mailed(&world).await;
            assert_eq!(mail.kind(), "set_up");
            let material = shown(&world).await;
            assert!(Symbol::encode(material.uri.expose(), Level::M).is_ok());
            assert!(world.abandoned().is_empty());
        });
    }
}

#[test]
fn unusable_issuers_are_rejected() {
    for issuer in [
        "",
        " ",
        "a:b",
        " a",
        "a\n",
        &"x".repeat(129),
        &"ж".repeat(65),
        // Within 128 bytes, but its symbol is too large.
        &"éa😀a".repeat(16),
    ] {
        let built = issued_by(noord(), issuer);
        assert!(matches!(built, Err(TenantError::Issuer)), "{issuer:?}");
    }
    // A mail cannot show what turns the direction of text.
    for issuer in [
        "a\u{202e}b",
        "a\u{2066}b",
        "a\u{2028}b",
        "a\u{feff}b",
        "a\u{fffe}b",
    ] {
        assert!(issued_by(noord(), issuer).is_err(), "{issuer:?}");
    }
}

/// The layout has so much text that the largest symbol has no room beside it.
#[test]
fn layouts_without_room_are_rejected() {
    let padding = format!("<p>{}</p></body>", "lorem ipsum ".repeat(2_000));
    let layout = Template::Layout
        .source(Format::Html)
        .replace("</body>", &padding);
    let composer = Composer::builder().template_html(Template::Layout, &layout);
    let composer = composer.build().unwrap();
    let built = |tenant: Tenant| {
        without_tenants()
            .composer(composer.clone())
            .tenant(tenant)
            .build()
    };
    let refused = built(noord()).unwrap_err();
    let of_service = |error: &BuildError| {
        let BuildError::Tenant { source, .. } = error else {
            return false;
        };
        matches!(source, TenantError::SetUpMail(_))
    };
    assert!(of_service(&refused), "{refused}");
    let own = noord().into_builder().composer(composer.clone()).build();
    assert!(matches!(own, Err(TenantError::SetUpMail(_))), "{own:?}");
    // A tenant that shows the secret on the page mails none.
    assert!(built(zuid()).is_ok());
}
