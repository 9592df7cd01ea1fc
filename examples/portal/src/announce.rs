//! The lines for the operator on standard output.

use slotwerk_service::ServiceOptions;
use std::io::{self, Write};

/// Writes lines. Where nobody reads them, the portal runs all the same.
pub(crate) fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// The addresses, the user names and the place of the mail.
pub(crate) fn announce(options: &ServiceOptions) {
    if options.smtp_url.is_none() && !options.listen.ip().is_loopback() {
        tracing::warn!(
            "the local mailbox shows every mail to everybody who can reach this address"
        );
    }
    let url = options.public_url();
    let url = url.trim_end_matches('/');
    let mail = match &options.smtp_url {
        None => format!("{url}/mailbox"),
        Some(_) => "the mail server of --smtp-url".to_owned(),
    };
    let metrics = options.metrics_listen;
    let metrics = metrics.map(|at| format!("\n  metrics       http://{at}/metrics"));
    say(&format!(
        "Slotwerk portal\n  \
         listening     {}\n  \
         Noord (nl)    {url}/noord/sign-in   set-up of the app by mail\n  \
         Zuid (en)     {url}/zuid/sign-in    set-up of the app on the page\n  \
         user names    demo, extra1 to extra8 (no passwords yet: start with \"forgot password\"); disabled\n  \
         help desk     admin and admin2, on the home page\n  \
         mail          {mail}{}",
        options.listen,
        metrics.unwrap_or_default()
    ));
}
