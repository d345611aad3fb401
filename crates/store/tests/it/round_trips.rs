use std::{collections::BTreeSet, time::Duration};

use gatewright_domain::{
    access::{Action, Role, Subject},
    gateway::Gateway,
    id::{AccessTokenId, GatewayId, OperatorId},
    key::{KeyStateName, Purpose, SigningKey},
    operator::{AccessToken, Assignment, Operator, PasswordHash},
    revision::Revision,
    ring::{Evidence, Haste, Ring, Timing},
    ruleset::RulesetChoice,
    version::StatusName,
};
use gatewright_store::StoreError;

use crate::world::{NOW, console, worlds, write_all};

/// Reads in a transaction that changes nothing.
macro_rules! read {
    ($world:expr, $tx:ident => $body:expr) => {{
        let permit = console(Action::FormTeam, Subject::Installation);
        let read = $world
            .store
            .write(permit, NOW, async |$tx| Ok::<_, StoreError>($body));
        read.await.unwrap()
    }};
}

#[tokio::test]
async fn the_last_choice_of_a_ruleset_counts() {
    for world in worlds().await {
        let team = world.team("Payments").await;
        let api = world.api(&team, "orders").await;
        let other = world.api(&team, "stock").await;
        assert_eq!(read!(world, tx => tx.ruleset(api.id).await?), None);
        let own = RulesetChoice::Own("extends: spectral:oas\n".parse().unwrap());
        for (number, choice) in [(1, RulesetChoice::OasAndOwasp), (2, own)] {
            let chosen = world.ruleset(&api, number, choice).await.unwrap();
            assert_eq!(read!(world, tx => tx.ruleset(api.id).await?), Some(chosen));
        }
        let again = world.ruleset(&api, 2, RulesetChoice::None).await;
        assert!(matches!(again, Err(StoreError::Taken { .. })), "{again:?}");
        assert_eq!(read!(world, tx => tx.ruleset(other.id).await?), None);
    }
}

#[tokio::test]
async fn the_registry_reads_back_what_it_wrote() {
    for world in worlds().await {
        let team = world.team("Payments").await;
        let api = world.api(&team, "orders").await;
        let draft = world.draft(&api, "v1").await;
        let (contract, with_contract) = world.contract(&draft).await;
        let plan = world.plan(&api, "Standard").await;
        let consumer = world.consumer("Acme").await;
        let application = world.application(&consumer, "Shop").await;

        assert_eq!(read!(world, tx => tx.team(team.id).await?), team);
        assert_eq!(read!(world, tx => tx.api(api.id).await?), api);
        assert_eq!(
            read!(world, tx => tx.version(draft.place().id).await?),
            with_contract
        );
        assert_eq!(
            read!(world, tx => tx.contract(contract.id).await?),
            contract
        );
        assert_eq!(
            read!(world, tx => tx.next_contract_number(draft.place().id).await?),
            2
        );
        assert_eq!(read!(world, tx => tx.plan(plan.id).await?), plan);
        assert_eq!(
            read!(world, tx => tx.consumer(consumer.id).await?),
            consumer
        );
        assert_eq!(
            read!(world, tx => tx.application(application.id).await?),
            application
        );
    }
}

#[tokio::test]
async fn a_version_reads_back_in_every_status() {
    for world in worlds().await {
        let team = world.team("Payments").await;
        let api = world.api(&team, "orders").await;
        let version = world.published(&api, "v1").await;
        let id = version.place().id;
        let subject = || api.reference().subject();
        let sunset = NOW.plus(Duration::from_secs(86_400));
        let reason = || "It leaks".parse().unwrap();

        let steps: [(Action, StatusName); 5] = [
            (Action::BlockVersion, StatusName::Blocked),
            (Action::UnblockVersion, StatusName::Published),
            (Action::DeprecateVersion, StatusName::Deprecated),
            (Action::BlockVersion, StatusName::Blocked),
            (Action::RetireVersion, StatusName::Retired),
        ];
        for (action, status) in steps {
            let permit = console(action, subject());
            let step = world.store.write(permit, NOW, async |tx| {
                let version = tx.version(id).await?;
                let change = match action {
                    Action::BlockVersion => version.block(reason(), NOW),
                    Action::UnblockVersion => version.unblock(),
                    Action::DeprecateVersion => version.deprecate(sunset, NOW),
                    _ => version.retire(NOW),
                };
                tx.write(change.unwrap()).await
            });
            let stored = step.await.unwrap();
            assert_eq!(stored.status().name(), status);
            assert_eq!(read!(world, tx => tx.version(id).await?), stored);
        }
    }
}

#[tokio::test]
async fn subscriptions_and_tokens_read_back_and_reach_teams() {
    for world in worlds().await {
        let team = world.team("Payments").await;
        let api = world.api(&team, "orders").await;
        let version = world.published(&api, "v1").await;
        let plan = world.plan(&api, "Standard").await;
        let consumer = world.consumer("Acme").await;
        let application = world.application(&consumer, "Shop").await;
        let subscription = world.subscription(&application, &version, &plan).await;
        let application = read!(world, tx => tx.application(application.id).await?);
        assert_eq!(application.teams, BTreeSet::from([team.id]));
        assert_eq!(
            read!(world, tx => tx.subscription(subscription.id()).await?),
            subscription
        );
        let entitlements = read!(world, tx => tx.entitlements(application.id).await?);
        assert_eq!(entitlements.len(), 1);
        assert_eq!(entitlements[0].version, version);
        assert_eq!(entitlements[0].plan, plan);

        let keys = world.keys().await;
        let token = world.token(&application, signing(&keys)).await;
        assert_eq!(read!(world, tx => tx.token(token.id()).await?), token);
        let keys = read!(world, tx => tx.keys().await?);
        assert_eq!(signing(&keys).last_expiry(), Some(token.expires()));
    }
}

