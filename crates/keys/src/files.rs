//! The ring in a file or in an environment variable.

mod error;
mod load;
mod save;

pub use error::{FileStep, KeyFileError};
