//! The same policy for a browser: rules as data, the evaluator, and attributes for the input field.

mod grammar;
mod html;
mod rules;

/// The evaluator as an ES module, to be served as it is from the host's own origin.
///
/// It exports `evaluate(rules, password)`: `rules` is the parsed result of
/// [`Policy::browser_rules`](crate::Policy::browser_rules), the answer is `[{code, state}, …]` in the
/// order of the server's verdict, with `state` one of `"met"`, `"unmet"` and `"pending"`. It has no
/// dependency, touches no DOM, and uses neither `eval` nor a regular expression from data, so it runs
/// under `Content-Security-Policy: default-src 'none'; script-src 'self'`.
///
/// A code can occur more than once, so match the answers with the lines of the list by position, which
/// is the same in [`Policy::requirements`](crate::Policy::requirements), in every verdict and here:
///
/// ```js
/// import { evaluate } from "./evaluator.js";
/// const rules = JSON.parse(document.getElementById("password-rules").textContent);
/// const lines = document.querySelectorAll("#requirements > li");
/// field.addEventListener("input", () => {
///   evaluate(rules, field.value).forEach(({ state }, i) => {
///     lines[i].dataset.state = state;
///   });
/// });
/// ```
///
/// Serve it anew when this crate is updated: it refuses rules of another version with a `RangeError`, and
/// leaves a rule of a code that it does not know pending.
///
/// It is there to help the user. The server's verdict is the one that counts. The two agree on every
/// character that both know; a browser with older Unicode tables may count or compose the newest
/// characters otherwise.
pub const EVALUATOR: &str = include_str!("browser/evaluator.js");
