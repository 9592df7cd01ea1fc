//! A client that asks again and again over kept connections.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 8;

/// Answers a second, over eight connections.
pub(crate) async fn rate(address: SocketAddr, request: &str, time: Duration) -> f64 {
    let began = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..CONNECTIONS {
        clients.spawn(ask(address, request.to_owned(), began + time));
    }
    let counts = clients.join_all().await;
    counts.into_iter().sum::<u32>() as f64 / began.elapsed().as_secs_f64()
}

async fn ask(address: SocketAddr, request: String, end: Instant) -> u32 {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let (mut count, mut buffer) = (0, Vec::with_capacity(32 * 1024));
    while Instant::now() < end {
        stream.write_all(request.as_bytes()).await.expect("sent");
        buffer.clear();
        let whole = loop {
            stream.read_buf(&mut buffer).await.expect("an answer");
            if let Some(whole) = length(&buffer) {
                break whole;
            }
        };
        while buffer.len() < whole {
            stream.read_buf(&mut buffer).await.expect("an answer");
        }
        assert!(
            buffer.starts_with(b"HTTP/1.1 200 "),
            "{}",
            String::from_utf8_lossy(&buffer)
        );
        count += 1;
    }
    count
}

/// The length of the answer, once its head is there.
fn length(buffer: &[u8]) -> Option<usize> {
    let end = buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&buffer[..end]).expect("ASCII");
    let lines = head.lines();
    let body = lines
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .expect("a length");
    Some(end + 4 + body.1.parse::<usize>().expect("a number"))
}
