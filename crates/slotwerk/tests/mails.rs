//! Mails in the words of a tenant, and in a language of the host's.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::{Composer, ComposerBuilder, Format, Template};
use support::World;

#[tokio::test]
async fn a_tenant_has_words_and_a_layout_of_its_own_and_the_others_keep_theirs() {
    let world = World::new();
    let layout = Template::Layout.source(Format::Html);
    let own = Composer::new()
        .unwrap()
        .customise()
        .texts("en", "changed-intro = The key to your locker was changed.")
        .template_html(
            Template::Layout,
            &layout.replace("</body>", "<p>Own layout</p></body>"),
        )
        .build()
        .unwrap();
    world
        .auth
        .put_tenant(support::zuid().composer(own))
        .unwrap();
    for (tenant, is_own) in [("zuid", true), ("noord", false)] {
        let token = world.mailed_token(tenant, "demo").await;
        let new = support::password(support::GOOD);
        let changed = world.auth.complete_reset(tenant, &token, new).await;
        assert!(
            matches!(changed, Ok(slotwerk::CompleteOutcome::Changed { .. })),
            "{changed:?}"
        );
        let mails = world.deliver().await;
        assert_eq!(mails[0].text().contains("locker"), is_own, "{tenant}");
        assert_eq!(mails[0].html().contains("Own layout"), is_own, "{tenant}");
    }
}

#[tokio::test]
async fn an_account_reads_a_language_that_the_host_has_added() {
    let french = ComposerBuilder::ENGLISH
        .replace(
            "reset-subject = Choose a new password",
            "reset-subject = Choisir un mot de passe",
        )
        .replace("language-name = English", "language-name = Français");
    let composer = Composer::builder().language("fr", &french).build().unwrap();
    let world = World::new();
    world
        .auth
        .put_tenant(support::zuid().composer(composer).language("fr-BE"))
        .unwrap();
    world.request("zuid", "demo").await;
    let mails = world.deliver().await;
    assert!(
        mails[0].subject().starts_with("Choisir un mot de passe"),
        "{}",
        mails[0].subject()
    );
}
