//! Branded symbols: colours and logos that are refused, and what the others look like, pixel by pixel.
#![cfg(feature = "branded")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;
use slotwerk_qr::brand::{
    Brand, BrandError, Logo, MAX_LOGO_BYTES, MAX_LOGO_PERCENT, MAX_LOGO_PX, MAX_PICTURE_PX,
    MIN_CONTRAST, Rgb,
};
use slotwerk_qr::{Level, MAX_MODULE_PX, QUIET_ZONE, QrError, Symbol};

const URI: &str = "otpauth://totp/Noord:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Noord";
const BLUE: Rgb = Rgb(0x1b, 0x4d, 0x89);
const CREAM: Rgb = Rgb(0xff, 0xfb, 0xf0);

fn plain(width: u32, height: u32, pixel: [u8; 4]) -> Logo {
    let bytes = pixel.repeat((width * height) as usize);
    Logo::from_rgba(width, height, bytes).unwrap()
}

fn brand() -> Brand {
    Brand::new(BLUE, CREAM).unwrap()
}

fn picture(png: &[u8]) -> RgbImage {
    let picture = image::load_from_memory_with_format(png, ImageFormat::Png).unwrap();
    let DynamicImage::ImageRgb8(picture) = picture else {
        panic!("{:?}", picture.color());
    };
    picture
}

fn at(picture: &RgbImage, x: u32, y: u32) -> Rgb {
    let [red, green, blue] = picture.get_pixel(x, y).0;
    Rgb(red, green, blue)
}

fn png_of(picture: &DynamicImage) -> Vec<u8> {
    let mut file = Vec::new();
    picture
        .write_to(&mut Cursor::new(&mut file), ImageFormat::Png)
        .unwrap();
    file
}

/// Worked out after WCAG 2.2 by other calculators.
#[test]
fn contrast_is_that_of_wcag() {
    let known = [
        (Rgb(0x77, 0x77, 0x77), Rgb::WHITE, 4.48),
        (Rgb(0x76, 0x76, 0x76), Rgb::WHITE, 4.54),
        (Rgb(0xff, 0, 0), Rgb::WHITE, 4.00),
        (Rgb(0, 0, 0xff), Rgb::WHITE, 8.59),
        (Rgb(0, 0x80, 0), Rgb::WHITE, 5.14),
        (Rgb::BLACK, Rgb(0xff, 0xff, 0), 19.56),
        (Rgb(3, 3, 3), Rgb(3, 3, 3), 1.0),
    ];
    for (one, two, ratio) in known {
        assert!((one.contrast(two) - ratio).abs() < 0.005, "{one:?} {two:?}");
        assert_eq!(one.contrast(two), two.contrast(one));
    }
}

#[test]
fn colours_too_close_are_refused_with_their_ratio() {
    for grey in [0x77, 0x90, 0xf0, 0xff] {
        let refusal = Brand::new(Rgb(grey, grey, grey), Rgb::WHITE).unwrap_err();
        let BrandError::LowContrast { ratio } = refusal else {
            panic!("{refusal:?}")
        };
        assert!((1.0..MIN_CONTRAST).contains(&ratio));
    }
    assert!(Brand::new(Rgb(0x76, 0x76, 0x76), Rgb::WHITE).is_ok());
    let message = Brand::new(Rgb(0xff, 0, 0), Rgb::WHITE)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("4.00") && message.contains("4.5"),
        "{message}"
    );
}

#[test]
fn light_on_dark_is_refused_with_its_ratio() {
    let BrandError::LightOnDark { ratio } = Brand::new(Rgb::WHITE, Rgb::BLACK).unwrap_err() else {
        panic!("another refusal")
    };
    assert!((ratio - 21.0).abs() < 1e-9);
    assert!(matches!(
        Brand::new(CREAM, BLUE).unwrap_err(),
        BrandError::LightOnDark { .. }
    ));
}

