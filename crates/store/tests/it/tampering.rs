use gatewright_store::StoreError;

use crate::world::{World, worlds};

/// The first number that is not as it was written, and how that shows.
async fn first_bad(world: &World) -> Option<(i64, String)> {
    let verdict = world.store.reader().verify().await.unwrap();
    verdict.first_bad.map(|bad| (bad.seq, bad.what.to_string()))
}

async fn written() -> Vec<World> {
    let worlds = worlds().await;
    for world in &worlds {
        for name in ["Payments", "Logistics", "Search", "Platform"] {
            world.team(name).await;
        }
        assert_eq!(first_bad(world).await, None);
        world.unlock_ledger().await;
    }
    worlds
}

#[tokio::test]
async fn an_edited_event_is_named() {
    for world in written().await {
        world
            .sql(
                "UPDATE audit_event SET canonical = CAST(replace(CAST(canonical AS text), 'Search', 'Seerch') AS blob)
                 WHERE seq = 2",
                "UPDATE audit_event
                 SET canonical = convert_to(replace(convert_from(canonical, 'UTF8'), 'Search', 'Seerch'), 'UTF8')
                 WHERE seq = 2",
            )
            .await;
        let (seq, what) = first_bad(&world).await.unwrap();
        assert_eq!(seq, 2);
        assert!(what.contains("edited"), "{what}");
    }
}

#[tokio::test]
async fn an_edited_index_column_is_named() {
    for world in written().await {
        let edit = "UPDATE audit_event SET actor_id = 'op_somebody' WHERE seq = 1";
        world.sql(edit, edit).await;
        let (seq, what) = first_bad(&world).await.unwrap();
        assert_eq!(seq, 1);
        assert!(what.contains("actor_id"), "{what}");
    }
}

#[tokio::test]
async fn a_removed_event_and_a_removed_tail_are_named() {
    for world in written().await {
        let tail = "DELETE FROM audit_event WHERE seq = 3";
        world.sql(tail, tail).await;
        assert_eq!(first_bad(&world).await.unwrap().0, 3);
        let middle = "DELETE FROM audit_event WHERE seq = 1";
        world.sql(middle, middle).await;
        assert_eq!(first_bad(&world).await.unwrap().0, 1);
    }
}

#[tokio::test]
async fn a_head_that_contradicts_itself_is_not_built_upon() {
    for world in written().await {
        let edit = "UPDATE audit_head SET size = 12";
        world.sql(edit, edit).await;
        let consumer = gatewright_domain::consumer::Consumer::register(
            gatewright_domain::id::ConsumerId::draw(crate::world::NOW, world.dice()),
            "Acme".parse().unwrap(),
            crate::world::NOW,
        );
        let permit = crate::world::console(
            gatewright_domain::access::Action::RegisterConsumer,
            gatewright_domain::access::Subject::Installation,
        );
        let now = crate::world::NOW;
        let written = world
            .store
            .write(permit, now, async |tx| tx.write(consumer).await)
            .await;
        let corrupt = matches!(
            written,
            Err(StoreError::Corrupt {
                table: "audit_head",
                ..
            })
        );
        assert!(corrupt, "{written:?}");
        assert_eq!(world.number("SELECT count(*) FROM consumers").await, 0);
    }
}
