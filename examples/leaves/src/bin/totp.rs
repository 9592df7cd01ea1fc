//! A second factor: a secret, its URI, the code of now, and that it counts once.
#![allow(
    clippy::print_stdout,
    reason = "a program that shows something prints it"
)]

use slotwerk_totp::{
    Code, OtpauthUri, Parameters, Progress, Secret, Verdict, Window, code_at, verify,
};
use std::error::Error;
use std::time::SystemTime;

fn main() -> Result<(), Box<dyn Error>> {
    let secret = Secret::generate()?;
    let uri = OtpauthUri::new(&secret, &Parameters::ISSUED, "Noord", "n.devries")?;
    println!("draw this as a QR symbol: {}", uri.expose());
    println!("or have this typed in:    {}", *secret.to_grouped());

    // The phone computes this; here we stand in for it.
    let now = SystemTime::UNIX_EPOCH.elapsed()?.as_secs();
    let typed = code_at(&secret, &Parameters::ISSUED, now / 30);
    println!("the code of now:          {}", *typed);

    // Anything but six digits is an error of the form. Charge an attempt after this.
    let code = Code::parse(&typed, &Parameters::ISSUED)?;
    let mut progress = Progress::default();
    for attempt in ["first", "second"] {
        let window = Window::default(); // one step either side
        match verify(&secret, &Parameters::ISSUED, window, &progress, &code, now) {
            Verdict::Accepted(accepted) => {
                // Store the step on the condition that it is above the stored one, and the code is
                // burnt on every node.
                progress = accepted.progress();
                println!("{attempt} time: accepted at step {}", accepted.step());
            }
            Verdict::Rejected(hint) => println!("{attempt} time: refused, {hint:?}"),
            _ => println!("{attempt} time: refused"),
        }
    }
    Ok(())
}
