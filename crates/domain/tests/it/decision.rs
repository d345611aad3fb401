//! The decision: each rule refuses what it should, and explaining never disagrees with deciding.

use std::time::Duration;

use gatewright_domain::{
    consumer::ClientId,
    decision::{Counters, Question, RULES, TokenFacts, Verdict, decide, explain},
    id::{ApplicationId, ConsumerId, PlanId, SubscriptionId, VersionId},
    limit::{Arrival, RateParts},
    operation::Method,
    refusal::Refusal,
    snapshot::{Client, PlanTerms, Right, RouteState, RoutedOperation, RoutedVersion},
    staleness::{Patience, Staleness, WhenStale},
    time::Timestamp,
    token::Jti,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::town::{NOON, hours};

struct Scene {
    version: RoutedVersion,
    operation: RoutedOperation,
    token: TokenFacts,
    revoked: bool,
    client: Option<Client>,
    right: Option<Right>,
    plan: Option<PlanTerms>,
    counters: Counters,
    age: Duration,
    now: Timestamp,
}

impl Scene {
    fn good() -> Self {
        let (version, plan) = (
            VersionId::from_uuid(Uuid::from_u128(1)),
            PlanId::from_uuid(Uuid::from_u128(2)),
        );
        let subscription = SubscriptionId::from_uuid(Uuid::from_u128(3));
        let right = Right {
            version,
            subscription,
            plan,
            paused: false,
            not_before: None,
        };
        let rate = RateParts {
            requests: 1,
            per_seconds: 1,
            burst: 2,
        }
        .try_into()
        .unwrap();
        Self {
            version: RoutedVersion {
                id: version,
                api: "orders".parse().unwrap(),
                number: "v1".parse().unwrap(),
                audience: "https://api.example/orders/v1".to_owned(),
                upstream: "http://127.0.0.1:9000".parse().unwrap(),
                state: RouteState::Published,
                not_before: None,
                staleness: Staleness::DEFAULT,
                successor: None,
                operations: vec![],
            },
            operation: RoutedOperation {
                method: Method::Get,
                path: "/orders".to_owned(),
                requires: vec![vec!["orders:v1:read".to_owned()]],
            },
            token: TokenFacts {
                jti: Jti::from_wire("one".to_owned()),
                client_id: ClientId::from_wire("c_1".to_owned()),
                kid: Some("key".parse().unwrap()),
                issued: NOON,
                expires: NOON.plus(hours(1)),
                audience: vec!["https://api.example/orders/v1".to_owned()],
                scopes: vec!["orders:v1:read".to_owned()],
            },
            revoked: false,
            client: Some(Client {
                client_id: ClientId::from_wire("c_1".to_owned()),
                application: ApplicationId::from_uuid(Uuid::from_u128(4)),
                consumer: ConsumerId::from_uuid(Uuid::from_u128(5)),
                consumer_name: "acme".parse().unwrap(),
                name: "shop".parse().unwrap(),
                not_before: None,
                consumer_not_before: None,
                disabled: false,
                rights: vec![right.clone()],
            }),
            right: Some(right),
            plan: Some(PlanTerms {
                id: plan,
                name: "basic".parse().unwrap(),
                rate,
                daily_quota: Some(5),
            }),
            counters: Counters::default(),
            age: Duration::ZERO,
            now: NOON,
        }
    }

    fn question(&self) -> Question<'_> {
        Question {
            version: &self.version,
            operation: &self.operation,
            token: &self.token,
            revoked: self.revoked,
            not_before: None,
            client: self.client.as_ref(),
            right: self.right.as_ref(),
            plan: self.plan.as_ref(),
            counters: self.counters,
            age: self.age,
            leeway_s: 30,
            now: self.now,
        }
    }

    fn refusal(self) -> Refusal {
        decide(&self.question()).unwrap_err()
    }
}

#[test]
fn a_good_request_passes_every_rule() {
    let scene = Scene::good();
    assert_eq!(decide(&scene.question()), Ok(()));
    assert!(
        explain(&scene.question())
            .iter()
            .all(|step| step.verdict == Verdict::Passed)
    );
}

#[test]
fn each_rule_refuses_its_own_fault() {
    let retired = RouteState::Retired { at: NOON };
    let mut scene = Scene::good();
    scene.version.state = retired;
    assert_eq!(scene.refusal(), Refusal::Retired { successor: None });
    assert_eq!(
        Scene {
            revoked: true,
            ..Scene::good()
        }
        .refusal(),
        Refusal::TokenRevoked
    );
    assert_eq!(
        Scene {
            client: None,
            ..Scene::good()
        }
        .refusal(),
        Refusal::ClientUnknown
    );
    assert_eq!(
        Scene {
            right: None,
            ..Scene::good()
        }
        .refusal(),
        Refusal::NotSubscribed
    );
    let late = Scene {
        now: NOON.plus(hours(2)),
        ..Scene::good()
    };
    assert!(matches!(late.refusal(), Refusal::TokenInvalid { .. }));
    let used = Counters {
        arrival: Arrival::default(),
        today: 5,
    };
    assert!(matches!(
        Scene {
            counters: used,
            ..Scene::good()
        }
        .refusal(),
        Refusal::QuotaExceeded { .. }
    ));
}

