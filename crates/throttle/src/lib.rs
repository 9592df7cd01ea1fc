//! Attempt budgets as pure decisions, with the arithmetic of guessing.
