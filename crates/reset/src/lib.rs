//! Signed, expiring, single-use reset tokens and the links that carry them.
