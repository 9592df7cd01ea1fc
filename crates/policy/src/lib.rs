//! Password rules per tenant: one definition for the check, the page and the browser.
