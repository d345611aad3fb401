//! A gateway that runs apart: fed by its control plane, and not dependent on it.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use gatewright_domain::{
    entropy::Entropy, record::Batch, secret::Secret, snapshot::Snapshot, time::Clock,
};
use gatewright_gateway::{
    Handle, control::ControlPlane, feed::Feed, last_good::LastGood, report::Reporter,
};
use gatewright_testkit::clock::FixedClock;
use gatewright_token::detached::DocumentKey;
use tokio::runtime::Runtime;

use crate::{
    control::{Control, TOKEN},
    town::{Mint, dice, snapshot, start},
};

/// A gateway on its own, with a place for its state.
struct Outpost {
    gateway: Handle,
    _runtime: Runtime,
}

fn plane(control: &Control, token: &str) -> ControlPlane {
    ControlPlane::at(&control.url(), Secret::new(token.to_owned())).expect("a control plane")
}

impl Outpost {
    fn new(control: &Control, state: &Path) -> Self {
        let gateway = start(&Arc::default(), |_| {});
        let pinned = control.key.pinned().expect("a key");
        let last_good = LastGood::open(state, pinned.clone()).expect("a directory");
        let entropy: Arc<dyn Entropy> = Arc::new(dice());
        let feed = Feed::new(
            plane(control, TOKEN),
            gateway.watch(),
            pinned,
            last_good,
            entropy,
        );
        feed.recall();
        let runtime = Runtime::new().expect("a runtime");
        runtime.spawn(feed.run());
        Self {
            gateway,
            _runtime: runtime,
        }
    }

    fn applied(&self) -> Option<(u64, u64)> {
        let applied = *self.gateway.applied().borrow();
        applied.map(|applied| (applied.epoch, applied.revision))
    }