#[test]
fn without_a_logo_it_is_the_plain_symbol_in_colour() {
    let brand = brand();
    let branded = brand.encode(URI).unwrap();
    assert_eq!((branded.level(), branded.plate_width()), (Level::M, 0));
    let symbol = Symbol::encode(URI, Level::M).unwrap();
    assert_eq!(branded.symbol().svg(), symbol.svg());
    let picture = picture(&branded.png(3).unwrap());
    let side = symbol.width_with_quiet_zone();
    assert_eq!(picture.width() as usize, 3 * side);
    for y in 0..picture.height() {
        for x in 0..picture.width() {
            let module = |px: u32| (px as usize / 3).checked_sub(QUIET_ZONE);
            let dark = match (module(x), module(y)) {
                (Some(x), Some(y)) => symbol.is_dark(x, y),
                _ => false,
            };
            assert_eq!(at(&picture, x, y), if dark { BLUE } else { CREAM });
        }
    }
}

/// The last figure of the README's table, of the URI that the others are of.
#[test]
fn the_size_of_the_readme_holds() {
    let uri = "otpauth://totp/Arbo%20Noord:noor.devries%40example.com\
               ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Arbo%20Noord";
    let bytes = brand().encode(uri).unwrap().png(8).unwrap().len();
    let readme = include_str!("../README.md");
    let (_, row) = readme.split_once("| `brand::BrandedSymbol::png`").unwrap();
    let told = row.split_once(", and the logo").unwrap().0;
    let told = told.rsplit("| ").next().unwrap().replace(',', "");
    let off = told.parse::<usize>().unwrap().abs_diff(bytes);
    assert!(off * 50 <= bytes, "it takes {bytes}");
}

#[test]
fn a_logo_changes_nothing_but_its_plate() {
    let red = Rgb(0xc0, 0x10, 0x10);
    for length in [1, 20, 60, 114, 200, 400, 900] {
        let text: String = URI.chars().cycle().take(length).collect();
        let brand = brand().with_logo(plain(40, 40, [red.0, red.1, red.2, 255]));
        let branded = brand.encode(&text).unwrap();
        let symbol = branded.symbol();
        let plate = branded.plate_width();
        assert!(plate > 0 && plate % 2 == 1);
        assert!(100 * plate <= MAX_LOGO_PERCENT * symbol.width());
        assert!(matches!(branded.level(), Level::Q | Level::H));
        assert_eq!(
            symbol.svg(),
            Symbol::encode(&text, branded.level()).unwrap().svg()
        );

        let px = 8;
        let picture = picture(&branded.png(8).unwrap());
        let first = QUIET_ZONE + (symbol.width() - plate) / 2;
        let inside = |module: usize| (first..first + plate).contains(&module);
        let mut reds = 0_usize;
        for y in 0..picture.height() {
            for x in 0..picture.width() {
                let (mx, my) = (x as usize / px, y as usize / px);
                let colour = at(&picture, x, y);
                if inside(mx) && inside(my) {
                    reds += usize::from(colour == red);
                    assert!(colour == red || colour == CREAM, "{colour:?}");
                } else {
                    let dark = mx >= QUIET_ZONE
                        && my >= QUIET_ZONE
                        && symbol.is_dark(mx - QUIET_ZONE, my - QUIET_ZONE);
                    assert_eq!(colour, if dark { BLUE } else { CREAM });
                }
            }
        }
        // The whole plate but a module on each side; in the smallest symbols that is one module.
        assert_eq!(reds, ((plate - 2) * px).pow(2));
    }
}

#[test]
fn an_otpauth_uri_gets_a_logo_of_a_fifth_of_the_width_or_more() {
    for length in 0..40 {
        let uri = format!("{URI}&x={}", "a".repeat(length));
        let brand = brand().with_logo(plain(9, 9, [0, 0, 0, 255]));
        let branded = brand.encode(&uri).unwrap();
        assert!(5 * branded.plate_width() >= branded.symbol().width());
    }
}

