//! The symbol of an authenticator set-up, in every form; in the terminal, to scan it from there.
#![allow(
    clippy::print_stdout,
    reason = "a program that shows something prints it"
)]

use slotwerk_qr::{Level, Symbol};
use slotwerk_totp::{OtpauthUri, Parameters, Secret};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let secret = Secret::generate()?;
    let uri = OtpauthUri::new(&secret, &Parameters::ISSUED, "Noord", "n.devries")?;
    // M repairs 15 % of the symbol, which is plenty on a screen; H makes it needlessly large.
    let symbol = Symbol::encode(uri.expose(), Level::M)?;
    println!("{}", symbol.text());
    println!("{} modules wide, for {}", symbol.width(), uri.expose());

    // For a page, for a mail, and for a mail client that blocks images.
    println!("SVG:        {:>6} bytes", symbol.svg().len());
    println!("PNG:        {:>6} bytes", symbol.png(6)?.len());
    println!("HTML table: {:>6} bytes", symbol.html_table(4)?.len());
    Ok(())
}