#[test]
fn a_missing_scope_says_what_would_have_been_enough() {
    let mut scene = Scene::good();
    scene.token.scopes = vec!["orders:v1:readonly".to_owned()];
    let steps = explain(&scene.question());
    let step = steps
        .iter()
        .find(|step| step.verdict == Verdict::Refused)
        .unwrap();
    assert_eq!(
        step.compared,
        "holds orders:v1:readonly; needed orders:v1:read"
    );
    assert_eq!(
        step.mend.as_deref(),
        Some("Issue a token that carries orders:v1:read.")
    );
}

#[test]
fn a_watermark_refuses_what_is_older() {
    let mut scene = Scene::good();
    if let Some(client) = &mut scene.client {
        client.not_before = Some(Timestamp::from_seconds(NOON.seconds() + 1));
    }
    assert!(matches!(
        scene.refusal(),
        Refusal::TokenBeforeWatermark { .. }
    ));
}

proptest! {
    #[test]
    fn explaining_never_disagrees_with_deciding(
        faults in proptest::collection::vec(any::<bool>(), RULES.len()),
    ) {
        let mut scene = Scene::good();
        if faults[0] { scene.version.state = RouteState::Blocked { reason: "x".to_owned() }; }
        scene.revoked = faults[1];
        if faults[2] { scene.client = None; }
        if faults[4] { scene.now = NOON.plus(hours(9)); }
        if faults[5] { scene.token.audience.clear(); }
        if faults[6] { scene.token.scopes.clear(); }
        if faults[7] { scene.right = None; }
        if faults[9] { scene.counters.today = 9; }
        let decided = decide(&scene.question());
        let steps = explain(&scene.question());
        let refused = steps.iter().filter(|step| step.verdict == Verdict::Refused).count();
        prop_assert_eq!(decided.is_err(), refused == 1);
        prop_assert_eq!(decided.is_ok(), refused == 0);
        prop_assert_eq!(steps.len(), RULES.len());
    }
}

#[test]
fn a_gateway_out_of_touch_refuses_what_the_version_asks_for_once_the_time_is_over() {
    let outcomes = [WhenStale::Serve, WhenStale::Refuse];
    let after = Patience::try_from(15).unwrap();
    for (reads, writes) in outcomes.iter().flat_map(|r| outcomes.map(|w| (*r, w))) {
        for (method, outcome) in [
            (Method::Get, reads),
            (Method::Head, reads),
            (Method::Options, reads),
            (Method::Post, writes),
            (Method::Put, writes),
            (Method::Patch, writes),
            (Method::Delete, writes),
        ] {
            let mut scene = Scene::good();
            scene.version.staleness = Staleness {
                after,
                reads,
                writes,
            };
            scene.operation.method = method;
            scene.age = Duration::from_secs(15);
            assert_eq!(decide(&scene.question()), Ok(()), "{method} in time");
            scene.age = Duration::from_millis(15_001);
            let refused = decide(&scene.question()).err();
            let expected = (outcome == WhenStale::Refuse).then_some(Refusal::Stale {
                age_s: 15,
                after_s: 15,
            });
            assert_eq!(refused, expected, "{method} too late");
        }
    }
}

#[test]
fn a_gateway_doubts_itself_only_about_what_it_would_let_through() {
    let old = || Scene {
        age: Duration::from_secs(100_000),
        version: RoutedVersion {
            staleness: Staleness {
                reads: WhenStale::Refuse,
                ..Staleness::DEFAULT
            },
            ..Scene::good().version
        },
        ..Scene::good()
    };
    let revoked = Scene {
        revoked: true,
        ..old()
    };
    assert_eq!(revoked.refusal(), Refusal::TokenRevoked);
    let unsubscribed = Scene {
        right: None,
        ..old()
    };
    assert_eq!(unsubscribed.refusal(), Refusal::NotSubscribed);
    assert!(matches!(old().refusal(), Refusal::Stale { .. }));
}

#[test]
fn patience_is_bounded_and_says_by_what() {
    for seconds in [5, 7200, 2_592_000] {
        assert_eq!(u64::from(Patience::try_from(seconds).unwrap()), seconds);
    }
    for seconds in [0, 4, 2_592_001, u64::MAX] {
        let error = Patience::try_from(seconds).unwrap_err().to_string();
        assert!(error.contains("5 s to 2592000 s (30 days)"), "{error}");
    }
}

#[test]
fn an_older_snapshot_has_the_usual_contract() {
    let version = serde_json::to_value(Scene::good().version).unwrap();
    let mut older = version.clone();
    older.as_object_mut().unwrap().remove("staleness");
    let read: RoutedVersion = serde_json::from_value(older).unwrap();
    assert_eq!(read.staleness, Staleness::DEFAULT);
    assert_eq!(
        version["staleness"],
        serde_json::json!({ "after_s": 7200, "reads": "serve", "writes": "refuse" })
    );
}
