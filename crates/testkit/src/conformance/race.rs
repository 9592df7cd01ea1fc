//! Many tasks at once, through both nodes.

use super::{Mismatch, Nodes};
use slotwerk_store::{ErrorKind, Result, Store};
use std::sync::Arc;
use tokio::sync::Barrier;

/// How many tasks try at once.
pub(super) const TASKS: usize = 12;

/// How often a conflict, which is allowed and changes nothing, is tried again.
const PATIENCE: usize = 200;

/// Runs `attempt` in many tasks that start together, half through each node, and gathers the outcomes.
/// The number that an attempt gets is its own, from 0.
pub(super) async fn race<T, F, Fut>(
    nodes: &Nodes,
    attempt: F,
) -> std::result::Result<Vec<T>, Mismatch>
where
    T: Send + 'static,
    F: Fn(Arc<dyn Store>, u8) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let attempt = Arc::new(attempt);
    let start = Arc::new(Barrier::new(TASKS));
    let mut tasks = Vec::new();
    for index in 0..TASKS {
        let (attempt, start, store) = (attempt.clone(), start.clone(), nodes.alternate(index));
        let number = u8::try_from(index).unwrap_or(u8::MAX);
        tasks.push(tokio::spawn(async move {
            start.wait().await;
            persist(|| attempt(store.clone(), number)).await
        }));
    }
    let mut outcomes = Vec::new();
    for task in tasks {
        let outcome = task.await.map_err(|end| Mismatch(end.to_string()))?;
        outcomes.push(outcome?);
    }
    Ok(outcomes)
}

/// The same through the first node alone, where no conflict is allowed.
pub(super) async fn race_on_one_node<T, F, Fut>(
    nodes: &Nodes,
    attempt: F,
) -> std::result::Result<Vec<T>, Mismatch>
where
    T: Send + 'static,
    F: Fn(Arc<dyn Store>, u8) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let attempt = Arc::new(attempt);
    let start = Arc::new(Barrier::new(TASKS));
    let mut tasks = Vec::new();
    for number in (0..).take(TASKS) {
        let (attempt, start, store) = (attempt.clone(), start.clone(), nodes.alternate(0));
        tasks.push(tokio::spawn(async move {
            start.wait().await;
            attempt(store, number).await
        }));
    }
    let mut outcomes = Vec::new();
    for task in tasks {
        let outcome = task.await.map_err(|end| Mismatch(end.to_string()))?;
        outcomes.push(outcome?);
    }
    Ok(outcomes)
}

async fn persist<T, Fut>(command: impl Fn() -> Fut) -> Result<T>
where
    Fut: Future<Output = Result<T>>,
{
    for _ in 0..PATIENCE {
        match command().await {
            Err(fault) if fault.kind() == ErrorKind::Conflict => tokio::task::yield_now().await,
            answer => return answer,
        }
    }
    command().await
}
