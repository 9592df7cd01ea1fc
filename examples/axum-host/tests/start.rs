//! The program starts in an empty folder and answers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

struct Program {
    child: Child,
    address: String,
    folder: TempDir,
}

impl Program {
    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_axum-host"))
            .env_clear()
            .env("LISTEN", "127.0.0.1:0")
            .env("PUBLIC_URL", "http://127.0.0.1:8080")
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let said = BufReader::new(child.stdout.take().unwrap()).read_line(&mut line);
        said.unwrap();
        let address = line.split('/').nth(2).expect("an address").to_owned();
        Self {
            child,
            address,
            folder,
        }
    }

    /// The head of the answer and its body.
    fn get(&self, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let host = &self.address;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn stranger_is_led_to_sign_in() {
    let program = Program::start();
    let (head, _) = program.get("/");
    assert!(head.starts_with("HTTP/1.1 303"), "{head}");
    assert!(head.contains("location: /sign-in\r\n"), "{head}");
    let (head, page) = program.get("/sign-in");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(page.contains("name=\"password\""), "{page}");
    for file in ["host.sqlite", "host.keys"] {
        assert!(program.folder.path().join(file).is_file(), "{file}");
    }
}
