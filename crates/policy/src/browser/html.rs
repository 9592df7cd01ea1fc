//! Attributes for the password field, chiefly for password managers.

use crate::class::{Class, ClassSet};
use crate::policy::Policy;
use crate::rule::Rule;
use crate::validate::characters_for_classes;

impl Policy {
    /// The attributes for `<input type="password">` as names and unescaped values:
    /// `autocomplete="new-password"`, and `passwordrules` for password managers that read it (Apple's
    /// grammar; Safari and others).
    ///
    /// There is deliberately no `maxlength` and no `minlength`. HTML counts them in UTF-16 units of
    /// what was typed, a policy in code points after NFC. A `maxlength` would cut a longer password
    /// off without a word; a `minlength` would refuse passwords that the policy accepts (`क़` can be
    /// one unit as typed and is two code points in NFC). In `passwordrules` both are exact, because
    /// what is generated from it is ASCII.
    ///
    /// The grammar has no numbers per class, no "3 of 4" and no blocklist. A generated password has one
    /// character of each class that is asked for, and is checked like any other.
    #[must_use]
    pub fn html_attributes(&self) -> Vec<(&'static str, String)> {
        vec![
            ("autocomplete", "new-password".to_owned()),
            ("passwordrules", self.password_rules()),
        ]
    }

    fn password_rules(&self) -> String {
        let mut minimum = characters_for_classes(self.rules());
        let mut maximum = None;
        let mut longest_run = None;
        let mut required = ClassSet::EMPTY;
        let mut present = None;
        for rule in self.rules() {
            match *rule {
                Rule::MinimumLength { characters } | Rule::MinimumDistinct { characters } => {
                    minimum = minimum.max(characters);
                }
                Rule::MaximumLength { characters } => maximum = Some(characters),
                Rule::MaximumRun { characters } => longest_run = Some(characters),
                Rule::MinimumOfClass { class, .. } => required = required.with(class),
                Rule::ClassesPresent { classes, at_least } => present = Some((classes, at_least)),
                Rule::WithoutAttributes { .. } | Rule::NotBlocklisted {} => {}
            }
        }
        if let Some((classes, at_least)) = present {
            required = completed(required, classes, at_least);
        }

        let mut parts = vec![format!("minlength: {minimum}")];
        parts.extend(maximum.map(|n| format!("maxlength: {n}")));
        parts.extend(required.iter().map(|k| format!("required: {}", ascii(k))));
        parts.extend(longest_run.map(|n| format!("max-consecutive: {n}")));
        // Where something is required, nothing else is allowed unless this says so.
        parts.push("allowed: ascii-printable".to_owned());
        parts.join("; ") + ";"
    }
}

/// `required` with as many of `classes` added as it takes to have `at_least` of them, those first that
/// a generator is sure to know.
fn completed(mut required: ClassSet, classes: ClassSet, at_least: u16) -> ClassSet {
    for class in classes.iter() {
        if classes.iter().filter(|&k| required.contains(k)).count() >= usize::from(at_least) {
            break;
        }
        required = required.with(class);
    }
    required
}

/// A class in the grammar of `passwordrules`. Its own class `special` has the space in it, which is no
/// symbol here; this list has no character that HTML would want escaped.
fn ascii(class: Class) -> &'static str {
    match class {
        Class::Uppercase => "upper",
        Class::Lowercase => "lower",
        Class::Letter => "lower, upper",
        Class::Digit => "digit",
        Class::Symbol => "[-!#$%()*+,./:;=?@^_~]",
    }
}
