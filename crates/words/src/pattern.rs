//! Reads the values that a text names, and rejects unsupported content.

use std::collections::BTreeSet;

use fluent_syntax::ast::{Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::unicode::unescape_unicode_to_string;

use crate::catalogue::TextProblem;
use crate::characters::is_forbidden;

/// The values that a text names, in all of its choices.
///
/// `one_line` rejects line ends.
pub(crate) fn values(
    pattern: &Pattern<&str>,
    one_line: bool,
) -> Result<BTreeSet<String>, TextProblem> {
    let mut values = BTreeSet::new();
    read(pattern, one_line, &mut values)?;
    Ok(values)
}

fn read(
    pattern: &Pattern<&str>,
    one_line: bool,
    values: &mut BTreeSet<String>,
) -> Result<(), TextProblem> {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => check(value, one_line)?,
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(inline) => read_inline(inline, one_line, values)?,
                Expression::Select { selector, variants } => {
                    read_inline(selector, one_line, values)?;
                    for variant in variants {
                        read(&variant.value, one_line, values)?;
                    }
                }
            },
        }
    }
    Ok(())
}

fn read_inline(
    inline: &InlineExpression<&str>,
    one_line: bool,
    values: &mut BTreeSet<String>,
) -> Result<(), TextProblem> {
    match inline {
        InlineExpression::VariableReference { id } => {
            values.insert(id.name.to_owned());
            Ok(())
        }
        // An escape can stand for a line end, so the check is on the character it stands for.
        InlineExpression::StringLiteral { value } => {
            check(&unescape_unicode_to_string(value), one_line)
        }
        _ => Err(TextProblem::Unsupported),
    }
}

fn check(words: &str, one_line: bool) -> Result<(), TextProblem> {
    let fits = |c: char| !is_forbidden(c) || (c == '\n' && !one_line);
    if words.chars().all(fits) {
        Ok(())
    } else {
        Err(TextProblem::Forbidden)
    }
}
