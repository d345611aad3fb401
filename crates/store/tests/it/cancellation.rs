use std::{sync::Arc, time::Duration};

use gatewright_domain::{access::Action, id::TeamId, team::Team};
use gatewright_store::StoreError;
use tokio::time::{sleep, timeout};

use crate::world::{NOW, World, permit, worlds};

#[tokio::test]
async fn a_write_whose_caller_goes_away_is_rolled_back_and_makes_room() {
    for world in worlds().await {
        let team = Team::form(TeamId::draw(NOW, world.dice()), "Payments".parse().unwrap());
        let allowed = permit(Action::FormTeam, team.after().id);
        let work = world.store.write(allowed, NOW, async |tx| {
            tx.write(team).await?;
            sleep(Duration::from_secs(600)).await;
            Ok::<(), StoreError>(())
        });
        assert!(timeout(Duration::from_millis(300), work).await.is_err());
        // The same name again: it would be taken, or wait for the lock, if the first were still there.
        world.team("Payments").await;
        assert_eq!(world.number("SELECT count(*) FROM teams").await, 1);
        assert!(world.store.reader().verify().await.unwrap().is_valid());
    }
}

/// Callers go away at every stage of a write, in the middle of statements and of the commit. Whatever was committed
/// has its event, nothing else has, and no connection is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_who_go_away_at_any_moment_break_nothing() {
    for world in worlds().await {
        let world = Arc::new(world);
        for number in 0..150_u64 {
            let patience = Duration::from_micros(number * 20);
            let one = tokio::spawn(hasty(world.clone(), format!("A {number}"), patience));
            let other = tokio::spawn(hasty(world.clone(), format!("B {number}"), patience * 2));
            one.await.unwrap();
            other.await.unwrap();
        }
        world.team("The last").await;
        let verdict = world.store.reader().verify().await.unwrap();
        assert!(verdict.is_valid(), "{verdict:?}");
        let teams = world.number("SELECT count(*) FROM teams").await;
        assert_eq!(u64::try_from(teams).unwrap(), verdict.size);
    }
}

async fn hasty(world: Arc<World>, name: String, patience: Duration) {
    let team = Team::form(TeamId::draw(NOW, world.dice()), name.parse().unwrap());
    let allowed = permit(Action::FormTeam, team.after().id);
    let work = world
        .store
        .write(allowed, NOW, async |tx| tx.write(team).await);
    let _ = timeout(patience, work).await;
}
