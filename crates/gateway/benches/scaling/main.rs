//! What a request costs as the snapshot grows: `cargo bench -p gatewright-gateway --bench scaling`.
//!
//! For each case one gateway on one thread, and one upstream for all. Counted is the time that the gateway's own thread ran,
//! in rounds that take turns; what is told is how often that is the cost of the smallest case, as JSON, a line a case.

mod town;

use std::{
    error::Error,
    fs,
    io::{Read, Write, stdout},
    net::{SocketAddr, TcpListener, TcpStream},
    num::NonZeroUsize,
    sync::Arc,
};

use gatewright_gateway::{Config, Gateway, Handle};
use gatewright_testkit::{clock::FixedClock, entropy::SeededEntropy};

use crate::town::Town;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How much of everything there is, and how often the cost of the smallest case the requests may cost (`gateway.md`).
pub(crate) struct Size {
    name: &'static str,
    at_most: f64,
    pub(crate) apis: usize,
    pub(crate) applications: usize,
    pub(crate) keys: usize,
    pub(crate) revoked: usize,
    pub(crate) tokens: usize,
}

const SMALLEST: Size = Size {
    name: "10 APIs, 10 applications, 2 keys, nothing revoked, 16 tokens",
    at_most: 1.0,
    apis: 10,
    applications: 10,
    keys: 2,
    revoked: 0,
    tokens: CONNECTIONS,
};

const SIZES: [Size; 6] = [
    SMALLEST,
    Size {
        name: "10,000 APIs",
        at_most: 1.10,
        apis: 10_000,
        ..SMALLEST
    },
    Size {
        name: "100,000 applications",
        at_most: 1.15,
        applications: 100_000,
        ..SMALLEST
    },
    Size {
        name: "100 keys",
        at_most: 1.05,
        keys: 100,
        ..SMALLEST
    },
    Size {
        name: "1,000,000 revoked ids",
        at_most: 1.05,
        revoked: 1_000_000,
        ..SMALLEST
    },
    Size {
        name: "100,000 live tokens",
        at_most: 1.25,
        tokens: 100_000,
        ..SMALLEST
    },
];

const CONNECTIONS: usize = 16;
const REQUESTS: usize = 8_000;
const ROUNDS: usize = 25;

fn main() -> Outcome<()> {
    let upstream = upstream()?;
    let cases = SIZES.iter().map(|size| Case::start(size, upstream));
    let mut cases = cases.collect::<Outcome<Vec<_>>>()?;
    for _ in 0..ROUNDS {
        for case in &mut cases {
            let cost = case.round()?;
            case.costs.push(cost);
        }
    }
    let smallest = cases
        .first()
        .map(|case| case.costs.clone())
        .unwrap_or_default();
    for case in &cases {
        let ratios = case
            .costs
            .iter()
            .zip(&smallest)
            .map(|(cost, least)| cost / least);
        let (cost, ratio) = (median(case.costs.clone()), median(ratios.collect()));
        let told = serde_json::json!({
            "case": case.size.name,
            "cpu_us": (cost / 10.0).round() / 100.0,
            "ratio": (ratio * 1000.0).round() / 1000.0,
            "at_most": case.size.at_most,
            "signatures_checked_again": case.checked_again(),
        });
        writeln!(stdout(), "{told}")?;
    }
    Ok(())
}

/// A gateway of one size, with the requests that are sent to it.
struct Case {
    size: &'static Size,
    gateway: Handle,
    /// The file that says how long its thread has run.
    running: String,
    lines: Vec<TcpStream>,
    requests: Vec<String>,
    next: usize,
    checked: u64,
    costs: Vec<f64>,
}

