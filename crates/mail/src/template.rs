//! The templates by name, and the built-in ones.

/// A template that a host can replace: see [`ComposerBuilder::template_html`](crate::ComposerBuilder::template_html).
///
/// Each has a [`name`](Self::name), by which others extend, include or import it. A message extends
/// `layout` and fills its block `body`. The syntax is that of [minijinja], in strict mode.
///
/// What all may use: `t("key", value=…)` for a text; `language`, `subject`, `preview`, `title`, `not_you`;
/// `not_me.line`, `not_me.link` and `not_me.validity`, if `not_me`; `brand.name`, `brand.colour`, `brand.text_colour` (readable
/// on it), `brand.link_colour` and `brand.edge_colour` (readable on white); `brand.support`, if there is one,
/// `brand.support_href`, if that is a link, and `support_line` (the words before and after it);
/// `account_name`; `facts_rows` (pairs of label and value).
/// `reset_link` and `invitation` have `link` and `duration`. `set_up` has `issuer`, `secret_grouped`, `duration`, `content_id`,
/// `qr_px` and `qr_table`. The notices have `intro`, `highlight` (may be none) and `next`.
///
/// [minijinja]: https://docs.rs/minijinja/latest/minijinja/syntax/index.html
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Template {
    /// What stands around every message: `layout`.
    Layout,
    /// The pieces of HTML that messages are put together from: `parts`. There are none for text.
    Parts,
    /// What all notices share, unless they have a template of their own: `notice`.
    Notice,
    /// [`Message::ResetLink`](crate::Message::ResetLink): `reset_link`.
    ResetLink,
    /// [`Message::Invitation`](crate::Message::Invitation): `invitation`.
    Invitation,
    /// [`Message::SetUp`](crate::Message::SetUp): `set_up`.
    SetUp,
    /// [`Message::PasswordChanged`](crate::Message::PasswordChanged): `password_changed`.
    PasswordChanged,
    /// [`Message::AuthenticatorAdded`](crate::Message::AuthenticatorAdded): `authenticator_added`.
    AuthenticatorAdded,
    /// [`Message::AuthenticatorReplaced`](crate::Message::AuthenticatorReplaced): `authenticator_replaced`.
    AuthenticatorReplaced,
    /// [`Message::AuthenticatorRemoved`](crate::Message::AuthenticatorRemoved): `authenticator_removed`.
    AuthenticatorRemoved,
    /// [`Message::SecondFactorForgotten`](crate::Message::SecondFactorForgotten): `second_factor_forgotten`.
    SecondFactorForgotten,
    /// [`Message::AccountUnlocked`](crate::Message::AccountUnlocked): `account_unlocked`.
    AccountUnlocked,
    /// [`Message::SessionsEnded`](crate::Message::SessionsEnded): `sessions_ended`.
    SessionsEnded,
    /// [`Message::NewPasswordRequired`](crate::Message::NewPasswordRequired): `new_password_required`.
    NewPasswordRequired,
    /// [`Message::AuthenticatorResynchronised`](crate::Message::AuthenticatorResynchronised):
    /// `authenticator_resynchronised`.
    AuthenticatorResynchronised,
    /// [`Message::RecoveryCodesRenewed`](crate::Message::RecoveryCodesRenewed): `recovery_codes_renewed`.
    RecoveryCodesRenewed,
    /// [`Message::RecoveryCodeUsed`](crate::Message::RecoveryCodeUsed): `recovery_code_used`.
    RecoveryCodeUsed,
}

/// The form of a part of a mail. Every mail has both, and there is no third.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// HTML.
    Html,
    /// Plain text.
    Text,
}

/// What a notice is until the host gives it a template of its own.
const AS_NOTICE: &str = "{% extends \"notice\" %}";

impl Template {
    /// Every template there is.
    pub const ALL: &[Self] = &[
        Self::Layout,
        Self::Parts,
        Self::Notice,
        Self::ResetLink,
        Self::Invitation,
        Self::SetUp,
        Self::PasswordChanged,
        Self::AuthenticatorAdded,
        Self::AuthenticatorReplaced,
        Self::AuthenticatorRemoved,
        Self::SecondFactorForgotten,
        Self::AccountUnlocked,
        Self::SessionsEnded,
        Self::NewPasswordRequired,
        Self::AuthenticatorResynchronised,
        Self::RecoveryCodesRenewed,
        Self::RecoveryCodeUsed,
    ];

    /// The name by which other templates know it: for that of a message, its
    /// [`kind`](crate::Message::kind).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Layout => "layout",
            Self::Parts => "parts",
            Self::Notice => "notice",
            Self::ResetLink => "reset_link",
            Self::Invitation => "invitation",
            Self::SetUp => "set_up",
            Self::PasswordChanged => "password_changed",
            Self::AuthenticatorAdded => "authenticator_added",
            Self::AuthenticatorReplaced => "authenticator_replaced",
            Self::AuthenticatorRemoved => "authenticator_removed",
            Self::SecondFactorForgotten => "second_factor_forgotten",
            Self::AccountUnlocked => "account_unlocked",
            Self::SessionsEnded => "sessions_ended",
            Self::NewPasswordRequired => "new_password_required",
            Self::AuthenticatorResynchronised => "authenticator_resynchronised",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::RecoveryCodeUsed => "recovery_code_used",
        }
    }

    /// The built-in source, to start an own one from.
    #[must_use]
    pub fn source(self, format: Format) -> &'static str {
        match (self, format) {
            (Self::Layout, Format::Html) => include_str!("templates/layout.html"),
            (Self::Layout, Format::Text) => include_str!("templates/layout.txt"),
            (Self::Parts, Format::Html) => include_str!("templates/parts.html"),
            (Self::Parts, Format::Text) => "",
            (Self::Notice, Format::Html) => include_str!("templates/notice.html"),
            (Self::Notice, Format::Text) => include_str!("templates/notice.txt"),
            (Self::ResetLink, Format::Html) => include_str!("templates/reset_link.html"),
            (Self::ResetLink, Format::Text) => include_str!("templates/reset_link.txt"),
            (Self::Invitation, Format::Html) => include_str!("templates/invitation.html"),
            (Self::Invitation, Format::Text) => include_str!("templates/invitation.txt"),
            (Self::SetUp, Format::Html) => include_str!("templates/set_up.html"),
            (Self::SetUp, Format::Text) => include_str!("templates/set_up.txt"),
            _ => AS_NOTICE,
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Html => "HTML",
            Self::Text => "text",
        })
    }
}

#[cfg(test)]
pub(crate) fn all_sources() -> String {
    Template::ALL
        .iter()
        .flat_map(|template| [Format::Html, Format::Text].map(|format| template.source(format)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_ascii_and_hold_no_fixed_wording() {
        assert!(all_sources().is_ascii());
    }

    #[test]
    fn every_text_is_used() {
        let sources = [
            include_str!("compose.rs"),
            include_str!("desk.rs"),
            include_str!("message.rs"),
            include_str!("wording.rs"),
            all_sources().as_str(),
        ]
        .concat();
        let languages = slotwerk_words::Languages::mail().unwrap();
        for name in languages.catalogue().names() {
            let by_prefix = ["subject", "preview", "title", "not-you", "intro", "next"]
                .iter()
                .any(|part| name.ends_with(&format!("-{part}")));
            let month = name.starts_with("month-");
            let quoted = sources.contains(&format!("\"{name}\""));
            assert!(by_prefix || month || quoted, "nothing uses {name}");
        }
    }
}
