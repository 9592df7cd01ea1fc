//! The symbol as a PNG file.

use zeroize::Zeroizing;

use crate::symbol::check_module_px;
use crate::{QrError, Symbol};

/// What to spend on a PNG: time or bytes. The picture is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Compression {
    /// Some 650 bytes for an otpauth URI, in about 0.6 ms.
    #[default]
    Small,
    /// Some 2,450 bytes for the same in about 0.07 ms: for a page that is drawn anew at every visit.
    Fast,
}

impl Symbol {
    /// The symbol as a PNG: 1-bit grayscale, `module_px` pixels along a module, quiet zone included,
    /// as small as [`Compression::Small`] makes it.
    ///
    /// The bytes are as secret as the data.
    ///
    /// # Errors
    ///
    /// [`QrError::ModuleSize`] unless `module_px` is 1 to [`MAX_MODULE_PX`](crate::MAX_MODULE_PX).
    pub fn png(&self, module_px: u32) -> Result<Vec<u8>, QrError> {
        self.png_with(module_px, Compression::Small)
    }

    /// As [`Symbol::png`], with a choice between time and bytes.
    ///
    /// ```
    /// use slotwerk_qr::{Compression, Level, Symbol};
    ///
    /// let symbol = Symbol::encode("otpauth://totp/Noord:anna?secret=GEZDGNBVGY3TQOJQ", Level::M)?;
    /// let shown_at_once = symbol.png_with(8, Compression::Fast)?;
    /// assert!(symbol.png(8)?.len() < shown_at_once.len());
    /// # Ok::<(), slotwerk_qr::QrError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`QrError::ModuleSize`] unless `module_px` is 1 to [`MAX_MODULE_PX`](crate::MAX_MODULE_PX).
    pub fn png_with(&self, module_px: u32, compression: Compression) -> Result<Vec<u8>, QrError> {
        let scale = check_module_px(module_px)?;
        let pixels = self.packed_pixels(scale);
        let side = u32::try_from(self.width_with_quiet_zone() * scale);
        let side = side.map_err(|_| QrError::Encoder)?;

        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        match compression {
            // Repeated rows are what deflate finds by itself; a filter would only blur the repetition.
            Compression::Small => {
                encoder.set_compression(png::Compression::Balanced);
                encoder.set_filter(png::Filter::NoFilter);
            }
            // The fast encoder sees runs of zeros only, and a filter makes those of repeated rows.
            Compression::Fast => {
                encoder.set_compression(png::Compression::Fast);
                encoder.set_filter(png::Filter::Adaptive);
            }
        }
        let mut writer = encoder.write_header().map_err(|_| QrError::Encoder)?;
        writer
            .write_image_data(&pixels)
            .map_err(|_| QrError::Encoder)?;
        writer.finish().map_err(|_| QrError::Encoder)?;
        Ok(file)
    }

    /// Eight pixels a byte, leftmost in the highest bit, 1 for white; each row starts a new byte.
    fn packed_pixels(&self, scale: usize) -> Zeroizing<Vec<u8>> {
        let modules = self.width_with_quiet_zone();
        let stride = (modules * scale).div_ceil(8);
        let mut pixels = Zeroizing::new(Vec::with_capacity(stride * modules * scale));
        let mut row = Zeroizing::new(vec![0_u8; stride]);
        for y in 0..modules {
            row.fill(0);
            for (_, x, length) in self.runs(y).into_iter().filter(|run| !run.0) {
                for at in x * scale..(x + length) * scale {
                    if let Some(byte) = row.get_mut(at / 8) {
                        *byte |= 0x80 >> (at % 8);
                    }
                }
            }
            for _ in 0..scale {
                pixels.extend_from_slice(&row);
            }
        }
        pixels
    }
}
