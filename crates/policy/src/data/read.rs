//! From what a document says to rules, refusing whatever is not known.

use super::fields::Fields;
use super::kinds::{KINDS, listed, meant};
use super::node::{Node, Quoted, Value};
use crate::characters::{CharacterSet, Characters};
use crate::class::{Class, ClassSet};
use crate::draft::PolicyDraft;
use crate::error::PolicyError;
use crate::rule::Rule;
use crate::validate::sound;
use crate::words::Words;

/// The version of the data format.
pub(super) const VERSION: u16 = 1;

/// What is wrong, and the offset in bytes where.
#[cfg_attr(not(any(feature = "json", feature = "toml")), allow(dead_code))]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
    pub(super) refused: Option<PolicyError>,
}

impl Fault {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        let (message, refused) = (message.into(), None);
        Self {
            at,
            message,
            refused,
        }
    }

    fn refused(at: usize, error: PolicyError) -> Self {
        Self {
            at,
            message: error.to_string(),
            refused: Some(error),
        }
    }
}

/// Whether rules that cannot be built are refused here, where their place is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Soundness {
    #[cfg_attr(not(any(feature = "json", feature = "toml")), allow(dead_code))]
    Required,
    LeftToBuild,
}

/// The scope and the rules of a document.
pub(super) fn draft(
    tree: Node<'_>,
    soundness: Soundness,
) -> Result<(Option<String>, Vec<Rule>), Fault> {
    let mut fields = Fields::of(tree, |found| {
        format!("a policy is a table with the fields `version` and `rules`; this is {found}")
    })?;
    // A later version may have other fields, so this is the first thing to tell.
    let version = fields.required("version", || {
        "the policy has no field `version`; its value is 1".to_owned()
    })?;
    if version.count("version")? != VERSION {
        let message = format!(
            "there is no version {}; this reads version {VERSION}",
            version.value
        );
        return Err(Fault::new(version.at, message));
    }
    fields.each_known(&["version", "scope", "rules"], |key| {
        format!("a policy has no field `{key}`; it has `version`, `scope` and `rules`")
    })?;
    let scope = fields.optional("scope").map(|node| {
        let at = node.at;
        node.text("`scope`").map(|name| (at, name.into_owned()))
    });
    let scope = scope.transpose()?;
    let list = fields.required("rules", || "the policy has no field `rules`".to_owned())?;
    let list_at = list.at;
    let list = list.list(|found| {
        format!("`rules` must be a list with a table for each rule; this is {found}")
    })?;
    if soundness == Soundness::Required {
        if let Some((at, name)) = &scope {
            sound(&[], Some(name)).map_err(|error| Fault::refused(*at, error))?;
        }
        if list.len() > PolicyDraft::MAX_RULES {
            let at = list
                .get(PolicyDraft::MAX_RULES)
                .map_or(list_at, |node| node.at);
            let (rules, most) = (list.len(), PolicyDraft::MAX_RULES);
            return Err(Fault::refused(
                at,
                PolicyError::TooManyRules { rules, most },
            ));
        }
    }
    let mut rules = Vec::with_capacity(list.len());
    for node in list {
        let places = Places::of(&node);
        rules.push(rule(node)?);
        if soundness == Soundness::Required {
            sound(&rules, None).map_err(|error| Fault::refused(places.of_error(&error), error))?;
        }
    }
    Ok((scope.map(|(_, name)| name), rules))
}

/// One rule.
pub(super) fn rule(tree: Node<'_>) -> Result<Rule, Fault> {
    let mut fields = Fields::of(tree, |found| {
        format!("a rule is a table with the field `rule`; this is {found}")
    })?;
    let tag = fields.required("rule", || {
        "a rule needs the field `rule`, its name".to_owned()
    })?;
    let at = tag.at;
    let written = tag.text("`rule`")?;
    let names = || KINDS.iter().map(|&(name, _)| name);
    let Some(&(name, allowed)) = KINDS.iter().find(|(name, _)| *name == written) else {
        let rest = match meant(&written, names()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("there are {}", listed(names())),
        };
        let message = format!("there is no rule `{}`; {rest}", Quoted(&written));
        return Err(Fault::new(at, message));
    };
    fields.each_known(allowed, |key| match allowed {
        [] => format!("rule `{name}` has no field `{key}`, nor any other"),
        _ => format!(
            "rule `{name}` has no field `{key}`; it has {}",
            listed(allowed.iter().copied())
        ),
    })?;
    RuleFields { name, fields }.rule()
}

/// The fields of a rule of a known kind.
struct RuleFields<'a> {
    name: &'static str,
    fields: Fields<'a>,
}

