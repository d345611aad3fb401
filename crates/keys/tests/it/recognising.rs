//! A token that was found somewhere is known by its signature, and its worth by everything that is known now.

use std::time::Duration;

use gatewright_domain::{access::Caller, text::Reason};
use gatewright_keys::Worth;

use crate::town::{Town, admin, security};

async fn worth(town: &Town, text: &str) -> Option<Worth> {
    let recogniser = town.keys.recogniser().await.unwrap();
    let token = recogniser.token(text)?;
    let caller = Caller::command_line();
    Some(town.keys.worth(&caller, &token).await.unwrap().0)
}

#[tokio::test]
async fn a_token_is_live_then_revoked_or_over() {
    for town in Town::both().await {
        let (one, other) = (town.issue().await, town.issue().await);
        let [one_text, other_text] = [&one, &other].map(|issued| issued.text.lend(Clone::clone));
        assert_eq!(worth(&town, &one_text).await, Some(Worth::Live));
        let reason: Option<Reason> = Some("found".parse().unwrap());
        let revoked = town.keys.revoke(&admin(), one.token.id(), reason).await;
        revoked.unwrap();
        assert_eq!(worth(&town, &one_text).await, Some(Worth::Revoked));
        assert_eq!(worth(&town, &other_text).await, Some(Worth::Live));
        let all = town.keys.revoke_all(&admin(), &town.handle(), None).await;
        all.unwrap();
        assert_eq!(worth(&town, &other_text).await, Some(Worth::Revoked));
        town.wait(Duration::from_secs(3600));
        assert_eq!(worth(&town, &one_text).await, Some(Worth::Expired));
    }
}

#[tokio::test]
async fn a_compromised_key_takes_the_worth_of_its_tokens() {
    for town in Town::both().await {
        let issued = town.issue().await;
        let text = issued.text.lend(Clone::clone);
        let (kid, reason) = (issued.token.kid().clone(), "stolen".parse().unwrap());
        let compromised = town.keys.compromise(&security(), &kid, reason).await;
        compromised.unwrap();
        assert_eq!(worth(&town, &text).await, Some(Worth::KeyCompromised));
    }
}

#[tokio::test]
async fn a_token_whose_row_is_forgotten_is_unrecorded_while_it_lives() {
    for town in Town::both().await {
        let issued = town.issue().await;
        let text = issued.text.lend(Clone::clone);
        let later = town.wait(Duration::ZERO).plus(Duration::from_secs(86_400));
        assert_eq!(town.store.prune_tokens(later).await.unwrap(), 1);
        assert_eq!(worth(&town, &text).await, Some(Worth::Unrecorded));
    }
}

#[tokio::test]
async fn what_no_key_of_ours_signed_is_not_recognised() {
    for town in Town::both().await {
        let text = town.issue().await.text.lend(Clone::clone);
        let recogniser = town.keys.recogniser().await.unwrap();
        assert!(recogniser.token(&text).is_some());
        assert!(recogniser.token(&text[1..]).is_none());
        assert!(recogniser.token("").is_none());
    }
}
