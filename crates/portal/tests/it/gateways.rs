//! What a gateway that runs apart asks and tells.

use std::time::Duration;

use gatewright_domain::{
    id::RequestId,
    operation::Method,
    record::{AccessRecord, Batch},
    snapshot::Snapshot,
    time::Clock,
};
use serde_json::json;

use crate::{house::House, whole_path::open_shop};

#[actix_web::test]
async fn a_gateway_learns_what_is_in_force_and_a_revocation_is_receipted() {
    for house in House::both().await {
        open_shop(&house).await;
        let enrolled = house
            .post("/gateways", json!({ "name": "edge" }))
            .await
            .good(201);
        let secret = enrolled["token"].as_str().unwrap();
        assert_eq!(enrolled["snapshot_key"].as_str().unwrap().len(), 43);
        let wish = json!({ "name": "first", "lifetime_s": 3600 });
        let token = house
            .post("/applications/Shop/tokens", wish)
            .await
            .good(201);

        let ask = "/internal/v1/snapshot?epoch=0&after=0&wait=0";
        let answer = house.bearer(secret, "GET", ask).send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("gatewright-signature").len(), 88);
        let snapshot: Snapshot = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(snapshot.versions.len(), 1);
        let Snapshot {
            epoch, revision, ..
        } = snapshot;
        let again = format!("/internal/v1/snapshot?epoch={epoch}&after={revision}&wait=0");
        assert_eq!(house.bearer(secret, "GET", &again).send().await.status, 204);

        let open = format!("/internal/v1/snapshot?epoch={epoch}&after={revision}&wait=10");
        let id = token["id"].as_str().unwrap();
        let enforce = async {
            let newer = house.bearer(secret, "GET", &open).send().await;
            let newer: Snapshot = serde_json::from_slice(&newer.body).unwrap();
            assert_eq!(newer.revoked.len(), 1);
            let applied = format!("{}.{}", newer.epoch, newer.revision);
            let ask = house.bearer(secret, "GET", &open.replace("wait=10", "wait=0"));
            ask.with("gatewright-applied", &applied).send().await
        };
        let path = format!("/tokens/{id}/revoke");
        let (revoked, _) = futures_util::future::join(house.post(&path, json!({})), enforce).await;
        let revoked = revoked.good(200);
        assert_eq!(revoked["receipts"][0]["gateway"], "edge");
        assert_eq!(revoked["pending"], json!([]));
    }
}

#[actix_web::test]
async fn records_are_added_up_by_the_hour_and_counted_once() {
    for house in House::both().await {
        let application = open_shop(&house).await;
        let enrolled = house
            .post("/gateways", json!({ "name": "edge" }))
            .await
            .good(201);
        let secret = enrolled["token"].as_str().unwrap();
        let version = house.get("/apis/orders/versions/v1").await;
        let record = |minutes: u64| AccessRecord {
            at: house.clock.now().plus(Duration::from_secs(60 * minutes)),
            request: RequestId::draw(house.clock.now(), &*house.app.entropy),
            version: version["id"].as_str().unwrap().parse().ok(),
            operation: Some((Method::Get, "/orders".to_owned())),
            application: application.parse().ok(),
            jti: None,
            refused: None,
            status: 200,
            bytes: 10,
            upstream_us: None,
            total_us: 900,
        };
        let records = vec![record(0), record(1), record(70)];
        let batch = serde_json::to_value(Batch {
            records,
            ..Batch::default()
        })
        .unwrap();
        for _ in 0..2 {
            let ask = house.bearer(secret, "POST", "/internal/v1/records");
            assert_eq!(
                ask.with("idempotency-key", "one").json(&batch).await.status,
                204
            );
        }
        let usage = house
            .get("/usage?api=orders&version=v1&application=Shop")
            .await;
        let hours: Vec<i64> = usage["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["calls"].as_i64().unwrap())
            .collect();
        assert_eq!(hours, [1, 2]);
        assert_eq!(usage["items"][1]["bytes"], 20);
    }
}

#[actix_web::test]
async fn only_gateways_are_told_anything() {
    let house = House::one().await;
    let ask = "/internal/v1/snapshot";
    assert_eq!(house.stranger("GET", ask).send().await.status, 401);
    let enrolled = house
        .post("/gateways", json!({ "name": "edge" }))
        .await
        .good(201);
    let (id, secret) = (
        enrolled["id"].as_str().unwrap(),
        enrolled["token"].as_str().unwrap(),
    );
    assert_eq!(
        house
            .bearer(secret, "GET", "/api/v1/apis")
            .send()
            .await
            .status,
        401
    );
    house
        .post(&format!("/gateways/{id}/remove"), json!({}))
        .await
        .good(204);
    assert_eq!(house.bearer(secret, "GET", ask).send().await.status, 401);
}
