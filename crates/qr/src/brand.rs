//! A symbol in a tenant's colours, with a logo in the middle.
//!
//! ```
//! use slotwerk_qr::brand::{Brand, Logo, Rgb};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let pixels = [0x1b, 0x4d, 0x89, 0xff].repeat(64 * 64);
//! let logo = Logo::from_rgba(64, 64, pixels)?; // or Logo::from_png(&bytes)?
//! let brand = Brand::new(Rgb(0x1b, 0x4d, 0x89), Rgb(0xff, 0xfb, 0xf0))?.with_logo(logo);
//! let symbol = brand.encode("otpauth://totp/Noord:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
//! let png = symbol.png(8)?;
//! # assert!(png.len() < 20_000);
//! # Ok(())
//! # }
//! ```
//!
//! What a scanner could not read is refused when the brand is made, not at the person's desk: colours
//! that are too close, and light on dark. A logo gets a bounded share, and the error correction is raised
//! until at most half of what each block can repair goes to the logo; the other half is left for glare,
//! dirt and JPEG. The quiet zone is drawn in the light colour.

mod colour;
mod coverage;
mod logo;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, Pixel, RgbImage, imageops};
use qrcode::{EcLevel, Version};
use zeroize::{Zeroize, Zeroizing};

pub use colour::Rgb;
pub use logo::{Logo, MAX_LOGO_BYTES, MAX_LOGO_PX};

use crate::symbol::check_module_px;
use crate::{Level, QUIET_ZONE, QrError, Symbol};

/// The least contrast ratio of the two colours: what WCAG 2.2 asks of text, level AA.
pub const MIN_CONTRAST: f64 = 4.5;

/// The most pixels along a side of a branded picture, which takes three bytes a pixel while it is drawn.
pub const MAX_PICTURE_PX: usize = 2048;

/// The plate that carries the logo is at most this share of the symbol's width, in percent: some 6 % of
/// its area.
pub const MAX_LOGO_PERCENT: usize = 25;

/// Why a brand was refused.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BrandError {
    /// The colours are too close for a scanner.
    #[error("the contrast of the colours is {ratio:.2}; at least {MIN_CONTRAST} can be scanned")]
    LowContrast {
        /// The contrast ratio, 1 to 21.
        ratio: f64,
    },
    /// The colour of the modules is the lighter one, which many scanners do not read.
    #[error("the modules are lighter than the ground (contrast {ratio:.2}); they must be darker")]
    LightOnDark {
        /// The contrast ratio, 1 to 21.
        ratio: f64,
    },
    /// The logo's file is larger than [`MAX_LOGO_BYTES`].
    #[error("the logo is {bytes} bytes long; at most {MAX_LOGO_BYTES} are read")]
    LogoBytes {
        /// Length of the file in bytes.
        bytes: usize,
    },
    /// A side of the logo lies outside 1 to [`MAX_LOGO_PX`] pixels. A file that says its rows are wider than a
    /// decoder would take is [`LogoFormat`](Self::LogoFormat) instead.
    #[error("the logo is {width} by {height} pixels; each side may be 1 to {MAX_LOGO_PX}")]
    LogoSize {
        /// Pixels from left to right.
        width: u32,
        /// Pixels from top to bottom.
        height: u32,
    },
    /// The logo is not a sound PNG file, or the number of its bytes does not match its size.
    #[error("the logo cannot be read")]
    LogoFormat,
}

/// Two colours that can be scanned, and a logo if wanted.
#[derive(Debug, Clone)]
pub struct Brand {
    dark: Rgb,
    light: Rgb,
    logo: Option<Logo>,
}

impl Brand {
    /// Modules in the `dark` colour on a ground of the `light` one.
    ///
    /// # Errors
    ///
    /// [`BrandError::LightOnDark`] when `dark` is the lighter colour, [`BrandError::LowContrast`] below
    /// [`MIN_CONTRAST`].
    pub fn new(dark: Rgb, light: Rgb) -> Result<Self, BrandError> {
        let ratio = dark.contrast(light);
        if dark.luminance() > light.luminance() {
            return Err(BrandError::LightOnDark { ratio });
        }
        if ratio < MIN_CONTRAST {
            return Err(BrandError::LowContrast { ratio });
        }
        Ok(Self {
            dark,
            light,
            logo: None,
        })
    }

