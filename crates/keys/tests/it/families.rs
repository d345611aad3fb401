//! Refresh families on both engines: one successor for everybody, one head or none, and what strangers cannot do.

use std::{collections::BTreeSet, time::Duration};

use gatewright_domain::{
    access::Origin, binding::Binding, client::Ending, revocation::RevocationKind, secret::Secret,
    time::Clock,
};
use gatewright_keys::{
    Authenticated, BegunFamily, ClientProof, FamilyUseError, FamilyWish, NotGood, Presented,
    RefreshError, RefreshedGrant, Refreshing, SecretWish, Shown,
};
use gatewright_testkit::sender::Sender;

use crate::town::{Town, admin, config};

/// An application with a client secret and a grant for `orders:v1:read`.
struct Grant {
    town: Town,
    client: Authenticated,
    family: BegunFamily,
}

impl Grant {
    async fn both() -> Vec<Self> {
        let mut grants = Vec::new();
        for town in Town::both().await {
            grants.push(Self::in_town(town).await);
        }
        grants
    }

    async fn in_town(town: Town) -> Self {
        let client = authenticate(&town).await;
        let family = begin(&town, None).await.unwrap();
        Self {
            town,
            client,
            family,
        }
    }

    fn first(&self) -> String {
        self.family.text.lend(String::clone)
    }

    async fn refresh(&self, text: &str) -> Result<RefreshedGrant, RefreshError> {
        self.town
            .keys
            .refresh_grant(&self.client, shown(text))
            .await
    }

    /// A refresh that must go well: the next token.
    async fn next(&self, text: &str) -> String {
        let refreshed = self.refresh(text).await.unwrap();
        refreshed.text.lend(String::clone)
    }

    async fn is_over(&self) -> bool {
        let reader = self.town.store.reader();
        let family = reader.family(self.family.family.id());
        family.await.unwrap().revoked().is_some()
    }

    async fn sessions(&self) -> Vec<String> {
        let (terms, now) = (config().terms(), self.town.clock.now());
        let snapshot = self
            .town
            .store
            .reader()
            .snapshot(&terms, now)
            .await
            .unwrap();
        let sessions = snapshot.revoked_sessions.into_iter();
        sessions.map(|session| session.sid).collect()
    }
}

pub(crate) async fn authenticate(town: &Town) -> Authenticated {
    let wish = SecretWish {
        ending: Ending::Never,
        overlap: None,
    };
    let issued = town
        .keys
        .issue_client_secret(&admin(), &town.handle(), wish)
        .await
        .unwrap();
    let presented = Presented {
        client: Some(town.application.client_id().to_string()),
        proof: ClientProof::Basic(issued.text),
        certificate: None,
    };
    let keys = &town.keys;
    keys.authenticate(&presented, Origin::default())
        .await
        .unwrap()
}

pub(crate) async fn begin(
    town: &Town,
    sender: Option<&Sender>,
) -> Result<BegunFamily, FamilyUseError> {
    let wish = FamilyWish {
        name: "nightly export".parse().unwrap(),
        scopes: BTreeSet::from(["orders:v1:read".parse().unwrap()]),
        binding: sender.map(|sender| Binding::Key(sender.thumbprint().parse().unwrap())),
    };
    let keys = &town.keys;
    keys.begin_family(&admin(), &town.handle(), wish).await
}

fn shown(text: &str) -> Refreshing {
    Refreshing {
        text: Secret::new(text.to_owned()),
        scopes: None,
        resources: BTreeSet::new(),
        proved: None,
    }
}

