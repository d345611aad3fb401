use gatewright_domain::access::Action;
use gatewright_store::StoreError;

use crate::world::{NOW, console, worlds};

#[tokio::test]
async fn of_two_changes_to_what_was_read_once_the_second_loses() {
    for world in worlds().await {
        let team = world.team("Payments").await;
        let read = world.api(&team, "orders").await;
        let edit = |title: &str| read.clone().edit(title.parse().unwrap());
        let permit = || console(Action::EditApi, read.reference().subject());

        let (first, second) = (edit("Orders"), edit("Purchases"));
        let stored = world
            .store
            .write(permit(), NOW, async |tx| tx.write(first).await)
            .await;
        assert_eq!(stored.unwrap().title.as_str(), "Orders");
        let lost = world
            .store
            .write(permit(), NOW, async |tx| tx.write(second).await)
            .await;
        assert!(matches!(lost, Err(StoreError::Stale)), "{lost:?}");
        assert_eq!(world.text("SELECT title FROM apis").await, "Orders");
    }
}

#[tokio::test]
async fn a_taken_name_is_named_whatever_its_case() {
    for world in worlds().await {
        world.team("Payments").await;
        let again = gatewright_domain::team::Team::form(
            gatewright_domain::id::TeamId::draw(NOW, world.dice()),
            "PAYMENTS".parse().unwrap(),
        );
        let permit = console(Action::FormTeam, again.event().subject().clone());
        let taken = world
            .store
            .write(permit, NOW, async |tx| tx.write(again).await)
            .await;
        assert!(
            matches!(taken, Err(StoreError::Taken { what: "team name" })),
            "{taken:?}"
        );
    }
}

#[tokio::test]
async fn a_taken_version_number_is_named_and_a_discarded_one_is_free() {
    for world in worlds().await {
        let team = world.team("Payments").await;
        let api = world.api(&team, "orders").await;
        let draft = world.draft(&api, "v1").await;
        let discard = draft.discard(NOW).unwrap();
        let permit = console(Action::DiscardVersion, api.reference().subject());
        world
            .store
            .write(permit, NOW, async |tx| tx.write(discard).await)
            .await
            .unwrap();
        let again = world.draft(&api, "v1").await;

        let place = gatewright_domain::version::VersionRef {
            id: gatewright_domain::id::VersionId::draw(NOW, world.dice()),
            ..again.place().clone()
        };
        let third =
            gatewright_domain::version::Version::draft(place, again.upstream().clone(), NOW);
        let permit = console(Action::DraftVersion, api.reference().subject());
        let taken = world
            .store
            .write(permit, NOW, async |tx| tx.write(third).await)
            .await;
        assert!(
            matches!(
                taken,
                Err(StoreError::Taken {
                    what: "version number"
                })
            ),
            "{taken:?}"
        );
    }
}
