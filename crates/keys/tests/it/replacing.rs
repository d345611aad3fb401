//! A replaced token goes on for a while and ends by itself, and nobody is surprised by the end of one that is not.

use std::time::Duration;

use gatewright_domain::{
    decision::{Rule, Verdict},
    succession::{Replacement, SuccessionError},
};
use gatewright_keys::{IssuedToken, ReplaceError};

use crate::town::{Town, admin, job, wish};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

async fn issue(town: &Town) -> IssuedToken {
    let wish = wish(&["orders:v1:read", "orders:v1:write"], 40_000);
    let (by, at) = (admin(), town.handle());
    town.keys.issue(&by, &at, wish).await.unwrap()
}

async fn replace(town: &Town, old: &IssuedToken, replacement: Replacement) -> IssuedToken {
    let (by, id) = (admin(), old.token.id());
    town.keys.replace(&by, id, replacement).await.unwrap()
}

fn narrowed(scopes: &[&str], overlap: Duration) -> Replacement {
    Replacement {
        scopes: Some(scopes.iter().map(|scope| scope.parse().unwrap()).collect()),
        lifetime: None,
        overlap,
    }
}

#[tokio::test]
async fn the_old_one_goes_on_until_the_overlap_is_over() {
    for town in Town::both().await {
        let old = issue(&town).await;
        let before = town.revision().await;
        let replacement = narrowed(&["orders:v1:read"], HOUR);
        let new = replace(&town, &old, replacement).await;
        assert_eq!(town.events(before).await, ["token.issue", "token.replace"]);
        assert_eq!(new.token.scopes().len(), 1);
        let life = |issued: &IssuedToken| issued.token.expires().since(issued.token.issued());
        assert_eq!(life(&new), life(&old));
        let sight = town.store.reader().as_seen_by(&admin());
        let lineage = sight.lineage(new.token.id()).await.unwrap();
        assert_eq!(lineage.replaces.unwrap().token_id, old.token.id());
        assert!(lineage.replaced_by.is_none());

        town.wait(HOUR - Duration::from_secs(1));
        assert!(town.keys.end_overlaps(&job()).await.unwrap().is_empty());
        let good = town.verdict_on(&old, Rule::Revocation).await;
        assert_eq!(good, Verdict::Passed);
        town.wait(Duration::from_secs(1));
        let ended = town.keys.end_overlaps(&job()).await.unwrap();
        assert_eq!(ended[0].id(), old.token.id());
        assert!(town.keys.end_overlaps(&job()).await.unwrap().is_empty());
        let over = town.verdict_on(&old, Rule::Revocation).await;
        assert_eq!(over, Verdict::Refused);
        let good = town.verdict_on(&new, Rule::Revocation).await;
        assert_eq!(good, Verdict::Passed);
    }
}

#[tokio::test]
async fn without_an_overlap_it_ends_at_once() {
    for town in Town::both().await {
        let old = issue(&town).await;
        let before = town.revision().await;
        let at_once = Replacement::default();
        let new = replace(&town, &old, at_once).await;
        assert_eq!(new.token.scopes(), old.token.scopes());
        let expected = ["token.issue", "token.replace", "token.revoke"];
        assert_eq!(town.events(before).await, expected);
    }
}

#[tokio::test]
async fn a_replacement_carries_no_more_and_comes_once() {
    for town in Town::both().await {
        let old = issue(&town).await;
        let refusal = async |replacement| {
            let id = old.token.id();
            match town.keys.replace(&admin(), id, replacement).await {
                Err(ReplaceError::Refused(refused)) => refused,
                other => panic!("{other:?}"),
            }
        };
        let before = town.revision().await;
        let wider = refusal(narrowed(&["stock:v1:read"], HOUR)).await;
        assert!(matches!(wider, SuccessionError::Wider(_)));
        let long = refusal(narrowed(&["orders:v1:read"], DAY * 31)).await;
        assert_eq!(long, SuccessionError::Overlap);
        assert_eq!(town.revision().await, before, "nothing was issued");
        let replacement = narrowed(&["orders:v1:read"], HOUR);
        replace(&town, &old, replacement).await;
        let twice = refusal(narrowed(&["orders:v1:read"], HOUR)).await;
        assert_eq!(twice, SuccessionError::Replaced);
        town.keys
            .revoke(&admin(), old.token.id(), None)
            .await
            .unwrap();
        assert_eq!(refusal(Replacement::default()).await, SuccessionError::Over);
    }
}

#[tokio::test]
async fn an_end_is_announced_once_for_each_step_and_not_of_what_lives_briefly() {
    for town in Town::both().await {
        issue(&town).await;
        let (long, by, at) = (town.for_a_year().await, admin(), town.handle());
        let days = |days: u64| wish(&["orders:v1:read"], days * 86_400);
        let long_lived = long.issue(&by, &at, days(90)).await.unwrap().token.id();
        let ten_days = long.issue(&by, &at, days(10)).await.unwrap().token.id();
        let said = async || {
            let said = town.keys.remind(&job()).await.unwrap();
            said.into_iter()
                .map(|(token, days)| (token.id(), days))
                .collect::<Vec<_>>()
        };
        assert_eq!(said().await, []);
        town.wait(DAY * 9);
        // Nothing is said of ten days a week before their end: that is near their beginning.
        assert_eq!(said().await, [(ten_days, 1)]);
        let before = town.revision().await;
        town.wait(DAY * 51);
        assert_eq!(said().await, [(long_lived, 30)]);
        assert_eq!(said().await, []);
        town.wait(DAY * 23);
        assert_eq!(said().await, [(long_lived, 7)]);
        town.wait(DAY * 6);
        assert_eq!(said().await, [(long_lived, 1)]);
        town.wait(DAY);
        assert_eq!(said().await, []);
        assert_eq!(town.events(before).await, ["token.end-soon"; 3]);
    }
}
