//! The server is killed (`kill -9`) at random moments while several programs write: nothing that was acknowledged is lost,
//! the trail has no gap, and it verifies.
//!
//! The seed is printed; `GATEWRIGHT_KILL_SEED` plays the same moments again.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use gatewright_testkit::database::Engine;
use serde_json::{Value, json};

use crate::{
    http::Ask,
    instance::{Instance, Layout},
    shop,
};

const KILLS: usize = 30;

/// How many programs write at the same time: two of each kind.
const WRITERS: u64 = 6;

#[test]
fn nothing_acknowledged_is_lost_on_sqlite() {
    survive(Engine::Sqlite);
}

#[test]
fn nothing_acknowledged_is_lost_on_postgresql() {
    survive(Engine::Postgres);
}

/// What was answered with success.
#[derive(Default)]
struct Acknowledged {
    apis: Vec<String>,
    applications: Vec<String>,
    issued: Vec<(String, String)>,
    revoked: Vec<String>,
}

fn survive(engine: Engine) {
    let seed = seed();
    println!("{engine:?}: GATEWRIGHT_KILL_SEED={seed}");
    let mut instance = Instance::founded(engine, Layout::Embedded);
    shop::open(&instance, "http://127.0.0.1:9000");
    let kept = Arc::new(Mutex::new(Acknowledged::default()));
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<JoinHandle<()>> = (0..WRITERS)
        .map(|number| Writer::of(&instance, number, &kept, &stop).start())
        .collect();

    let mut dice = Dice(seed | 1);
    for kill in 1..=KILLS {
        std::thread::sleep(Duration::from_millis(20 + dice.roll(500)));
        instance.kill();
        instance.serve();
        let proof = instance.api("POST", "/audit/verify").send().good(200);
        assert_eq!(
            proof["valid"], true,
            "after kill {kill} of seed {seed}: {proof}"
        );
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.join().unwrap();
    }
    let kept = kept.lock().unwrap();
    println!(
        "{engine:?}: kept through {KILLS} kills: {} APIs, {} applications, {} tokens, {} revocations",
        kept.apis.len(),
        kept.applications.len(),
        kept.issued.len(),
        kept.revoked.len(),
    );
    all_is_there(&instance, &kept, seed);
    the_trail_is_whole(&instance, &kept, seed);
}

/// A program that writes and remembers what was acknowledged.
struct Writer {
    number: u64,
    base: String,
    admin: String,
    kept: Arc<Mutex<Acknowledged>>,
    stop: Arc<AtomicBool>,
}

impl Writer {
    fn of(
        instance: &Instance,
        number: u64,
        kept: &Arc<Mutex<Acknowledged>>,
        stop: &Arc<AtomicBool>,
    ) -> Self {
        Self {
            number,
            base: format!("{}/api/v1", instance.portal),
            admin: instance.admin.clone(),
            kept: Arc::clone(kept),
            stop: Arc::clone(stop),
        }
    }

    fn start(self) -> JoinHandle<()> {
        std::thread::spawn(move || {
            let mut round = 0;
            while !self.stop.load(Ordering::Relaxed) {
                round += 1;
                self.write(round);
            }
        })
    }

    fn write(&self, round: u64) {
        let name = format!("w{}-{round}", self.number);
        match self.number % 3 {
            0 => {
                if let Some(api) = self.post("/apis", &json!({ "name": name })) {
                    self.keep(|kept| kept.apis.push(id(&api)));
                }
            }
            1 => {
                let made = self.post("/consumers/Acme/applications", &json!({ "name": name }));
                if let Some(application) = made {
                    self.keep(|kept| kept.applications.push(id(&application)));
                }
            }
            _ => self.issue_and_revoke(&name, round),
        }
    }

    /// Every third token is revoked at once.
    fn issue_and_revoke(&self, name: &str, round: u64) {
        let wish = json!({ "name": name, "scopes": ["orders:v1:read"], "lifetime_s": 3600 });
        let Some(issued) = self.post("/applications/Shop/tokens", &wish) else {
            return;
        };
        let (token, text) = (id(&issued), issued["token"].as_str().unwrap().to_owned());
        self.keep(|kept| kept.issued.push((token.clone(), text)));
        if round.is_multiple_of(3) {
            let path = format!("/tokens/{token}/revoke");
            if self.post(&path, &json!({})).is_some() {
                self.keep(|kept| kept.revoked.push(token));
            }
        }
    }

