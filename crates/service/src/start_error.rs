//! Why a service does not run.

use slotwerk::BuildError;
use slotwerk_axum::WebError;
use std::fmt::{self, Display, Formatter};

/// Why a service does not run: one line, which begins with the option or the thing.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The value of an option is wrong on any machine. The process ends with exit code 2.
    Usage(String),
    /// Something on this machine is in the way. The process ends with exit code 1.
    Failed(String),
}

impl StartError {
    /// The error of an option whose value is wrong, for `map_err`.
    pub fn usage<E: Display>(option: impl Display) -> impl FnOnce(E) -> Self {
        move |why| Self::Usage(format!("{option}: {why}"))
    }

    /// The error of something that did not work, for `map_err`.
    ///
    /// ```
    /// use slotwerk_service::StartError;
    /// let read = std::fs::read("/no/such/rules.toml");
    /// let error = read.map_err(StartError::failed("--rules rules.toml")).unwrap_err();
    /// assert!(error.to_string().starts_with("--rules rules.toml: "));
    /// ```
    pub fn failed<E: Display>(what: impl Display) -> impl FnOnce(E) -> Self {
        move |why| Self::Failed(format!("{what}: {why}"))
    }
}

impl Display for StartError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (Self::Usage(line) | Self::Failed(line)) = self;
        f.write_str(line)
    }
}

impl std::error::Error for StartError {}

impl From<BuildError> for StartError {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::PublicUrl(error) => Self::usage("--public-url")(error),
            error => Self::failed("the facade was not built")(error),
        }
    }
}

impl From<WebError> for StartError {
    fn from(error: WebError) -> Self {
        Self::failed("the pages were not built")(error)
    }
}