    /// The same with a logo in the middle, on a plate of the light colour.
    ///
    /// A dark mark on a clear ground is read best. A dark tile with a light mark in it can pass for one of
    /// the small squares by which a scanner finds its way in a symbol of 45 modules and more: zxing-cpp
    /// still reads every such symbol, zbar hardly any with some tiles.
    #[must_use]
    pub fn with_logo(mut self, logo: Logo) -> Self {
        self.logo = Some(logo);
        self
    }

    /// Encodes `data` in the smallest symbol that holds it: at level M without a logo; with one at level
    /// Q, or at H where Q could not spare what the logo covers.
    ///
    /// # Errors
    ///
    /// As [`Symbol::encode`].
    pub fn encode(&self, data: &str) -> Result<BrandedSymbol<'_>, QrError> {
        let Some(logo) = &self.logo else {
            return Ok(BrandedSymbol {
                brand: self,
                symbol: Symbol::encode(data, Level::M)?,
                level: Level::M,
                plate: None,
            });
        };
        let at = |level, symbol, modules| BrandedSymbol {
            brand: self,
            symbol,
            level,
            plate: Some(Plate { logo, modules }),
        };
        let symbol = Symbol::encode(data, Level::Q)?;
        let widest = widest_plate(&symbol);
        if can_spare(&symbol, EcLevel::Q, widest)? {
            return Ok(at(Level::Q, symbol, widest));
        }
        let symbol = Symbol::encode(data, Level::H)?;
        // In the smallest symbols even H cannot spare a quarter of the width.
        let mut modules = widest_plate(&symbol);
        while modules > 1 && !can_spare(&symbol, EcLevel::H, modules)? {
            modules -= 2;
        }
        Ok(at(Level::H, symbol, modules))
    }
}

/// An odd number, as the width is, so that the plate lies on whole modules.
fn widest_plate(symbol: &Symbol) -> usize {
    let most = symbol.width() * MAX_LOGO_PERCENT / 100;
    most - usize::from(most.is_multiple_of(2))
}

/// Whether at most half of what any block can repair is covered.
fn can_spare(symbol: &Symbol, level: EcLevel, modules: usize) -> Result<bool, QrError> {
    let version = i16::try_from((symbol.width() - 17) / 4).map_err(|_| QrError::Encoder)?;
    let damage = coverage::of_square(Version::Normal(version), level, modules)?;
    Ok(2 * damage.covered <= damage.repairable)
}

/// The ground of a logo, in the middle of a symbol.
#[derive(Debug, Clone, Copy)]
struct Plate<'a> {
    logo: &'a Logo,
    modules: usize,
}

/// A symbol and the brand it is drawn in.
///
/// As secret as a [`Symbol`]; [`BrandedSymbol::symbol`] has the other forms of it.
#[derive(Debug, Clone)]
pub struct BrandedSymbol<'a> {
    brand: &'a Brand,
    symbol: Symbol,
    level: Level,
    plate: Option<Plate<'a>>,
}

