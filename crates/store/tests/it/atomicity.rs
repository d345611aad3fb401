use gatewright_domain::{access::Action, id::TeamId, team::Team};
use gatewright_store::StoreError;

use crate::world::{NOW, World, permit, worlds};

async fn refuse_events(world: &World) {
    world
        .sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'full'); END",
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END';
             CREATE TRIGGER refuse BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse()",
        )
        .await;
}

#[tokio::test]
async fn a_change_whose_event_cannot_be_stored_is_not_stored() {
    for world in worlds().await {
        refuse_events(&world).await;
        let team = Team::form(TeamId::draw(NOW, world.dice()), "Payments".parse().unwrap());
        let permit_one = permit(Action::FormTeam, team.after().id);
        let written = world
            .store
            .write(permit_one, NOW, async |tx| tx.write(team).await)
            .await;
        assert!(
            matches!(written, Err(StoreError::Database(_))),
            "{written:?}"
        );
        assert_eq!(world.number("SELECT count(*) FROM teams").await, 0);
        assert_eq!(world.number("SELECT size FROM audit_head").await, 0);

        world
            .sql("DROP TRIGGER refuse", "DROP TRIGGER refuse ON audit_event")
            .await;
        world.team("Payments").await;
        assert!(world.store.reader().verify().await.unwrap().is_valid());
    }
}

#[tokio::test]
async fn work_that_fails_stores_nothing_and_leaves_no_event() {
    for world in worlds().await {
        let team = Team::form(TeamId::draw(NOW, world.dice()), "Payments".parse().unwrap());
        let permit = permit(Action::FormTeam, team.after().id);
        let work = world.store.write(permit, NOW, async |tx| {
            tx.write(team).await?;
            Err::<(), _>(StoreError::NotFound)
        });
        assert!(matches!(work.await, Err(StoreError::NotFound)));
        assert_eq!(world.number("SELECT count(*) FROM teams").await, 0);
        assert_eq!(world.number("SELECT count(*) FROM audit_event").await, 0);
    }
}

#[tokio::test]
async fn followers_of_the_revision_hear_of_a_commit_and_of_nothing_else() {
    for world in worlds().await {
        let mut revisions = world.store.revisions();
        assert_eq!(*revisions.borrow_and_update(), 0);
        world.team("Payments").await;
        assert!(revisions.has_changed().unwrap());
        assert_eq!(*revisions.borrow_and_update(), 1);
    }
}
