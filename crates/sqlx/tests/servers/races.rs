//! A hundred identical requests at once, from several processes: one of them succeeds.
//!
//! `SLOTWERK_ROUNDS` sets how often each contest is held (3 without it). On a cluster each process has a node of its own.

mod child;
mod contest;

use crate::figures::figure;
use crate::fixture::NOW;
use crate::server::{Server, number};
use child::{Outcomes, Racer};
use contest::{Contest, REQUESTS};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::Store;
use slotwerk_testkit::conformance::block_on;

fn one_winner(server: Server) {
    let rounds = number("SLOTWERK_ROUNDS", 3);
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let addresses = match server {
            Server::Sqlite => {
                let path = directory.path().join("races.db");
                vec![path.to_str().unwrap().to_owned()]
            }
            _ => server.database("races").await,
        };
        let store = SqlStore::connect(&addresses[0]).await.unwrap();
        let nodes = addresses.len().max(2);
        let address = |node: usize| &addresses[node % addresses.len()];
        let mut racers: Vec<Racer> = (0..nodes)
            .map(|node| Racer::start(address(node), node, nodes))
            .collect();
        let mut conflicts = 0;
        for contest in Contest::ALL {
            for round in 0..rounds {
                conflicts += race(&store, &mut racers, contest, round).await;
            }
        }
        for racer in racers {
            racer.end();
        }
        let requests = rounds * REQUESTS * Contest::ALL.len() as u64;
        figure(&format!(
            "races on {server}: {requests} requests in {rounds} rounds from {nodes} processes, \
             {conflicts} answered by a conflict"
        ));
    });
}

/// Holds one round. How many of its requests ended in a conflict.
async fn race(store: &SqlStore, racers: &mut [Racer], contest: Contest, round: u64) -> u64 {
    let who = contest.account(round);
    contest.prepare(store, who).await;
    let before = store.outbox_backlog(NOW).await.unwrap().waiting;
    for racer in racers.iter_mut() {
        racer.order(&format!("{} {round}", contest as u8));
    }
    for racer in racers.iter_mut() {
        assert_eq!(racer.answer(), "ready");
    }
    for racer in racers.iter_mut() {
        racer.order("go");
    }
    let mut sum = Outcomes::default();
    for racer in racers.iter_mut() {
        let outcomes = racer.outcomes();
        sum.won += outcomes.won;
        sum.lost += outcomes.lost;
        sum.conflicts += outcomes.conflicts;
    }
    assert_eq!(sum.won + sum.lost + sum.conflicts, REQUESTS, "{contest:?}");
    contest.assert_winners(sum.won, sum.lost);
    contest.check(store, who, sum.won).await;
    let notices = store.outbox_backlog(NOW).await.unwrap().waiting - before;
    assert_eq!(notices, contest.notices(sum.won), "notices of {contest:?}");
    sum.conflicts
}

#[test]
fn sqlite_has_one_winner() {
    one_winner(Server::Sqlite);
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn postgres_has_one_winner() {
    one_winner(Server::Postgres);
}

#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn mariadb_has_one_winner() {
    one_winner(Server::Mariadb);
}

#[test]
#[ignore = "needs SLOTWERK_GALERA_URLS"]
fn galera_has_one_winner() {
    one_winner(Server::Galera);
}
