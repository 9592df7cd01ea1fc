//! Why a person cannot sign in, as a list of reasons.

use slotwerk::{AccountStatus, BudgetReport, MailState, ReportedBudget, SignInReport, Throttled};

/// One reason why a person cannot sign in.
pub(crate) struct Obstacle {
    /// The stable code.
    pub(crate) code: &'static str,
    /// The name of the text that says what is wrong.
    pub(crate) text: &'static str,
    /// The name of the text that says what helps.
    pub(crate) help: &'static str,
    /// The seconds after which it ends by itself.
    pub(crate) wait_seconds: Option<u64>,
}

impl Obstacle {
    const fn new(code: &'static str, text: &'static str, help: &'static str) -> Self {
        Self {
            code,
            text,
            help,
            wait_seconds: None,
        }
    }
}

/// The reasons in a report.
pub(crate) fn obstacles(report: &SignInReport) -> Vec<Obstacle> {
    let mut found = Vec::new();
    if report.account == AccountStatus::Disabled {
        let (text, help) = ("desk-why-disabled", "desk-help-disabled");
        found.push(Obstacle::new("disabled", text, help));
    }
    if !report.has_password {
        let (text, help) = ("desk-why-no-password", "desk-help-no-password");
        found.push(Obstacle::new("no_password", text, help));
    }
    if let Some(set_up) = report.set_up {
        let (text, help) = ("desk-why-set-up-mail", "desk-help-set-up-mail");
        if matches!(set_up.mail, MailState::AddressRefused | MailState::Failed) {
            found.push(Obstacle::new("set_up_mail", text, help));
        }
    }
    found.extend(report.throttled().filter_map(throttled));
    found
}

fn throttled(report: &BudgetReport) -> Option<Obstacle> {
    let throttled = report.throttled?;
    let (code, text) = match report.budget {
        ReportedBudget::Password => ("password", "desk-why-password"),
        ReportedBudget::Codes(_) => ("codes", "desk-why-codes"),
        ReportedBudget::SetUpCodes => ("set_up_codes", "desk-why-set-up-codes"),
        ReportedBudget::RecoveryCodes => ("recovery_codes", "desk-why-recovery-codes"),
        ReportedBudget::EarlierPasswords => ("earlier_passwords", "desk-why-earlier-passwords"),
        ReportedBudget::ResetMails => ("reset_mails", "desk-why-reset-mails"),
        ReportedBudget::SetUpMails => ("set_up_mails", "desk-why-set-up-mails"),
        ReportedBudget::SetUpReplacements => ("set_up_replacements", "desk-why-set-up-replaced"),
        ReportedBudget::LoginRequests => ("login_requests", "desk-why-login-requests"),
        ReportedBudget::TenantMails => ("tenant_mails", "desk-why-tenant-mails"),
        _ => ("other", "desk-why-other"),
    };
    let help = match throttled {
        _ if report.budget == ReportedBudget::TenantMails => "desk-help-tenant-mails",
        Throttled::Wait(_) => "desk-help-wait",
        Throttled::Locked => "desk-help-locked",
        Throttled::Exhausted => "desk-help-exhausted",
    };
    Some(Obstacle {
        wait_seconds: throttled.wait().map(crate::pages::seconds),
        ..Obstacle::new(code, text, help)
    })
}
