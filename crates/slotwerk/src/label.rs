//! The account name that an authenticator app shows.

use slotwerk_mail::MAX_SYMBOL_MODULES;
use slotwerk_qr::{Level, Symbol};
use slotwerk_totp::{OtpauthUri, Parameters, Secret, is_forbidden_in_labels};

/// Stands for a login name of which no character can be shown.
const UNSHOWN: &str = "account";

const ELLIPSIS: &str = "…";

/// The login name as an authenticator app shows it below the issuer.
///
/// An app ends the name at a colon, so a space takes its place; characters that labels forbid are left out.
/// From the account's second authenticator on the ordinal follows, since some apps replace an entry by
/// another one with the same name. A name that is too long for the symbol beside this issuer is shortened:
/// at 128 bytes outside ASCII, an issuer leaves room for about 10 letters outside ASCII, or 40 of a mail
/// address.
pub(crate) fn account_name(issuer: &str, login: &str, ordinal: u32) -> String {
    let shown = login.replace(':', " ");
    let shown: String = shown
        .chars()
        .filter(|character| !is_forbidden_in_labels(*character))
        .collect();
    let shown = match shown.trim() {
        "" => UNSHOWN,
        shown => shown,
    };
    let ordinal = match ordinal {
        0 | 1 => String::new(),
        ordinal => format!(" ({ordinal})"),
    };
    let whole = format!("{shown}{ordinal}");
    if fits(issuer, &whole) {
        return whole;
    }
    let beginning = |end: usize| {
        let kept = shown.get(..end).unwrap_or_default().trim_end();
        format!("{kept}{ELLIPSIS}{ordinal}")
    };
    // The longest beginning that fits. One that is longer never has a smaller symbol.
    let ends: Vec<usize> = shown.char_indices().map(|(at, _)| at).collect();
    let too_long = ends.partition_point(|&end| fits(issuer, &beginning(end)));
    let longest = too_long.checked_sub(1).and_then(|last| ends.get(last));
    beginning(longest.copied().unwrap_or_default())
}

/// Whether the issuer leaves room for a name. Many changes between ASCII and other letters take more room in the symbol
/// than their bytes tell.
pub(crate) fn leaves_room(issuer: &str) -> bool {
    fits(issuer, &format!("{ELLIPSIS} ({})", u32::MAX))
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
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ordinals_make_names_differ() {
        assert_eq!(
            account_name("Noord", "jan@noord.example", 1),
            "jan@noord.example"
        );
        assert_eq!(
            account_name("Noord", "jan@noord.example", 2),
            "jan@noord.example (2)"
        );
        for login in ["jan".to_owned(), "a".repeat(400), "日".repeat(200)] {
            for issuer in ["Noord", &"ж".repeat(64)] {
                let names: BTreeSet<String> =
                    (1..=21).map(|n| account_name(issuer, &login, n)).collect();
                assert_eq!(names.len(), 21);
            }
        }
    }

    #[test]
    fn every_login_name_can_be_shown() {
        let logins = [
            "jan".to_owned(),
            "no:ord:jan".to_owned(),
            ":".to_owned(),
            " : ".to_owned(),
            "\u{202e}naj".to_owned(),
            "\u{200b}".to_owned(),
            "ja\u{200b}n\u{2066}\u{ad}".to_owned(),
            "jan\u{7}".to_owned(),
            "a".repeat(254),
            "a".repeat(320),
            format!("{} {}", "a".repeat(240), "b".repeat(80)),
            "é".repeat(160),
            "日".repeat(106),
            "👍".repeat(80),
        ];
        for login in logins {
            for ordinal in [1, 2, 21, u32::MAX] {
                let name = account_name("Noord", &login, ordinal);
                assert!(fits("Noord", &name), "{login:?} {ordinal}: {name:?}");
            }
        }
        assert_eq!(account_name("Noord", ":", 1), "account");
        assert_eq!(account_name("Noord", "ja\u{200b}n", 3), "jan (3)");
        assert_eq!(account_name("Noord", "a:b", 1), "a b");
    }

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
            assert_eq!(account_name(issuer, login, 1), login);
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
            let label = account_name(&issuer, &login, 1);
            let kept = label.strip_suffix(ELLIPSIS).unwrap();
            assert!(login.starts_with(kept));
            assert!(kept.chars().count() >= at_least, "{}", kept.chars().count());
            let longer = login.get(..kept.len() + login.chars().next().unwrap().len_utf8());
            assert!(!fits(&issuer, &format!("{}{ELLIPSIS}", longer.unwrap())));
        }
    }
}
