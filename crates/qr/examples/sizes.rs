//! Prints how large each form of the symbol is, for otpauth URIs of growing length.

#![allow(clippy::print_stdout)]

use slotwerk_qr::{Level, QrError, Symbol};

fn main() -> Result<(), QrError> {
    println!(
        "{:>6} {:>8} {:>10} {:>10} {:>10} {:>10}",
        "chars", "modules", "PNG at 6", "table at 4", "SVG", "text"
    );
    for padding in (0..=200).step_by(10) {
        let account = "anna.devries"
            .chars()
            .cycle()
            .take(5 + padding)
            .collect::<String>();
        let uri = format!(
            "otpauth://totp/Noord:{account}?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Noord"
        );
        let symbol = Symbol::encode(&uri, Level::M)?;
        println!(
            "{:>6} {:>8} {:>10} {:>10} {:>10} {:>10}",
            uri.len(),
            symbol.width(),
            symbol.png(6)?.len(),
            symbol.html_table(4)?.len(),
            symbol.svg().len(),
            symbol.text().len()
        );
    }
    Ok(())
}
