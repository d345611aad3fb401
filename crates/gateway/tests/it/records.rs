//! One record per request, whatever became of it; one decision per refusal, with every step.

use gatewright_domain::{decision::Verdict, operation::Method};

use crate::town::Town;

#[test]
fn every_request_leaves_one_record() {
    let mut town = Town::new();
    let token = town.token();
    let good = town.get("/orders/v1/orders/4711?secret=1", &token);
    let lacking = town.call(
        "DELETE",
        "/orders/v1/orders/4711",
        &format!("Authorization: Bearer {token}\r\n"),
    );
    town.get("/nowhere/v1", &token);
    town.get("/orders/v1/orders", "rubbish");
    town.line().send("GET / HTTP/1.1\r\n\r\n").answer();
    let batch = town.drain();
    let statuses: Vec<u16> = batch.records.iter().map(|record| record.status).collect();
    assert_eq!(
        (statuses, batch.dropped),
        (vec![200, 403, 404, 401, 400], 0)
    );
    let first = &batch.records[0];
    assert_eq!(
        first.request.to_string(),
        good.header("gatewright-request-id").expect("an id")
    );
    assert_eq!(
        first.operation,
        Some((Method::Get, "/orders/{id}".to_owned()))
    );
    assert_eq!(
        first.application,
        Some(town.snapshot.clients[0].application)
    );
    assert_eq!(
        first.jti.as_ref().expect("a jti").as_str(),
        "01JZ0000000000000000000TOWN"
    );
    assert_eq!(
        first.bytes,
        u64::try_from(good.body.len()).expect("a length")
    );
    assert!(first.upstream_us.is_some() && first.refused.is_none());
    let reasons: Vec<_> = batch
        .records
        .iter()
        .map(|record| record.refused.as_deref())
        .collect();
    assert_eq!(
        reasons[1..],
        [
            Some("insufficient-scope"),
            Some("no-such-version"),
            Some("token-invalid"),
            Some("request-malformed")
        ]
    );
    assert_eq!(batch.decisions.len(), 4);
    assert_eq!(
        batch.decisions[0].id.to_string(),
        lacking.header("gatewright-decision").expect("an id")
    );
    let text = serde_json::to_string(&batch).expect("JSON");
    assert!(!text.contains("4711") && !text.contains("secret") && !text.contains(&token));
}

#[test]
fn a_decision_says_every_step() {
    let mut town = Town::new();
    town.get("/orders/v1/orders", "rubbish");
    let token = town.token();
    town.call(
        "DELETE",
        "/orders/v1/orders/1",
        &format!("Authorization: Bearer {token}\r\n"),
    );
    let batch = town.drain();
    let steps = |place: usize| {
        let steps = batch.decisions[place].steps.iter();
        steps
            .map(|step| (step.rule.as_str(), step.verdict))
            .collect::<Vec<_>>()
    };
    let at_the_token = steps(0);
    assert_eq!(
        at_the_token[3],
        ("One bearer token or API key was sent", Verdict::Passed)
    );
    assert_eq!(
        at_the_token[4],
        (
            "The token verifies, or the API key is known",
            Verdict::Refused
        )
    );
    assert!(
        at_the_token[5..]
            .iter()
            .all(|(_, verdict)| *verdict == Verdict::NotAsked)
    );
    assert_eq!(
        batch.decisions[0].steps[4].compared,
        "the token is not three parts with a dot between them"
    );
    let at_the_scope = steps(1);
    assert!(
        at_the_scope[..5]
            .iter()
            .all(|(_, verdict)| *verdict == Verdict::Passed)
    );
    assert!(at_the_scope.contains(&("The token carries the required scope", Verdict::Refused)));
    let scope = batch.decisions[1]
        .steps
        .iter()
        .find(|step| step.verdict == Verdict::Refused)
        .expect("a refusal");
    assert_eq!(
        scope.compared,
        "holds orders:v1:read; needed orders:v1:write"
    );
    assert_eq!(
        scope.mend.as_deref(),
        Some("Issue a token that carries orders:v1:write.")
    );
    assert_eq!(batch.decisions[1].revision, 1);
}

#[test]
fn a_flood_of_refusals_is_counted_whole_and_explained_in_part() {
    let mut town = Town::new();
    for _ in 0..1_200 {
        town.get("/nowhere/v1", "rubbish");
    }
    let counts = town.handle().counts();
    let batch = town.drain();
    assert_eq!((batch.records.len(), batch.dropped), (1_200, 0));
    assert_eq!(batch.decisions.len(), 1_000);
    assert_eq!(counts.unexplained, 200);
}
