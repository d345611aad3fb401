//! The staleness contract at the gateway: what a gateway does that has not heard from its control plane.

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use gatewright_domain::{
    record::Batch,
    secret::Secret,
    snapshot::{RevokedToken, Snapshot},
    staleness::{Patience, Staleness, WhenStale},
    token::Jti,
};
use gatewright_gateway::{Handle, control::ControlPlane, feed::Feed, last_good::LastGood};
use gatewright_testkit::{clock::FixedClock, echo::EchoUpstream};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    control::{Control, TOKEN},
    town::{Mint, Town, dice, snapshot, start},
    wire::{Answer, Line},
};

const PATH: &str = "/orders/v1/orders";
const TWO_HOURS: Duration = Duration::from_secs(7200);
const SECOND: Duration = Duration::from_secs(1);

/// A token that was issued now.
fn fresh(mint: &Mint, clock: &FixedClock, jti: &str) -> String {
    use gatewright_domain::time::Clock;
    mint.sign(|claims| {
        claims.issued = clock.now();
        claims.expires = clock.now().plus(Duration::from_secs(3600));
        claims.jti = jti.to_owned();
        claims.scopes = vec!["orders:v1:read".to_owned(), "orders:v1:write".to_owned()];
    })
}

fn both_refused_after(seconds: u64) -> Staleness {
    Staleness {
        after: Patience::try_from(seconds).expect("a time"),
        reads: WhenStale::Refuse,
        writes: WhenStale::Refuse,
    }
}

fn seen(answer: &Answer) -> (u16, String) {
    let stale = answer.status == 503;
    let problem = if stale {
        answer.problem()
    } else {
        String::new()
    };
    (answer.status, problem)
}

#[test]
fn an_hour_out_of_touch_refuses_nothing_and_more_than_two_refuse_writes_only() {
    let town = Town::new();
    let ask = |method: &str| {
        let token = fresh(&town.mint, &town.clock, "one-of-this-hour-000001");
        seen(&town.call(method, PATH, &format!("Authorization: Bearer {token}\r\n")))
    };
    let served = (200, String::new());
    town.clock.advance(TWO_HOURS);
    assert_eq!([ask("GET"), ask("POST")], [served.clone(), served.clone()]);
    town.clock.advance(SECOND);
    let refused = (503, "gateway-stale".to_owned());
    assert_eq!([ask("GET"), ask("POST")], [served.clone(), refused]);
    town.handle()
        .offer(town.snapshot.clone())
        .expect("the newest");
    assert_eq!(ask("POST"), served);
}

#[test]
fn a_refusal_for_age_says_when_to_try_again_and_is_recorded_with_its_steps() {
    let mut town = Town::with(|snapshot| snapshot.versions[0].staleness = both_refused_after(15));
    town.clock.advance(Duration::from_secs(16));
    let token = town.token();
    let answer = town.get(PATH, &token);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "gateway-stale")
    );
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert_eq!(answer.header("www-authenticate"), None);
    let batch: Batch = town.drain();
    assert_eq!(batch.records[0].refused.as_deref(), Some("gateway-stale"));
    let step = batch.decisions[0]
        .steps
        .iter()
        .find(|step| step.mend.is_some());
    let step = step.expect("a step that refused");
    assert_eq!(
        step.compared,
        "up to date 16 s ago; after 15 s: reads refuse, writes refuse"
    );
}

#[test]
fn what_is_known_to_be_wrong_is_refused_for_that_and_not_for_age() {
    let town = Town::with(|snapshot| {
        snapshot.versions[0].staleness = both_refused_after(15);
        snapshot.revoked = vec![RevokedToken {
            jti: Jti::from_wire("revoked-before-the-absence".to_owned()),
            expires: FixedClock::START.plus(TWO_HOURS),
        }];
    });
    town.clock.advance(Duration::from_secs(16));
    let revoked = fresh(&town.mint, &town.clock, "revoked-before-the-absence");
    assert_eq!(town.get(PATH, &revoked).status, 401);
    assert_eq!(town.call("GET", PATH, "").status, 401);
}

