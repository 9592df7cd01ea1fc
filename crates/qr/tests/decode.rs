//! Every form of a symbol, read by two decoders that are not ours: zbarimg and zxing-cpp.
//!
//! Needs zbarimg, Chromium, and a Python with the packages of `tests/decode/requirements.txt` (its path in
//! `SLOTWERK_PYTHON`). What only a browser can draw, SVG and HTML table, is read from screenshots.
#![cfg(feature = "branded")]
#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use slotwerk_qr::brand::{Brand, Logo, MIN_CONTRAST, Rgb};
use slotwerk_qr::{Compression, Ground, Level, Symbol};

/// Where pictures lie while a test runs.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("slotwerk-qr-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let file = self.0.join(name);
        std::fs::write(&file, bytes).unwrap();
        file.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A picture to read, as `decode.py` takes it, what it is, and what should be read.
struct Job {
    picture: String,
    what: String,
    expected: String,
}

#[derive(Debug)]
struct Reading {
    zbar: String,
    zxing: String,
    last_pixel: u8,
}

fn read(jobs: &[Job]) -> Vec<Reading> {
    let python = std::env::var_os("SLOTWERK_PYTHON").expect("SLOTWERK_PYTHON names a Python");
    let mut child = Command::new(python)
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/decode/decode.py"
        ))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("SLOTWERK_PYTHON starts");
    let input = jobs.iter().fold(String::new(), |mut input, job| {
        writeln!(input, "{}", job.picture).unwrap();
        input
    });
    // It reads all of its input before it prints.
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "decode.py: {}", output.status);
    let readings: Vec<Reading> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let [zbar, zxing, last] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            Reading {
                zbar: zbar.to_owned(),
                zxing: zxing.to_owned(),
                last_pixel: last.parse().unwrap(),
            }
        })
        .collect();
    assert_eq!(readings.len(), jobs.len());
    readings
}

/// Fails with what one of the decoders did not read.
fn assert_all_are_read(jobs: &[Job]) -> Vec<Reading> {
    assert_read_by(&["zbarimg", "zxing-cpp"], jobs)
}

fn assert_read_by(decoders: &[&str], jobs: &[Job]) -> Vec<Reading> {
    let readings = read(jobs);
    let mut missed: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (job, reading) in jobs.iter().zip(&readings) {
        for (decoder, text) in [("zbarimg", &reading.zbar), ("zxing-cpp", &reading.zxing)] {
            if decoders.contains(&decoder) && *text != job.expected {
                let kind = format!("{decoder}, {}", job.what);
                missed.entry(kind).or_default().push(&job.expected);
            }
        }
    }
    for (kind, texts) in &missed {
        eprintln!("{kind}: {} of {}, as {}", texts.len(), jobs.len(), texts[0]);
    }
    assert!(
        missed.is_empty(),
        "some were not read, or read as something else"
    );
    readings
}

/// Random otpauth URIs, as this family writes them and as others do.
fn uris(count: usize) -> Vec<String> {
    let strategy = (
        "[A-Z][a-z]{1,12}(%20[A-Z][a-z]{1,8})?",
        "[a-z]{1,12}(\\.[a-z]{1,14})?((@|%40)[a-z]{1,12}\\.(nl|com|example))?",
        prop::sample::select(vec![16_usize, 20, 32])
            .prop_flat_map(|bytes| prop::collection::vec(any::<u8>(), bytes)),
        prop::sample::select(vec!["", "&algorithm=SHA256&digits=8", "&period=60"]),
    );
    // The same ones each time: what is read today is read tomorrow.
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|_| {
            let (issuer, account, secret, more) = strategy.new_tree(&mut runner).unwrap().current();
            let secret = base32(&secret);
            format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}{more}")
        })
        .collect()
}

fn base32(bytes: &[u8]) -> String {
    let bits: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .collect();
    bits.chunks(5)
        .map(|five| {
            let value = (0..5).fold(0, |sum, at| sum << 1 | five.get(at).unwrap_or(&0));
            char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(value)])
        })
        .collect()
}

