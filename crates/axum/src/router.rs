//! The addresses of the flow.

use crate::api;
use crate::deadline;
use crate::headers;
use crate::no_page::{no_method, no_page};
use crate::pages::{
    authenticators, change, choose_factor, clock, desk, enrol, forgot, home, not_me, recovery,
    recovery_codes, remove, rename, renew_codes, reset, sessions, set_up, sign_in, statics,
    step_up, verify, well_known,
};
use crate::web::Web;
use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post};

impl Web {
    /// Every page of the flow and of the account, below `/{tenant}/`, and the files that they need, below `/static/`.
    pub fn router(&self) -> Router {
        self.guard(self.routes().with_state(self.clone()))
    }

    /// The same pages without their guards, for a host whose own routes stand beside them. Its state is the
    /// [`Web`], or a type of the host's for which the host writes `impl FromRef<State> for Web`. Give the whole router to [`guard`](Self::guard).
    pub fn routes<S>(&self) -> Router<S>
    where
        Self: FromRef<S>,
        S: Clone + Send + Sync + 'static,
    {
        self.flow().merge(self.assets())
    }

    /// The files of the pages, below `/static/`: style, scripts, and the colours of each tenant. None of them reads the
    /// database, unless a tenant's settings have to be loaded.
    pub fn assets<S>(&self) -> Router<S>
    where
        Self: FromRef<S>,
        S: Clone + Send + Sync + 'static,
    {
        statics::router()
    }

    /// The [`routes`](Self::routes) without the [`assets`](Self::assets), for a host with a layer around the pages alone.
    pub fn flow<S>(&self) -> Router<S>
    where
        Self: FromRef<S>,
        S: Clone + Send + Sync + 'static,
    {
        let prefix = self.tenants().prefix();
        let mut router = sign_in_pages(prefix).merge(account_pages(prefix, self.tenants().home()));
        if self.desk_gate().is_some() {
            router = router.merge(desk::router(prefix));
        }
        if self.has_json_api() {
            router = router.nest(&format!("{prefix}/api/v1"), api::router(self));
        }
        router
            .fallback(no_page)
            .method_not_allowed_fallback(no_method)
    }

    /// Routes of a host behind the guards of the flow: the headers, and the deadline of a request.
    pub fn guard(&self, router: Router) -> Router {
        let router = deadline::in_time(router, self.plain_pages().clone());
        headers::guarded(router, self.cookies().https)
    }
}

fn sign_in_pages<S>(prefix: &str) -> Router<S>
where
    Web: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    let at = |page: &str| format!("{prefix}{page}");
    let reset = get(reset::show).post(reset::submit);
    let not_me = get(not_me::show).post(not_me::submit);
    Router::new()
        .route(&at("/sign-in"), get(sign_in::show).post(sign_in::submit))
        .route(&at("/sign-out"), post(home::sign_out))
        .route(&at("/forgot"), get(forgot::show).post(forgot::submit))
        .route(&at("/reset/{token}"), reset.clone())
        .route(&at("/not-me/{handle}/{token}"), not_me.clone())
        // Some mail programs add a slash to the links that they show.
        .route(&at("/reset/{token}/"), reset)
        .route(&at("/not-me/{handle}/{token}/"), not_me)
        .route(
            &at("/second-factor"),
            get(choose_factor::show).post(choose_factor::submit),
        )
        .route(
            &at("/second-factor/enrol"),
            get(enrol::show).post(enrol::submit),
        )
        .route(&at("/second-factor/enrol/new-code"), post(enrol::new_code))
        .route(
            &at("/second-factor/verify"),
            get(verify::show).post(verify::submit),
        )
        .route(
            &at("/second-factor/clock"),
            get(clock::show).post(clock::submit),
        )
        .route(
            &at("/second-factor/recovery"),
            get(recovery::show).post(recovery::submit),
        )
}

fn account_pages<S>(prefix: &str, home: &str) -> Router<S>
where
    Web: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    let at = |page: &str| format!("{prefix}{page}");
    // The tenant's path without a slash at its end.
    let mut router = Router::new();
    if !prefix.is_empty() {
        router = router.route(prefix, get(home::show));
    }
    router
        .route(&at(home), get(home::show))
        .route(&at("/continue"), get(home::go_on))
        .route(&at("/password"), get(change::show).post(change::submit))
        .route(
            &at("/.well-known/change-password"),
            get(well_known::change_password),
        )
        .route(&at("/step-up"), get(step_up::show).post(step_up::submit))
        .route(&at("/sessions"), get(sessions::show))
        .route(&at("/sessions/end"), post(sessions::end))
        .route(&at("/sessions/end-others"), post(sessions::end_others))
        .route(&at("/authenticators"), get(authenticators::show))
        .route(
            &at("/authenticators/add"),
            get(set_up::show_add).post(set_up::submit_add),
        )
        .route(&at("/authenticators/add/begin"), post(set_up::begin_add))
        .route(
            &at("/authenticators/{id}/replace"),
            get(set_up::show_replace).post(set_up::submit_replace),
        )
        .route(
            &at("/authenticators/{id}/replace/begin"),
            post(set_up::begin_replace),
        )
        .route(
            &at("/authenticators/{id}/rename"),
            get(rename::show).post(rename::submit),
        )
        .route(
            &at("/authenticators/{id}/remove"),
            get(remove::show).post(remove::submit),
        )
        .route(
            &at("/recovery-codes"),
            get(renew_codes::show).post(renew_codes::submit),
        )
        .route(&at("/recovery-codes/file"), post(recovery_codes::download))
}