impl<'a> RuleFields<'a> {
    fn rule(mut self) -> Result<Rule, Fault> {
        Ok(match self.name {
            "minimum-length" => Rule::MinimumLength {
                characters: self.count("characters")?,
            },
            "maximum-length" => Rule::MaximumLength {
                characters: self.count("characters")?,
            },
            "minimum-of-class" => Rule::MinimumOfClass {
                class: self.needed("class")?.named("`class`")?,
                characters: self.count("characters")?,
                below: self.count_if_any("below")?,
            },
            "classes-present" => Rule::ClassesPresent {
                classes: classes(self.needed("classes")?)?,
                at_least: self.count("at_least")?,
                below: self.count_if_any("below")?,
            },
            "minimum-distinct" => Rule::MinimumDistinct {
                characters: self.count("characters")?,
            },
            "allowed-characters" => Rule::AllowedCharacters {
                set: self.character_set()?,
            },
            "forbidden-characters" => Rule::ForbiddenCharacters {
                characters: Characters::new(&self.needed("characters")?.text("`characters`")?),
            },
            "white-space" => Rule::WhiteSpace {
                allowed: self.needed("allowed")?.named("`allowed`")?,
            },
            "maximum-run" => Rule::MaximumRun {
                characters: self.count("characters")?,
            },
            "without-repeated-block" => Rule::WithoutRepeatedBlock {
                shortest: self.count("shortest")?,
            },
            "maximum-sequence" => Rule::MaximumSequence {
                kind: self.needed("kind")?.named("`kind`")?,
                characters: self.count("characters")?,
            },
            "without-attributes" => Rule::WithoutAttributes {
                shortest_part: self.count("shortest_part")?,
            },
            "without-words" => Rule::WithoutWords {
                words: words(self.needed("words")?)?,
            },
            "not-blocklisted" => Rule::NotBlocklisted {
                variants: self.flag_if_any("variants")?,
            },
            "not-breached" => Rule::NotBreached {},
            "minimum-strength" => Rule::MinimumStrength {
                score: self.count("score")?,
            },
            "not-reused" => Rule::NotReused {
                last: self.count_if_any("last")?.unwrap_or_default(),
                days: self.count_if_any("days")?.unwrap_or_default(),
            },
            "minimum-age" => Rule::MinimumAge {
                hours: self.count("hours")?,
            },
            "maximum-age" => Rule::MaximumAge {
                days: self.count("days")?,
            },
            other => {
                return Err(Fault::new(
                    self.fields.at,
                    format!("there is no rule `{other}`"),
                ));
            }
        })
    }

    fn character_set(&mut self) -> Result<CharacterSet, Fault> {
        let listed = self.fields.optional("classes").map(classes).transpose()?;
        let named = self.fields.optional("characters");
        let named = named.map(|node| node.text("`characters`")).transpose()?;
        Ok(CharacterSet {
            printable_ascii: self.flag_if_any("printable_ascii")?,
            classes: listed.unwrap_or_default(),
            characters: Characters::new(&named.unwrap_or_default()),
        })
    }

    fn needed(&mut self, field: &'static str) -> Result<Node<'a>, Fault> {
        let name = self.name;
        let lacking = || format!("rule `{name}` needs the field `{field}`");
        self.fields.required(field, lacking)
    }

    fn count(&mut self, field: &'static str) -> Result<u16, Fault> {
        self.needed(field)?.count(field)
    }

    fn count_if_any(&mut self, field: &'static str) -> Result<Option<u16>, Fault> {
        let node = self.fields.optional(field);
        node.map(|node| node.count(field)).transpose()
    }

    fn flag_if_any(&mut self, field: &'static str) -> Result<bool, Fault> {
        match self
            .fields
            .optional(field)
            .map(|node| (node.at, node.value))
        {
            None => Ok(false),
            Some((_, Value::Flag(flag))) => Ok(flag),
            Some((at, other)) => {
                let message = format!("`{field}` must be `true` or `false`; this is {other}");
                Err(Fault::new(at, message))
            }
        }
    }
}

// A class named twice in data is a slip ("3 of these 4" would mean 3 of 3), so it is refused here, where
// collecting from code would forgive it.
fn classes(node: Node<'_>) -> Result<ClassSet, Fault> {
    let list =
        node.list(|found| format!("`classes` must be a list of classes; this is {found}"))?;
    let mut classes = ClassSet::EMPTY;
    for node in list {
        let at = node.at;
        let class: Class = node.named("each of `classes`")?;
        if classes.contains(class) {
            return Err(Fault::new(at, format!("class `{class}` is named twice")));
        }
        classes = classes.with(class);
    }
    Ok(classes)
}

fn words(node: Node<'_>) -> Result<Words, Fault> {
    let list = node.list(|found| format!("`words` must be a list of texts; this is {found}"))?;
    list.into_iter()
        .map(|node| node.text("each of `words`"))
        .collect()
}

/// Where a rule and its fields stand, for refusals that come after it was read.
struct Places {
    at: usize,
    fields: Vec<(String, usize)>,
}

impl Places {
    fn of(node: &Node<'_>) -> Self {
        let fields = match &node.value {
            Value::Table(entries) => entries
                .iter()
                .take(8)
                .map(|e| (e.key.to_string(), e.node.at)),
            _ => {
                return Self {
                    at: node.at,
                    fields: Vec::new(),
                };
            }
        };
        Self {
            at: node.at,
            fields: fields.collect(),
        }
    }

    fn of_error(&self, error: &PolicyError) -> usize {
        let field = match error {
            PolicyError::OutOfRange { parameter, .. } => parameter,
            PolicyError::TooFewClasses { .. } => "at_least",
            _ => "rule",
        };
        let place = self.fields.iter().find(|(name, _)| name == field);
        place.map_or(self.at, |&(_, at)| at)
    }
}
