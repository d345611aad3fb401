use std::time::Duration;

use gatewright_domain::{
    access::{Action, Denied, Subject},
    id::TeamId,
};

use crate::world::{NOW, World, auditor, worlds};

fn refusal(world: &World) -> Denied {
    let caller = auditor(world.dice());
    let team = TeamId::draw(NOW, world.dice());
    caller
        .may(Action::RegisterApi, Subject::Team(team))
        .unwrap_err()
}

async fn events(world: &World) -> i64 {
    world
        .number("SELECT count(*) FROM audit_event WHERE action = 'access.deny'")
        .await
}

#[tokio::test]
async fn a_refusal_is_an_event_with_its_circumstances_and_its_address_apart() {
    for world in worlds().await {
        let denied = refusal(&world);
        world.store.deny(&denied, NOW).await.unwrap();
        assert_eq!(
            world.text("SELECT outcome FROM audit_event").await,
            "denied"
        );
        assert_eq!(
            world.text("SELECT actor_kind FROM audit_event").await,
            "operator"
        );
        let canonical = world.text(match world.url.engine() {
            gatewright_testkit::database::Engine::Sqlite => {
                "SELECT CAST(canonical AS text) FROM audit_event"
            }
            gatewright_testkit::database::Engine::Postgres => {
                "SELECT convert_from(canonical, 'UTF8') FROM audit_event"
            }
        });
        let canonical = canonical.await;
        assert!(
            canonical.contains(r#""reason":"register an API""#),
            "{canonical}"
        );
        assert!(
            canonical.contains(r#""route":"/api/v1/apis""#),
            "{canonical}"
        );
        assert!(
            canonical.contains("$pii") && !canonical.contains("192.0.2.7"),
            "{canonical}"
        );
        assert_eq!(world.number("SELECT count(*) FROM audit_private").await, 1);
        assert!(world.store.reader().verify().await.unwrap().is_valid());
    }
}

#[tokio::test]
async fn a_flood_of_refusals_is_twenty_events_and_one_with_their_number() {
    for world in worlds().await {
        let denied = refusal(&world);
        for _ in 0..27 {
            world.store.deny(&denied, NOW).await.unwrap();
        }
        assert_eq!(events(&world).await, 20);
        world.store.settle_denials(NOW).await.unwrap();
        assert_eq!(events(&world).await, 20, "the minute is not over");

        let later = NOW.plus(Duration::from_secs(60));
        world.store.settle_denials(later).await.unwrap();
        assert_eq!(events(&world).await, 21);
        let counted = match world.url.engine() {
            gatewright_testkit::database::Engine::Sqlite => {
                "SELECT CAST(canonical AS text) FROM audit_event WHERE seq = 20"
            }
            gatewright_testkit::database::Engine::Postgres => {
                "SELECT convert_from(canonical, 'UTF8') FROM audit_event WHERE seq = 20"
            }
        };
        let counted = world.text(counted).await;
        assert!(
            counted.contains(r#"{"new":"7","old":null,"p":"/count"}"#),
            "{counted}"
        );

        world.store.deny(&denied, later).await.unwrap();
        assert_eq!(events(&world).await, 22, "a new minute is listed again");
    }
}

#[tokio::test]
async fn one_actors_flood_does_not_hide_another_actors_refusal() {
    for world in worlds().await {
        let (loud, quiet) = (refusal(&world), refusal(&world));
        for _ in 0..30 {
            world.store.deny(&loud, NOW).await.unwrap();
        }
        world.store.deny(&quiet, NOW).await.unwrap();
        assert_eq!(events(&world).await, 21);
    }
}
