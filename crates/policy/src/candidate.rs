//! A password taken apart once, so that each rule only has to look.

use crate::class::Class;
use crate::fold::{fold, nfc};
use zeroize::Zeroizing;

pub(crate) struct Candidate {
    /// The password in NFC: what is judged is also what will be hashed.
    pub(crate) nfc: Zeroizing<String>,
    /// The same without case distinctions.
    pub(crate) folded: Zeroizing<String>,
    pub(crate) characters: usize,
    pub(crate) distinct: usize,
    pub(crate) longest_run: usize,
    per_class: [usize; Class::ALL.len()],
}

impl Candidate {
    /// Costs time and memory in proportion to `password`, so the caller bounds it first.
    pub(crate) fn new(password: &str) -> Self {
        let nfc = nfc(password);
        let folded = fold(&nfc);
        let characters = nfc.chars().count();

        let mut per_class = [0; Class::ALL.len()];
        let mut sorted = Zeroizing::new(Vec::with_capacity(characters));
        let (mut run, mut longest_run, mut previous) = (0, 0, None);
        for c in nfc.chars() {
            for (class, count) in Class::ALL.into_iter().zip(&mut per_class) {
                *count += usize::from(class.contains(c));
            }
            run = if previous == Some(c) { run + 1 } else { 1 };
            longest_run = longest_run.max(run);
            previous = Some(c);
            sorted.push(c);
        }
        sorted.sort_unstable();
        sorted.dedup();
        Self {
            characters,
            distinct: sorted.len(),
            longest_run,
            per_class,
            nfc,
            folded,
        }
    }

    pub(crate) fn of_class(&self, class: Class) -> usize {
        Class::ALL
            .into_iter()
            .zip(self.per_class)
            .find_map(|(k, count)| (k == class).then_some(count))
            .unwrap_or(0)
    }
}
