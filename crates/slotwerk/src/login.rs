//! Login names: as a person types them, and in the one form in which they are compared.

use caseless::default_case_fold_str;
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// A login name, bounded before anything looks at it: as typed, and folded.
///
/// People type one name in many ways: `Rémy` with one character for `é` or with two, in full-width letters, or
/// with an invisible character that came along when it was copied. All of these have one
/// [folded](Self::folded) form. Store the folded form of every login name under a unique index and look
/// it up; attempts on a name are counted by it, too.
///
/// # How names are folded
///
/// 1. Characters that cannot be seen are removed: Unicode's default-ignorable code points, such as
///    U+200B and U+202E, and the other format characters.
/// 2. The rest goes through NFKC, full case folding (`CaseFolding.txt`, C and F) and NFKC again.
/// 3. Steps 1 and 2 are repeated until nothing changes, and white space at the ends is removed.
///
/// This is Unicode's `NFKC_Casefold`, trimmed. It goes further than `UsernameCaseMapped` of RFC 8265,
/// which rejects compatibility characters where this folds them. Folding a folded name changes nothing.
///
/// # Names that look alike
///
/// A compatibility character falls together with what it stands for: KELVIN SIGN (U+212A) with `k`, `ﬁ` with
/// `fi`, `ſ` with `s`, `²` with `2`, and `ß` with `ss`. A service that already has both `kelvin` and a name with
/// KELVIN SIGN gives one of them another name before it folds, or looks for the [typed](Self::typed) form
/// first. Mail goes to the address of the account that is found, never to what was typed, so
/// a look-alike leads no link to another mailbox.
///
/// Letters of different scripts stay apart however alike they look: Cyrillic `а` and Latin `a`, Greek `ο` and
/// Latin `o`. So do Turkish `ı` and `i`. A service in which people choose their own login names
/// rejects names of mixed scripts (Unicode Technical Standard 39) when it creates an account.
#[derive(Clone)]
pub struct Login {
    typed: String,
    folded: String,
}

impl Login {
    /// The longest login name in bytes of UTF-8, typed and folded: a mail address fits, and a name that mails
    /// can show.
    pub const MAX_BYTES: usize = slotwerk_mail::MAX_ACCOUNT_NAME_BYTES;

    /// Accepts what a person typed, without the white space around it.
    ///
    /// # Errors
    ///
    /// [`LoginError`] if nothing is left that can be seen, if it is longer than
    /// [`MAX_BYTES`](Self::MAX_BYTES), or if it holds a control character. The answer depends on the text
    /// alone, never on who exists.
    ///
    /// ```
    /// use slotwerk::{Login, LoginError};
    /// assert_eq!(Login::parse(" Demo ")?.typed(), "Demo");
    /// assert_eq!(Login::parse("Ｒe\u{301}my\u{200b}")?.folded(), "rémy");
    /// assert!(matches!(Login::parse(" "), Err(LoginError::Empty)));
    /// # Ok::<(), LoginError>(())
    /// ```
    pub fn parse(typed: &str) -> Result<Self, LoginError> {
        let typed = typed.trim();
        // Before folding, which may make a text many times longer.
        if typed.len() > Self::MAX_BYTES {
            return Err(LoginError::TooLong);
        }
        if typed.chars().any(is_forbidden) {
            return Err(LoginError::ControlCharacter);
        }
        let folded = fold(typed);
        if folded.is_empty() {
            Err(LoginError::Empty)
        } else if folded.len() > Self::MAX_BYTES {
            Err(LoginError::TooLong)
        } else if folded.chars().all(|c| c == ':' || c.is_whitespace()) {
            Err(LoginError::OnlyColons)
        } else {
            Ok(Self {
                typed: typed.to_owned(),
                folded,
            })
        }
    }

    /// The name as the person typed it, without white space around it.
    #[must_use]
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The form in which login names are compared: look this one up.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(..)")
    }
}

/// Why a text cannot be a login name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// Nothing was typed, or nothing that can be seen.
    #[error("the login name is empty")]
    Empty,
    /// More than [`Login::MAX_BYTES`].
    #[error("the login name is longer than {} bytes", Login::MAX_BYTES)]
    TooLong,
    /// A control character, such as NUL or a line break, or a code point that is no character.
    #[error("the login name holds a control character")]
    ControlCharacter,
    /// Colons and nothing else. An authenticator app ends a name at a colon, so it could show none.
    #[error("the login name holds nothing but colons")]
    OnlyColons,
    /// A character that cannot be seen or that turns the direction of text. Only a stored name is rejected for
    /// that: see [`Account::check`](crate::Account::check).
    #[error("the login name holds an invisible character")]
    Invisible,
}

/// At most so many rounds. Two are enough for every text that is known; the bound is for tables to come.
const MOST_ROUNDS: usize = 4;

fn fold(name: &str) -> String {
    let mut folded = name.to_owned();
    for _ in 0..MOST_ROUNDS {
        let visible: String = folded
            .chars()
            .filter(|&c| !is_invisible(c))
            .nfkc()
            .collect();
        let again: String = default_case_fold_str(&visible).nfkc().collect();
        let again = again.trim();
        if again == folded {
            break;
        }
        folded = again.to_owned();
    }
    folded
}

/// A name as mails and apps show it: without characters that they cannot show, and no longer than they can.
pub(crate) fn shown(name: &str) -> String {
    let visible: String = name
        .chars()
        .filter(|&c| !is_invisible(c) && !is_forbidden(c))
        .collect();
    let visible = visible.trim();
    if visible.is_empty() {
        return "?".to_owned();
    }
    shortened(visible, Login::MAX_BYTES)
}

/// The name, or its beginning and an ellipsis if it has more than `max_bytes`.
fn shortened(name: &str, max_bytes: usize) -> String {
    const ELLIPSIS: char = '…';
    if name.len() <= max_bytes {
        return name.to_owned();
    }
    let end = name.floor_char_boundary(max_bytes.saturating_sub(ELLIPSIS.len_utf8()));
    let mut short = name.get(..end).unwrap_or_default().trim_end().to_owned();
    short.push(ELLIPSIS);
    short
}

/// Characters that no name may hold: control characters, line separators and noncharacters.
/// The invisible ones are [removed](is_invisible) instead.
fn is_forbidden(c: char) -> bool {
    !is_invisible(c) && slotwerk_mail::is_forbidden_in_names(c)
}

/// Whether nobody sees this character: `Default_Ignorable_Code_Point` of Unicode 17
/// (`DerivedCoreProperties.txt`), and the format characters (`Cf`) that are not among them.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}'
        // Format characters that some programs do show.
        | '\u{600}'..='\u{605}' | '\u{6DD}' | '\u{70F}' | '\u{890}' | '\u{891}' | '\u{8E2}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}')
}
