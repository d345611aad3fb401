//! The server is killed (`kill -9`) at random moments while clients ask for tokens and refresh at the same time, and keys
//! are rotated: no token without a row, no family with two heads or none, no ring without a signer.
//!
//! The seed is printed; `GATEWRIGHT_KILL_SEED` plays the same moments again.

use std::{
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
    client::Client,
    forge,
    http::{Answer, Ask},
    instance::{Instance, Layout},
    kill::{Dice, seed},
    shop,
};

const KILLS: usize = 20;
const ASKERS: usize = 3;
const FAMILIES: usize = 4;

/// How many show the refresh token of one family at the same time.
const RACERS: usize = 2;

#[test]
fn no_kill_leaves_half_of_a_token_on_sqlite() {
    survive(Engine::Sqlite);
}

#[test]
fn no_kill_leaves_half_of_a_token_on_postgresql() {
    survive(Engine::Postgres);
}

fn survive(engine: Engine) {
    let seed = seed();
    println!("{engine:?}: GATEWRIGHT_KILL_SEED={seed}");
    let mut instance = Instance::founded(engine, Layout::Embedded);
    let town = Town::open(&instance);
    let mut busy: Vec<JoinHandle<()>> = Vec::new();
    for _ in 0..ASKERS {
        busy.push(town.work(Town::ask));
    }
    for _ in 0..FAMILIES {
        let mut token = begin_family(&instance);
        busy.push(town.work(move |town| town.refresh(&mut token)));
    }
    busy.push(town.work(Town::rotate));

    let mut dice = Dice(seed | 1);
    for kill in 1..=KILLS {
        std::thread::sleep(Duration::from_millis(200 + dice.roll(800)));
        instance.kill();
        assert_whole(&instance, kill, seed);
        instance.serve();
    }
    // Every family answers once more, whatever was lost.
    let refreshed = town.kept().refreshed;
    crate::instance::within(Duration::from_secs(30), "refreshing goes on", || {
        town.kept().refreshed >= refreshed + 2 * FAMILIES
    });
    town.stop.store(true, Ordering::Relaxed);
    for one in busy {
        one.join().unwrap();
    }
    let kept = town.kept();
    let (issued, refreshed, rotated) = (kept.tokens.len(), kept.refreshed, kept.rotated);
    println!(
        "{engine:?}: through {KILLS} kills: {issued} tokens, {refreshed} of them by refreshing, {rotated} rotations"
    );
    assert!(
        issued > KILLS && refreshed > FAMILIES && rotated > 2,
        "too little was done"
    );
    for token in &kept.tokens {
        has_a_row(&instance, token, seed);
    }
    let proof = instance.api("POST", "/audit/verify").send().good(200);
    assert_eq!(proof["valid"], true, "with seed {seed}: {proof}");
}

/// What the database says while nobody is there to mend it.
fn assert_whole(instance: &Instance, kill: usize, seed: u64) {
    let none = |what: &str, query: &str| {
        let found = forge::count(&instance.database(), query);
        assert_eq!(found, 0, "{what} after kill {kill} of seed {seed}");
    };
    none(
        "a family without exactly one head",
        "SELECT count(*) FROM refresh_families f WHERE 1 <>
         (SELECT count(*) FROM refresh_tokens t WHERE t.family_id = f.id AND t.consumed_at IS NULL)",
    );
    none(
        "a family whose head is not its newest token",
        "SELECT count(*) FROM refresh_families f WHERE f.head <>
         (SELECT max(t.generation) FROM refresh_tokens t WHERE t.family_id = f.id)",
    );
    none(
        "a family that was revoked, though nobody cheated",
        "SELECT count(*) FROM refresh_families WHERE revoked_at IS NOT NULL",
    );
    none(
        "an enabled ring without exactly one signer",
        "SELECT count(*) FROM rings r WHERE r.standing = 'enabled' AND 1 <> (SELECT count(*) FROM signing_keys k
         WHERE k.purpose = r.purpose AND k.algorithm = r.algorithm AND k.state = 'active')",
    );
    none(
        "an enabled ring without a standby",
        "SELECT count(*) FROM rings r WHERE r.standing = 'enabled' AND NOT EXISTS (SELECT 1 FROM signing_keys k
         WHERE k.purpose = r.purpose AND k.algorithm = r.algorithm AND k.state = 'published')",
    );
}

