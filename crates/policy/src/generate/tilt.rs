//! Drawing more of the characters that a policy asks for, and putting the balance right again.
//!
//! If a policy asks for 30 digits in 32 characters, drawing every character alike would hardly ever give
//! them. So each class `c` has a factor `f(c)` of 1 or more, and a character comes up in proportion to the
//! product of the factors of its classes. A text with `n(c)` characters of class `c` is then drawn with a
//! probability proportional to the product of `f(c)^n(c)`.
//!
//! Every text that meets the demands has `n(c) >= m(c)`. It is kept with probability
//! `f(c)^-(n(c) - m(c))`, over all classes: what remains of the product is `f(c)^m(c)`, which is the same
//! for all of them. So all that are kept are equally likely, exactly, whatever the factors are; good factors
//! only make for fewer tries.

use super::GenerateError;
use super::alphabet::Alphabet;
use super::demands::Demands;
use super::source::Source;
use crate::class::Class;

/// Factors are whole numbers of eighths, so that all probabilities are ratios of integers.
const ONE: u64 = 8;
const GREATEST: u64 = 1 << 13;

#[derive(Clone)]
pub(super) struct Tilt {
    /// For each class, in eighths.
    factors: [u64; Class::ALL.len()],
    /// For each cell of the alphabet, the weight of all its characters together. At most three classes
    /// overlap, so a character weighs at most 2^45.
    weights: Vec<u64>,
    total: u64,
    is_even: bool,
}

impl Tilt {
    pub(super) fn of(alphabet: &Alphabet, demands: &Demands, length: u16) -> Self {
        let factors = factors(alphabet, demands, length).map(|factor| {
            // Between 8 and 2^13, so nothing is lost.
            (factor * ONE as f64)
                .round()
                .clamp(ONE as f64, GREATEST as f64) as u64
        });
        let weight = |cell: &super::alphabet::Cell| {
            let tilted = Class::ALL
                .into_iter()
                .zip(factors)
                .filter(|&(_, factor)| factor != ONE);
            let each: u64 = tilted
                .map(|(class, factor)| {
                    if cell.classes.contains(class) {
                        factor
                    } else {
                        ONE
                    }
                })
                .product();
            each.saturating_mul(cell.characters.len() as u64)
        };
        let weights: Vec<u64> = alphabet.cells.iter().map(weight).collect();
        Self {
            factors,
            total: weights.iter().sum(),
            weights,
            is_even: factors.iter().all(|&factor| factor == ONE),
        }
    }

    /// Whether all characters are drawn alike.
    pub(super) fn is_even(&self) -> bool {
        self.is_even
    }

    /// Draws a character from a cell drawn by weight.
    pub(super) fn draw(
        &self,
        alphabet: &Alphabet,
        source: &mut Source<'_>,
    ) -> Result<char, GenerateError> {
        let mut place = source.below(self.total)?;
        for (cell, &weight) in alphabet.cells.iter().zip(&self.weights) {
            match place.checked_sub(weight) {
                Some(rest) => place = rest,
                None => return source.one_of(&cell.characters),
            }
        }
        Err(GenerateError::TooLittle)
    }

    /// Whether a text that meets the demands is kept, given the number of its characters of each class.
    pub(super) fn keeps(
        &self,
        demands: &Demands,
        counts: [u16; Class::ALL.len()],
        source: &mut Source<'_>,
    ) -> Result<bool, GenerateError> {
        for ((factor, (_, minimum)), count) in self.factors.iter().zip(demands.minima()).zip(counts)
        {
            if *factor == ONE {
                continue;
            }
            for _ in minimum..count {
                if source.below(*factor)? >= ONE {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// The factors with which, on average, as many characters of each class come up as are asked for.
fn factors(alphabet: &Alphabet, demands: &Demands, length: u16) -> [f64; Class::ALL.len()] {
    let mut factors = [1.0; Class::ALL.len()];
    let length = f64::from(length);
    // Classes overlap, so raising one changes the share of another; a few rounds settle that.
    for _ in 0..12 {
        for (index, (class, minimum)) in demands.minima().enumerate() {
            if minimum == 0 {
                continue;
            }
            let (mut inside, mut outside) = (0.0, 0.0);
            for cell in &alphabet.cells {
                let of_cell = Class::ALL.into_iter().zip(factors);
                let each: f64 = of_cell
                    .filter_map(|(class, factor)| cell.classes.contains(class).then_some(factor))
                    .product();
                let weight = each * cell.characters.len() as f64;
                if cell.classes.contains(class) {
                    inside += weight;
                } else {
                    outside += weight;
                }
            }
            let wanted = (f64::from(minimum) / length).min(1.0 - 0.25 / length);
            let factor = wanted / (1.0 - wanted) * outside / inside;
            if factor > 1.0
                && let Some(place) = factors.get_mut(index)
            {
                *place *= factor;
            }
        }
    }
    factors
}
