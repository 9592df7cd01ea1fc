//! Where people download an authenticator app.

use crate::brand::{NameError, check_name};
use crate::message::check_link;

/// An authenticator app that a tenant suggests, with its pages in the two stores. The pages and mails of a set-up link
/// to them.
///
/// ```
/// use slotwerk_mail::{AppLinks, AppLinksError};
///
/// let app = AppLinks::new(
///     "2FAS",
///     "https://apps.apple.com/app/2fas-auth/id1217793794",
///     "https://play.google.com/store/apps/details?id=com.twofasapp",
/// )?;
/// assert_eq!(app.name(), "2FAS");
/// # Ok::<(), AppLinksError>(())
/// ```
///
/// The default is Google Authenticator, which is free and needs no account. The stores' own searches are no default:
/// their first results are often paid copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppLinks {
    name: String,
    app_store: String,
    google_play: String,
}

/// Why the links to an authenticator app were rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppLinksError {
    /// The name of the app.
    #[error("the app's name is rejected: {0}")]
    Name(#[source] NameError),
    /// The address in the App Store: an https address of at most 120 bytes, without `&`.
    #[error("the App Store address is not https, longer than 120 bytes, or holds an &")]
    AppStore,
    /// The address in Google Play: an https address of at most 120 bytes, without `&`.
    #[error("the Google Play address is not https, longer than 120 bytes, or holds an &")]
    GooglePlay,
}

impl AppLinks {
    /// The longest name of an app, in bytes of UTF-8.
    pub const MAX_NAME_BYTES: usize = 32;

    /// The longest address, in bytes. The set-up mail has little room, and none for an `&`, which HTML writes as five bytes.
    pub const MAX_ADDRESS_BYTES: usize = 120;

    /// Checks the name and the two addresses.
    ///
    /// # Errors
    ///
    /// [`AppLinksError`] names the first value that cannot be used.
    pub fn new(name: &str, app_store: &str, google_play: &str) -> Result<Self, AppLinksError> {
        check_name(name, Self::MAX_NAME_BYTES).map_err(AppLinksError::Name)?;
        if !is_https(app_store) {
            return Err(AppLinksError::AppStore);
        }
        if !is_https(google_play) {
            return Err(AppLinksError::GooglePlay);
        }
        Ok(Self {
            name: name.to_owned(),
            app_store: app_store.to_owned(),
            google_play: google_play.to_owned(),
        })
    }

    /// The app's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The app's page in the App Store.
    #[must_use]
    pub fn app_store(&self) -> &str {
        &self.app_store
    }

    /// The app's page in Google Play.
    #[must_use]
    pub fn google_play(&self) -> &str {
        &self.google_play
    }
}

impl Default for AppLinks {
    fn default() -> Self {
        Self {
            name: "Google Authenticator".to_owned(),
            app_store: "https://apps.apple.com/app/google-authenticator/id388497605".to_owned(),
            google_play:
                "https://play.google.com/store/apps/details?id=com.google.android.apps.authenticator2"
                    .to_owned(),
        }
    }
}

fn is_https(address: &str) -> bool {
    address.len() <= AppLinks::MAX_ADDRESS_BYTES
        && address.starts_with("https://")
        && !address.contains('&')
        && check_link(address).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_passes_its_own_check() {
        let app = AppLinks::default();
        let checked = AppLinks::new(app.name(), app.app_store(), app.google_play());
        assert_eq!(checked.unwrap(), app);
        assert!(app.app_store().starts_with("https://apps.apple.com/"));
        assert!(app.google_play().starts_with("https://play.google.com/"));
    }

    #[test]
    fn unusable_addresses_are_rejected() {
        let fine = "https://store.example/app";
        let long = format!("https://store.example/{}", "a".repeat(200));
        for wrong in [
            "",
            "store.example/app",
            "http://store.example/app",
            "http://localhost/app",
            "javascript:alert(1)",
            "market://details?id=app",
            "https://user@store.example/app",
            "https://store.example/a b",
            "https://store.example/?a=1&b=2",
            "https://store.example/\"><script>",
            &long,
        ] {
            let of_apple = AppLinks::new("App", wrong, fine);
            assert_eq!(of_apple, Err(AppLinksError::AppStore), "{wrong}");
            let of_google = AppLinks::new("App", fine, wrong);
            assert_eq!(of_google, Err(AppLinksError::GooglePlay), "{wrong}");
        }
        let unnamed = AppLinks::new(" ", fine, fine);
        assert_eq!(unnamed, Err(AppLinksError::Name(NameError::Empty)));
    }
}
