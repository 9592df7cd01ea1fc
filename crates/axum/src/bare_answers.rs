//! Adds the security headers to answers that the HTTP library writes by itself.
//!
//! A request that cannot be parsed (400, 414, 431) never reaches the router, and hyper offers no place to
//! set headers for its answer. So this looks at what is written: an answer of hyper's own is one write,
//! with a status of those three, no body and the end of the connection. The router's answers always have
//! the headers, and pass unchanged.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The status lines of the answers that hyper writes by itself.
const OWN: [&[u8]; 3] = [
    b"HTTP/1.1 400 Bad Request\r\n",
    b"HTTP/1.1 414 URI Too Long\r\n",
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
];

/// Longer than any answer of hyper's own.
const LONGEST_OWN: usize = 256;

const END: &[u8] = b"\r\n\r\n";

/// A connection with `kept`, which is dropped with it.
pub(crate) struct BareAnswers<S, K> {
    stream: S,
    headers: Arc<str>,
    /// An answer with headers that the stream has not taken yet.
    pending: Vec<u8>,
    _kept: K,
}

impl<S, K> BareAnswers<S, K> {
    /// `headers` are whole lines, each with its line end.
    pub(crate) fn new(stream: S, headers: Arc<str>, kept: K) -> Self {
        Self {
            stream,
            headers,
            pending: Vec::new(),
            _kept: kept,
        }
    }
}

impl<S: AsyncWrite + Unpin, K> BareAnswers<S, K> {
    fn poll_pending(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.pending.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.pending))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.pending.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

/// The answer with the headers, if hyper wrote it by itself.
fn with_headers(written: &[u8], headers: &str) -> Option<Vec<u8>> {
    let is_own = written.len() <= LONGEST_OWN && OWN.iter().any(|own| written.starts_with(own));
    let head = written.strip_suffix(END).filter(|_| is_own)?;
    let text = str::from_utf8(head).ok()?;
    let ends = text.lines().any(|line| line == "connection: close");
    let is_empty = text.lines().any(|line| line == "content-length: 0");
    if text.contains("\r\n\r\n") || !ends || !is_empty {
        return None;
    }
    Some([head, b"\r\n", headers.as_bytes(), b"\r\n"].concat())
}

impl<S: AsyncWrite + Unpin, K: Unpin> AsyncWrite for BareAnswers<S, K> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_pending(cx))?;
        let Some(answer) = with_headers(buf, &self.headers) else {
            return Pin::new(&mut self.stream).poll_write(cx, buf);
        };
        self.pending = answer;
        // What the stream does not take now goes with the next write or flush.
        match self.poll_pending(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(buf.len())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + Unpin, K: Unpin> AsyncRead for BareAnswers<S, K> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const HEADERS: &str = "x-one: 1\r\nx-two: 2\r\n";

    fn bare(status: &str) -> String {
        format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\
             date: Sun, 29 Nov 2026 18:00:00 GMT\r\n\r\n"
        )
    }

    #[test]
    fn own_answers_get_the_headers() {
        for status in [
            "400 Bad Request",
            "414 URI Too Long",
            "431 Request Header Fields Too Large",
        ] {
            let answer = with_headers(bare(status).as_bytes(), HEADERS).unwrap();
            let answer = String::from_utf8(answer).unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")));
            assert!(answer.ends_with("GMT\r\nx-one: 1\r\nx-two: 2\r\n\r\n"));
        }
    }

    #[test]
    fn other_writes_pass_unchanged() {
        let own = bare("400 Bad Request");
        let no_end = own.strip_suffix("\r\n").unwrap();
        for written in [
            &bare("200 OK"),
            &bare("404 Not Found"),
            &own.replace("connection: close", "connection: keep-alive"),
            &own.replace("content-length: 0", "content-length: 12"),
            &format!("{own}body"),
            &format!("{own}{own}"),
            &format!(" {own}"),
            no_end,
            "",
        ] {
            assert!(
                with_headers(written.as_bytes(), HEADERS).is_none(),
                "{written:?}"
            );
        }
    }

    #[tokio::test]
    async fn slow_reader_gets_the_whole_answer() {
        let (near, mut far) = tokio::io::duplex(7);
        let mut near = BareAnswers::new(near, HEADERS.into(), ());
        let writing = tokio::spawn(async move {
            near.write_all(bare("400 Bad Request").as_bytes())
                .await
                .unwrap();
            near.shutdown().await.unwrap();
        });
        let mut answer = String::new();
        far.read_to_string(&mut answer).await.unwrap();
        writing.await.unwrap();
        assert!(
            answer.ends_with("GMT\r\nx-one: 1\r\nx-two: 2\r\n\r\n"),
            "{answer}"
        );
    }

    #[tokio::test]
    async fn later_writes_keep_their_place() {
        let (near, mut far) = tokio::io::duplex(16);
        let mut near = BareAnswers::new(near, HEADERS.into(), ());
        let writing = tokio::spawn(async move {
            near.write_all(bare("400 Bad Request").as_bytes())
                .await
                .unwrap();
            near.write_all(b"after").await.unwrap();
            near.flush().await.unwrap();
        });
        let mut answer = String::new();
        far.read_to_string(&mut answer).await.unwrap();
        writing.await.unwrap();
        assert!(answer.ends_with("x-two: 2\r\n\r\nafter"), "{answer}");
    }
}
