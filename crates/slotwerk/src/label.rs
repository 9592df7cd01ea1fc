//! The account name that an authenticator app shows.

use slotwerk_totp::{Label, is_forbidden_in_labels};

/// Stands for a login name of which no character can be shown.
const UNSHOWN: &str = "account";

/// The login name as apps can show it. From the account's second authenticator on the ordinal follows, since
/// some apps replace an entry by another one with the same name.
///
/// At most [`Label::MAX_ACCOUNT_BYTES`]: a login name that leaves no room for the ordinal is cut.
pub(crate) fn account_name(login: &str, ordinal: u32) -> String {
    // A colon would end the name early in the app.
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
    let room = Label::MAX_ACCOUNT_BYTES.saturating_sub(ordinal.len());
    format!("{}{ordinal}", cut(shown, room))
}

/// As much of the text as fits, with a sign that something is missing.
fn cut(text: &str, room: usize) -> String {
    const CUT: char = '…';
    if text.len() <= room {
        return text.to_owned();
    }
    let room = room.saturating_sub(CUT.len_utf8());
    let mut kept = String::with_capacity(room + CUT.len_utf8());
    for character in text.chars() {
        if kept.len() + character.len_utf8() > room {
            break;
        }
        kept.push(character);
    }
    kept.truncate(kept.trim_end().len());
    kept.push(CUT);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotwerk_totp::{OtpauthUri, Parameters, Secret};
    use std::collections::BTreeSet;

    #[test]
    fn ordinals_make_names_differ() {
        assert_eq!(account_name("jan@noord.example", 1), "jan@noord.example");
        assert_eq!(
            account_name("jan@noord.example", 2),
            "jan@noord.example (2)"
        );
        for login in ["jan".to_owned(), "a".repeat(400), "日".repeat(200)] {
            let names: BTreeSet<String> = (1..=21).map(|n| account_name(&login, n)).collect();
            assert_eq!(names.len(), 21);
        }
    }

    #[test]
    fn every_login_name_can_be_shown() {
        let secret = Secret::from_entropy(&[7; 20]);
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
                let name = account_name(&login, ordinal);
                let uri = OtpauthUri::new(&secret, &Parameters::ISSUED, "Noord", &name);
                assert!(uri.is_ok(), "{login:?} {ordinal}: {name:?}");
            }
        }
        assert_eq!(account_name(":", 1), "account");
        assert_eq!(account_name("ja\u{200b}n", 3), "jan (3)");
        assert_eq!(account_name("a:b", 1), "a b");
    }
}