#[tokio::test]
async fn a_rotated_key_loses_its_private_part_and_signs_no_more() {
    for world in worlds().await {
        let keys = world.keys().await;
        let permit = console(Action::RotateKey, Subject::KeyRing);
        let fresh = world.generated("third");
        let rotate = world.store.write(permit, NOW, async |tx| {
            let record = tx.ring(Purpose::Access.ring()).await?;
            let ring = Ring::of(record, tx.keys().await?, Timing::DEFAULT);
            let moves = ring.rotate(fresh, Haste::None, &Evidence::default(), NOW);
            write_all(tx, moves.unwrap()).await?;
            tx.keys().await
        });
        let rotated = rotate.await.unwrap();
        let count = |state| {
            rotated
                .iter()
                .filter(|key| key.state().name() == state)
                .count()
        };
        assert_eq!(count(KeyStateName::Deactivated), 1);
        assert_eq!(count(KeyStateName::Active), 1);
        assert_eq!(count(KeyStateName::Published), 1);
        let kept = "SELECT count(*) FROM signing_keys WHERE sealed_record IS NOT NULL";
        assert_eq!(world.number(kept).await, 2);

        let late = world.store.reserve_expiry(signing(&keys).kid(), NOW);
        assert!(matches!(late.await, Err(StoreError::Stale)));
    }
}

#[tokio::test]
async fn operators_their_access_tokens_and_gateways_read_back() {
    for world in worlds().await {
        let (one, other) = (world.team("Payments").await, world.team("Search").await);
        let id = OperatorId::draw(NOW, world.dice());
        let assignment = |teams: &[_]| Assignment {
            role: Role::Publisher,
            teams: teams.iter().copied().collect(),
        };
        let hash = PasswordHash::from_phc("$argon2id$…".to_owned());
        let admit = Operator::admit(id, "Ada".parse().unwrap(), assignment(&[one.id]), hash, NOW);
        let permit = console(Action::AdmitOperator, Subject::Operator(id));
        let ada = world
            .store
            .write(permit, NOW, async |tx| tx.write(admit).await)
            .await
            .unwrap();
        assert_eq!(read!(world, tx => tx.operator(id).await?), ada);
        assert_eq!(
            read!(world, tx => tx.operator_named(&"ADA".parse().unwrap()).await?),
            ada
        );

        let reassign = ada.reassign(assignment(&[one.id, other.id]));
        let permit = console(Action::ReassignOperator, Subject::Operator(id));
        let ada = world
            .store
            .write(permit, NOW, async |tx| tx.write(reassign).await)
            .await
            .unwrap();
        assert_eq!(read!(world, tx => tx.operator(id).await?), ada);

        let issue = AccessToken::issue(AccessToken {
            id: AccessTokenId::draw(NOW, world.dice()),
            operator: id,
            name: "laptop".parse().unwrap(),
            role: Role::Auditor,
            hash: "aa".to_owned(),
            hint: "gwp_1234".to_owned(),
            issued: NOW,
            expires: NOW.plus(Duration::from_secs(3600)),
            revoked: None,
            revision: Revision::NEW,
        });
        let permit = console(Action::IssueAccessToken, Subject::Operator(id));
        let token = world
            .store
            .write(permit, NOW, async |tx| tx.write(issue).await)
            .await
            .unwrap();
        assert_eq!(read!(world, tx => tx.access_token(token.id).await?), token);

        let enrol = Gateway::enrol(
            GatewayId::draw(NOW, world.dice()),
            "edge".parse().unwrap(),
            "bb".to_owned(),
            NOW,
        );
        let permit = console(Action::EnrolGateway, Subject::Installation);
        let gateway = world
            .store
            .write(permit, NOW, async |tx| tx.write(enrol).await)
            .await
            .unwrap();
        assert_eq!(read!(world, tx => tx.gateway(gateway.id).await?), gateway);
    }
}

#[tokio::test]
async fn what_is_missing_is_not_found_and_what_is_broken_is_named() {
    for world in worlds().await {
        let missing = GatewayId::draw(NOW, world.dice());
        let permit = console(Action::EnrolGateway, Subject::Installation);
        let found = world
            .store
            .write(permit, NOW, async |tx| tx.gateway(missing).await)
            .await;
        assert!(matches!(found, Err(StoreError::NotFound)));

        let team = world.team("Payments").await;
        let api = world.api(&team, "orders").await;
        let broken = "UPDATE apis SET name = 'Not A Slug'";
        world.sql(broken, broken).await;
        let permit = console(Action::EditApi, api.reference().subject());
        let found = world
            .store
            .write(permit, NOW, async |tx| tx.api(api.id).await)
            .await;
        let error = found.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the database is corrupt: apis.name of row {}", api.id)
        );
    }
}

pub(crate) fn signing(keys: &[SigningKey]) -> &SigningKey {
    let active = |key: &&SigningKey| key.state().name() == KeyStateName::Active;
    keys.iter().find(active).unwrap()
}
