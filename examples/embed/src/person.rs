//! Somebody who has forgotten the password: a mailbox and a phone. No part of a service, but for the
//! mailer, which puts mail straight into that mailbox and prints it.

use slotwerk::async_trait;
use slotwerk::mail::{Mail, Mailer, SendError};
use slotwerk::totp::{OtpauthUri, Parameters, Secret, code_at};
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// What a person would like for a new password, and what is taken.
pub(crate) const TOO_SHORT: &str = "fietsen";
pub(crate) const PASSWORD: &str = "elf blauwe fietsen";

/// The text of the last mail.
#[derive(Clone, Default)]
pub(crate) struct Mailbox(Arc<Mutex<String>>);

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        println!("--- {}\n{}\n---", mail.subject(), mail.text());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = mail.text().to_owned();
        Ok(())
    }
}

impl Mailbox {
    /// Follows the link: the token is what its address ends in.
    pub(crate) fn token(&self) -> Result<String, Box<dyn Error>> {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let link = text
            .split_whitespace()
            .find(|word| word.contains("/reset/"));
        let token = link.and_then(|link| link.rsplit('/').next());
        Ok(token.ok_or("no link in the last mail")?.to_owned())
    }
}

/// An authenticator app.
#[derive(Default)]
pub(crate) struct Phone {
    secret: Option<Secret>,
    shown: u64,
}

impl Phone {
    pub(crate) fn scan(&mut self, uri: &OtpauthUri) -> Result<(), Box<dyn Error>> {
        self.secret = Some(OtpauthUri::parse(uri.expose())?.into_secret());
        Ok(())
    }

    /// The code of now; asked again, that of the step after, as if one had waited for it. The window
    /// of the service reaches one step on, so nobody has to.
    pub(crate) fn code(&mut self) -> Result<String, Box<dyn Error>> {
        let secret = self.secret.as_ref().ok_or("nothing was scanned")?;
        let now = SystemTime::UNIX_EPOCH.elapsed()?.as_secs() / 30;
        self.shown = now.max(self.shown + 1);
        Ok(code_at(secret, &Parameters::ISSUED, self.shown).to_string())
    }
}
