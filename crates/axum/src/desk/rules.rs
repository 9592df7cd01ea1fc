//! The password rules of a tenant, and a verdict on a sample.

use super::admission::Desk;
use slotwerk::SecondFactor;
use slotwerk::policy::{Finding, LintContext, Policy, Requirement, Subject};

impl Desk {
    /// The rules, by group. The first are for everybody whose group has none.
    pub(crate) fn policies(&self) -> impl Iterator<Item = (Option<&str>, &Policy)> {
        let settings = self.tenant().settings();
        let groups = settings.group_policies().iter();
        let groups = groups.map(|(group, policy)| (Some(group.as_str()), policy));
        std::iter::once((None, settings.policy())).chain(groups)
    }

    /// The rules of one group.
    pub(crate) fn policy(&self, group: Option<&str>) -> Option<&Policy> {
        let mut all = self.policies();
        all.find(|(known, _)| *known == group)
            .map(|(_, policy)| policy)
    }

    /// The findings of standards on the rules.
    pub(crate) fn findings(&self, policy: &Policy) -> Vec<Finding> {
        policy.lint(&match self.tenant().settings().second_factor() {
            SecondFactor::Required => LintContext::within_multi_factor(),
            _ => LintContext::only_factor(),
        })
    }
}

/// How a sample password stands against the rules, for nobody in particular. Nothing is stored or logged.
pub(crate) fn judged(policy: &Policy, sample: &str) -> Vec<Requirement> {
    policy
        .check(&Subject::new(), sample)
        .requirements()
        .to_vec()
}