#[test]
fn a_logo_keeps_its_shape_and_lies_in_the_middle() {
    let brand = brand().with_logo(plain(90, 30, [0, 0, 0, 255]));
    let branded = brand.encode(URI).unwrap();
    let picture = picture(&branded.png(8).unwrap());
    let black: Vec<(u32, u32)> = picture
        .enumerate_pixels()
        .filter(|(_, _, pixel)| pixel.0 == [0, 0, 0])
        .map(|(x, y, _)| (x, y))
        .collect();
    let span = |of: fn(&(u32, u32)) -> u32| {
        let least = black.iter().map(of).min().unwrap();
        (least, black.iter().map(of).max().unwrap() + 1)
    };
    let ((left, right), (top, bottom)) = (span(|at| at.0), span(|at| at.1));
    assert!((right - left).abs_diff(3 * (bottom - top)) <= 3);
    assert!((left + right).abs_diff(picture.width()) <= 1);
    assert!((top + bottom).abs_diff(picture.height()) <= 1);
}

#[test]
fn clear_pixels_show_the_ground_and_not_the_colour_they_hide() {
    let brand = brand().with_logo(plain(50, 50, [0xff, 0, 0, 0]));
    let branded = brand.encode(URI).unwrap();
    let picture = picture(&branded.png(8).unwrap());
    assert!(picture.pixels().all(|pixel| {
        let [red, green, blue] = pixel.0;
        [BLUE, CREAM].contains(&Rgb(red, green, blue))
    }));
}

#[test]
fn png_logos_of_every_kind_are_read() {
    let mut logo = RgbaImage::new(16, 16);
    for (x, y, pixel) in logo.enumerate_pixels_mut() {
        *pixel = Rgba(if (x + y) % 2 == 0 {
            [0, 0, 0, 255]
        } else {
            [200, 200, 200, 255]
        });
    }
    let logo = DynamicImage::ImageRgba8(logo);
    let grey = |logo: Logo| {
        let brand = brand().with_logo(logo);
        brand.encode(URI).unwrap().png(8).unwrap()
    };
    let expected = grey(Logo::from_rgba(16, 16, logo.to_rgba8().into_raw()).unwrap());
    for kind in [
        logo.clone(),
        DynamicImage::ImageRgb8(logo.to_rgb8()),
        DynamicImage::ImageLuma8(logo.to_luma8()),
        DynamicImage::ImageLumaA8(logo.to_luma_alpha8()),
        DynamicImage::ImageRgba16(logo.to_rgba16()),
    ] {
        assert_eq!(grey(Logo::from_png(&png_of(&kind)).unwrap()), expected);
    }
}

#[test]
fn logos_out_of_bounds_are_refused() {
    for (width, height) in [(0, 1), (1, 0), (MAX_LOGO_PX + 1, 1), (1, u32::MAX)] {
        let refusal = BrandError::LogoSize { width, height };
        assert_eq!(
            Logo::from_rgba(width, height, Vec::new()).unwrap_err(),
            refusal
        );
    }
    for bytes in [0, 15, 17] {
        let refusal = Logo::from_rgba(2, 2, vec![0; bytes]).unwrap_err();
        assert_eq!(refusal, BrandError::LogoFormat);
    }
    let (width, height) = (MAX_LOGO_PX + 1, 3);
    let wide = png_of(&DynamicImage::new_luma8(width, height));
    assert_eq!(
        Logo::from_png(&wide).unwrap_err(),
        BrandError::LogoSize { width, height }
    );
    assert!(Logo::from_png(&png_of(&DynamicImage::new_luma8(MAX_LOGO_PX, MAX_LOGO_PX))).is_ok());
    let bytes = MAX_LOGO_BYTES + 1;
    let refusal = BrandError::LogoBytes { bytes };
    assert_eq!(Logo::from_png(&vec![0; bytes]).unwrap_err(), refusal);
}

