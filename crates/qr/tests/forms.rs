//! Every form read back to the same modules, quiet zone included.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use proptest::prelude::*;
use slotwerk_qr::{Compression, Ground, Level, MAX_MODULE_PX, QUIET_ZONE, QrError, Symbol};

type Grid = Vec<Vec<bool>>;

fn symbol(text: &str) -> Symbol {
    Symbol::encode(text, Level::M).unwrap()
}

fn uri(chars: usize) -> String {
    let tail = "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Noord";
    let head = "otpauth://totp/Noord:";
    let account: String = "anna.de-vries@example.nl"
        .chars()
        .cycle()
        .take(chars - head.len() - tail.len())
        .collect();
    format!("{head}{account}{tail}")
}

/// The symbol in its quiet zone: the reference for every form.
fn frame(symbol: &Symbol) -> Grid {
    let side = symbol.width() + 2 * QUIET_ZONE;
    let mut grid = vec![vec![false; side]; side];
    for y in 0..symbol.width() {
        for x in 0..symbol.width() {
            grid[y + QUIET_ZONE][x + QUIET_ZONE] = symbol.is_dark(x, y);
        }
    }
    grid
}

/// Pixels as modules; panics when a module is not of one colour.
fn shrink(pixels: &Grid, scale: usize) -> Grid {
    assert_eq!(pixels.len() % scale, 0);
    let side = pixels.len() / scale;
    let mut grid = vec![vec![false; side]; side];
    for (y, row) in pixels.iter().enumerate() {
        assert_eq!(row.len(), pixels.len());
        for (x, dark) in row.iter().enumerate() {
            if y % scale == 0 && x % scale == 0 {
                grid[y / scale][x / scale] = *dark;
            }
            assert_eq!(grid[y / scale][x / scale], *dark, "pixel {x},{y}");
        }
    }
    grid
}

fn decode_png(bytes: &[u8]) -> Grid {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut buffer).unwrap();
    assert_eq!(info.color_type, png::ColorType::Grayscale);
    assert_eq!(info.bit_depth, png::BitDepth::One);
    let rows = buffer.chunks(info.line_size).take(info.height as usize);
    rows.map(|row| {
        (0..info.width as usize)
            .map(|x| row[x / 8] & (0x80 >> (x % 8)) == 0)
            .collect()
    })
    .collect()
}

/// The value of an attribute inside one tag, quoted or not.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}="))? + name.len() + 2;
    let rest = &tag[start..];
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split([' ', '>']).next(),
    }
}

/// Reads the table as a client that knows only attributes, or only styles.
fn parse_table(html: &str, by_style: bool) -> Grid {
    let dark = |tag: &str| {
        if by_style {
            attribute(tag, "style").map(|style| style.contains("background:#000"))
        } else {
            attribute(tag, "bgcolor").map(|colour| colour == "#000")
        }
    };
    let tags: Vec<&str> = html.split('<').skip(1).collect();
    assert_eq!(dark(tags[0]), Some(false), "the table is white");
    let side: usize = attribute(tags[0], "width").unwrap().parse().unwrap();
    let mut grid: Grid = Vec::new();
    let mut px = 0;
    for tag in tags {
        if tag.starts_with("tr") {
            px = attribute(tag, "height").unwrap().parse().unwrap();
            grid.push(Vec::new());
        } else if tag.starts_with("td") {
            let span = attribute(tag, "colspan").map_or(1, |n| n.parse().unwrap());
            let cell = std::iter::repeat_n(dark(tag).unwrap_or(false), span);
            grid.last_mut().unwrap().extend(cell);
        }
    }
    assert_eq!(grid.len() * px, side);
    let columns = grid[0].len();
    assert_eq!(columns * px, side);
    for row in &mut grid {
        assert!(row.len() <= columns);
        row.resize(columns, false);
    }
    grid
}

fn parse_text(text: &str, side: usize) -> Grid {
    let mut grid = Vec::new();
    for line in text.lines() {
        let (upper, lower) = line
            .chars()
            .map(|c| match c {
                '█' => (false, false),
                '▀' => (false, true),
                '▄' => (true, false),
                ' ' => (true, true),
                other => panic!("{other}"),
            })
            .unzip();
        grid.push(upper);
        grid.push(lower);
    }
    grid.truncate(side);
    grid
}

