//! Ports that stay free between two runs of a program.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
};

/// Below the range from which Linux draws the near ends of connections (32768), so that no client sits on a port while its
/// server is away.
const FROM: u16 = 20_000;
const MANY: u16 = 12_000;

/// A port that nobody listens on, and that no other test of this process is given.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let apart = u16::try_from(std::process::id() % 997).unwrap() * 12;
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FROM + apart.wrapping_add(step) % MANY;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
