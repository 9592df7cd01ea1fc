//! Servers that misbehave.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Takes connections and never answers.
pub(crate) struct Silent(TcpListener);

impl Silent {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.0.local_addr().unwrap())
    }

    /// How many connections there were since the last call.
    pub(crate) fn connections(&self) -> usize {
        let mut found = 0;
        loop {
            match self.0.accept() {
                Ok(_) => found += 1,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return found,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// Answers every command with the same line, and counts scripts.
pub(crate) struct Stubborn {
    url: String,
    scripts: Arc<AtomicU64>,
}

impl Stubborn {
    pub(crate) fn start(line: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let scripts = Arc::new(AtomicU64::new(0));
        let counted = scripts.clone();
        // The thread ends with the test program.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let counted = counted.clone();
                std::thread::spawn(move || answer(stream, line, &counted));
            }
        });
        Self { url, scripts }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How many scripts it was sent.
    pub(crate) fn scripts(&self) -> u64 {
        self.scripts.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, line: &str, scripts: &AtomicU64) {
    let mut buffer = [0; 65_536];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
        let commands = text.lines().filter(|line| line.starts_with('*')).count();
        let of_scripts = text.matches("EVALSHA").count();
        scripts.fetch_add(of_scripts.try_into().unwrap(), Ordering::SeqCst);
        if stream.write_all(line.repeat(commands).as_bytes()).is_err() {
            return;
        }
    }
}
