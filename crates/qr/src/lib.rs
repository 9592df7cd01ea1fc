//! QR symbols as PNG, SVG, HTML table and text.
//!
//! The symbol of an authenticator set-up must scan on a page, on paper, in a terminal, and in a mail
//! client that blocks images. For such clients, [`Symbol::html_table`] draws the symbol as a table
//! that needs no image.
//!
//! ```
//! use slotwerk_qr::{Level, Symbol};
//!
//! # fn main() -> Result<(), slotwerk_qr::QrError> {
//! let uri = "otpauth://totp/Noord:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Noord";
//! let symbol = Symbol::encode(uri, Level::M)?;
//! let png = symbol.png(8)?; // 1-bit grayscale, some 650 bytes
//! let table = symbol.html_table(4)?; // for mail with images blocked
//! assert!(png.len() < 2_000 && table.len() < 40_000);
//! # Ok(())
//! # }
//! ```
//!
//! Every form includes the quiet zone of four modules that ISO/IEC 18004 requires, so that no caller can
//! forget it. PNG, SVG and table are black on white on a page of any colour. The text has the two colours
//! of the terminal, and [`Ground`] says which of them is the light one.
//!
//! # What it does not protect against
//!
//! - A symbol that holds a secret *is* the secret. Anyone who sees it, photographs it or reads the mail
//!   has the secret. A [`Symbol`] is wiped when dropped and its `Debug` is redacted. Its methods return
//!   bytes and strings: keep them no longer than you need them.
//! - The encoder works on its own copies, and frees them without wiping them.
//! - The crate does not check what it encodes. A misleading URI makes a misleading symbol.
//! - A mail client that recolours everything, explicit black and white included, can still turn the
//!   table into light on dark. Most scanners read that too; some do not.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bits;
#[cfg(feature = "branded")]
#[cfg_attr(docsrs, doc(cfg(feature = "branded")))]
pub mod brand;
mod encode;
mod error;
mod escape;
mod html;
mod mask;
mod png_image;
mod segments;
mod svg;
mod symbol;
mod text;

pub use error::QrError;
pub use png_image::Compression;
pub use symbol::{Level, MAX_BYTES, MAX_MODULE_PX, QUIET_ZONE, Symbol};
pub use text::Ground;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
