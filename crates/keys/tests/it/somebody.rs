//! Somebody else's server, as hostile as a test needs it.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Somebody who answers every request with the same bytes, and counts who came.
pub(crate) struct Somebody {
    pub(crate) address: SocketAddr,
    came: Arc<AtomicUsize>,
}

impl Somebody {
    pub(crate) fn saying(answer: impl Into<Vec<u8>>) -> Self {
        Self::doing(answer.into(), |stream, answer| {
            let _ = stream.write_all(answer);
        })
    }

    pub(crate) fn doing(
        answer: Vec<u8>,
        act: impl Fn(&mut std::net::TcpStream, &[u8]) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, came) = (
            listener.local_addr().unwrap(),
            Arc::new(AtomicUsize::new(0)),
        );
        let counter = Arc::clone(&came);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                counter.fetch_add(1, Ordering::SeqCst);
                let mut head = [0; 2048];
                let _ = stream.read(&mut head);
                act(&mut stream, &answer);
            }
        });
        Self { address, came }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    pub(crate) fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}

pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}Connection: close\r\n\r\n{body}"
    )
}
