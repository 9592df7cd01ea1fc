//! The mark that asks for a new password.

use super::rows::Rows;
use crate::{AuditKind, NewPasswordRequired, RequireNewPassword};

impl Rows {
    pub(super) fn require_new_password(
        &mut self,
        command: &RequireNewPassword,
    ) -> NewPasswordRequired {
        match self.credentials.get_mut(&command.account) {
            Some(credential) if credential.hash.is_some() => {
                if credential.must_change {
                    return NewPasswordRequired::Already;
                }
                credential.must_change = true;
            }
            _ => return NewPasswordRequired::NoPassword,
        }
        self.tell_by(
            command.account.tenant(),
            AuditKind::NewPasswordRequired,
            (command.subject, command.actor),
            command.reason.as_ref(),
            command.now,
        );
        self.insert_notice(command.notice.as_ref());
        NewPasswordRequired::Required
    }
}
