//! A control plane that plays its part of the protocol, and breaks it on demand.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use gatewright_domain::snapshot::Snapshot;
use gatewright_token::detached::DocumentKey;

pub(crate) const TOKEN: &str = "gw_gt_test";

pub(crate) struct Control {
    pub(crate) address: SocketAddr,
    pub(crate) key: DocumentKey,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
pub(crate) struct State {
    sealed: Option<(u64, u64, Vec<u8>, String)>,
    pub(crate) asked: Vec<String>,
    pub(crate) posted: Vec<(String, Vec<u8>)>,
    /// Questions that ask to be kept open are cut off.
    pub(crate) no_long_polls: bool,
    /// Everything is answered 500.
    pub(crate) broken: bool,
}

impl Control {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        let key = DocumentKey::open(&DocumentKey::generate().expect("a key")).expect("a key");
        Self {
            address,
            key,
            state,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn publish(&self, snapshot: &Snapshot) {
        self.publish_signed_by(snapshot, &self.key);
    }

    pub(crate) fn publish_signed_by(&self, snapshot: &Snapshot, key: &DocumentKey) {
        let bytes = serde_json::to_vec(snapshot).expect("JSON");
        let signature = STANDARD.encode(key.sign(&bytes));
        self.with(|state| {
            state.sealed = Some((snapshot.epoch, snapshot.revision, bytes, signature))
        });
    }

    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut State) -> R) -> R {
        look(&mut self.state.lock().expect("a state"))
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let (mut head, mut line) = (String::new(), String::new());
    while reader.read_line(&mut line).is_ok_and(|size| size > 2) {
        head.push_str(&line.to_lowercase());
        line.clear();
    }
    if head.is_empty() {
        return;
    }
    let value = |name: &str| {
        let found = head
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}: ")));
        found.map(str::to_owned)
    };
    let length = value("content-length").map_or(0, |length| length.parse().expect("a length"));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let known = value("authorization").is_some_and(|value| value == format!("bearer {TOKEN}"));
    let answer = match head.split(' ').nth(1).expect("a target") {
        _ if !known => plain("401 Unauthorized"),
        _ if state.lock().expect("a state").broken => plain("500 Internal Server Error"),
        "/internal/v1/records" => {
            let key = value("idempotency-key").expect("a key");
            state.lock().expect("a state").posted.push((key, body));
            plain("204 No Content")
        }
        target => match snapshot(target, &head, state) {
            Some(answer) => answer,
            None => return,
        },
    };
    let _ = stream.write_all(&answer);
}

fn snapshot(target: &str, head: &str, state: &Mutex<State>) -> Option<Vec<u8>> {
    let number = |name: &str| -> u64 {
        let (_, after) = target.split_once(&format!("{name}=")).expect("a parameter");
        after
            .split('&')
            .next()
            .expect("a value")
            .parse()
            .expect("a number")
    };
    let (epoch, after, wait) = (number("epoch"), number("after"), number("wait"));
    state.lock().expect("a state").asked.push(head.to_owned());
    let began = Instant::now();
    loop {
        let state = state.lock().expect("a state");
        if wait > 0 && state.no_long_polls {
            return None;
        }
        if let Some((e, r, bytes, signature)) = &state.sealed
            && (*e, *r) > (epoch, after)
        {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nGatewright-Signature: {signature}\r\nConnection: close\r\n\r\n",
                bytes.len()
            );
            return Some([head.as_bytes(), bytes.as_slice()].concat());
        }
        drop(state);
        if began.elapsed() >= Duration::from_secs(wait) {
            return Some(plain("204 No Content"));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn plain(status: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}
