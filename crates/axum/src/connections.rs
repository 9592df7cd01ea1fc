//! Connections: how many may be open, how long a slow client may take, and how they end.

use crate::bare_answers::BareAnswers;
use axum_server::accept::Accept;
use slotwerk::{Client, TrustedProxies};
use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutWriter;

/// How long a client may leave an answer unread without taking a single byte.
const UNREAD: Duration = Duration::from_secs(20);

/// Open files that are no client's connection: the database, its journals, mail, standard streams.
const OTHER_FILES: u64 = 64;

/// Counts open connections, in all and by client, and closes those beyond either limit.
///
/// A client is an IPv4 address or an IPv6 network of 64 bits. Connections of the portal's own proxies
/// count in all only: many people stand behind them.
#[derive(Clone)]
pub(crate) struct ConnectionLimit(Arc<Shared>);

struct Shared {
    most: usize,
    most_each: usize,
    proxies: TrustedProxies,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: usize,
    by_client: HashMap<IpAddr, usize>,
    /// Whether the log says already that connections are closed.
    reported: bool,
}

impl ConnectionLimit {
    /// At most `most` connections in all, and `most_each` of one client.
    ///
    /// Lowers `most` where the system allows the process fewer open files, and logs a warning then.
    pub(crate) fn new(most: usize, most_each: usize, proxies: TrustedProxies) -> Self {
        let needed = u64::try_from(most).unwrap_or(u64::MAX);
        let needed = needed.saturating_add(OTHER_FILES);
        // Where the limit cannot be read, the one that systems start with.
        let allowed = rlimit::increase_nofile_limit(needed).unwrap_or(1024);
        let room = usize::try_from(allowed.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX);
        if room < most {
            tracing::warn!(
                "the system allows {allowed} open files, so at most {room} connections are kept open instead of {most}; \
                 raise the limit of open files (ulimit -n)"
            );
        }
        Self(Arc::new(Shared {
            most: most.min(room).max(1),
            most_each,
            proxies,
            open: Mutex::default(),
        }))
    }

    /// Connections that are open now.
    #[cfg(feature = "metrics")]
    pub(crate) fn open(&self) -> usize {
        let open = self.0.open.lock();
        open.unwrap_or_else(PoisonError::into_inner).all
    }

    /// A place for a connection from `peer`, or none.
    fn admit(&self, peer: IpAddr) -> Option<Place> {
        let client = (!self.0.proxies.trusts(peer))
            .then(|| Client::at(peer).budget_address())
            .flatten();
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_client = client.map_or(0, |client| {
            open.by_client.get(&client).copied().unwrap_or_default()
        });
        if open.all >= self.0.most || of_client >= self.0.most_each {
            if !open.reported {
                open.reported = true;
                tracing::warn!(
                    "{} connections are open, {of_client} of them from one client; further ones are closed at once",
                    open.all
                );
            }
            return None;
        }
        open.all += 1;
        if let Some(client) = client {
            open.by_client.insert(client, of_client + 1);
        }
        Some(Place {
            limit: self.clone(),
            client,
        })
    }
}

/// One open connection. Dropping it makes room for another.
pub(crate) struct Place {
    limit: ConnectionLimit,
    client: Option<IpAddr>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let shared = &self.limit.0;
        let mut open = shared.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        if let Some(client) = self.client {
            let left = open
                .by_client
                .get(&client)
                .map_or(0, |n| n.saturating_sub(1));
            if left == 0 {
                open.by_client.remove(&client);
            } else {
                open.by_client.insert(client, left);
            }
        }
        // The next crowd is worth a line of its own.
        if open.all < shared.most / 2 {
            open.reported = false;
        }
    }
}

/// What every accepted connection passes through.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) limit: ConnectionLimit,
    pub(crate) answer_headers: Arc<str>,
}

pub(crate) type Stream = BareAnswers<Pin<Box<TimeoutWriter<TcpStream>>>, Place>;

impl<S> Accept<TcpStream, S> for Guard {
    type Stream = Stream;
    type Service = S;
    type Future = Ready<io::Result<(Stream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.admit(stream).map(|stream| (stream, service)))
    }
}

impl Guard {
    fn admit(&self, stream: TcpStream) -> io::Result<Stream> {
        let peer = stream.peer_addr()?.ip();
        let place = self
            .limit
            .admit(peer)
            .ok_or(io::ErrorKind::ConnectionRefused)?;
        stream.set_nodelay(true)?;
        let mut stream = TimeoutWriter::new(stream);
        stream.set_timeout(Some(UNREAD));
        let headers = Arc::clone(&self.answer_headers);
        Ok(BareAnswers::new(Box::pin(stream), headers, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(most: usize, most_each: usize) -> ConnectionLimit {
        let proxies = TrustedProxies::parse(["10.0.0.0/8"]).unwrap();
        ConnectionLimit::new(most, most_each, proxies)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn client_limit() {
        let limit = limit(100, 2);
        let held = [limit.admit(ip("192.0.2.1")), limit.admit(ip("192.0.2.1"))];
        assert!(held.iter().all(Option::is_some));
        assert!(limit.admit(ip("::ffff:192.0.2.1")).is_none(), "one client");
        assert!(limit.admit(ip("192.0.2.2")).is_some(), "another client");
        drop(held);
        assert!(limit.admit(ip("192.0.2.1")).is_some(), "room again");
    }

    #[test]
    fn ipv6_network_is_one_client() {
        let limit = limit(100, 1);
        let _held = limit.admit(ip("2001:db8::1")).unwrap();
        assert!(limit.admit(ip("2001:db8::2:1")).is_none());
        assert!(limit.admit(ip("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn limit_in_all() {
        let limit = limit(3, 2);
        let held: Vec<_> = (1..=3)
            .map(|n| limit.admit([192, 0, 2, n].into()))
            .collect();
        assert!(held.iter().all(Option::is_some));
        assert!(limit.admit(ip("192.0.2.9")).is_none());
        drop(held);
        assert!(limit.admit(ip("192.0.2.9")).is_some());
    }

    #[test]
    fn proxies_count_in_all_only() {
        let limit = limit(3, 1);
        let held: Vec<_> = (0..3).map(|_| limit.admit(ip("10.0.0.1"))).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(limit.admit(ip("10.0.0.1")).is_none());
    }

    #[test]
    fn closed_clients_are_forgotten() {
        let limit = limit(100, 5);
        for n in 0..=255 {
            drop(limit.admit([192, 0, 2, n].into()));
        }
        let open = limit.0.open.lock().unwrap();
        assert_eq!((open.all, open.by_client.len()), (0, 0));
    }

    #[cfg(feature = "metrics")]
    #[test]
    fn open_connections_are_counted() {
        let limit = limit(100, 5);
        let held = [limit.admit(ip("192.0.2.1")), limit.admit(ip("10.0.0.1"))];
        assert_eq!(limit.open(), 2);
        drop(held);
        assert_eq!(limit.open(), 0);
    }

    #[test]
    fn open_files_bound_the_limit() {
        let limit = ConnectionLimit::new(usize::MAX / 2, 10, TrustedProxies::none());
        assert!(limit.0.most < usize::MAX / 2);
    }
}
