//! P16 and P17 with the real programs: a gateway apart refuses what its versions ask for once it is out of touch, also when
//! it is restarted meanwhile, and serves again when it is back; and what versions ask for is bounded.

use std::time::Duration;

use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::json;

use crate::{
    instance::{Instance, Layout, within},
    shop::{self, issue},
};

const PATH: &str = "/orders/v1/orders";
const AT: &str = "/apis/orders/versions/v1/staleness";

#[test]
fn p16_p17_a_gateway_out_of_touch_refuses_as_agreed_on_sqlite() {
    walk(Engine::Sqlite);
}

#[test]
fn p16_p17_a_gateway_out_of_touch_refuses_as_agreed_on_postgresql() {
    walk(Engine::Postgres);
}

fn walk(engine: Engine) {
    let upstream = EchoUpstream::start().unwrap();
    let mut instance = Instance::founded(engine, Layout::Apart);
    shop::open(&instance, &upstream.url());
    let before = instance.events();
    let tight = json!({ "after_s": 5, "reads": "refuse", "writes": "refuse" });
    let agreed = instance.api("PUT", AT).json(&tight).send().good(200);
    assert_eq!(agreed["staleness"], tight);
    let happened = instance.happened_since(before);
    let said = "changed what out-of-date gateways do with calls of orders/v1";
    assert!(
        happened.iter().any(|sentence| sentence.ends_with(said)),
        "{happened:?}"
    );
    let token = issue(&instance, "first", &["orders:v1:read"]).text;
    let status = |instance: &Instance| instance.call("GET", PATH, &token).status;
    within(Duration::from_secs(5), "it serves", || {
        status(&instance) == 200
    });
    // Longer than it may be out of touch: with nothing new to be told, it is in touch all the same.
    std::thread::sleep(Duration::from_secs(7));
    assert_eq!(status(&instance), 200);
    let gateways = instance.get("/gateways");
    assert_eq!(gateways["items"][0]["refuses_reads_of"], 0, "{gateways}");

    instance.kill();
    within(Duration::from_secs(12), "it refuses", || {
        status(&instance) == 503
    });
    let refused = instance.call("GET", PATH, &token);
    assert_eq!(refused.header("retry-after"), "5");
    refused.problem(503, "gateway-stale");
    instance.restart_gateway();
    assert_eq!(status(&instance), 503, "a restart makes it no younger");

    instance.serve();
    within(Duration::from_secs(5), "it serves again", || {
        status(&instance) == 200
    });
}

#[test]
fn what_a_version_asks_of_gateways_out_of_touch_is_bounded() {
    let instance = Instance::founded(Engine::Sqlite, Layout::Embedded);
    shop::open(&instance, "http://127.0.0.1:9");
    let version = instance.get("/apis/orders/versions/v1");
    let usual = json!({ "after_s": 7200, "reads": "serve", "writes": "refuse" });
    assert_eq!(version["staleness"], usual);
    let put = |after: i64, reads: &str| {
        let body = json!({ "after_s": after, "reads": reads, "writes": "serve" });
        instance.api("PUT", AT).json(&body).send()
    };
    for after in [5, 2_592_000] {
        put(after, "serve").good(200);
    }
    for after in [-1, 0, 4, 2_592_001] {
        let problem = put(after, "serve").problem(422, "body-invalid");
        if after >= 0 {
            assert!(
                problem.to_string().contains("5 s to 2592000 s"),
                "{problem}"
            );
        }
    }
    put(60, "introspect").problem(422, "body-invalid");
}
