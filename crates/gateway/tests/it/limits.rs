//! Rates and quotas: exact, shared by all threads, and kept when snapshots change.

use std::{num::NonZeroUsize, time::Duration};

use gatewright_domain::limit::{Rate, RateParts};

use crate::town::{PLENTY, Town};

fn rate(requests: u32, per_seconds: u32, burst: u32) -> Rate {
    RateParts {
        requests,
        per_seconds,
        burst,
    }
    .try_into()
    .expect("a rate")
}

#[test]
fn a_burst_passes_and_the_next_request_is_told_when_to_come_back() {
    let town = Town::with(|snapshot| snapshot.plans[0].rate = rate(1, 10, 3));
    let token = town.token();
    for _ in 0..3 {
        assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    }
    let answer = town.get("/orders/v1/orders", &token);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (429, "rate-exceeded")
    );
    assert_eq!(answer.header("retry-after"), Some("10"));
    assert_eq!(answer.header("ratelimit-policy"), Some("\"rate\";q=1;w=10"));
    assert_eq!(answer.header("ratelimit"), Some("\"rate\";r=0"));
    town.clock.advance(Duration::from_secs(10));
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    assert_eq!(town.get("/orders/v1/orders", &token).status, 429);
}

#[test]
fn a_quota_ends_at_its_number_and_begins_anew_at_midnight() {
    let town = Town::with(|snapshot| snapshot.plans[0].daily_quota = Some(2));
    let token = town
        .mint
        .sign(|claims| claims.expires = claims.issued.plus(Duration::from_secs(3600)));
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    let answer = town.get("/orders/v1/orders", &token);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (429, "quota-exceeded")
    );
    // It is 08:00.
    assert_eq!(answer.header("retry-after"), Some("57600"));
    let state = format!("\"rate\";r={}, \"quota\";r=0;t=57600", PLENTY.burst - 2);
    assert_eq!(answer.header("ratelimit"), Some(state.as_str()));
    town.clock.advance(Duration::from_secs(57_600));
    let next_day = town.mint.sign(|claims| {
        claims.issued = claims.issued.plus(Duration::from_secs(57_600));
        claims.expires = claims.expires.plus(Duration::from_secs(57_600));
    });
    assert_eq!(town.get("/orders/v1/orders", &next_day).status, 200);
}

#[test]
fn what_is_refused_counts_nothing() {
    let town = Town::with(|snapshot| snapshot.plans[0].daily_quota = Some(1));
    let token = town.token();
    let lines = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(town.call("POST", "/orders/v1/orders", &lines).status, 403);
    assert_eq!(town.get("/orders/v1/nothing", &token).status, 404);
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    assert_eq!(town.get("/orders/v1/orders", &token).status, 429);
}

#[test]
fn a_new_snapshot_forgets_nothing_that_was_used() {
    let mut town = Town::with(|snapshot| snapshot.plans[0].daily_quota = Some(2));
    let token = town.token();
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    town.change(|snapshot| snapshot.clients[0].name = "Renamed".parse().expect("a name"));
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    town.change(|snapshot| snapshot.plans[0].daily_quota = Some(3));
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    assert_eq!(town.get("/orders/v1/orders", &token).status, 429);
}

#[test]
fn many_at_once_are_let_through_exactly_as_often_as_one_by_one() {
    let town = Town::configured(
        |config| config.threads = NonZeroUsize::MIN.saturating_add(3),
        |snapshot| {
            snapshot.plans[0].rate = rate(1, 86_400, 50);
            snapshot.plans[0].daily_quota = Some(40);
        },
    );
    let token = town.token();
    let admitted: usize = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    (0..12)
                        .filter(|_| town.get("/orders/v1/open", &token).status == 200)
                        .count()
                })
            })
            .collect();
        callers
            .into_iter()
            .map(|caller| caller.join().expect("a caller"))
            .sum()
    });
    assert_eq!(admitted, 40);
    assert_eq!(town.upstream.requests(), 40);
}
