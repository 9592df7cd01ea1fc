//! Attributes for the password field.

use super::grammar::password_rules;
use crate::policy::Policy;
use crate::rule::Rule;

/// The most characters (code points after NFC) that one typed UTF-16 unit can become: U+FB2C becomes three.
const MOST_CHARACTERS_OF_A_UNIT: u16 = 3;

/// The most UTF-16 units in which one character can be typed: U+16126, spelt out, takes six.
const MOST_UNITS_OF_A_CHARACTER: u16 = 6;

impl Policy {
    /// The attributes for `<input type="password">` as names and unescaped values: `autocomplete`,
    /// `passwordrules` (if the grammar can say it), `minlength` and `maxlength`.
    ///
    /// ```
    /// # use slotwerk_policy::{Class, PolicyDraft};
    /// let policy = PolicyDraft::new()
    ///     .minimum_length(12)
    ///     .maximum_length(64)
    ///     .minimum_of_class(Class::Uppercase, 1)
    ///     .minimum_of_class(Class::Digit, 2)
    ///     .build()?;
    /// let attributes: Vec<String> = policy
    ///     .html_attributes()
    ///     .into_iter()
    ///     .map(|(name, value)| format!("{name}={value:?}"))
    ///     .collect();
    /// assert_eq!(attributes, [
    ///     "autocomplete=\"new-password\"",
    ///     "passwordrules=\"minlength: 12; maxlength: 64; required: upper; required: [02468]; \
    ///         required: [13579]; allowed: ascii-printable;\"",
    ///     "minlength=\"4\"",
    ///     "maxlength=\"386\"",
    /// ]);
    /// # Ok::<(), slotwerk_policy::PolicyError>(())
    /// ```
    ///
    /// # `minlength` and `maxlength`
    ///
    /// HTML counts UTF-16 units of what was typed, a policy counts code points after NFC. One unit can become
    /// three characters, and one character can take six units to type, so the policy's own numbers would
    /// refuse passwords that it accepts, or silently cut them off. Hence:
    ///
    /// * `minlength` is a third of the minimum, rounded up. No shorter text can meet the policy.
    /// * `maxlength` is six times the maximum, plus two. A text that meets the policy is never longer. What a
    ///   browser leaves of a text that is longer has that many units, or one less where it spares a
    ///   surrogate pair, and so is still too long for the policy: no one ends up with the first part of
    ///   what they pasted as their password.
    ///
    /// Both only catch what is far off; the checklist is exact.
    ///
    /// # `passwordrules`
    ///
    /// For password managers that make a password themselves (Apple's grammar; Safari and others). What a
    /// manager makes from it meets the rules about length, classes, distinct, allowed and forbidden
    /// characters, white space and runs, at whatever length it chooses:
    ///
    /// * The grammar has no numbers. Two digits are asked for by cutting the digits in two and asking for one
    ///   of each half; in the same way several different characters.
    /// * Of "3 of 4" the cheapest three are chosen.
    /// * Only ASCII is asked for. If anything is not allowed, what remains is listed, without the signs
    ///   that HTML or a careless template gives a meaning, and without the space.
    /// * A class rule that holds below some length is asked for unless `minlength` is at or above that.
    /// * There is none if the grammar cannot say it (where no ASCII is allowed, or 11 digits are asked for).
    ///
    /// Blocklists, words, sequences and repeated blocks are beyond the grammar. What was generated is checked
    /// like any other password.
    #[must_use]
    pub fn html_attributes(&self) -> Vec<(&'static str, String)> {
        let (mut minimum, mut maximum) = (0, u16::MAX);
        for rule in self.rules() {
            match *rule {
                Rule::MinimumLength { characters } => minimum = minimum.max(characters),
                Rule::MaximumLength { characters } => maximum = maximum.min(characters),
                _ => {}
            }
        }
        let rules: Vec<&Rule> = self.rules().collect();
        let shortest = minimum.div_ceil(MOST_CHARACTERS_OF_A_UNIT);
        let longest = maximum
            .saturating_mul(MOST_UNITS_OF_A_CHARACTER)
            .saturating_add(2);
        let mut attributes = vec![("autocomplete", "new-password".to_owned())];
        attributes.extend(password_rules(&rules).map(|value| ("passwordrules", value)));
        attributes.push(("minlength", shortest.to_string()));
        attributes.push(("maxlength", longest.to_string()));
        attributes
    }
}
