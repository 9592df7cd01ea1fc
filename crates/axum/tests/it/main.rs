//! The tests of the web layer, as one program.
