//! The names of events in logs and metrics.

use crate::event::EventKind;

impl EventKind {
    /// The name of this kind, for logs and metrics: lowercase letters and underscores. It stays as it is; what
    /// the kind carries is not in it.
    ///
    /// ```
    /// use slotwerk::{EventKind, RejectedSignIn};
    /// assert_eq!(EventKind::MailSent.name(), "mail_sent");
    /// let kind = EventKind::SignInRejected(RejectedSignIn::WrongPassword);
    /// assert_eq!(kind.name(), "sign_in_rejected");
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        // Braces fit a variant with content and one without.
        match self {
            Self::ResetRequested { .. } => "reset_requested",
            Self::ResetDroppedOutboxFull { .. } => "reset_dropped_outbox_full",
            Self::ResetDroppedClient { .. } => "reset_dropped_client",
            Self::ResetDroppedName { .. } => "reset_dropped_name",
            Self::ResetNoAccount { .. } => "reset_no_account",
            Self::ResetDroppedAccount { .. } => "reset_dropped_account",
            Self::ResetDelayedTenant { .. } => "reset_delayed_tenant",
            Self::MailSent { .. } => "mail_sent",
            Self::MailPostponed { .. } => "mail_postponed",
            Self::MailAbandoned { .. } => "mail_abandoned",
            Self::AccountUnfit { .. } => "account_unfit",
            Self::ResetLinkInvalid { .. } => "reset_link_invalid",
            Self::PasswordRejected { .. } => "password_rejected",
            Self::ReuseChecksUsedUp { .. } => "reuse_checks_used_up",
            Self::PasswordReset { .. } => "password_reset",
            Self::PasswordChanged { .. } => "password_changed",
            Self::AccessRevoked { .. } => "access_revoked",
            Self::SecondFactorForgotten { .. } => "second_factor_forgotten",
            Self::NotMe { .. } => "not_me",
            Self::HashUpgraded { .. } => "hash_upgraded",
            Self::HashUnusable { .. } => "hash_unusable",
            Self::SignInRejected { .. } => "sign_in_rejected",
            Self::PasswordAccepted { .. } => "password_accepted",
            Self::SignedIn { .. } => "signed_in",
            Self::EnrolmentBegun { .. } => "enrolment_begun",
            Self::EnrolmentResent { .. } => "enrolment_resent",
            Self::AuthenticatorAdded { .. } => "authenticator_added",
            Self::AuthenticatorReplaced { .. } => "authenticator_replaced",
            Self::AuthenticatorRenamed { .. } => "authenticator_renamed",
            Self::AuthenticatorRemoved { .. } => "authenticator_removed",
            Self::AuthenticatorUnreadable { .. } => "authenticator_unreadable",
            Self::RecoveryCodesRenewed { .. } => "recovery_codes_renewed",
            Self::CodeRejected { .. } => "code_rejected",
            Self::TicketInvalid { .. } => "ticket_invalid",
            Self::TenantSourceFailed { .. } => "tenant_source_failed",
            Self::TenantUnfit { .. } => "tenant_unfit",
            Self::IssuerShared { .. } => "issuer_shared",
            Self::OutboxUnreachable { .. } => "outbox_unreachable",
            Self::BudgetsUnreachable { .. } => "budgets_unreachable",
            Self::BudgetsCleared { .. } => "budgets_cleared",
            Self::NewPasswordRequired { .. } => "new_password_required",
            Self::SessionEnded { .. } => "session_ended",
            Self::SessionsEnded { .. } => "sessions_ended",
            Self::Invited { .. } => "invited",
            Self::AccountErased { .. } => "account_erased",
            Self::AccountExported { .. } => "account_exported",
            Self::AuditSealed { .. } => "audit_sealed",
            Self::AuditNotSealed { .. } => "audit_not_sealed",
            Self::AuditChainBroken { .. } => "audit_chain_broken",
            Self::BreachCheckFailed { .. } => "breach_check_failed",
            Self::PasswordStanding { .. } => "password_standing",
            Self::Busy { .. } => "busy",
            Self::ClockRanAhead { .. } => "clock_ran_ahead",
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    /// Each name is its variant in snake case, so a reader of the log finds it in the documentation.
    #[test]
    fn names_are_those_of_the_variants() {
        let source = include_str!("event_name.rs");
        let arms = source.lines().filter_map(|line| {
            let (variant, name) = line
                .trim()
                .strip_prefix("Self::")?
                .split_once(" { .. } => ")?;
            Some((variant, name.trim_matches(['"', ','])))
        });
        let mut names = BTreeSet::new();
        for (variant, name) in arms {
            let mut snake = String::new();
            for c in variant.chars() {
                if c.is_ascii_uppercase() && !snake.is_empty() {
                    snake.push('_');
                }
                snake.push(c.to_ascii_lowercase());
            }
            assert_eq!(name, snake);
            assert!(names.insert(name), "{name} stands there twice");
        }
        assert!(names.len() >= 39, "{}", names.len());
    }
}
