//! Connections to a cluster that cannot prepare the statements of the store.

use crate::grants::limited_role;
use crate::server::{Server, run};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{AccountKey, ErrorKind, Store};
use slotwerk_testkit::conformance::block_on;
use std::time::Duration;

const ROLE: &str = "slotwerk_unprepared";

/// The command reads another table than the one whose rights are missing: on an unprepared connection it would succeed.
#[test]
#[ignore = "needs SLOTWERK_GALERA_URLS"]
fn unprepared_connection_is_not_used() {
    block_on(async {
        let server = Server::Galera;
        let (admin, _, address) = server.stores("unprepared").await;
        let limited = limited_role(&admin, server, &address, ROLE).await;
        let revoke = format!("REVOKE INSERT ON slotwerk_audit FROM '{ROLE}'@'%'");
        run(server, &address, &revoke).await;
        let options = SqlStore::mysql_pool_options().acquire_timeout(Duration::from_secs(5));
        let store = SqlStore::from_pool(options.connect_lazy(&limited).unwrap());
        let ann = AccountKey::new("noord", "ann").unwrap();
        let fault = store.credential(&ann).await.unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::Unavailable);

        let grant = format!("GRANT INSERT ON slotwerk_audit TO '{ROLE}'@'%'");
        run(server, &address, &grant).await;
        assert_eq!(store.credential(&ann).await.unwrap().epoch, 0);
    });
}
