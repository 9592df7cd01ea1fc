//! The storage contract of Slotwerk: one atomic command per transition, and the in-memory store.