#[test]
fn broken_logos_are_refused() {
    let good = png_of(&DynamicImage::new_rgba8(20, 20));
    assert!(Logo::from_png(&good).is_ok());
    let mut flipped = good.clone();
    flipped[60] ^= 0x40;
    for bad in [&[][..], b"GIF89a", &good[..good.len() / 2], &flipped] {
        assert_eq!(Logo::from_png(bad).unwrap_err(), BrandError::LogoFormat);
    }
}

/// A file of a few bytes that says it is huge: refused by its header.
#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let (width, height) = (0x1_0000, 0x1_0000);
    let wide = BrandError::LogoSize { width, height };
    // Not even one row of the second would fit the decoder's memory.
    for (side, due) in [(width, wide), (0x7fff_ffff, BrandError::LogoFormat)] {
        let mut file = png_of(&DynamicImage::new_rgba8(1, 1));
        file[16..20].copy_from_slice(&side.to_be_bytes());
        file[20..24].copy_from_slice(&side.to_be_bytes());
        let crc = crc32(&file[12..29]);
        file[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(Logo::from_png(&file).unwrap_err(), due);
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    };
    !bytes.iter().fold(!0, step)
}

#[test]
fn pictures_out_of_bounds_are_refused() {
    let brand = brand();
    let branded = brand.encode(&"x".repeat(1000)).unwrap();
    for module_px in [0, MAX_MODULE_PX + 1] {
        let refusal = QrError::ModuleSize { module_px };
        assert_eq!(branded.png(module_px).unwrap_err(), refusal);
    }
    let side_px = 32 * branded.symbol().width_with_quiet_zone();
    assert!(side_px > MAX_PICTURE_PX);
    let refusal = QrError::PictureSize { side_px };
    assert_eq!(branded.png(32).unwrap_err(), refusal);
    assert_eq!(brand.encode("").unwrap_err(), QrError::Empty);
    let with_logo = brand.with_logo(plain(1, 1, [0; 4]));
    assert_eq!(with_logo.encode("").unwrap_err(), QrError::Empty);
}

#[test]
fn debug_shows_no_module_and_no_pixel() {
    let brand = brand().with_logo(plain(4, 2, [9, 9, 9, 255]));
    let shown = format!("{:?}", brand.encode(URI).unwrap());
    assert!(shown.contains("redacted") && shown.contains("Logo(4 x 2)"));
    assert!(!shown.contains("9, 9, 9"));
}

#[test]
fn public_types_are_send_and_sync() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Brand>();
    check::<Logo>();
    check::<Rgb>();
    check::<BrandError>();
    check::<slotwerk_qr::brand::BrandedSymbol<'static>>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_logo_file_does_harm(
        mut file in prop::collection::vec(any::<u8>(), 0..300),
        genuine: bool,
        changes in prop::collection::vec((0_usize..1000, any::<u8>()), 0..6),
    ) {
        if genuine {
            file = png_of(&DynamicImage::new_rgba8(33, 7));
            let length = file.len();
            for (place, byte) in &changes {
                file[place % length] = *byte;
            }
        }
        if let Ok(logo) = Logo::from_png(&file) {
            prop_assert!(brand().with_logo(logo).encode(URI).unwrap().png(2).is_ok());
        }
    }

    #[test]
    fn a_brand_is_made_exactly_when_it_can_be_scanned(dark: [u8; 3], light: [u8; 3]) {
        let (dark, light) = (Rgb(dark[0], dark[1], dark[2]), Rgb(light[0], light[1], light[2]));
        let far = dark.contrast(light) >= MIN_CONTRAST;
        let darker = Rgb::WHITE.contrast(dark) > Rgb::WHITE.contrast(light);
        prop_assert_eq!(Brand::new(dark, light).is_ok(), far && darker);
    }
}