/// Pixels of a round keyhole: whether each is in the disc, and whether in the hole.
fn keyhole(colour: impl Fn(bool, bool) -> [u8; 4]) -> Logo {
    let side = 160_i32;
    let pixels = (0..side * side).flat_map(|at| {
        let (x, y) = (at % side - side / 2, at / side - side / 2);
        let hole =
            x * x + (y + 25) * (y + 25) < 24 * 24 || (x.abs() < 10 && (-20..45).contains(&y));
        colour(x * x + y * y < 78 * 78, hole)
    });
    Logo::from_rgba(160, 160, pixels.collect()).unwrap()
}

/// A mark on a clear ground.
fn mark() -> Logo {
    keyhole(|_, hole| {
        if hole {
            [0xd9, 0x48, 0x1c, 255]
        } else {
            [0; 4]
        }
    })
}

/// The same mark in white on a red disc.
fn tile() -> Logo {
    keyhole(|disc, hole| match (disc, hole) {
        (true, true) => [255; 4],
        (true, false) => [0xd9, 0x48, 0x1c, 255],
        _ => [0; 4],
    })
}

fn brand() -> Brand {
    Brand::new(Rgb(0x1b, 0x4d, 0x89), Rgb(0xff, 0xfb, 0xf0)).unwrap()
}

/// The forms that need no browser.
fn direct_jobs(folder: &Folder, uris: &[String]) -> Vec<Job> {
    let (plain, logo) = (brand(), brand().with_logo(mark()));
    let mut jobs = Vec::new();
    for (number, uri) in uris.iter().enumerate() {
        let symbol = Symbol::encode(uri, Level::M).unwrap();
        let px = 3 + u32::try_from(number % 6).unwrap();
        let branded = |brand: &Brand| brand.encode(uri).unwrap().png(px).unwrap();
        let fast = symbol.png_with(px, Compression::Fast).unwrap();
        for (form, file) in [
            ("small.png", symbol.png(px).unwrap()),
            ("fast.png", fast),
            ("brand.png", branded(&plain)),
            ("logo.png", branded(&logo)),
            ("text.txt", symbol.text().into_bytes()),
            ("text.light.txt", symbol.text_on(Ground::Light).into_bytes()),
        ] {
            jobs.push(Job {
                picture: folder.write(&format!("{number}-{form}"), file),
                what: format!("{form} at {px}"),
                expected: uri.clone(),
            });
        }
    }
    jobs
}

/// CSS pixels along a cell of a sheet, and along a module in it.
const CELL: usize = 480;
const MODULE_PX: usize = 6;

