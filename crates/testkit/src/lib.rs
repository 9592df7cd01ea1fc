//! Conformance suite for Slotwerk stores, with fakes and negative controls.
