//! Password reset and two-factor sign-in for multi-tenant services.
