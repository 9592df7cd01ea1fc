//! The QR symbol of the set-up mail: a picture, and a table for clients that block pictures.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use slotwerk_qr::{Level, QrError, Symbol};
use zeroize::Zeroizing;

use crate::mail::InlineImage;

/// Width in pixels that a symbol gets at most: fits a window of 320 pixels with its margins.
const QR_PX: usize = 248;
/// The widest symbol, in modules, that is drawn at level M; above it the table would grow too large.
const WIDEST_AT_M: usize = 57;

/// The widest QR symbol that a mail carries, in modules along one side at level L (version 17): 644 bytes of
/// text of any kind, or more where names are percent-encoded. With a wider one the mail would reach 100 kB,
/// where clients cut it off.
pub const MAX_SYMBOL_MODULES: usize = 85;

/// A symbol in both of its forms.
pub(crate) struct QrForms {
    pub(crate) image: InlineImage,
    pub(crate) table: Zeroizing<String>,
    /// The width of each, in CSS pixels.
    pub(crate) px: usize,
}

impl QrForms {
    /// `label` is for those who do not see the table.
    pub(crate) fn draw(uri: &str, label: &str) -> Result<Self, QrError> {
        let mut symbol = Symbol::encode(uri, Level::M)?;
        if symbol.width() > WIDEST_AT_M {
            // On a screen nothing gets dirty: a smaller symbol is worth more than its correction.
            symbol = Symbol::encode(uri, Level::L)?;
        }
        if symbol.width() > MAX_SYMBOL_MODULES {
            return Err(QrError::TooLong { bytes: uri.len() });
        }
        let side = symbol.width_with_quiet_zone();
        let module_px = (QR_PX / side).clamp(2, 6);
        let table = symbol
            .html_table_labelled(u32::try_from(module_px).unwrap_or(2), label)
            .map(Zeroizing::new)?;
        // Twice the size at which it is shown, for screens with fine pixels.
        let png = symbol.png(u32::try_from(module_px * 2).unwrap_or(4))?;
        let content_id = content_id(&png);
        Ok(Self {
            image: InlineImage { content_id, png },
            table,
            px: side * module_px,
        })
    }
}

/// Differs whenever the picture does: some clients keep pictures by their Content-ID across mails, and
/// would show the symbol of an earlier set-up.
fn content_id(png: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    png.hash(&mut hasher);
    format!("qr-{:016x}@slotwerk", hasher.finish())
}
