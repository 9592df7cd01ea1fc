//! An attempt budget against a guesser, and what it is worth in a year.
#![allow(
    clippy::print_stdout,
    reason = "a program that shows something prints it"
)]

use slotwerk_throttle::{Budget, Decision};
use std::error::Error;
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    // Five attempts at once, one more each quarter of an hour, and an end after a hundred failures.
    let endless = Budget::new(5, Duration::from_secs(15 * 60))?;
    let budget = endless.with_hard_stop(100)?;

    // Somebody guesses every minute. The state is what a store keeps per account.
    let (mut state, mut now_ms, mut checked, mut waited) = (None, 1_800_000_000_000, 0, 0);
    let stopped_after = loop {
        match budget.charge(state, now_ms) {
            Decision::Granted { next, .. } => {
                state = Some(next); // stored before the code is looked at
                checked += 1;
            }
            Decision::Denied {
                retry_after: Some(wait),
            } => {
                if waited == 0 {
                    println!("after {checked} attempts: wait {} seconds", wait.as_secs());
                }
                waited += 1;
            }
            Decision::Denied { retry_after: None } => break checked,
        }
        now_ms += 60_000;
    };
    println!("after {stopped_after} attempts: no more, until the owner is let in another way");

    // A mailed link lets the owner in and lifts the budget.
    let fresh = budget.lift(now_ms);
    let granted = matches!(budget.charge(Some(fresh), now_ms), Decision::Granted { .. });
    println!("after the owner's recovery: granted again ({granted})");

    // Three codes of six digits are good at any time. How likely is a hit within a year?
    for (name, budget) in [("with the stop", budget), ("without", endless)] {
        let chance = budget.guess_probability_per_year(3, 1_000_000);
        println!("{name}: {:.4} % a year", 100.0 * chance);
    }
    match endless.within(0.001, 3, 1_000_000) {
        Ok(_) => println!("the second would do"),
        Err(refused) => println!("at start-up, the second is refused: {refused}"),
    }
    Ok(())
}
