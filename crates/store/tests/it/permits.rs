use gatewright_domain::access::Action;
use gatewright_store::StoreError;

use crate::world::{NOW, console, worlds};

#[tokio::test]
async fn a_permit_for_one_api_cannot_carry_a_change_to_another() {
    for world in worlds().await {
        let team = world.team("Payments").await;
        let (ours, theirs) = (
            world.api(&team, "orders").await,
            world.api(&team, "invoices").await,
        );
        let permit = console(Action::EditApi, ours.reference().subject());
        let edit = theirs.edit("Taken over".parse().unwrap());
        let written = world
            .store
            .write(permit, NOW, async |tx| tx.write(edit).await)
            .await;
        assert!(
            matches!(written, Err(StoreError::OutsidePermit)),
            "{written:?}"
        );
        assert_eq!(
            world
                .text("SELECT title FROM apis WHERE name = 'invoices'")
                .await,
            "invoices"
        );
    }
}

#[tokio::test]
async fn a_permit_for_one_action_cannot_carry_another() {
    for world in worlds().await {
        let team = world.team("Payments").await;
        let api = world.api(&team, "orders").await;
        let permit = console(Action::EditApi, api.reference().subject());
        let id = gatewright_domain::id::VersionId::draw(NOW, world.dice());
        let place = gatewright_domain::version::VersionRef {
            id,
            api: api.reference(),
            number: "v1".parse().unwrap(),
        };
        let upstream = "http://127.0.0.1:9000".parse().unwrap();
        let draft = gatewright_domain::version::Version::draft(place, upstream, NOW);
        let written = world
            .store
            .write(permit, NOW, async |tx| tx.write(draft).await)
            .await;
        assert!(
            matches!(written, Err(StoreError::OutsidePermit)),
            "{written:?}"
        );
        assert_eq!(world.number("SELECT count(*) FROM versions").await, 0);
    }
}