/// How a browser shows a sheet.
#[derive(Clone, Copy, Debug)]
struct Show {
    scheme: Scheme,
    scale: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Scheme {
    Light,
    /// A page with a dark scheme, for somebody who prefers it.
    Dark,
    /// A page that knows of no dark scheme, which the browser darkens by itself.
    Darkened,
}

const PLAIN: Show = Show {
    scheme: Scheme::Light,
    scale: 1,
};

/// A page of cells, and where each lies in its screenshot.
fn sheet(folder: &Folder, name: &str, cells: &[String], show: Show) -> Vec<String> {
    let columns = 10.min(cells.len());
    let rows = cells.len().div_ceil(columns);
    let scheme = match show.scheme {
        Scheme::Darkened => "body{background:#fff}",
        _ => {
            ":root{color-scheme:light dark}body{background:#fff}\
             @media (prefers-color-scheme:dark){body{background:#121212}}"
        }
    };
    let mut page = format!("<!doctype html><meta charset=utf-8><style>{scheme}body{{margin:0}}");
    page.push_str("body>div{position:absolute;overflow:hidden}</style>");
    let corner = |at: usize| (at % columns * CELL, at / columns * CELL);
    for (at, cell) in cells.iter().enumerate() {
        let (x, y) = corner(at);
        let size = format!("left:{x}px;top:{y}px;width:{CELL}px;height:{CELL}px");
        write!(page, "<div style='{size}'>{cell}</div>").unwrap();
    }
    let page = folder.write(&format!("{name}.html"), page);
    let picture = screenshot(folder, Path::new(&page), show, columns * CELL, rows * CELL);
    (0..cells.len())
        .map(|at| {
            let (x, y) = corner(at);
            let box_ = [x, y, x + CELL, y + CELL].map(|side| (side * show.scale).to_string());
            format!("{picture}\t{}", box_.join(","))
        })
        .collect()
}

fn screenshot(folder: &Folder, page: &Path, show: Show, width: usize, height: usize) -> String {
    let picture = page.with_extension(format!("{:?}-{}.png", show.scheme, show.scale));
    let picture = picture.to_str().unwrap().to_owned();
    let blink = match show.scheme {
        Scheme::Light => "preferredColorScheme=1",
        Scheme::Dark => "preferredColorScheme=0",
        Scheme::Darkened => "preferredColorScheme=0,forceDarkModeEnabled=true",
    };
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.0.join("profile").display()
        ))
        .arg(format!("--force-device-scale-factor={}", show.scale))
        .arg(format!("--window-size={width},{height}"))
        .arg(format!("--blink-settings={blink}"))
        .arg(format!("--screenshot={picture}"))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("chromium must be installed");
    assert!(
        Path::new(&picture).exists(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    picture
}

/// A symbol in a form that only a browser draws.
fn cell(folder: &Folder, form: &str, number: usize, uri: &str) -> String {
    let symbol = Symbol::encode(uri, Level::M).unwrap();
    let branded = |brand: Brand| {
        let png = brand.encode(uri).unwrap().png(MODULE_PX as u32).unwrap();
        let name = format!("cell-{number}-{form}.png");
        folder.write(&name, png);
        format!("<img style='image-rendering:pixelated' src='{name}'>")
    };
    let side = MODULE_PX * symbol.width_with_quiet_zone();
    assert!(side < CELL);
    match form {
        "svg" => format!("<div style='width:{side}px'>{}</div>", symbol.svg()),
        "table" => symbol.html_table(MODULE_PX as u32).unwrap(),
        "brand" => branded(brand()),
        "logo" => branded(brand().with_logo(mark())),
        other => panic!("{other}"),
    }
}

fn screenshot_jobs(folder: &Folder, form: &str, uris: &[String], show: Show) -> Vec<Job> {
    let cells: Vec<String> = (0..)
        .zip(uris)
        .map(|(number, uri)| cell(folder, form, number, uri))
        .collect();
    let mut jobs = Vec::new();
    for (sheet_number, (cells, uris)) in cells.chunks(100).zip(uris.chunks(100)).enumerate() {
        let name = format!("{form}-{sheet_number}");
        for (picture, uri) in sheet(folder, &name, cells, show).into_iter().zip(uris) {
            jobs.push(Job {
                picture,
                what: format!("{form} {show:?}"),
                expected: uri.clone(),
            });
        }
    }
    jobs
}

#[test]
#[ignore = "needs zbarimg, Chromium and a Python with zxing-cpp"]
fn every_form_of_500_uris_is_read() {
    let folder = Folder::new("forms");
    let uris = uris(500);
    let mut jobs = direct_jobs(&folder, &uris);
    for form in ["svg", "table"] {
        jobs.extend(screenshot_jobs(&folder, form, &uris, PLAIN));
    }
    assert_eq!(jobs.len(), 500 * 8);
    assert_all_are_read(&jobs);
}

/// 40 URIs, in each scheme and scale, as drawn and after JPEG.
#[test]
#[ignore = "needs zbarimg, Chromium and a Python with zxing-cpp"]
fn screenshots_are_read_light_and_dark_at_1x_and_2x_and_after_jpeg() {
    let folder = Folder::new("screens");
    let uris = uris(40);
    let mut jobs = Vec::new();
    for scheme in [Scheme::Light, Scheme::Dark, Scheme::Darkened] {
        for scale in [1, 2] {
            for form in ["svg", "table", "brand", "logo"] {
                let show = Show { scheme, scale };
                let drawn = screenshot_jobs(&folder, form, &uris, show);
                for job in &drawn {
                    jobs.push(Job {
                        picture: format!("{}\t60", job.picture),
                        what: format!("{} JPEG", job.what),
                        expected: job.expected.clone(),
                    });
                }
                jobs.extend(drawn);
            }
        }
    }
    assert_eq!(jobs.len(), 40 * 3 * 2 * 4 * 2);
    let readings = assert_all_are_read(&jobs);
    // A control: what is called dark here has a dark page around the symbols.
    for (job, reading) in jobs.iter().zip(readings) {
        let light = job.what.contains("Light");
        assert_eq!(reading.last_pixel > 200, light, "{}", job.what);
        assert_eq!(reading.last_pixel < 50, !light, "{}", job.what);
    }
}

/// A control of the test above: a browser that darkens pages does spoil a table that does not object.
#[test]
#[ignore = "needs zbarimg, Chromium and a Python with zxing-cpp"]
fn a_table_without_a_colour_scheme_is_darkened_until_it_is_hard_to_read() {
    let folder = Folder::new("darkened");
    let table = cell(&folder, "table", 0, &uris(1)[0]);
    let bare = table.replace("color-scheme:light only", "");
    assert_ne!(bare, table);
    let show = Show {
        scheme: Scheme::Darkened,
        scale: 1,
    };
    let jobs: Vec<Job> = sheet(&folder, "bare", &[bare], show)
        .into_iter()
        .map(|picture| Job {
            picture,
            what: String::new(),
            expected: String::new(),
        })
        .collect();
    let readings = read(&jobs);
    // zbarimg makes the most of black on almost black; one that cannot is enough.
    assert!(readings[0].zxing.is_empty(), "{readings:?}");
}

/// As PGM, which needs no library: each module of `px` pixels, in its quiet zone.
fn pgm(symbol: &Symbol, px: usize, grey: impl Fn(usize, usize, bool) -> u8) -> Vec<u8> {
    let side = symbol.width() + 8;
    let mut file = format!("P5 {0} {0} 255\n", side * px).into_bytes();
    for y in 0..side * px {
        for x in 0..side * px {
            let (x, y) = ((x / px).wrapping_sub(4), (y / px).wrapping_sub(4));
            file.push(grey(x, y, symbol.is_dark(x, y)));
        }
    }
    file
}

/// Negative controls: the decoders of these tests do not read just anything.
#[test]
#[ignore = "needs zbarimg and a Python with zxing-cpp"]
fn damaged_and_pale_symbols_are_not_read() {
    let folder = Folder::new("controls");
    let mut jobs = Vec::new();
    for (number, uri) in uris(20).into_iter().enumerate() {
        let symbol = Symbol::encode(&uri, Level::M).unwrap();
        let middle = symbol.width() / 2;
        let square = |side: usize| {
            pgm(&symbol, 8, |x, y, dark| {
                let hit = x.abs_diff(middle) <= side / 2 && y.abs_diff(middle) <= side / 2;
                if dark != hit { 0 } else { 255 }
            })
        };
        for (what, picture, expected) in [
            ("whole", square(0), uri.as_str()),
            ("damaged", square(symbol.width() / 2), ""),
            (
                "pale",
                pgm(&symbol, 8, |_, _, dark| if dark { 250 } else { 255 }),
                "",
            ),
            ("blank", pgm(&symbol, 8, |_, _, _| 255), ""),
        ] {
            jobs.push(Job {
                picture: folder.write(&format!("{number}-{what}.pgm"), picture),
                what: what.to_owned(),
                expected: expected.to_owned(),
            });
        }
    }
    assert_all_are_read(&jobs);
}

/// Colours at the edge of what [`Brand::new`] takes: drawn, both decoders read all of them.
///
/// After JPEG each decoder loses a few symbols with a logo that the other one reads: of 7,200 pictures zbarimg
/// lost one and zxing-cpp four, at contrasts from 4.5 to 8 alike, none without a logo. A weak contrast is not to blame;
/// if it were, both would lose the same ones, and more of them than this test allows.
#[test]
#[ignore = "needs zbarimg and a Python with zxing-cpp"]
fn the_weakest_permitted_colours_are_read() {
    let folder = Folder::new("colours");
    let (mut drawn, mut compressed) = (Vec::new(), Vec::new());
    for (number, ((dark, light), uri)) in weakest_colours(200).zip(uris(200)).enumerate() {
        let brand = Brand::new(dark, light).unwrap().with_logo(mark());
        let branded = brand.encode(&uri).unwrap();
        for px in [6, 8] {
            let png = branded.png(px).unwrap();
            let file = folder.write(&format!("{number}-{px}.png"), png);
            let job = |picture: String| Job {
                picture,
                what: format!("{px} px, {dark:?} on {light:?}"),
                expected: uri.clone(),
            };
            compressed.push(job(format!("{file}\t\t60")));
            drawn.push(job(file));
        }
    }
    assert_all_are_read(&drawn);

    let (mut zbar_lost, mut zxing_lost) = (0, 0);
    for (job, reading) in compressed.iter().zip(read(&compressed)) {
        let texts = [&reading.zbar, &reading.zxing];
        let [zbar_read, zxing_read] = texts.map(|text| *text == job.expected);
        assert!(zbar_read || zxing_read, "{}", job.what);
        assert!(
            texts
                .iter()
                .all(|text| text.is_empty() || **text == job.expected)
        );
        zbar_lost += usize::from(!zbar_read);
        zxing_lost += usize::from(!zxing_read);
    }
    assert!(zbar_lost.max(zxing_lost) * 100 <= compressed.len());
}

/// Pairs with hardly more contrast than is asked for, the same ones each time.
fn weakest_colours(count: usize) -> impl Iterator<Item = (Rgb, Rgb)> {
    let mut runner = TestRunner::deterministic();
    let mut colour = move || {
        let [red, green, blue] = any::<[u8; 3]>().new_tree(&mut runner).unwrap().current();
        Rgb(red, green, blue)
    };
    std::iter::repeat_with(move || (colour(), colour()))
        .filter(|(dark, light)| dark.contrast(*light) <= MIN_CONTRAST + 0.3)
        .filter(|(dark, light)| Brand::new(*dark, *light).is_ok())
        .take(count)
}

/// What a logo can be at worst: every module under the plate wrong. As many wrong codewords again, in each
/// block, could still be repaired.
#[test]
#[ignore = "needs zbarimg and a Python with zxing-cpp"]
fn a_symbol_is_read_with_every_module_under_the_logo_wrong() {
    let folder = Folder::new("plates");
    let brand = brand().with_logo(mark());
    let mut jobs = Vec::new();
    for length in (1..=600).step_by(7) {
        let text: String = uris(1)[0].chars().cycle().take(length).collect();
        let branded = brand.encode(&text).unwrap();
        let symbol = branded.symbol();
        let (middle, reach) = (symbol.width() / 2, branded.plate_width() / 2);
        let picture = pgm(symbol, 6, |x, y, dark| {
            let hit = x.abs_diff(middle) <= reach && y.abs_diff(middle) <= reach;
            if dark != hit { 0 } else { 255 }
        });
        jobs.push(Job {
            picture: folder.write(&format!("{length}.pgm"), picture),
            what: format!("{length} characters"),
            expected: text,
        });
    }
    // Where the plate lies on a square by which zbar finds its way, wrong modules lead it astray.
    assert_read_by(&["zxing-cpp"], &jobs);
}

/// What the documentation of `with_logo` warns of.
#[test]
#[ignore = "needs zbarimg and a Python with zxing-cpp"]
fn a_dark_tile_with_a_light_mark_is_read_by_one_decoder_and_may_not_be_by_the_other() {
    let folder = Folder::new("tiles");
    let brand = brand().with_logo(tile());
    let jobs: Vec<Job> = (0..)
        .zip(uris(50))
        .map(|(number, uri): (usize, String)| Job {
            picture: folder.write(
                &format!("{number}.png"),
                brand.encode(&uri).unwrap().png(6).unwrap(),
            ),
            what: "tile".to_owned(),
            expected: uri,
        })
        .collect();
    let readings = assert_read_by(&["zxing-cpp"], &jobs);
    assert!(readings.iter().any(|reading| reading.zbar.is_empty()));
}

/// Text beyond ASCII is written as UTF-8 and read as such, never as Shift JIS.
#[test]
#[ignore = "needs zbarimg and a Python with zxing-cpp"]
fn text_beyond_ascii_is_read_as_it_was_written() {
    let folder = Folder::new("letters");
    let jobs: Vec<Job> = [
        "Zoë de Vries",
        "café – naïef",
        "Łódź",
        "ありがとう",
        "日本語のテキスト",
    ]
    .into_iter()
    .enumerate()
    .map(|(number, text)| Job {
        picture: folder.write(
            &format!("{number}.png"),
            Symbol::encode(text, Level::M).unwrap().png(6).unwrap(),
        ),
        what: text.to_owned(),
        expected: text.to_owned(),
    })
    .collect();
    assert_all_are_read(&jobs);
}
