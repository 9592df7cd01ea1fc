//! The account's name in an authenticator app.

use slotwerk_mail::MAX_SYMBOL_MODULES;
use slotwerk_qr::{Level, Symbol};
use slotwerk_totp::{OtpauthUri, Parameters, Secret};

/// Stands for a name that an app cannot show.
const NAMELESS: &str = "?";

const ELLIPSIS: &str = "…";

/// The login name as an authenticator app shows it below the issuer.
///
/// An app ends the name at a colon, so a space takes its place. A name that is too long for the symbol beside
/// this issuer is shortened: at 128 bytes outside ASCII, an issuer leaves room for about 10 letters
/// outside ASCII, or 40 of a mail address.
pub(crate) fn account_label(issuer: &str, login: &str) -> String {
    let name = login.replace(':', " ");
    let name = match name.trim() {
        "" => NAMELESS,
        name => name,
    };
    if fits(issuer, name) {
        return name.to_owned();
    }
    // The longest beginning that fits. One that is longer never has a smaller symbol.
    let ends: Vec<usize> = name.char_indices().map(|(at, _)| at).collect();
    let too_long = ends.partition_point(|&end| fits(issuer, &beginning(name, end)));
    let end = too_long.checked_sub(1).and_then(|last| ends.get(last));
    end.map_or_else(|| NAMELESS.to_owned(), |&end| beginning(name, end))
}

fn beginning(name: &str, end: usize) -> String {
    let kept = name.get(..end).unwrap_or_default().trim_end();
    format!("{kept}{ELLIPSIS}")
}

/// Whether a page and a mail can show the symbol. No secret of 20 bytes takes more room than the one of
/// zeros, which is all letters.
fn fits(issuer: &str, account: &str) -> bool {
    let secret = Secret::from_entropy(&[0; 20]);
    OtpauthUri::new(&secret, &Parameters::ISSUED, issuer, account)
        .ok()
        .and_then(|uri| Symbol::width_of(uri.expose(), Level::L).ok())
        .is_some_and(|modules| modules <= MAX_SYMBOL_MODULES)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_whole() {
        for (issuer, login) in [
            ("Arbodienst Noord", "anna@example.nl"),
            (&"x".repeat(128), &"a".repeat(254)),
            (
                "Υπηρεσία Υγείας και Ασφάλειας Εργαζομένων",
                "μαρία.παπαδοπούλου",
            ),
            (&"ж".repeat(64), "ivan.petrov@severnoe-siyanie.example.ru"),
            (&"社".repeat(42), "yamada.taro@example.co.jp"),
        ] {
            assert_eq!(account_label(issuer, login), login);
        }
    }

    #[test]
    fn colons_become_spaces() {
        for (login, label) in [
            ("noord:anna", "noord anna"),
            (":anna:", "anna"),
            (":", NAMELESS),
            (": :", NAMELESS),
        ] {
            assert_eq!(account_label("Noord", login), label);
        }
    }

    #[test]
    fn long_names_keep_their_beginning() {
        let issuer = "ж".repeat(64);
        for (login, at_least) in [
            ("я".repeat(127), 10),
            ("a".repeat(254), 40),
            ("😀".repeat(63), 4),
        ] {
            let label = account_label(&issuer, &login);
            let kept = label.strip_suffix(ELLIPSIS).unwrap();
            assert!(login.starts_with(kept));
            assert!(kept.chars().count() >= at_least, "{}", kept.chars().count());
            let longer = login.get(..kept.len() + login.chars().next().unwrap().len_utf8());
            assert!(!fits(&issuer, &format!("{}{ELLIPSIS}", longer.unwrap())));
        }
    }
}