fn why(outcome: Result<RefreshedGrant, RefreshError>) -> NotGood {
    match outcome {
        Err(RefreshError::NotGood(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_grant_is_refreshed_again_and_again_and_its_tokens_name_it() {
    for grant in Grant::both().await {
        let mut text = grant.first();
        for _ in 0..3 {
            let refreshed = grant.refresh(&text).await.unwrap();
            let token = &refreshed.issued.token;
            assert_eq!(token.family(), Some(grant.family.family.id()));
            let inspected = refreshed.issued.text.lend(Clone::clone);
            let inspected = grant.town.keys.inspect(&admin(), &inspected).await.unwrap();
            let sid = grant.family.family.id().to_string();
            assert!(format!("{inspected:?}").contains(&sid));
            let next = refreshed.text.lend(String::clone);
            assert_ne!(next, text);
            text = next;
        }
        let events = grant.town.events(0).await;
        let turns = events.iter().filter(|name| *name == "refresh-family.turn");
        assert_eq!(turns.count(), 3);
    }
}

#[tokio::test]
async fn p01_two_at_once_get_the_same_successor() {
    for grant in Grant::both().await {
        let first = grant.first();
        let (one, two) = tokio::join!(grant.refresh(&first), grant.refresh(&first));
        let (one, two) = (one.unwrap(), two.unwrap());
        let text = |refreshed: &RefreshedGrant| refreshed.text.lend(String::clone);
        assert_eq!(text(&one), text(&two));
        assert_ne!(one.issued.token.jti(), two.issued.token.jti());
        grant.next(&text(&one)).await;
        assert!(!grant.is_over().await);
    }
}

#[tokio::test]
async fn p02_of_fifty_on_three_servers_one_turns_and_none_fails_badly() {
    for grant in Grant::both().await {
        let mut servers = vec![grant.town.keys.clone()];
        for _ in 0..2 {
            servers.push(grant.town.second_server(crate::town::kek(1)).await);
        }
        let first = grant.first();
        let calls = (0..50).map(|number| {
            let (keys, client) = (servers[number % 3].clone(), grant.client.clone());
            let asked = shown(&first);
            tokio::spawn(async move { keys.refresh_grant(&client, asked).await })
        });
        let calls: Vec<_> = calls.collect();
        let (mut successors, mut given) = (BTreeSet::new(), 0);
        for call in calls {
            match call.await.unwrap() {
                Ok(refreshed) => {
                    given += 1;
                    successors.insert(refreshed.text.lend(String::clone));
                }
                // More than the grace allows is reuse, and then the family is over.
                Err(RefreshError::NotGood(_)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(successors.len(), 1);
        assert_eq!(given, 6, "the turn and five repeats");
        let turned = grant.town.events(0).await;
        let turns = turned.iter().filter(|name| *name == "refresh-family.turn");
        assert_eq!(turns.count(), 1);
    }
}

#[tokio::test]
async fn p03_a_token_whose_successor_was_used_ends_the_family_at_the_gateways_too() {
    for grant in Grant::both().await {
        let first = grant.first();
        let second = grant.next(&first).await;
        let third = grant.next(&second).await;
        assert_eq!(grant.sessions().await, Vec::<String>::new());
        assert_eq!(why(grant.refresh(&first).await), NotGood::Reused);
        assert!(grant.is_over().await);
        let sid = grant.family.family.id().to_string();
        assert_eq!(grant.sessions().await, [sid]);
        let over = why(grant.refresh(&third).await);
        assert_eq!(over.to_string(), "the family is revoked");
        let last = grant.town.events(0).await.pop();
        assert_eq!(last.as_deref(), Some("refresh-family.revoke"));
    }
}

#[tokio::test]
async fn p04_a_token_that_comes_again_after_the_grace_ends_the_family() {
    for grant in Grant::both().await {
        let first = grant.first();
        grant.next(&first).await;
        grant.town.wait(Duration::from_secs(31));
        assert_eq!(why(grant.refresh(&first).await), NotGood::Reused);
        assert!(grant.is_over().await);
    }
}

#[tokio::test]
async fn p05_another_client_is_refused_and_the_family_lives() {
    for grant in Grant::both().await {
        let stranger = grant.town.other_client().await;
        let before = grant.town.revision().await;
        let refused = grant
            .town
            .keys
            .refresh_grant(&stranger, shown(&grant.first()))
            .await;
        assert_eq!(
            why(refused).to_string(),
            "the family is of another application"
        );
        assert_eq!(grant.town.events(before).await, ["access.deny"]);
        assert!(!grant.is_over().await);
        grant.next(&grant.first()).await;
    }
}

#[tokio::test]
async fn p06_a_bound_family_is_refreshed_by_the_holder_of_its_key_only() {
    for town in Town::both().await {
        let client = authenticate(&town).await;
        let (own, other) = (Sender::new().unwrap(), Sender::new().unwrap());
        let family = begin(&town, Some(&own)).await.unwrap();
        let with = async |sender: Option<&Sender>| {
            let mut asked = shown(&family.text.lend(String::clone));
            let key = sender.map(|sender| sender.thumbprint().parse().unwrap());
            asked.proved = key.map(Binding::Key);
            town.keys.refresh_grant(&client, asked).await
        };
        for sender in [None, Some(&other)] {
            let refused = why(with(sender).await);
            let why = "the family is bound to another key or certificate";
            assert_eq!(refused.to_string(), why);
        }
        let refreshed = with(Some(&own)).await.unwrap();
        let binding = refreshed.issued.token.binding().unwrap();
        assert_eq!(binding.thumbprint().as_str(), own.thumbprint());
    }
}

#[tokio::test]
async fn p07_more_than_the_grant_is_refused_and_uses_nothing() {
    for grant in Grant::both().await {
        let with = async |scopes: &[&str], resources: &[&str]| {
            let mut asked = shown(&grant.first());
            let scopes = scopes.iter().map(|scope| scope.parse().unwrap()).collect();
            asked.scopes = Some(scopes);
            asked.resources = resources.iter().map(|one| (*one).to_owned()).collect();
            grant.town.keys.refresh_grant(&grant.client, asked).await
        };
        let wider = with(&["orders:v1:read", "orders:v1:write"], &[]).await;
        assert!(matches!(wider, Err(RefreshError::WiderScope)));
        let target = with(&["orders:v1:read"], &["https://api.example/stock/v1"]).await;
        assert!(matches!(target, Err(RefreshError::OtherTarget)));
        let same = with(&["orders:v1:read"], &["https://api.example/orders/v1"]).await;
        assert!(same.is_ok(), "{same:?}");
    }
}

#[tokio::test]
async fn p10_whoever_lost_the_answer_gets_the_same_successor() {
    for grant in Grant::both().await {
        let first = grant.first();
        let lost = grant.next(&first).await;
        grant.town.wait(Duration::from_secs(30));
        let another = grant.town.second_server(crate::town::kek(1)).await;
        let again = another
            .refresh_grant(&grant.client, shown(&first))
            .await
            .unwrap();
        assert_eq!(again.text.lend(String::clone), lost);
    }
}

#[tokio::test]
async fn whoever_is_cut_off_in_the_middle_leaves_one_head_and_can_go_on() {
    for grant in Grant::both().await {
        let mut text = grant.first();
        for cut in 0..25_u64 {
            let (keys, client) = (grant.town.keys.clone(), grant.client.clone());
            let asked = shown(&text);
            let task =
                tokio::spawn(async move { keys.refresh_grant(&client, asked).await.map(drop) });
            tokio::time::sleep(Duration::from_micros(cut * 400)).await;
            task.abort();
            let _ = task.await;
            // Before the commit nothing has happened, after it the successor waits: either way there is one next token.
            text = grant.next(&text).await;
        }
        let head = grant
            .town
            .store
            .reader()
            .family(grant.family.family.id())
            .await;
        assert_eq!(head.unwrap().head(), 25);
        assert!(!grant.is_over().await);
    }
}

#[tokio::test]
async fn what_is_no_token_of_ours_is_unknown() {
    for grant in Grant::both().await {
        let first = grant.first();
        let wrong_secret = format!(
            "{}{}",
            &first[..84],
            if first.ends_with('0') { '1' } else { '0' }
        );
        let unknown = first.replace(&first[6..32], "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        for text in ["", "gw_rt_", &*wrong_secret, &*unknown] {
            assert_eq!(why(grant.refresh(text).await), NotGood::Unknown, "{text}");
        }
        grant.next(&first).await;
    }
}

#[tokio::test]
async fn a_revoked_grant_takes_its_tokens_with_it() {
    for grant in Grant::both().await {
        let second = grant.next(&grant.first()).await;
        let id = grant.family.family.id();
        let revoked = grant
            .town
            .keys
            .revoke_family(&admin(), id, None)
            .await
            .unwrap();
        assert!(revoked.revoked().is_some());
        assert_eq!(grant.sessions().await, [id.to_string()]);
        let over = why(grant.refresh(&second).await);
        assert_eq!(over.to_string(), "the family is revoked");
        let again = grant.town.keys.revoke_family(&admin(), id, None).await;
        assert!(matches!(again, Err(FamilyUseError::AlreadyRevoked)));
    }
}

#[tokio::test]
async fn a_session_that_is_a_grant_ends_with_it_however_it_is_named() {
    for grant in Grant::both().await {
        let sid = grant.family.family.id().to_string();
        let revoke = async || {
            let (admin, kind) = (admin(), RevocationKind::Session);
            let reason = "it leaked".parse().unwrap();
            grant
                .town
                .keys
                .revoke_named(&admin, kind, &sid, reason)
                .await
                .unwrap()
        };
        let first = revoke().await;
        let over = why(grant.refresh(&grant.first()).await);
        assert_eq!(over.to_string(), "the family is revoked");
        assert_eq!(grant.sessions().await, std::slice::from_ref(&sid));
        // Once more only the session is swept away, which is no harm.
        assert!(first < revoke().await);
    }
}

#[tokio::test]
async fn neither_text_is_in_the_database() {
    for grant in Grant::both().await {
        let first = grant.first();
        grant.next(&first).await;
        let shown = format!("{:?} {:?}", grant.family, grant.refresh(&first).await);
        assert!(
            !shown.contains(&first[33..]),
            "nor in anything that is printed"
        );
        let reader = grant.town.store.reader();
        let id = gatewright_domain::family::id_of(&first).unwrap();
        let row = reader.refresh_token(id).await.unwrap();
        let sealed = &row.successor().unwrap().0;
        assert!(!String::from_utf8_lossy(sealed).contains("gw_rt_"));
        assert_eq!(row.hmac().len(), 32);
    }
}

const URL: &str = "https://id.example/oauth2/token";

#[tokio::test]
async fn p36_a_proof_at_the_token_endpoint_counts_once_on_every_server() {
    for grant in Grant::both().await {
        let (keys, sender) = (&grant.town.keys, Sender::new().unwrap());
        let now = grant.town.clock.now();
        let claims = Sender::claims("POST", URL, None, "p-1", now);
        let proof = sender.proof(&claims).unwrap();
        let at = |proof| Shown {
            proof,
            method: "POST",
            url: URL,
        };
        let key = keys.prove_sender(&grant.client, at(&proof)).await.unwrap();
        assert_eq!(key.as_str(), sender.thumbprint());
        let another = grant.town.second_server(crate::town::kek(1)).await;
        let again = another.prove_sender(&grant.client, at(&proof)).await;
        assert_eq!(
            again.unwrap_err().to_string(),
            "the DPoP proof was shown before"
        );

        let nonce = another.sender_nonce().await.unwrap();
        let with_nonce = |nonce: &str, jti: &str| {
            let mut claims = Sender::claims("POST", URL, None, jti, now);
            (claims["nonce"], claims["iat"]) = (nonce.into(), 5.into());
            sender.proof(&claims).unwrap()
        };
        let proof = with_nonce(&nonce, "p-2");
        assert!(keys.prove_sender(&grant.client, at(&proof)).await.is_ok());
        let stale = with_nonce("an-old-nonce", "p-3");
        let stale = keys
            .prove_sender(&grant.client, at(&stale))
            .await
            .unwrap_err();
        assert!(stale.wants_a_nonce());
        grant.town.wait(Duration::from_secs(300));
        let late = with_nonce(&nonce, "p-4");
        let late = keys
            .prove_sender(&grant.client, at(&late))
            .await
            .unwrap_err();
        assert!(late.wants_a_nonce(), "{late}");
    }
}
