//! The ring in a file or in an environment variable.

mod error;
mod load;
mod save;
mod start;

pub use error::{FileStep, KeyFileError};
pub use start::KeyFileCheck;
