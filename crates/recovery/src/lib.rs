//! Recovery codes for people who lost their authenticator.
