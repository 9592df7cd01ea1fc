//! Examples of good passwords, for whoever has no idea.

use crate::language::Language;
use slotwerk::Tenant;
use slotwerk::policy::{PassphraseGenerator, WordList};
use std::collections::HashMap;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A name is in one of a hundred passphrases or fewer.
const DRAWS: usize = 5;

/// A generator for each tenant and language. Each weighs its words once, when it is first asked.
#[derive(Clone, Default)]
pub(crate) struct Suggestions(Arc<HashMap<(String, &'static str), PassphraseGenerator>>);

impl Suggestions {
    pub(crate) fn for_tenants(tenants: &[Tenant]) -> Self {
        Self(Arc::new(tenants.iter().flat_map(both).collect()))
    }

    /// A passphrase that meets the tenant's rules, and that `accepted` says the person may have: their name
    /// may be in it. Where none can be made there is none: a page without an example is better than a poor
    /// example.
    pub(crate) fn one(
        &self,
        tenant: &str,
        language: Language,
        accepted: impl Fn(&str) -> bool,
    ) -> Option<Zeroizing<String>> {
        let key = (tenant.to_owned(), language.tag());
        let generator = self.0.get(&key)?;
        let mut drawn = (0..DRAWS).map_while(|_| generator.generate(getrandom::fill).ok());
        drawn
            .find(|one| accepted(one.expose()))
            .map(|one| Zeroizing::new(one.expose().to_owned()))
    }
}

fn both(tenant: &Tenant) -> [((String, &'static str), PassphraseGenerator); 2] {
    let lists = [(Language::Nl, WordList::Nl), (Language::En, WordList::En)];
    lists.map(|(language, list)| {
        let key = (tenant.id().to_owned(), language.tag());
        (key, PassphraseGenerator::new(tenant.policy(), list))
    })
}
