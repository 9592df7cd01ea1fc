//! The process that sends a part of the requests. It reads its orders as lines from standard input and answers with
//! lines on standard error.

use super::contest::{Contest, REQUESTS, Verdict};
use crate::server::wide_store;
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{ErrorKind, Result, Store};
use slotwerk_testkit::conformance::block_on;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};
use std::sync::Arc;
use tokio::sync::Barrier;

const ADDRESS: &str = "SLOTWERK_RACE_ADDRESS";
const NODE: &str = "SLOTWERK_RACE_NODE";
const NODES: &str = "SLOTWERK_RACE_NODES";

/// The outcomes of the requests of one or several processes.
#[derive(Default)]
pub(super) struct Outcomes {
    pub(super) won: u64,
    pub(super) lost: u64,
    pub(super) conflicts: u64,
}

/// A process that has been started.
pub(super) struct Racer {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStderr>,
}

impl Racer {
    /// Starts process `node` of `nodes`.
    pub(super) fn start(address: &str, node: usize, nodes: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "races::child::child"])
            .env(ADDRESS, address)
            .env(NODE, node.to_string())
            .env(NODES, nodes.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stderr.take().unwrap());
        Self {
            child,
            orders,
            answers,
        }
    }

    pub(super) fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").unwrap();
    }

    pub(super) fn answer(&mut self) -> String {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line).unwrap();
        assert!(read > 0, "a process ended: {:?}", self.child.try_wait());
        line.trim_end().to_owned()
    }

    pub(super) fn outcomes(&mut self) -> Outcomes {
        let answer = self.answer();
        let counts: Vec<u64> = answer
            .split(' ')
            .map(|count| count.parse().unwrap_or_else(|_| panic!("{answer}")))
            .collect();
        Outcomes {
            won: counts[0],
            lost: counts[1],
            conflicts: counts[2],
        }
    }

    /// Ends the process, which ends by itself without further orders.
    pub(super) fn end(self) {
        let Self {
            mut child, orders, ..
        } = self;
        drop(orders);
        assert!(child.wait().unwrap().success());
    }
}

/// The process, when this program is started by a race; nothing otherwise.
#[test]
fn child() {
    let Ok(address) = std::env::var(ADDRESS) else {
        return;
    };
    let number = |name| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let (node, nodes) = (number(NODE), number(NODES));
    block_on(async {
        // On its own connections the store charges without a transaction. On those of a host it never does.
        let stores: [Arc<dyn Store>; 2] = [
            Arc::new(wide_store(&address).await),
            Arc::new(SqlStore::connect(&address).await.unwrap()),
        ];
        let mut orders = std::io::stdin().lines();
        while let Some(order) = orders.next() {
            let order = order.unwrap();
            let (contest, round) = order.split_once(' ').unwrap();
            let contest = Contest::ALL[contest.parse::<usize>().unwrap()];
            let who = contest.account(round.parse().unwrap());
            let requests: Vec<u64> = (0..REQUESTS).filter(|n| n % nodes == node).collect();
            let start = Arc::new(Barrier::new(requests.len() + 1));
            let tasks: Vec<_> = requests
                .into_iter()
                .map(|n| {
                    let store = stores[usize::from((n / nodes).is_multiple_of(2))].clone();
                    let start = start.clone();
                    tokio::spawn(async move {
                        start.wait().await;
                        contest.attempt(&*store, who, n).await
                    })
                })
                .collect();
            say("ready");
            assert_eq!(orders.next().unwrap().unwrap(), "go");
            start.wait().await;
            let mut outcomes = Vec::new();
            for task in tasks {
                outcomes.push(task.await.unwrap());
            }
            say(&count(&outcomes));
        }
    });
}

fn say(line: &str) {
    // The test harness keeps what `eprintln!` prints.
    let mut answers = std::io::stderr();
    writeln!(answers, "{line}").unwrap();
}

/// The counts as a line, or what should not have happened.
fn count(outcomes: &[Result<Verdict>]) -> String {
    let mut counts = [0; 3];
    for outcome in outcomes {
        match outcome {
            Ok(Verdict::Won) => counts[0] += 1,
            Ok(Verdict::Lost) => counts[1] += 1,
            Ok(Verdict::Wrong(what)) => return format!("an impossible verdict: {what}"),
            Err(fault) if fault.kind() == ErrorKind::Conflict => counts[2] += 1,
            Err(fault) => return format!("{fault}: {:?}", fault.source()).replace('\n', " "),
        }
    }
    counts.map(|count| count.to_string()).join(" ")
}
