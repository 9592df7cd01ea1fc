//! The same policy for a browser: rules as data, the evaluator, and attributes for the input field.

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
/// ```js
/// import { evaluate } from "./evaluator.js";
/// const rules = JSON.parse(document.getElementById("password-rules").textContent);
/// field.addEventListener("input", () => {
///   for (const { code, state } of evaluate(rules, field.value)) {
///     list.querySelector(`[data-code="${code}"]`).dataset.state = state;
///   }
/// });
/// ```
///
/// It is there to help the user. The server's verdict is the one that counts.
pub const EVALUATOR: &str = include_str!("browser/evaluator.js");
