//! The connection to Redis: one for all calls, each of which waits for a bounded time.

use crate::breaker::{Admitted, Breaker, Clock};
use crate::fault::RedisFault;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

pub(crate) struct Link {
    client: Client,
    deadline: Duration,
    breaker: Breaker,
    open: Mutex<Option<MultiplexedConnection>>,
    /// Held by the call that connects. The others wait for its connection.
    connecting: tokio::sync::Mutex<()>,
}

impl Link {
    /// Connects with the first call.
    pub(crate) fn new(client: Client, deadline: Duration, pause: Duration) -> Self {
        Self {
            client,
            deadline,
            breaker: Breaker::new(pause),
            open: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn with_clock(self, clock: Clock) -> Self {
        Self {
            breaker: self.breaker.with_clock(clock),
            ..self
        }
    }

    /// Makes a call. A failure of any kind closes the connection and begins a pause: after a failover the old
    /// connection may lead to a server that takes no writes any more.
    pub(crate) async fn call<T, F>(
        &self,
        work: impl FnOnce(MultiplexedConnection) -> F,
    ) -> Result<T, RedisFault>
    where
        F: Future<Output = Result<T, RedisFault>>,
    {
        let admitted = self.breaker.admit().ok_or(RedisFault::Paused)?;
        let mut is_sent = false;
        let answer = timeout(self.deadline, async {
            let connection = self.connection(admitted).await?;
            is_sent = true;
            work(connection).await
        })
        .await;
        let outcome = answer.unwrap_or(Err(if is_sent {
            RedisFault::Timeout(self.deadline)
        } else {
            RedisFault::ConnectTimeout(self.deadline)
        }));
        match &outcome {
            Ok(_) => self.note_success(),
            // Another call has begun the pause.
            Err(RedisFault::Paused) => {}
            Err(fault) => self.note_failure(fault),
        }
        outcome
    }

    async fn connection(&self, admitted: Admitted) -> Result<MultiplexedConnection, RedisFault> {
        if let Some(open) = self.open().clone() {
            return Ok(open);
        }
        let _connecting = self.connecting.lock().await;
        if let Some(open) = self.open().clone() {
            return Ok(open);
        }
        if admitted == Admitted::Closed && self.breaker.is_open() {
            return Err(RedisFault::Paused);
        }
        // The deadline of the call bounds both.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let connection = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await
            .map_err(RedisFault::Unconnected)?;
        *self.open() = Some(connection.clone());
        Ok(connection)
    }

    fn note_success(&self) {
        if self.breaker.succeeded() {
            tracing::info!(event = "redis_back", "budgets are in Redis again");
        }
    }

    fn note_failure(&self, fault: &RedisFault) {
        *self.open() = None;
        if self.breaker.failed() {
            tracing::warn!(
                event = "redis_down",
                reason = fault.reason(),
                "budgets cannot be counted in Redis"
            );
        }
    }

    fn open(&self) -> MutexGuard<'_, Option<MultiplexedConnection>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
