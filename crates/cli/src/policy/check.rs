//! `policy check`: one password against a policy, or a stream of them.

use crate::args::Check;
use crate::blocklist;
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::input::{self, Password, nfc};
use crate::output::Output;
use crate::policy::source::{self, Unlisted};
use crate::policy::stream;
use crate::texts;
use serde_json::{Value, json};
use slotwerk_breach::{Filter, Key};
use slotwerk_policy::{
    Awaited, Fact, MAX_BYTES, Policy, Requirement, State, Subject, SubjectError, Verdict,
};
use std::path::{Path, PathBuf};

pub(crate) fn run(context: &Context, args: &Check) -> Result<Answer, Failure> {
    let stdin = PathBuf::from("-");
    let passwords = args.password_file.as_ref().unwrap_or(&stdin);
    let other_files = args.source.policies.iter().chain(&args.source.blocklists);
    if input::is_stdin(passwords) && other_files.into_iter().any(|path| input::is_stdin(path)) {
        return Err(Failure::usage(context.say(texts::STDIN_TWICE, &[])));
    }
    let judge = Judge {
        policy: source::policy(context, &args.source, Unlisted::Refuse)?,
        subject: subject(context, args)?,
        filter: match &args.breach {
            Some(path) => Some((
                blocklist::open_cached(context, path, args.cache)?,
                path.clone(),
            )),
            None => None,
        },
        is_new_account: args.new_account,
        too_long: "x".repeat(MAX_BYTES + 1),
    };
    if args.each_line {
        stream::run(context, &judge, passwords)
    } else {
        once(context, &judge, passwords)
    }
}

/// All that a verdict depends on, besides the password.
pub(crate) struct Judge {
    pub(crate) policy: Policy,
    subject: Subject,
    /// With the name that messages know it by.
    filter: Option<(Filter, PathBuf)>,
    is_new_account: bool,
    /// Stands for every password that is too long to be looked at.
    too_long: String,
}

impl Judge {
    /// `is_thorough`: look the password up among breached ones though it is refused already.
    pub(crate) fn verdict(
        &self,
        context: &Context,
        password: &str,
        is_thorough: bool,
    ) -> Result<Verdict, Failure> {
        let mut verdict = self.policy.check(&self.subject, password);
        if self.is_new_account {
            verdict = verdict.settle(Fact::Reused(false)).settle(Fact::Age(None));
        }
        let wants = |verdict: &Verdict| verdict.awaits().any(|fact| fact == Awaited::Breach);
        if let Some((filter, path)) = &self.filter
            && (is_thorough || !verdict.is_refused())
            && wants(&verdict)
        {
            let key = Key::of_password(&nfc(password));
            let found = blocklist::contains(context, filter, path, &key)?;
            verdict = verdict.settle(Fact::Breached(found));
        }
        Ok(verdict)
    }

    pub(crate) fn verdict_on_too_long(&self) -> Verdict {
        self.policy.check(&self.subject, &self.too_long)
    }
}

/// What a verdict comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted,
    Refused,
    /// Nothing speaks against it, but something is not known here.
    Undecided,
}

impl Outcome {
    pub(crate) fn of(verdict: &Verdict) -> Self {
        if verdict.is_acceptable() {
            Self::Accepted
        } else if verdict.is_refused() {
            Self::Refused
        } else {
            Self::Undecided
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Undecided => "undecided",
        }
    }
}

fn once(context: &Context, judge: &Judge, path: &Path) -> Result<Answer, Failure> {
    let verdict = match input::password(context, path)? {
        Password::Text(password) => judge.verdict(context, &password, true)?,
        Password::TooLong => judge.verdict_on_too_long(),
    };
    let outcome = Outcome::of(&verdict);
    let mut output = Output::new(context);
    if context.json {
        let requirements = verdict.requirements().iter();
        output.json(&json!({
            "version": 1,
            "command": "policy check",
            "outcome": outcome.as_str(),
            "requirements": requirements.map(|r| requirement(context, r)).collect::<Vec<_>>(),
        }))?;
    } else {
        for requirement in verdict.requirements() {
            output.line(&line(context, requirement))?;
        }
        let text = match outcome {
            Outcome::Accepted => texts::ACCEPTED,
            Outcome::Refused => texts::REFUSED,
            Outcome::Undecided => texts::UNDECIDED,
        };
        output.line(&context.say(text, &[]))?;
    }
    output.finish()?;
    Ok(Answer::of(outcome == Outcome::Accepted))
}

fn line(context: &Context, requirement: &Requirement) -> String {
    let mark = match requirement.state() {
        State::Met => "✓",
        State::Unmet => "✗",
        _ => "?",
    };
    let text = requirement.text(context.language);
    with_origins(format!("{mark} {text}"), requirement.origins())
}

/// The text, and behind it the scopes that ask for it.
pub(crate) fn with_origins<'a>(text: String, origins: impl Iterator<Item = &'a str>) -> String {
    let origins: Vec<&str> = origins.collect();
    if origins.is_empty() {
        text
    } else {
        format!("{text} [{}]", origins.join(", "))
    }
}

fn requirement(context: &Context, requirement: &Requirement) -> Value {
    let mut value = without_state(context, requirement);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("state".to_owned(), requirement.state().as_str().into());
    }
    value
}

/// Code, parameters, origins and text.
pub(crate) fn without_state(context: &Context, requirement: &Requirement) -> Value {
    let mut value = serde_json::to_value(requirement).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("state");
        fields.insert("origins".to_owned(), requirement.origins().collect());
        fields.insert("text".to_owned(), requirement.text(context.language).into());
    }
    value
}

fn subject(context: &Context, args: &Check) -> Result<Subject, Failure> {
    let build = || -> Result<Subject, SubjectError> {
        let mut subject = Subject::new();
        for name in &args.user_names {
            subject = subject.user_name(name)?;
        }
        for address in &args.mails {
            subject = subject.mail_address(address)?;
        }
        for name in &args.names {
            subject = subject.name(name)?;
        }
        Ok(subject)
    };
    build().map_err(|error| match error {
        SubjectError::AttributeTooLong { bytes } => {
            let most = Subject::MAX_ATTRIBUTE_BYTES;
            Failure::usage(context.say(texts::ATTRIBUTE_TOO_LONG, &[&bytes, &most]))
        }
        SubjectError::TooManyAttributes => {
            Failure::usage(context.say(texts::TOO_MANY_ATTRIBUTES, &[&Subject::MAX_ATTRIBUTES]))
        }
        other => Failure::usage(other.to_string()),
    })
}
