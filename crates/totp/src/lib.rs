//! TOTP secrets, otpauth URIs and verification with a clock-skew window and replay protection.
