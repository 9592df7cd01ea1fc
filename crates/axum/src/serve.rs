//! Serving connections until the service stops.

use crate::connections::Guard;
use crate::headers;
use crate::web::Web;
use axum::Router;
use axum_server::Handle;
use slotwerk::Auth;
use socket2::SockRef;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// How long a client may take to send the head of a request, and to begin the next one.
const HEAD: Duration = Duration::from_secs(10);

/// How long requests in progress may continue after `stopped` of [`Web::serve`]: 10 seconds.
pub const DRAIN: Duration = Duration::from_secs(10);

/// The time between two times of clearing away.
const CLEARING: Duration = Duration::from_secs(600);

/// Connections that may wait to be accepted, if the system allows so many. `std` asks for 128: in a burst of more, some
/// clients would wait seconds for their next try.
const QUEUE: i32 = 4096;

/// Bytes of one request's head. The longest link and a few cookies need a tenth of it.
const MOST_HEAD: usize = 64 * 1024;

impl Web {
    /// Serves over HTTP/1 until `stopped`. It limits connections and slow clients, sends the mails of the outbox, and
    /// deletes expired rows every ten minutes. A proxy in front does TLS.
    ///
    /// After `stopped`, requests in progress and the mail in progress have [`DRAIN`] each. The next process sends the mails
    /// that wait.
    ///
    /// # Errors
    ///
    /// An [`io::Error`] if the listener cannot be used.
    pub async fn serve(
        &self,
        listener: TcpListener,
        router: Router,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        lengthen_queue(&listener)?;
        let handle = Handle::new();
        let (stop, stopping) = watch::channel(false);
        tokio::spawn({
            let handle = handle.clone();
            async move {
                stopped.await;
                stop.send_replace(true);
                handle.graceful_shutdown(Some(DRAIN));
            }
        });
        let outbox = tokio::spawn(send_mails(self.auth().clone(), stopping.clone()));
        tokio::spawn(clear_away(self.auth().clone(), stopping));
        let mut server = axum_server::from_tcp(listener)?
            .http1_only()
            .handle(handle)
            .acceptor(Guard {
                limit: self.connection_limit(),
                answer_headers: headers::lines(self.cookies().https),
            });
        server
            .http_builder()
            .http1()
            .header_read_timeout(HEAD)
            .max_buf_size(MOST_HEAD);
        let served = server
            .serve(router.into_make_service_with_connect_info::<SocketAddr>())
            .await;
        let _ = timeout(DRAIN, outbox).await;
        served
    }
}

/// A listener may be told to listen again, with another length.
fn lengthen_queue(listener: &TcpListener) -> io::Result<()> {
    SockRef::from(listener).listen(QUEUE)
}

async fn send_mails(auth: Auth, stopping: watch::Receiver<bool>) {
    let worker = auth.worker();
    worker.run(tokio::time::sleep, wait_for(stopping)).await;
}

async fn clear_away(auth: Auth, stopping: watch::Receiver<bool>) {
    // It ends when the wait for the stop does.
    while timeout(CLEARING, wait_for(stopping.clone())).await.is_err() {
        if let Err(fault) = auth.worker().purge().await {
            tracing::warn!(
                "expired rows could not be cleared away; this will be tried again: {fault}"
            );
        }
    }
}

async fn wait_for(mut stopping: watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// Waits for SIGTERM or Ctrl-C, for [`Web::serve`]. Where signals cannot be received, it waits for ever.
pub async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    /// Nobody accepts here, so that each connection stays in the queue. The next try of a client comes after a second.
    #[test]
    fn burst_of_connections_is_queued() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        lengthen_queue(&listener).unwrap();
        let wait = Duration::from_secs(10);
        let burst: Vec<_> = (0..300)
            .map(|_| TcpStream::connect_timeout(&address, wait).unwrap())
            .collect();
        assert_eq!(burst.len(), 300);
    }
}