impl BrandedSymbol<'_> {
    /// The symbol without colours and logo.
    #[must_use]
    pub fn symbol(&self) -> &Symbol {
        &self.symbol
    }

    /// The level that was chosen.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Modules along a side of the plate that carries the logo; 0 without one.
    #[must_use]
    pub fn plate_width(&self) -> usize {
        self.plate.map_or(0, |plate| plate.modules)
    }

    /// The symbol as a PNG in colour, `module_px` pixels along a module, quiet zone included.
    ///
    /// Where a page enlarges it, for a screen of many pixels, let it do so with `image-rendering:
    /// pixelated`: smooth edges cost contrast, and colours have less of it to lose than black on white.
    ///
    /// # Errors
    ///
    /// [`QrError::ModuleSize`] unless `module_px` is 1 to [`MAX_MODULE_PX`](crate::MAX_MODULE_PX),
    /// [`QrError::PictureSize`] when a side would be longer than [`MAX_PICTURE_PX`].
    pub fn png(&self, module_px: u32) -> Result<Vec<u8>, QrError> {
        let side_px = self.symbol.width_with_quiet_zone() * check_module_px(module_px)?;
        if side_px > MAX_PICTURE_PX {
            return Err(QrError::PictureSize { side_px });
        }
        let side = u32::try_from(side_px).map_err(|_| QrError::Encoder)?;
        let mut picture = self.modules(side, module_px);
        if let Some(plate) = self.plate {
            self.draw(plate, &mut picture, module_px)?;
        }
        let pixels = Zeroizing::new(picture.into_raw());
        let mut file = Vec::new();
        PngEncoder::new_with_quality(&mut file, CompressionType::Level(6), FilterType::Up)
            .write_image(&pixels, side, side, ExtendedColorType::Rgb8)
            .map_err(|_| {
                file.zeroize();
                QrError::Encoder
            })?;
        Ok(file)
    }

    fn modules(&self, side: u32, module_px: u32) -> RgbImage {
        let (dark, light) = (pixel(self.brand.dark), pixel(self.brand.light));
        let module = |px: u32| usize::try_from(px / module_px).unwrap_or(usize::MAX);
        RgbImage::from_fn(side, side, |x, y| {
            if self.symbol.is_dark_in_frame(module(x), module(y)) {
                dark
            } else {
                light
            }
        })
    }

    /// The plate in the light colour, and on it the logo with a module of room on each side: with less,
    /// zbar took some logos for modules.
    fn draw(
        &self,
        plate: Plate<'_>,
        picture: &mut RgbImage,
        module_px: u32,
    ) -> Result<(), QrError> {
        let first = QUIET_ZONE + (self.symbol.width() - plate.modules) / 2;
        let first = u32::try_from(first).map_err(|_| QrError::Encoder)? * module_px;
        let side = u32::try_from(plate.modules).map_err(|_| QrError::Encoder)? * module_px;
        let ground = RgbImage::from_pixel(side, side, pixel(self.brand.light));
        imageops::replace(picture, &ground, first.into(), first.into());

        let room = side.saturating_sub(2 * module_px).max(1);
        let logo = plate.logo.fitted(room, self.brand.light);
        let left = first + (side - logo.width()) / 2;
        let top = first + (side - logo.height()) / 2;
        imageops::replace(picture, &logo, left.into(), top.into());
        Ok(())
    }
}

fn pixel(colour: Rgb) -> image::Rgb<u8> {
    *image::Rgb::from_slice(&[colour.0, colour.1, colour.2])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_never_takes_more_than_half_of_what_can_be_repaired() {
        let logo = Logo::from_rgba(1, 1, vec![0; 4]).unwrap();
        let brand = Brand::new(Rgb::BLACK, Rgb::WHITE).unwrap().with_logo(logo);
        for length in (1..=1024).step_by(17) {
            let branded = brand.encode(&"a".repeat(length)).unwrap();
            let level = match branded.level() {
                Level::Q => EcLevel::Q,
                Level::H => EcLevel::H,
                other => unreachable!("{other:?}"),
            };
            let width = i16::try_from(branded.symbol().width()).unwrap();
            let version = Version::Normal((width - 17) / 4);
            let damage = coverage::of_square(version, level, branded.plate_width()).unwrap();
            assert!(2 * damage.covered <= damage.repairable, "{damage:?}");
            // And it is not timid either: the next larger plate is too wide, or takes more.
            let wider = branded.plate_width() + 2;
            let more = coverage::of_square(version, level, wider).unwrap();
            let too_wide = 100 * wider > MAX_LOGO_PERCENT * branded.symbol().width();
            assert!(too_wide || 2 * more.covered > more.repairable);
        }
    }
}