/// Reads the path that [`Symbol::svg`] draws.
fn parse_svg(svg: &str, side: usize) -> Grid {
    let path = svg
        .split(" d=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let mut grid = vec![vec![false; side]; side];
    for run in path.split('M').skip(1) {
        let numbers: Vec<usize> = run
            .split(|c: char| !c.is_ascii_digit())
            .filter(|n| !n.is_empty())
            .map(|n| n.parse().unwrap())
            .collect();
        let [x, y, length, down, back] = numbers[..] else {
            panic!("{run}")
        };
        assert_eq!((down, back), (1, length));
        for cell in &mut grid[y][x..x + length] {
            assert!(!*cell);
            *cell = true;
        }
    }
    grid
}

#[test]
fn png_reads_back_to_the_modules() {
    let symbol = symbol(&uri(140));
    for px in [1, 3, 6, 8, MAX_MODULE_PX] {
        for compression in [Compression::Small, Compression::Fast] {
            let pixels = decode_png(&symbol.png_with(px, compression).unwrap());
            assert_eq!(shrink(&pixels, px as usize), frame(&symbol));
        }
    }
}

#[test]
fn table_reads_back_by_attributes_and_by_styles() {
    let symbol = symbol(&uri(140));
    let html = symbol.html_table(4).unwrap();
    assert_eq!(parse_table(&html, false), frame(&symbol));
    assert_eq!(parse_table(&html, true), frame(&symbol));
}

/// Black by attribute alone, so that a mail with it stays below the limit of its readers.
#[test]
fn wide_tables_read_back_by_attributes() {
    for (text, styled) in [
        ("a".repeat(400), true),
        ("a".repeat(450), false),
        (uri(1024), false),
    ] {
        let symbol = Symbol::encode(&text, Level::L).unwrap();
        assert_eq!(symbol.width() <= 69, styled);
        let html = symbol.html_table(2).unwrap();
        assert_eq!(parse_table(&html, false), frame(&symbol));
        assert_eq!(html.contains("style=background:#000"), styled);
        assert!(html.len() < 96_000, "{} bytes", html.len());
    }
}

#[test]
fn width_is_known_before_drawing() {
    for length in (1..=1024).step_by(37) {
        for level in [Level::L, Level::M, Level::Q, Level::H] {
            for text in [
                "a".repeat(length),
                "7".repeat(length),
                "A%".repeat(length / 2 + 1),
            ] {
                let Ok(symbol) = Symbol::encode(&text, level) else {
                    continue;
                };
                assert_eq!(Symbol::width_of(&text, level), Ok(symbol.width()));
            }
        }
    }
    assert_eq!(Symbol::width_of("", Level::M), Err(QrError::Empty));
    let long = "a".repeat(1025);
    assert_eq!(
        Symbol::width_of(&long, Level::M),
        Err(QrError::TooLong { bytes: 1025 })
    );
}

#[test]
fn a_changed_cell_is_noticed() {
    let symbol = symbol(&uri(140));
    let html = symbol.html_table(4).unwrap();
    let changed = html.replacen(" bgcolor=#000", " bgcolor=#fff", 1);
    assert_ne!(parse_table(&changed, false), frame(&symbol));
}

#[test]
fn text_reads_back_to_the_modules() {
    let symbol = symbol(&uri(140));
    let frame = frame(&symbol);
    let text = symbol.text();
    assert_eq!(parse_text(&text, frame.len()), frame);
    // The half line below an odd number of rows carries no ink.
    assert!(!text.lines().last().unwrap().contains('█'));
    assert_eq!(text, symbol.text_on(Ground::default()));
}

#[test]
fn text_on_a_light_ground_is_the_same_with_ink_and_ground_exchanged() {
    let symbol = symbol(&uri(140));
    let side = symbol.width_with_quiet_zone();
    let exchanged: String = symbol
        .text_on(Ground::Light)
        .chars()
        .map(|c| match c {
            '█' => ' ',
            '▀' => '▄',
            '▄' => '▀',
            ' ' => '█',
            other => other,
        })
        .collect();
    assert_eq!(parse_text(&exchanged, side), frame(&symbol));
    assert!(symbol.text_on(Ground::Light).starts_with(&" ".repeat(side)));
}

#[test]
fn svg_is_one_path_without_style_or_script() {
    let symbol = symbol(&uri(140));
    let svg = symbol.svg();
    let side = symbol.width() + 2 * QUIET_ZONE;
    assert_eq!(parse_svg(&svg, side), frame(&symbol));
    assert_eq!(svg.matches("<path").count(), 1);
    assert!(svg.contains(&format!("viewBox=\"0 0 {side} {side}\"")));
    assert!(!svg.contains("style") && !svg.contains("script") && !svg.contains("href"));
}

#[test]
fn labels_cannot_leave_their_attribute() {
    let symbol = symbol("x");
    let label = "\"><script>alert('1')</script>\r\n&";
    for form in [
        symbol.html_table_labelled(4, label).unwrap(),
        symbol.svg_labelled(label),
    ] {
        assert!(!form.contains("<script"));
        assert!(form.contains(
            "aria-label=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;  &amp;\""
        ));
    }
}

#[test]
fn table_names_no_outside_resource_and_keeps_lines_short() {
    let html = symbol(&uri(300)).html_table(3).unwrap();
    for word in ["http", "src=", "url(", "data:", "<script", "<img", "<style"] {
        assert!(!html.contains(word), "{word}");
    }
    assert!(html.is_ascii());
    assert!(html.lines().all(|line| line.len() <= 998));
    let labelled = symbol(&uri(300)).html_table_labelled(MAX_MODULE_PX, &"x".repeat(500));
    let labelled = labelled.unwrap();
    assert!(labelled.lines().all(|line| line.len() <= 998));
    for word in [
        "role=\"img\"",
        "aria-label=\"QR\"",
        "cellpadding=\"0\"",
        "cellspacing=\"0\"",
        "border-collapse:collapse",
        "line-height:0",
        "font-size:0",
        "color-scheme:light",
    ] {
        assert!(html.contains(word), "{word}");
    }
}

#[test]
fn module_sizes_outside_the_range_are_refused() {
    let symbol = symbol("x");
    for module_px in [0, MAX_MODULE_PX + 1, u32::MAX] {
        let refusal = QrError::ModuleSize { module_px };
        assert_eq!(symbol.png(module_px).unwrap_err(), refusal);
        let fast = symbol.png_with(module_px, Compression::Fast);
        assert_eq!(fast.unwrap_err(), refusal);
        assert_eq!(symbol.html_table(module_px).unwrap_err(), refusal);
    }
}

/// The bytes that the README tells of a form.
fn told(form: &str) -> usize {
    let rows = include_str!("../README.md").lines();
    let mut cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let row = cells.find(|cells| cells.len() == 5 && cells[1] == form);
    row.expect(form)[3].replace(',', "").parse().unwrap()
}

/// The figures of the README: a URI of 114 characters, level M, 8 pixels a module.
#[test]
fn the_sizes_of_the_readme_hold() {
    let uri = "otpauth://totp/Arbo%20Noord:noor.devries%40example.com\
               ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Arbo%20Noord";
    let symbol = symbol(uri);
    assert_eq!((uri.len(), symbol.width()), (114, 45));
    let small = symbol.png(8).unwrap();
    let fast = symbol.png_with(8, Compression::Fast).unwrap();
    assert_eq!(small, symbol.png_with(8, Compression::default()).unwrap());
    // What was asked for, which a change of the compressor must keep; the others are ours alone.
    assert!(small.len() <= 700, "{}", small.len());
    assert!((1_000..=2_500).contains(&fast.len()), "{}", fast.len());
    let text = symbol.text().len();
    assert!(symbol.text_on(Ground::Light).len() < text);
    for (form, bytes) in [
        ("`png`", small.len()),
        ("`png_with(…, Compression::Fast)`", fast.len()),
        ("`svg`", symbol.svg().len()),
        ("`html_table`", symbol.html_table(8).unwrap().len()),
        ("`text`, `text_on`", text),
    ] {
        // Another release of the compressor is no news.
        let off = told(form).abs_diff(bytes);
        assert!(off * 50 <= bytes, "{form} takes {bytes}");
    }
}

/// Upper bounds in bytes; `cargo run -p slotwerk-qr --example sizes` prints the whole range.
#[test]
fn forms_of_an_otpauth_uri_stay_small() {
    for (chars, png, table, svg) in [
        (120, 900, 32_000, 8_200),
        (150, 1_000, 36_000, 9_000),
        (180, 1_200, 40_000, 10_500),
    ] {
        let symbol = symbol(&uri(chars));
        assert!(symbol.png(6).unwrap().len() < png, "PNG at {chars}");
        let bytes = symbol.html_table(4).unwrap().len();
        assert!(bytes < table, "table at {chars}: {bytes}");
        assert!(symbol.svg().len() < svg, "SVG at {chars}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_form_reads_back(text in "[ -~]{1,200}", px in 1_u32..=8, fast: bool) {
        let symbol = symbol(&text);
        let frame = frame(&symbol);
        let side = frame.len();
        let compression = if fast { Compression::Fast } else { Compression::Small };
        let pixels = decode_png(&symbol.png_with(px, compression).unwrap());
        prop_assert_eq!(&shrink(&pixels, px as usize), &frame);
        let html = symbol.html_table(px).unwrap();
        prop_assert_eq!(&parse_table(&html, false), &frame);
        prop_assert_eq!(&parse_table(&html, true), &frame);
        prop_assert_eq!(&parse_text(&symbol.text(), side), &frame);
        prop_assert_eq!(&parse_svg(&symbol.svg(), side), &frame);
    }
}
