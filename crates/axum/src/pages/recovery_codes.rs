//! New recovery codes: on one page, once, to print, to copy out or to keep as a file.

use super::{answer, over};
use crate::form::{Form, Submission};
use crate::language;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use minijinja::value::{Serde, Value};
use slotwerk::recovery::{CodeSet, RecoveryCode};
use zeroize::Zeroizing;

/// As many as there are.
const MOST: usize = 10;

/// One as it is shown: sixteen symbols in four groups.
const LENGTH: usize = 19;

/// The page that shows them. They are in this answer and kept nowhere. `renewed` says that there were others
/// before.
pub(crate) fn page(visit: &Visit, user: &str, codes: &CodeSet, renewed: bool) -> Response {
    let codes: Vec<&str> = codes.codes().iter().map(RecoveryCode::expose).collect();
    let all = Zeroizing::new(codes.join(" "));
    let codes = Value::from(Serde(codes));
    visit.page(
        StatusCode::OK,
        "recovery_codes.html",
        context! { codes, all => all.as_str(), user, today => today(visit), renewed },
    )
}

pub(crate) async fn download(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, file(&mut visit, form))
}

/// The codes as a text file. The page hands them back for this, since it works in every browser, without
/// JavaScript, and the server keeps nothing: whoever sends them has them. Nothing but codes is taken, so
/// that no other text comes out of here as a file.
async fn file(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let Some(signed_in) = visit.signed_in().await? else {
        return over(visit).await;
    };
    let shown = form.take("codes")?;
    // Reserved at once: growing would leave copies of the codes behind.
    let mut codes = Zeroizing::new(String::with_capacity(MOST * (LENGTH + 2)));
    for (count, shown) in shown.split(' ').enumerate() {
        if count == MOST {
            return Err(Refusal::BadForm);
        }
        let code = RecoveryCode::parse(shown).map_err(|_| Refusal::BadForm)?;
        codes.push_str(code.expose());
        codes.push_str("\r\n");
    }
    let user = signed_in.account().login.clone();
    let values = context! { codes => codes.as_str(), user, today => today(visit) };
    let text = visit.render("recovery_codes.txt", values)?;
    let name = if language::is_dutch(&visit.language) {
        "herstelcodes"
    } else {
        "recovery-codes"
    };
    let disposition = format!("attachment; filename=\"{name}-{}.txt\"", visit.tenant_id()?);
    let disposition =
        HeaderValue::from_str(&disposition).map_err(|error| Refusal::Fault(Box::new(error)))?;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    let headers = [(CONTENT_TYPE, plain), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, text).into_response())
}

/// The date where the tenant is: it tells one printed set from another.
fn today(visit: &Visit) -> Option<Value> {
    visit.local_time(visit.web.auth().now().as_secs())
}
