//! From text to modules: the one place that talks to the encoder.

use qrcode::{Color, EcLevel, QrCode};

use crate::{Level, QrError};

/// The modules row by row, 1 for dark and 0 for light, and how many make a row.
///
/// Trying all eight masks is what the encoder spends its time on, about a millisecond for the symbol of
/// an otpauth URI.
pub(crate) fn modules(data: &str, level: Level) -> Result<(Vec<u8>, usize), QrError> {
    let level = match level {
        Level::L => EcLevel::L,
        Level::M => EcLevel::M,
        Level::Q => EcLevel::Q,
        Level::H => EcLevel::H,
    };
    let code = QrCode::with_error_correction_level(data.as_bytes(), level)
        .map_err(|_| QrError::Encoder)?;
    let width = code.width();
    let modules = code
        .into_colors()
        .into_iter()
        .map(|colour| u8::from(colour == Color::Dark))
        .collect();
    Ok((modules, width))
}
