//! Where a person downloads an authenticator app: a link to each store, and its QR code for those at a desktop.

use crate::refusal::Refusal;
use crate::visit::Visit;
use minijinja::{Value, context};
use slotwerk::qr::{Level, Symbol};

/// The app that the tenant suggests; nothing if it suggests none.
pub(super) fn app(visit: &Visit) -> Result<Value, Refusal> {
    let brand = visit.tenant_auth()?.settings().brand();
    let Some(app) = brand.authenticator_app() else {
        return Ok(Value::from(()));
    };
    let store = |name: &str, address: &str| -> Result<Value, Refusal> {
        let symbol =
            Symbol::encode(address, Level::M).map_err(|error| Refusal::Fault(Box::new(error)))?;
        // The name of a store is the same in every language.
        Ok(context! { name, address, svg => symbol.svg_labelled(name) })
    };
    let stores = [
        store("App Store", app.app_store())?,
        store("Google Play", app.google_play())?,
    ];
    Ok(context! { name => app.name(), stores => stores.to_vec() })
}
