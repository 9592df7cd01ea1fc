//! The mails of password reset and two-factor set-up, in Dutch and English.
