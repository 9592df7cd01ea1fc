//! What can be refused.

use crate::symbol::{MAX_BYTES, MAX_MODULE_PX};

/// Why a symbol, or one form of it, was refused. Never names the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QrError {
    /// There is nothing to encode.
    #[error("there is no data to encode")]
    Empty,
    /// The data is longer than [`MAX_BYTES`] bytes.
    #[error("the data is {bytes} bytes long; at most {MAX_BYTES} can be encoded")]
    TooLong {
        /// Length of the data in bytes.
        bytes: usize,
    },
    /// The size of a module lies outside 1 to [`MAX_MODULE_PX`] pixels.
    #[error("a module of {module_px} pixels is outside 1 to {MAX_MODULE_PX}")]
    ModuleSize {
        /// The size that was asked for, in pixels.
        module_px: u32,
    },
    /// A branded picture would be longer than 2048 pixels along a side.
    #[error("a picture of {side_px} pixels along a side is too large")]
    PictureSize {
        /// The side that the picture would have, in pixels.
        side_px: usize,
    },
    /// The data is within bounds, and yet the encoder or the image writer refused it.
    #[error("the symbol could not be produced")]
    Encoder,
}
