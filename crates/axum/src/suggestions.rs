//! Examples of good passwords.

use crate::language;
use slotwerk::Tenant;
use slotwerk::policy::{PassphraseGenerator, WordList};
use slotwerk_words::Words;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

/// A name is in one of a hundred passphrases or fewer.
const DRAWS: usize = 5;

/// A generator for each tenant and language, made when it is first asked. Each weighs its words once.
#[derive(Clone, Default)]
pub(crate) struct Suggestions(Arc<RwLock<Generators>>);

/// By tenant, and whether in Dutch.
type Generators = HashMap<(String, bool), Arc<PassphraseGenerator>>;

impl Suggestions {
    /// A passphrase that meets the tenant's rules, and that `accepted` says the person may have: their name
    /// may be in it, and the rules may have changed. Where none can be made there is none: a page without an example
    /// is better than a poor example.
    pub(crate) fn one(
        &self,
        tenant: &Tenant,
        language: &Words,
        accepted: impl Fn(&str) -> bool,
    ) -> Option<Zeroizing<String>> {
        let generator = self.generator(tenant, language);
        let mut drawn = (0..DRAWS).map_while(|_| generator.generate(getrandom::fill).ok());
        drawn
            .find(|one| accepted(one.expose()))
            .map(|one| Zeroizing::new(one.expose().to_owned()))
    }

    fn generator(&self, tenant: &Tenant, language: &Words) -> Arc<PassphraseGenerator> {
        let is_dutch = language::is_dutch(language);
        let key = (tenant.id().to_owned(), is_dutch);
        let made = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(generator) = made.get(&key) {
            return Arc::clone(generator);
        }
        drop(made);
        let list = if is_dutch { WordList::Nl } else { WordList::En };
        let generator = Arc::new(PassphraseGenerator::new(tenant.policy(), list));
        let mut made = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(made.entry(key).or_insert(generator))
    }
}
