//! Declaring cases, and stating what must hold.

/// The cases of one area, in the order of their functions.
macro_rules! cases {
    ($area:ident: $($name:ident),* $(,)?) => {
        pub(super) const CASES: &[super::Case] = &[$(super::Case {
            area: super::Area::$area,
            name: stringify!($name),
            run: |nodes| Box::pin($name(nodes)),
        }),*];
    };
}
pub(super) use cases;

/// Ends the case unless the condition holds.
macro_rules! ensure {
    ($holds:expr, $($what:tt)*) => {
        if !$holds {
            return Err(super::Mismatch(format!($($what)*)));
        }
    };
}
pub(super) use ensure;

/// Ends the case unless both are equal.
macro_rules! ensure_eq {
    ($seen:expr, $due:expr, $($what:tt)*) => {
        match (&$seen, &$due) {
            (seen, due) if seen == due => {}
            (seen, due) => {
                let what = format!($($what)*);
                return Err(super::Mismatch(format!("{what}: {seen:?} instead of {due:?}")));
            }
        }
    };
}
pub(super) use ensure_eq;