#[test]
fn metrics_say_how_long_it_was_out_of_touch_and_what_it_refuses() {
    let town = Town::configured(
        |config| config.metrics_token = Some(Secret::new("hush".to_owned())),
        |snapshot| snapshot.versions[0].staleness = both_refused_after(15),
    );
    let says = |line: &str| {
        let text = String::from_utf8(town.get("/-/metrics", "hush").body).expect("text");
        assert!(
            text.contains(&format!("gatewright_gateway_{line}\n")),
            "{text}"
        );
    };
    says("out_of_touch_seconds 0");
    says("stale_versions{calls=\"writes\"} 0");
    town.clock.advance(Duration::from_secs(16));
    assert_eq!(town.get(PATH, &town.token()).status, 503);
    says("out_of_touch_seconds 16");
    says("stale_versions{calls=\"reads\"} 1");
    says("stale_versions{calls=\"writes\"} 1");
    says("refusals_stale_total 1");
}

/// A gateway apart, its control plane, and what both leave behind.
struct Remote {
    control: Control,
    state: TempDir,
    clock: Arc<FixedClock>,
    _upstream: EchoUpstream,
    mint: Mint,
    snapshot: Snapshot,
    gateway: Option<(Handle, Runtime)>,
}

impl Remote {
    /// One that has heard of the first snapshot, and was told of nothing for three hours before.
    fn new() -> Self {
        let (upstream, mint) = (EchoUpstream::start().expect("an upstream"), Mint::new());
        let mut snapshot = snapshot(&upstream.url(), vec![mint.listed()]);
        snapshot.at = Some(FixedClock::START.minus(Duration::from_secs(3 * 3600)));
        let mut remote = Self {
            control: Control::new(),
            state: tempfile::tempdir().expect("a directory"),
            clock: Arc::default(),
            _upstream: upstream,
            mint,
            snapshot,
            gateway: None,
        };
        // Short questions only, so that none is open when the control plane goes away.
        remote.control.with(|state| state.no_long_polls = true);
        remote.control.publish(&remote.snapshot);
        remote.start();
        remote.until("it serves", |remote| remote.post("first") == 200);
        remote.until("it noted so", |remote| remote.known().exists());
        remote
    }

    fn start(&mut self) {
        let gateway = start(&self.clock, |_| {});
        let pinned = self.control.key.pinned().expect("a key");
        let last_good = LastGood::open(self.state.path(), pinned.clone()).expect("a directory");
        let token = Secret::new(TOKEN.to_owned());
        let control = ControlPlane::at(&self.control.url(), token).expect("a control plane");
        let feed = Feed::new(
            control,
            gateway.watch(),
            pinned,
            last_good,
            Arc::new(dice()),
        );
        feed.recall();
        let runtime = Runtime::new().expect("a runtime");
        runtime.spawn(feed.run());
        self.gateway = Some((gateway, runtime));
    }

    fn restart(&mut self) {
        self.gateway = None;
        self.start();
    }

    /// The control plane goes away; what was on the way has arrived.
    fn cut_off(&self) {
        self.control.with(|state| state.broken = true);
        std::thread::sleep(Duration::from_millis(150));
    }

    /// Another revision, with this token revoked.
    fn revoke(&mut self, jti: &str) {
        self.snapshot.revision += 1;
        self.snapshot.revoked.push(RevokedToken {
            jti: Jti::from_wire(jti.to_owned()),
            expires: FixedClock::START.plus(4 * TWO_HOURS),
        });
        self.control.publish(&self.snapshot);
    }

