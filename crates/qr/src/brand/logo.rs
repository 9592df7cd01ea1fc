//! A logo: taken in within bounds, fitted into a square, laid on a colour.

use std::fmt;
use std::io::Cursor;

use image::codecs::png::PngDecoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageDecoder, ImageError, Limits, RgbImage, RgbaImage};

use super::{BrandError, Rgb};

/// The most pixels along a side of a logo.
pub const MAX_LOGO_PX: u32 = 1024;

/// The most bytes of a logo as PNG.
pub const MAX_LOGO_BYTES: usize = 512 * 1024;

/// What decoding may hold at once: the largest logo with 16 bits a channel, and as much again.
const MAX_DECODER_BYTES: u64 = 16 * 1024 * 1024;

/// A picture for the middle of a symbol.
#[derive(Clone)]
pub struct Logo {
    pixels: RgbaImage,
}

impl Logo {
    /// From the bytes of a PNG file; of an animation the still picture.
    ///
    /// The size is known from the first bytes, and refused before anything is unpacked.
    ///
    /// # Errors
    ///
    /// [`BrandError::LogoBytes`] above [`MAX_LOGO_BYTES`], [`BrandError::LogoSize`] above
    /// [`MAX_LOGO_PX`] pixels, [`BrandError::LogoFormat`] for what is not a sound PNG file.
    pub fn from_png(file: &[u8]) -> Result<Self, BrandError> {
        if file.len() > MAX_LOGO_BYTES {
            return Err(BrandError::LogoBytes { bytes: file.len() });
        }
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(MAX_DECODER_BYTES);
        let decoder = PngDecoder::with_limits(Cursor::new(file), limits).map_err(refused)?;
        let (width, height) = decoder.dimensions();
        check_size(width, height)?;
        let picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
        Ok(Self {
            pixels: picture.into_rgba8(),
        })
    }

    /// From pixels, row by row, four bytes each: red, green, blue, and alpha from 0, clear, to 255.
    ///
    /// # Errors
    ///
    /// [`BrandError::LogoSize`] unless both sides are 1 to [`MAX_LOGO_PX`] pixels,
    /// [`BrandError::LogoFormat`] when there are not `4 * width * height` bytes.
    pub fn from_rgba(width: u32, height: u32, pixels: Vec<u8>) -> Result<Self, BrandError> {
        check_size(width, height)?;
        let wanted = u64::from(width) * u64::from(height) * 4;
        if u64::try_from(pixels.len()) != Ok(wanted) {
            return Err(BrandError::LogoFormat);
        }
        let pixels = RgbaImage::from_raw(width, height, pixels).ok_or(BrandError::LogoFormat)?;
        Ok(Self { pixels })
    }

    /// The logo on a ground of `colour`, as large as fits into a square of `side` pixels.
    pub(super) fn fitted(&self, side: u32, colour: Rgb) -> RgbImage {
        // Laid on the ground before it is scaled, so that the colour of clear pixels does not bleed in.
        let mut flat = RgbImage::new(self.pixels.width(), self.pixels.height());
        for (to, from) in flat.pixels_mut().zip(self.pixels.pixels()) {
            let [red, green, blue, alpha] = from.0;
            let over = |top: u8, ground: u8| {
                let alpha = u32::from(alpha);
                let sum = u32::from(top) * alpha + u32::from(ground) * (255 - alpha);
                u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
            };
            to.0 = [
                over(red, colour.0),
                over(green, colour.1),
                over(blue, colour.2),
            ];
        }
        let longest = flat.width().max(flat.height());
        let scaled = |length: u32| (length * side / longest).max(1);
        let (width, height) = (scaled(flat.width()), scaled(flat.height()));
        imageops::resize(&flat, width, height, FilterType::CatmullRom)
    }
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.pixels.dimensions();
        write!(f, "Logo({width} x {height})")
    }
}

fn check_size(width: u32, height: u32) -> Result<(), BrandError> {
    let good = 1..=MAX_LOGO_PX;
    if good.contains(&width) && good.contains(&height) {
        Ok(())
    } else {
        Err(BrandError::LogoSize { width, height })
    }
}

fn refused(_: ImageError) -> BrandError {
    BrandError::LogoFormat
}
