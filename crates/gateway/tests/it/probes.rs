//! The gateway's own pages.

use gatewright_domain::secret::Secret;

use crate::{
    town::{Town, start},
    wire::Line,
};

#[test]
fn health_and_readiness_are_told_without_a_token() {
    let gateway = start(&Default::default(), |_| {});
    let ask = |path: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Line::to(gateway.local_addr()).send(head).answer()
    };
    assert_eq!(ask("/-/healthz").status, 200);
    assert_eq!(ask("/-/readyz").status, 503);
    let town = Town::new();
    assert_eq!(town.call("GET", "/-/readyz", "").status, 200);
    assert_eq!(town.call("POST", "/-/readyz", "").status, 405);
    assert_eq!(town.call("GET", "/-/other", "").status, 404);
}

#[test]
fn metrics_ask_for_their_token_and_hide_without_one() {
    let town = Town::new();
    assert_eq!(town.get("/-/metrics", "guess").status, 404);
    let town = Town::configured(
        |config| config.metrics_token = Some(Secret::new("hush".to_owned())),
        |_| {},
    );
    assert_eq!(town.call("GET", "/-/metrics", "").status, 404);
    assert_eq!(town.get("/-/metrics", "guess").status, 404);
    assert_eq!(town.get("/orders/v1/orders", &town.token()).status, 200);
    let text = String::from_utf8(town.get("/-/metrics", "hush").body).expect("text");
    assert!(
        text.contains("gatewright_gateway_answers_total{status=\"2xx\"} 1\n"),
        "{text}"
    );
    assert!(
        text.contains("gatewright_gateway_snapshot_revision 1\n"),
        "{text}"
    );
}

#[test]
fn probes_leave_no_record() {
    let mut town = Town::new();
    assert_eq!(town.call("GET", "/-/healthz", "").status, 200);
    assert!(town.drain().records.is_empty());
}
