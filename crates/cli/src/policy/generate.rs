//! `policy generate`: passwords that meet a policy.

use crate::args::Generate;
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::output::{Output, escaped};
use crate::policy::source::{self, Unlisted};
use crate::texts;
use rand::TryRng as _;
use rand::rngs::{SysError, SysRng};
use slotwerk_policy::{
    GenerateError, Generated, Language, PassphraseGenerator, PasswordGenerator, Policy, WordList,
};
use std::io::{self, Write as _};
use zeroize::Zeroizing;

pub(crate) fn run(context: &Context, args: &Generate) -> Result<Answer, Failure> {
    let policy = source::policy(context, &args.source, Unlisted::UseCommon)?;
    let generate = generator(args, &policy);
    let mut output = Output::new(context);
    let mut entropy_bits = f64::INFINITY;
    for number in 0..args.count {
        // Nothing is written before it is known that there is something to write.
        let generated = generate().map_err(|error| refused(context, &error))?;
        entropy_bits = entropy_bits.min(generated.entropy_bits());
        if context.json {
            let before = if number == 0 { START } else { "," };
            output.raw(before.as_bytes())?;
            output.raw(quoted(generated.expose()).as_bytes())?;
        } else {
            output.raw(generated.expose().as_bytes())?;
            output.raw(b"\n")?;
        }
    }
    // Rounded down: it is a lower bound.
    let entropy_bits = (entropy_bits * 10.0).floor() / 10.0;
    if context.json {
        output.raw(format!("],\"entropy_bits\":{entropy_bits:.1}}}\n").as_bytes())?;
        output.finish()?;
    } else {
        output.finish()?;
        let bits = format!("{entropy_bits:.1}");
        // Beside the point for whoever closed standard error.
        let _ = writeln!(
            io::stderr().lock(),
            "{}",
            context.say(texts::ENTROPY, &[&bits])
        );
    }
    Ok(Answer::Yes)
}

/// The document is written as it is made, so that any number fits the memory.
const START: &str = "{\"version\":1,\"command\":\"policy generate\",\"passwords\":[";

/// As a JSON string.
fn quoted(text: &str) -> Zeroizing<String> {
    let json = Zeroizing::new(serde_json::to_string(text).unwrap_or_default());
    Zeroizing::new(escaped(&json).into_owned())
}

type Generator = Box<dyn Fn() -> Result<Generated, GenerateError>>;

fn generator(args: &Generate, policy: &Policy) -> Generator {
    let Some(language) = args.passphrase else {
        let generator = PasswordGenerator::new(policy);
        let generator = match args.length {
            Some(length) => generator.length(length),
            None => generator,
        };
        return Box::new(move || generator.generate(entropy));
    };
    let list = match Language::from(language) {
        Language::Nl => WordList::Nl,
        _ => WordList::En,
    };
    let mut generator = PassphraseGenerator::new(policy, list);
    if let Some(words) = args.words {
        generator = generator.words(words);
    }
    if let Some(separator) = &args.separator {
        generator = generator.separator(separator);
    }
    Box::new(move || generator.generate(entropy))
}

/// Random bytes from the operating system, or none at all.
fn entropy(bytes: &mut [u8]) -> Result<(), SysError> {
    SysRng.try_fill_bytes(bytes)
}

fn refused(context: &Context, error: &GenerateError) -> Failure {
    match error {
        GenerateError::Length {
            asked,
            shortest,
            longest,
        } => Failure::usage(context.say(texts::LENGTH, &[shortest, longest, asked])),
        GenerateError::Words { words } => {
            Failure::usage(context.say(texts::WORDS_DO_NOT_FIT, &[words]))
        }
        GenerateError::Separator => Failure::usage(context.say(texts::SEPARATOR, &[])),
        GenerateError::TooLittle => Failure::input(context.say(texts::TOO_LITTLE, &[])),
        GenerateError::NoneFound => Failure::input(context.say(texts::NONE_FOUND, &[])),
        _ => Failure::input(context.say(texts::NO_ENTROPY, &[])),
    }
}