/// The text opens, every check passes, and it belongs to a row.
fn has_a_row(instance: &Instance, token: &str, seed: u64) {
    let inspected = instance.post("/inspect", &json!({ "token": token }));
    let inspected = inspected.good(200);
    assert!(
        inspected["token"].is_string(),
        "a token without a row with seed {seed}: {inspected}"
    );
    let steps = inspected["steps"].as_array().unwrap();
    assert!(
        steps.iter().all(|step| step["verdict"] == "passed"),
        "with seed {seed}: {inspected}"
    );
}

fn begin_family(instance: &Instance) -> String {
    let wish = json!({ "name": "Kept", "scopes": ["orders:v1:read"] });
    let begun = instance.post("/applications/Shop/grants", &wish).good(201);
    begun["refresh_token"].as_str().unwrap().to_owned()
}

/// What was answered with success.
#[derive(Clone, Default)]
struct Kept {
    tokens: Vec<String>,
    refreshed: usize,
    rotated: usize,
}

/// Those who want something of the server, over and over.
#[derive(Clone)]
struct Town {
    portal: String,
    admin: String,
    client: Client,
    kept: Arc<Mutex<Kept>>,
    stop: Arc<AtomicBool>,
}

impl Town {
    fn open(instance: &Instance) -> Self {
        shop::open(instance, "http://127.0.0.1:9000");
        Self {
            portal: instance.portal.clone(),
            admin: instance.admin.clone(),
            client: Client::of_shop(instance),
            kept: Arc::default(),
            stop: Arc::default(),
        }
    }

    fn work(&self, mut once: impl FnMut(&Self) + Send + 'static) -> JoinHandle<()> {
        let town = self.clone();
        std::thread::spawn(move || {
            while !town.stop.load(Ordering::Relaxed) {
                once(&town);
            }
        })
    }

    fn ask(&self) {
        if let Some(granted) = self.grant("grant_type=client_credentials") {
            self.keep(&granted);
        }
    }

    /// Shows one token several times at once. All who are answered hear of the same successor; when nobody is, the same token
    /// is shown again, and must be good.
    fn refresh(&self, token: &mut String) {
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        let granted: Vec<Value> = std::thread::scope(|scope| {
            let asked: Vec<_> = (0..RACERS)
                .map(|_| scope.spawn(|| self.grant(&form)))
                .collect();
            let answers = asked.into_iter().map(|one| one.join().unwrap());
            answers.flatten().collect()
        });
        for one in &granted {
            assert_eq!(one["refresh_token"], granted[0]["refresh_token"]);
            self.keep(one);
        }
        if let Some(first) = granted.first() {
            first["refresh_token"].as_str().unwrap().clone_into(token);
            self.kept.lock().unwrap().refreshed += 1;
        }
    }

    fn rotate(&self) {
        let ask = Ask::new("POST", format!("{}/api/v1/keys/rotate", self.portal));
        let ask = ask.bearer(&self.admin).json(&json!({ "force": "a drill" }));
        if self.answered(ask).is_some() {
            self.kept.lock().unwrap().rotated += 1;
        }
        std::thread::sleep(Duration::from_millis(100));
    }

    fn grant(&self, form: &str) -> Option<Value> {
        let answer = self.answered(self.client.form(form))?;
        Some(answer.json())
    }

    /// A success, if it came: a server that is away or busy is asked again.
    fn answered(&self, ask: Ask) -> Option<Answer> {
        match ask.try_send() {
            Ok(answer) if answer.status < 300 => Some(answer),
            Ok(answer) => {
                assert_eq!(answer.status, 503, "{}", answer.text());
                None
            }
            Err(_) => {
                std::thread::sleep(Duration::from_millis(5));
                None
            }
        }
    }

    fn keep(&self, granted: &Value) {
        let token = granted["access_token"].as_str().unwrap().to_owned();
        self.kept.lock().unwrap().tokens.push(token);
    }

    fn kept(&self) -> Kept {
        self.kept.lock().unwrap().clone()
    }
}
