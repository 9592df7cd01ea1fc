//! A connection through TLS, to a certificate of a private authority.

use crate::support::server::{Server, free_port};
use crate::support::{burst, grants, lossy, patient};
use slotwerk_redis::redis::{Client, TlsCertificates};
use slotwerk_redis::{RedisStore, WhenDown};
use slotwerk_store::MemoryStore;
use std::process::Command;
use std::sync::Arc;

#[tokio::test]
#[ignore = "needs redis-server and openssl"]
async fn charges_go_through_tls() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (key, certificate) = (file("key.pem"), file("certificate.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ])
        .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", &key, "-out", &certificate])
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{made:?}");
    let port = free_port();
    let arguments = ["--port", "0", "--tls-port", &port.to_string()];
    let files = ["--tls-cert-file", &certificate, "--tls-key-file", &key];
    let clients = ["--tls-auth-clients", "no"];
    let server = Server::start_with(port, &[&arguments[..], &files, &clients].concat());

    let url = format!("rediss://localhost:{}", server.port());
    let trusted = TlsCertificates {
        client_tls: None,
        root_cert: Some(std::fs::read(&certificate).unwrap()),
    };
    let client = Client::build_with_tls(url.as_str(), trusted).unwrap();
    let open = |client| {
        let inner = Arc::new(MemoryStore::new());
        RedisStore::with_client(client, inner, patient(WhenDown::Reject)).unwrap()
    };
    assert_eq!(grants(&open(client), lossy(1), burst(3)).await, 3);
    let untrusting = Client::open(url).unwrap();
    assert!(
        open(untrusting).check().await.is_err(),
        "an unknown authority"
    );
}
