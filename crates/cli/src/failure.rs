//! How a run ends.

use crate::context::Context;
use crate::output::{escaped, plain};
use serde_json::json;
use std::io::{self, Write as _};
use std::path::Path;

/// The answer of a command that came to one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    /// Evidence was tampered with.
    Altered,
}

impl Answer {
    pub(crate) fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }

    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::Altered => 5,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Usage,
    Input,
    Output,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Input => "input",
            Self::Output => "output",
        }
    }
}

/// Where in the input something is wrong; what is not known is 0.
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) column: u64,
}

/// Why a command came to no answer. The message is in the user's language, and holds no secret.
pub(crate) struct Failure {
    kind: Kind,
    place: Option<Place>,
    message: String,
    /// Nobody reads any more: there is nobody to tell either.
    is_quiet: bool,
}

impl Failure {
    fn new(kind: Kind, message: String) -> Self {
        Self {
            kind,
            place: None,
            message,
            is_quiet: false,
        }
    }

    pub(crate) fn usage(message: String) -> Self {
        Self::new(Kind::Usage, message)
    }

    pub(crate) fn input(message: String) -> Self {
        Self::new(Kind::Input, message)
    }

    pub(crate) fn output(message: String) -> Self {
        Self::new(Kind::Output, message)
    }

    /// Writing to standard output failed. A closed pipe (`| head`) is the reader's choice.
    pub(crate) fn written(context: &Context, error: &io::Error) -> Self {
        let message = context.say(crate::texts::NOT_WRITTEN, &[&os(context, error)]);
        Self {
            is_quiet: error.kind() == io::ErrorKind::BrokenPipe,
            ..Self::output(message)
        }
    }

    pub(crate) fn at(mut self, file: &Path, line: u64, column: u64) -> Self {
        let file = if file == Path::new("-") {
            "<stdin>".to_owned()
        } else {
            file.display().to_string()
        };
        self.place = Some(Place { file, line, column });
        self
    }

    pub(crate) fn code(&self) -> u8 {
        match self.kind {
            Kind::Usage => 2,
            Kind::Input => 3,
            Kind::Output => 4,
        }
    }

    /// Says it on standard error, to a person or a program.
    pub(crate) fn report(&self, context: &Context) {
        if self.is_quiet {
            return;
        }
        let text = if context.json {
            let place = self.place.as_ref();
            let number = |n: Option<u64>| n.filter(|&n| n > 0);
            let error = json!({"version": 1, "error": {
                "kind": self.kind.name(),
                "file": place.map(|place| &place.file),
                "line": number(place.map(|place| place.line)),
                "column": number(place.map(|place| place.column)),
                "message": self.message,
            }});
            escaped(&error.to_string()).into_owned()
        } else {
            plain(&format!("slotwerk: {}{}", self.prefix(), self.message)).into_owned()
        };
        // If standard error is gone too, the exit code still tells.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// `file:line:column: `, as compilers write it.
    fn prefix(&self) -> String {
        match &self.place {
            None => String::new(),
            Some(Place { file, line: 0, .. }) => format!("{file}: "),
            Some(Place {
                file,
                line,
                column: 0,
            }) => format!("{file}:{line}: "),
            Some(Place { file, line, column }) => format!("{file}:{line}:{column}: "),
        }
    }
}

/// What the operating system said, in the user's language where it is one of the usual things.
pub(crate) fn os(context: &Context, error: &io::Error) -> String {
    use crate::texts;
    let text = match error.kind() {
        io::ErrorKind::NotFound => texts::NO_SUCH_FILE,
        io::ErrorKind::PermissionDenied => texts::NO_PERMISSION,
        io::ErrorKind::IsADirectory => texts::IS_A_DIRECTORY,
        io::ErrorKind::NotADirectory => texts::NOT_A_DIRECTORY,
        io::ErrorKind::StorageFull => texts::DISK_FULL,
        _ => return error.to_string(),
    };
    context.say(text, &[])
}