impl Case {
    fn start(size: &'static Size, upstream: SocketAddr) -> Outcome<Self> {
        let town = Town::of(size, upstream)?;
        let mut config = Config::new(SocketAddr::from(([127, 0, 0, 1], 0)), "https://portal.test");
        config.threads = NonZeroUsize::MIN;
        // The memory of tokens is parted, and parts do not fill evenly.
        config.remembered_tokens = NonZeroUsize::MIN.saturating_add(2 * size.tokens + 1000);
        let before = gateway_threads()?;
        let (clock, dice) = (FixedClock::default(), SeededEntropy::new(7));
        let gateway = Gateway::start(config, Arc::new(clock), Arc::new(dice))?;
        gateway.offer(town.snapshot)?;
        let line = |_| TcpStream::connect(gateway.local_addr());
        let mut case = Self {
            size,
            running: String::new(),
            lines: (0..CONNECTIONS).map(line).collect::<Result<_, _>>()?,
            gateway,
            requests: town.requests,
            next: 0,
            checked: 0,
            costs: Vec::new(),
        };
        case.send(case.requests.len())?;
        // A thread gives itself its name, so the new one is known for sure once it has answered.
        let mut threads = gateway_threads()?;
        threads.retain(|thread| !before.contains(thread));
        case.running = threads.pop().ok_or("the gateway has no thread")? + "/schedstat";
        case.checked = case.gateway.counts().signature_checks;
        Ok(case)
    }

    /// Sends some requests; gives the nanoseconds that one of them cost.
    fn round(&mut self) -> Outcome<f64> {
        let before = ran(&self.running)?;
        self.send(REQUESTS)?;
        Ok((ran(&self.running)? - before) / f64::from(u32::try_from(REQUESTS)?))
    }

    /// Sends at least so many requests, one on each connection at a time.
    fn send(&mut self, many: usize) -> Outcome<()> {
        for _ in 0..many.div_ceil(CONNECTIONS) {
            for line in &mut self.lines {
                let request = self
                    .requests
                    .get(self.next)
                    .ok_or("there are no requests")?;
                line.write_all(request.as_bytes())?;
                self.next = (self.next + 1) % self.requests.len();
            }
            for line in &mut self.lines {
                answered(line)?;
            }
        }
        Ok(())
    }

    /// Signatures that were checked although the token had been verified before.
    fn checked_again(&self) -> u64 {
        self.gateway.counts().signature_checks - self.checked
    }
}

/// The threads of this process that serve a gateway.
fn gateway_threads() -> Outcome<Vec<String>> {
    let mut threads = Vec::new();
    for thread in fs::read_dir("/proc/self/task")? {
        let path = thread?.path().display().to_string();
        if fs::read_to_string(format!("{path}/comm"))?.trim() == "gateway" {
            threads.push(path);
        }
    }
    Ok(threads)
}

/// How many nanoseconds a thread has run.
fn ran(schedstat: &str) -> Outcome<f64> {
    let text = fs::read_to_string(schedstat)?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}

/// Reads one answer, which must be that of the upstream.
fn answered(line: &mut TcpStream) -> Outcome<()> {
    let (mut answer, mut size) = ([0; 4096], 0);
    loop {
        let room = answer.get_mut(size..).unwrap_or_default();
        let read = line.read(room)?;
        size += read;
        let answer = answer.get(..size).unwrap_or_default();
        if answer.ends_with(BODY) && answer.starts_with(b"HTTP/1.1 200") {
            return Ok(());
        }
        if read == 0 {
            let text = String::from_utf8_lossy(answer).into_owned();
            return Err(format!("not the upstream's answer: {text}").into());
        }
    }
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nan order";
const BODY: &[u8] = b"an order";

/// Answers every request alike; its threads end with the process.
fn upstream() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    Ok(address)
}

fn serve(mut stream: TcpStream) {
    let (mut head, mut size) = ([0; 4096], 0);
    while let Ok(read) = stream.read(head.get_mut(size..).unwrap_or_default()) {
        size += read;
        if read == 0 {
            return;
        }
        if head
            .get(..size)
            .is_some_and(|head| head.ends_with(b"\r\n\r\n"))
        {
            size = 0;
            if stream.write_all(ANSWER).is_err() {
                return;
            }
        }
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
