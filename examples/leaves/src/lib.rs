//! Small programs, one per leaf crate: see `src/bin`. The library holds nothing; it is where the code in
//! the README of the whole project is compiled as a test.

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct ReadmeDoctests;
