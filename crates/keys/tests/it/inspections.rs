//! The inspector: what a token says, and what every rule makes of it.

use std::time::Duration;

use gatewright_domain::{
    access::Action,
    audit::Aggregate,
    decision::{Rule, Verdict},
    time::Clock,
};
use gatewright_keys::{Inspection, VerifyError};
use serde_json::Value;

use crate::town::{Town, admin, wish};

fn refused(inspection: &Inspection) -> Vec<&str> {
    let steps = inspection.steps.iter();
    let refused = steps.filter(|step| step.verdict == Verdict::Refused);
    refused.map(|step| step.rule.as_str()).collect()
}

#[tokio::test]
async fn a_good_token_is_shown_with_what_it_opens() {
    for town in Town::both().await {
        let issued = town
            .keys
            .issue(&admin(), &town.handle(), wish(&[], 600))
            .await
            .unwrap();
        let text = issued.text.lend(Clone::clone);
        let inspection = town.keys.inspect(&admin(), &text).await.unwrap();
        let header: Value =
            serde_json::from_str(&inspection.header.as_ref().unwrap().text).unwrap();
        assert_eq!(header["typ"], "at+jwt");
        let claims: Value =
            serde_json::from_str(&inspection.claims.as_ref().unwrap().text).unwrap();
        assert_eq!(claims["client_id"], town.application.client_id().as_str());
        assert_eq!(inspection.token, Some(issued.token.id()));
        assert!(refused(&inspection).is_empty());
        let opened = inspection.openings.iter().map(|opening| {
            let good = opening
                .steps
                .iter()
                .all(|step| step.verdict == Verdict::Passed);
            let refused = opening.operations[0].refused.as_deref();
            (opening.version.as_str(), good, refused)
        });
        // It carries no scope, and the only operation requires one.
        let expected = [
            ("orders/v1", true, Some("insufficient-scope")),
            ("stock/v1", true, Some("insufficient-scope")),
        ];
        assert_eq!(opened.collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn a_scope_opens_its_operation() {
    for town in Town::both().await {
        let text = town.issue().await.text.lend(Clone::clone);
        let inspection = town.keys.inspect(&admin(), &text).await.unwrap();
        assert_eq!(inspection.openings.len(), 1);
        assert_eq!(inspection.openings[0].operations[0].refused, None);
    }
}

#[tokio::test]
async fn an_altered_token_is_shown_but_opens_nothing() {
    for town in Town::both().await {
        let mut text = town.issue().await.text.lend(Clone::clone);
        let last = text.pop().unwrap();
        text.push(if last == 'A' { 'Q' } else { 'A' });
        let inspection = town.keys.inspect(&admin(), &text).await.unwrap();
        assert_eq!(refused(&inspection), ["The signature matches"]);
        assert!(inspection.claims.is_some());
        assert!(inspection.openings.is_empty());
        assert!(inspection.token.is_none());
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused_without_an_error() {
    for town in Town::both().await {
        for text in ["", "hello", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
            let inspection = town.keys.inspect(&admin(), text).await.unwrap();
            assert_eq!(refused(&inspection).len(), 1, "{text}");
            assert!(town.keys.verify(text).await.is_err());
        }
    }
}

#[tokio::test]
async fn a_disabled_application_is_the_reason_given() {
    for town in Town::both().await {
        let issued = town.issue().await;
        let (now, application) = (town.clock.now(), town.application.id);
        let sight = town.store.reader().as_seen_by(&admin());
        let found = sight.find_application(&town.handle()).await.unwrap();
        let permit = admin()
            .may(Action::DisableApplication, found.subject())
            .unwrap();
        let disable = town.store.write(permit, now, async move |tx| {
            let application = tx.application(application).await?;
            tx.write(application.disable(now).unwrap()).await
        });
        disable.await.unwrap();
        assert_eq!(
            town.verdict_on(&issued, Rule::Application).await,
            Verdict::Refused
        );
        let text = issued.text.lend(Clone::clone);
        let refused = town.keys.verify(&text).await.unwrap_err();
        let VerifyError::Refused(step) = refused else {
            panic!("{refused}")
        };
        assert_eq!(step.rule, Rule::Application.title());
    }
}

#[tokio::test]
async fn a_token_that_has_ended_says_so() {
    for town in Town::both().await {
        let text = town.issue().await.text.lend(Clone::clone);
        town.wait(Duration::from_secs(600 + 30));
        let inspection = town.keys.inspect(&admin(), &text).await.unwrap();
        assert_eq!(refused(&inspection), ["It has not ended"]);
    }
}