    /// How long it takes until this is in force.
    fn takes(&self, epoch: u64, revision: u64) -> Duration {
        let began = Instant::now();
        while self.applied() != Some((epoch, revision)) {
            assert!(
                began.elapsed() < Duration::from_secs(10),
                "in force: {:?}",
                self.applied()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        began.elapsed()
    }
}

fn first() -> Snapshot {
    snapshot("http://127.0.0.1:9", vec![Mint::new().listed()])
}

fn revision(snapshot: &Snapshot, epoch: u64, revision: u64) -> Snapshot {
    Snapshot {
        epoch,
        revision,
        ..snapshot.clone()
    }
}

#[test]
fn a_snapshot_is_in_force_at_once_and_acknowledged_with_the_next_question() {
    let (control, state) = (Control::new(), tempfile::tempdir().expect("a directory"));
    let outpost = Outpost::new(&control, state.path());
    let first = first();
    control.publish(&first);
    outpost.takes(1, 1);
    control.publish(&revision(&first, 1, 2));
    assert!(outpost.takes(1, 2) < Duration::from_millis(500));
    control.publish(&revision(&first, 2, 1));
    outpost.takes(2, 1);
    let asked = control.with(|state| state.asked.clone());
    assert!(
        asked[0].contains("?epoch=0&after=0&wait=25") && !asked[0].contains("gatewright-applied")
    );
    assert!(
        asked[1].contains("?epoch=1&after=1&wait=25")
            && asked[1].contains("gatewright-applied: 1.1\r\n")
    );
}

#[test]
fn a_revision_arrives_within_a_second_when_long_questions_are_cut_off() {
    let (control, state) = (Control::new(), tempfile::tempdir().expect("a directory"));
    control.with(|state| state.no_long_polls = true);
    let first = first();
    control.publish(&first);
    let outpost = Outpost::new(&control, state.path());
    outpost.takes(1, 1);
    for number in 2..5 {
        std::thread::sleep(Duration::from_millis(150));
        control.publish(&revision(&first, 1, number));
        let took = outpost.takes(1, number);
        assert!(took < Duration::from_millis(1100), "{took:?}");
    }
}

#[test]
fn what_the_control_plane_did_not_sign_is_not_taken() {
    let (control, state) = (Control::new(), tempfile::tempdir().expect("a directory"));
    let first = first();
    control.publish(&first);
    let outpost = Outpost::new(&control, state.path());
    outpost.takes(1, 1);
    let stranger = DocumentKey::open(&DocumentKey::generate().expect("a key")).expect("a key");
    control.publish_signed_by(&revision(&first, 1, 2), &stranger);
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(outpost.applied(), Some((1, 1)));
    control.publish(&revision(&first, 1, 3));
    outpost.takes(1, 3);
}

#[test]
fn a_restart_without_the_control_plane_goes_on_with_the_last_good_snapshot() {
    let (control, state) = (Control::new(), tempfile::tempdir().expect("a directory"));
    let first = first();
    let outpost = Outpost::new(&control, state.path());
    for number in 1..=5 {
        control.publish(&revision(&first, 1, number));
        outpost.takes(1, number);
    }
    // The last one is kept after it is in force.
    let files = || {
        let files = std::fs::read_dir(state.path()).expect("a directory");
        let names = files.flatten().map(|file| file.file_name());
        names
            .filter(|name| name.to_string_lossy().ends_with(".snapshot"))
            .count()
    };
    let began = Instant::now();
    while files() != 3 && began.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(files(), 3);
    drop(outpost);
    control.with(|state| state.broken = true);
    let outpost = Outpost::new(&control, state.path());
    assert_eq!(outpost.applied(), Some((1, 5)));
}

#[test]
fn records_are_handed_on_once_however_often_it_takes() {
    let control = Control::new();
    control.with(|state| state.broken = true);
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::default());
    let reporter = Reporter::new(plane(&control, TOKEN), clock, Arc::new(dice()));
    let (records, receiver) = tokio::sync::mpsc::channel(4);
    let runtime = Runtime::new().expect("a runtime");
    let reporting = runtime.spawn(reporter.run(receiver));
    runtime.block_on(async {
        let batch = Batch {
            dropped: 7,
            ..Batch::default()
        };
        records.send(batch.clone()).await.expect("a reporter");
        records.send(batch).await.expect("a reporter");
        tokio::time::sleep(Duration::from_millis(2500)).await;
    });
    control.with(|state| state.broken = false);
    let began = Instant::now();
    while control.with(|state| state.posted.is_empty()) && began.elapsed() < Duration::from_secs(5)
    {
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(records);
    runtime.block_on(reporting).expect("an end");
    let posted = control.with(|state| state.posted.clone());
    assert_eq!(posted.len(), 1);
    let batch: Batch = serde_json::from_slice(&posted[0].1).expect("a batch");
    assert_eq!(batch.dropped, 14);
    assert!(posted[0].0.starts_with("req_"));
}

#[test]
fn a_gateway_that_is_not_enrolled_gets_nothing_and_goes_on_asking() {
    let (control, state) = (Control::new(), tempfile::tempdir().expect("a directory"));
    control.publish(&first());
    let gateway = start(&Arc::default(), |_| {});
    let pinned = control.key.pinned().expect("a key");
    let last_good = LastGood::open(state.path(), pinned.clone()).expect("a directory");
    let feed = Feed::new(
        plane(&control, "gw_gt_wrong"),
        gateway.watch(),
        pinned,
        last_good,
        Arc::new(dice()),
    );
    let runtime = Runtime::new().expect("a runtime");
    let feeding = runtime.spawn(feed.run());
    std::thread::sleep(Duration::from_millis(300));
    assert!(gateway.applied().borrow().is_none());
    assert!(!feeding.is_finished());
}

#[test]
fn an_address_that_is_none_is_said_at_once() {
    for bad in ["", "portal", "ftp://a", "http://", "/x"] {
        assert!(
            ControlPlane::at(bad, Secret::new(TOKEN.to_owned())).is_err(),
            "{bad}"
        );
    }
    assert!(ControlPlane::at("http://a", Secret::new("a\nb".to_owned())).is_err());
}