    /// What was answered, when it was a success; a server that is away or dies meanwhile acknowledges nothing.
    fn post(&self, path: &str, body: &Value) -> Option<Value> {
        let ask = Ask::new("POST", format!("{}{path}", self.base));
        match ask.bearer(&self.admin).json(body).try_send() {
            Ok(answer) if answer.status < 300 => Some(answer.json()),
            Ok(answer) => {
                // Busy is an answer; anything else would be a mistake of the test or of the server.
                assert_eq!(answer.status, 503, "{path}: {}", answer.text());
                None
            }
            Err(_) => {
                std::thread::sleep(Duration::from_millis(5));
                None
            }
        }
    }

    fn keep(&self, keep: impl FnOnce(&mut Acknowledged)) {
        keep(&mut self.kept.lock().unwrap());
    }
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}

fn all_is_there(instance: &Instance, kept: &Acknowledged, seed: u64) {
    assert!(
        kept.apis.len() > KILLS,
        "too little was written to prove anything"
    );
    assert!(
        kept.applications.len() > KILLS && kept.issued.len() > KILLS && !kept.revoked.is_empty()
    );
    let there = |path: String| {
        let answer = instance.api("GET", &path).send();
        assert_eq!(
            answer.status,
            200,
            "{path} was lost with seed {seed}: {}",
            answer.text()
        );
        answer.json()
    };
    for api in &kept.apis {
        there(format!("/apis/{api}"));
    }
    for application in &kept.applications {
        there(format!("/applications/{application}"));
    }
    let revoked: BTreeSet<&String> = kept.revoked.iter().collect();
    for (token, text) in &kept.issued {
        let row = there(format!("/tokens/{token}"));
        let inspected = instance
            .post("/inspect", &json!({ "token": text }))
            .good(200);
        assert_eq!(inspected["token"], **token, "its text belongs to its row");
        let steps = inspected["steps"].as_array().unwrap();
        assert!(
            steps.iter().all(|step| step["verdict"] == "passed"),
            "{inspected}"
        );
        if revoked.contains(token) {
            assert_eq!(
                row["status"], "revoked",
                "{token} lives again with seed {seed}"
            );
        }
    }
}

/// Every number from 0 to the last, once; and everything acknowledged has its event.
fn the_trail_is_whole(instance: &Instance, kept: &Acknowledged, seed: u64) {
    let size = instance.events();
    let (mut next, mut after, mut made) = (0, String::new(), BTreeSet::new());
    let mut ended = BTreeSet::new();
    loop {
        let page = instance.get(&format!("/audit/events?limit=100{after}"));
        for event in page["items"].as_array().unwrap() {
            assert_eq!(event["seq"], next, "a gap with seed {seed}");
            next += 1;
            let target = event["target"]["id"].as_str().unwrap().to_owned();
            match event["action"].as_str().unwrap() {
                "token.revoke" => ended.insert(target),
                _ => made.insert(target),
            };
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        after = format!("&after={cursor}");
    }
    assert_eq!(next, size, "with seed {seed}");
    let tokens = kept.issued.iter().map(|(token, _)| token);
    for id in kept.apis.iter().chain(&kept.applications).chain(tokens) {
        assert!(made.contains(id), "{id} has no event with seed {seed}");
    }
    for token in &kept.revoked {
        assert!(
            ended.contains(token),
            "the revocation of {token} has no event with seed {seed}"
        );
    }
    let verified = instance.run(&["audit", "verify"]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
}

/// Where this run's moments come from: the one that was asked for, or another each time.
pub(crate) fn seed() -> u64 {
    std::env::var("GATEWRIGHT_KILL_SEED").map_or_else(
        |_| RandomState::new().hash_one(0),
        |text| text.parse().unwrap(),
    )
}

/// Random numbers that can be thrown again (xorshift64, Marsaglia 2003).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}
