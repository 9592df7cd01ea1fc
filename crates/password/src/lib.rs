//! Argon2id as a bounded service: hashing and verifying in fixed memory.
