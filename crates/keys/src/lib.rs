//! Key ring with rotation, HKDF derivation per tenant and purpose, and sealing at rest.
