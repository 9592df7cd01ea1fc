//! The symbol as a PNG file.

use zeroize::Zeroizing;

use crate::symbol::check_module_px;
use crate::{QrError, Symbol};

impl Symbol {
    /// The symbol as a PNG: 1-bit grayscale, `module_px` pixels along a module, quiet zone included.
    ///
    /// About a kilobyte for an otpauth URI, whatever `module_px` is. The bytes are as secret as the data.
    ///
    /// # Errors
    ///
    /// [`QrError::ModuleSize`] unless `module_px` is 1 to [`MAX_MODULE_PX`](crate::MAX_MODULE_PX).
    pub fn png(&self, module_px: u32) -> Result<Vec<u8>, QrError> {
        let scale = check_module_px(module_px)?;
        let side = self.width_with_quiet_zone() * scale;
        let pixels = self.packed_pixels(scale);
        let side = u32::try_from(side).map_err(|_| QrError::Encoder)?;

        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        encoder.set_compression(png::Compression::High);
        // With this filter a row that repeats the one above becomes zeros, and most rows do.
        encoder.set_filter(png::Filter::Up);
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
        for y in 0..modules {
            let mut row = Zeroizing::new(vec![0_u8; stride]);
            for x in 0..modules * scale {
                if !self.is_dark_in_frame(x / scale, y)
                    && let Some(byte) = row.get_mut(x / 8)
                {
                    *byte |= 0x80 >> (x % 8);
                }
            }
            for _ in 0..scale {
                pixels.extend_from_slice(&row);
            }
        }
        pixels
    }
}
