//! How long a service with thousands of tenants takes: checking their settings, registering them one after another,
//! and taking the handle of one.

use std::hint::black_box;
use std::time::Instant;

use slotwerk::mail::Brand;
use slotwerk::policy::PolicyDraft;
use slotwerk::{Auth, EnrolmentDelivery, Tenant};
use slotwerk_benches::measuring;
use tokio::runtime::Runtime;

const HANDLES: u32 = 100_000;

fn main() {
    let count = if measuring() { 5_000 } else { 5 };
    for delivery in [
        EnrolmentDelivery::OnScreen,
        EnrolmentDelivery::MailedBothFactorsInOneMailbox,
    ] {
        show(count, delivery);
    }
}

fn show(count: u32, delivery: EnrolmentDelivery) {
    let service = Auth::for_tests().expect("threads");
    let began = Instant::now();
    let tenants: Vec<Tenant> = (0..count).map(|n| tenant(n, delivery)).collect();
    let checked = began.elapsed();

    let began = Instant::now();
    for tenant in tenants {
        service
            .auth
            .put_tenant(tenant)
            .expect("an issuer of its own");
    }
    let registered = began.elapsed();

    let runtime = Runtime::new().expect("threads");
    let began = Instant::now();
    runtime.block_on(async {
        for n in 0..HANDLES {
            let id = format!("t{}", n % count);
            black_box(service.auth.tenant(&id).await.expect("registered"));
        }
    });
    let handle = began.elapsed() / HANDLES;
    println!(
        "tenants/{count}/{delivery:?}: checked in {checked:.2?}, registered in {registered:.2?}, a handle takes {handle:.0?}"
    );
}

fn tenant(n: u32, delivery: EnrolmentDelivery) -> Tenant {
    let brand = Brand::new("Noord", "#1f5f8b").expect("a brand");
    let rules = PolicyDraft::new()
        .minimum_length(15)
        .build()
        .expect("rules");
    Tenant::builder(format!("t{n}"), brand, rules, format!("T{n}"))
        .enrolment_delivery(delivery)
        .build()
        .expect("good settings")
}
