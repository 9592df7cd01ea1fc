//! Serving connections until the service stops.

use crate::connections::Guard;
use crate::headers;
use crate::web::Web;
use axum::Router;
use axum_server::Handle;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// How long a client may take to send the head of a request, and to begin the next one.
const HEAD: Duration = Duration::from_secs(10);

/// How long requests in hand may go on after the service was asked to stop.
pub const DRAIN: Duration = Duration::from_secs(10);

/// Bytes of one request's head. The longest link and a few cookies need a tenth of it.
const MOST_HEAD: usize = 64 * 1024;

impl Web {
    /// Serves until `stopped`, with limits on connections and on slow clients, over HTTP/1. Requests in hand may finish
    /// within [`DRAIN`]. A proxy in front brings TLS.
    ///
    /// # Errors
    ///
    /// If the listener cannot be used.
    pub async fn serve(
        &self,
        listener: TcpListener,
        router: Router,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let handle = Handle::new();
        tokio::spawn({
            let handle = handle.clone();
            async move {
                stopped.await;
                handle.graceful_shutdown(Some(DRAIN));
            }
        });
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
        server
            .serve(router.into_make_service_with_connect_info::<SocketAddr>())
            .await
    }
}
