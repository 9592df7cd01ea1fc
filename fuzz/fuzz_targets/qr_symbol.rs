//! QR symbols of any text, and logos of any bytes: never a panic, every symbol read back as the text by a
//! decoder that is not ours, every form within its bounds and its labels within their attribute.
#![no_main]

use libfuzzer_sys::{arbitrary, fuzz_target};
use rqrr::{Grid, SimpleGrid};
use slotwerk_qr::brand::{Brand, Logo, MAX_LOGO_PX, Rgb};
use slotwerk_qr::{Compression, Ground, Level, MAX_BYTES, MAX_MODULE_PX, Symbol};

#[derive(Debug, arbitrary::Arbitrary)]
enum Input<'a> {
    Text {
        text: &'a str,
        level: u8,
        module_px: u8,
        label: &'a str,
    },
    Logo {
        file: &'a [u8],
        dark: [u8; 3],
        light: [u8; 3],
    },
    Pixels {
        width: u16,
        height: u16,
        bytes: Vec<u8>,
    },
}

fuzz_target!(|input: Input<'_>| match input {
    Input::Text {
        text,
        level,
        module_px,
        label,
    } => {
        let level = [Level::L, Level::M, Level::Q, Level::H][usize::from(level % 4)];
        let Ok(symbol) = Symbol::encode(text, level) else {
            assert!(text.is_empty() || text.len() > MAX_BYTES);
            return;
        };
        read_back(&symbol, text);
        draw(&symbol, u32::from(module_px), label);
    }
    Input::Logo { file, dark, light } => {
        let colour = |[red, green, blue]: [u8; 3]| Rgb(red, green, blue);
        if let (Ok(logo), Ok(brand)) = (
            Logo::from_png(file),
            Brand::new(colour(dark), colour(light)),
        ) {
            branded(&brand.with_logo(logo));
        }
    }
    Input::Pixels {
        width,
        height,
        bytes,
    } => {
        let (width, height) = (u32::from(width % 64), u32::from(height % 64));
        let whole = bytes.len() == (width * height * 4) as usize;
        let sides = width > 0 && height > 0 && width.max(height) <= MAX_LOGO_PX;
        let logo = Logo::from_rgba(width, height, bytes);
        assert_eq!(logo.is_ok(), whole && sides);
        if let Ok(logo) = logo {
            let brand = Brand::new(Rgb::BLACK, Rgb::WHITE).expect("far apart");
            branded(&brand.with_logo(logo));
        }
    }
});

fn read_back(symbol: &Symbol, text: &str) {
    let grid = SimpleGrid::from_func(symbol.width(), |x, y| symbol.is_dark(x, y));
    let (_, read) = Grid::new(grid).decode().expect("a sound symbol");
    assert_eq!(read, text);
}

fn draw(symbol: &Symbol, module_px: u32, label: &str) {
    let good = (1..=MAX_MODULE_PX).contains(&module_px);
    for compression in [Compression::Small, Compression::Fast] {
        assert_eq!(symbol.png_with(module_px, compression).is_ok(), good);
    }
    assert_eq!(symbol.html_table(module_px).is_ok(), good);
    let plain = symbol.svg_labelled("");
    let labelled = symbol.svg_labelled(label);
    for mark in ['<', '>', '"', '\''] {
        assert_eq!(plain.matches(mark).count(), labelled.matches(mark).count());
    }
    let side = symbol.width_with_quiet_zone();
    for ground in [Ground::Dark, Ground::Light] {
        let text = symbol.text_on(ground);
        assert_eq!(text.lines().count(), side.div_ceil(2));
        assert!(text.lines().all(|line| line.chars().count() == side));
    }
}

fn branded(brand: &Brand) {
    let text = "otpauth://totp/Noord:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Noord";
    let branded = brand.encode(text).expect("fits");
    read_back(branded.symbol(), text);
    assert!(branded.png(3).is_ok());
}