    fn call(&self, method: &str, jti: &str) -> Answer {
        let token = fresh(&self.mint, &self.clock, jti);
        let (gateway, _) = self.gateway.as_ref().expect("a gateway");
        let head = format!(
            "{method} {PATH} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        Line::to(gateway.local_addr()).send(head).answer()
    }

    fn get(&self, jti: &str) -> u16 {
        self.call("GET", jti).status
    }

    fn post(&self, jti: &str) -> u16 {
        self.call("POST", jti).status
    }

    fn known(&self) -> std::path::PathBuf {
        self.state.path().join("known")
    }

    fn until(&self, what: &str, so: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !so(self) {
            assert!(began.elapsed() < Duration::from_secs(10), "never: {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn p16_what_was_revoked_during_an_absence_is_refused_from_the_first_answer_after_it() {
    let mut remote = Remote::new();
    remote.cut_off();
    remote.revoke("revoked-meanwhile-00001");
    assert_eq!(
        remote.post("revoked-meanwhile-00001"),
        200,
        "nobody can know"
    );
    remote.clock.advance(TWO_HOURS + SECOND);
    assert_eq!(remote.post("revoked-meanwhile-00001"), 503);
    assert_eq!(remote.post("good-00000000000000001"), 503);
    assert_eq!(remote.get("good-00000000000000001"), 200);
    remote.control.with(|state| state.broken = false);
    let began = Instant::now();
    let after = loop {
        match remote.post("revoked-meanwhile-00001") {
            503 if began.elapsed() < Duration::from_secs(10) => {}
            status => break status,
        }
    };
    assert_eq!(after, 401, "in order: first the news, then the trust");
    remote.until("it serves again", |remote| {
        remote.post("good-00000000000000001") == 200
    });
}

#[test]
fn p17_a_restart_during_an_absence_is_no_younger_and_has_forgotten_no_revocation() {
    let mut remote = Remote::new();
    remote.revoke("revoked-before-00000001");
    remote.until("it is enforced", |remote| {
        remote.get("revoked-before-00000001") == 401
    });
    remote.cut_off();
    remote.clock.advance(SECOND * 3600);
    remote.restart();
    assert_eq!(
        remote.post("good-00000000000000001"),
        200,
        "an hour is nothing"
    );
    assert_eq!(remote.get("revoked-before-00000001"), 401);
    remote.clock.advance(SECOND * 3600);
    remote.restart();
    remote.clock.advance(SECOND * 10);
    assert_eq!(remote.post("good-00000000000000001"), 503);
    assert_eq!(remote.get("good-00000000000000001"), 200);
    assert_eq!(
        remote.get("revoked-before-00000001"),
        401,
        "never an empty list"
    );
}

#[test]
fn p17_a_note_that_is_damaged_missing_or_of_the_future_makes_no_gateway_young() {
    let mut remote = Remote::new();
    remote.cut_off();
    let whole = fs::read(remote.known()).expect("a note");
    remote.restart();
    assert_eq!(remote.post("good-00000000000000001"), 200);
    let mut stale = |what: &str, note: Option<&[u8]>| {
        match note {
            Some(bytes) => fs::write(remote.known(), bytes).expect("a file"),
            None => fs::remove_file(remote.known()).expect("no file"),
        }
        remote.restart();
        assert_eq!(remote.post("good-00000000000000001"), 503, "{what}");
    };
    for place in (0..whole.len()).step_by(11) {
        let mut damaged = whole.clone();
        damaged[place] ^= 4;
        stale(&format!("byte {place}"), Some(&damaged));
    }
    for length in [0, 1, 64, 65, whole.len() - 1] {
        stale(&format!("{length} bytes"), Some(&whole[..length]));
    }
    stale("missing", None);
    fs::write(remote.known(), &whole).expect("a file");
    remote.clock.set(FixedClock::START.minus(SECOND * 60));
    remote.restart();
    assert_eq!(
        remote.post("good-00000000000000001"),
        503,
        "written in the future"
    );
}

#[test]
fn p17_a_note_of_a_newer_snapshot_says_nothing_of_the_one_that_is_left() {
    let mut remote = Remote::new();
    let newest = |state: &Path| {
        let files = fs::read_dir(state).expect("a directory").flatten();
        let files = files.map(|file| file.path());
        let snapshots = files.filter(|path| path.extension().is_some_and(|end| end == "snapshot"));
        snapshots.max().expect("a snapshot")
    };
    let first = newest(remote.state.path());
    remote.clock.advance(SECOND * 6);
    remote.revoke("revoked-and-lost-000001");
    remote.until("it is enforced", |remote| {
        remote.get("revoked-and-lost-000001") == 401
    });
    remote.until("it is kept", |remote| newest(remote.state.path()) != first);
    let known = remote.known();
    remote.until("it is noted", |_| {
        fs::read_to_string(&known).is_ok_and(|text| text.contains("\"revision\":2"))
    });
    remote.cut_off();
    fs::remove_file(newest(remote.state.path())).expect("no file");
    remote.restart();
    assert_eq!(remote.post("revoked-and-lost-000001"), 503);
    assert_eq!(
        remote.get("revoked-and-lost-000001"),
        200,
        "as it is allowed to"
    );
}

#[test]
fn a_version_that_is_patient_for_less_is_asked_about_more_often() {
    let mut remote = Remote::new();
    remote.control.with(|state| state.no_long_polls = false);
    remote.snapshot.versions[0].staleness = both_refused_after(15);
    remote.snapshot.revision += 1;
    remote.control.publish(&remote.snapshot);
    remote.until("it asks for five seconds", |remote| {
        let asked = remote.control.with(|state| state.asked.clone());
        asked.iter().any(|question| question.contains("&wait=5 "))
    });
}
