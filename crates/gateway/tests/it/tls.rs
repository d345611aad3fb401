//! Upstreams behind TLS: verified, always.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
};

use rustls::{
    ServerConfig, ServerConnection, Stream,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::town::Town;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/tls")
        .join(name)
}

/// An upstream for `localhost`, whose certificate an authority of our own has signed.
fn upstream() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let certificate = CertificateDer::from_pem_file(file("localhost.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(file("localhost.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a configuration");
    let config = Arc::new(config);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut tls = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut tls = Stream::new(&mut tls, &mut stream);
            let mut head = [0; 8192];
            if tls.read(&mut head).is_ok_and(|size| size > 0) {
                let _ = tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        }
    });
    address
}

#[test]
fn an_upstream_whose_certificate_nobody_vouches_for_is_not_called() {
    let port = upstream().port();
    let town = Town::with(|snapshot| {
        snapshot.versions[0].upstream = format!("https://localhost:{port}")
            .parse()
            .expect("an upstream");
    });
    assert_eq!(town.get("/orders/v1/orders", &town.token()).status, 502);
}

#[test]
fn an_upstream_whose_authority_is_trusted_is_called_by_its_name_only() {
    let port = upstream().port();
    let trusting = |host: &str| {
        let town = Town::configured(
            |config| config.upstream_roots = Some(file("authority.pem")),
            |snapshot| {
                snapshot.versions[0].upstream = format!("https://{host}:{port}")
                    .parse()
                    .expect("an upstream");
            },
        );
        town.get("/orders/v1/orders", &town.token()).status
    };
    assert_eq!(trusting("localhost"), 200);
    assert_eq!(trusting("127.0.0.1"), 502);
}
