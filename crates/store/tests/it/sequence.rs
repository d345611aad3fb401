use std::sync::Arc;

use crate::world::{World, worlds};

const WRITERS: usize = 8;
const EACH: usize = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_writers_leave_no_gap_and_one_tree() {
    for world in worlds().await {
        let world = Arc::new(world);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(form(world.clone(), writer)))
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let verdict = world.store.reader().verify().await.unwrap();
        assert!(verdict.is_valid(), "{verdict:?}");
        assert_eq!(verdict.size, u64::try_from(WRITERS * EACH).unwrap());
        let last = world.number("SELECT max(seq) FROM audit_event").await;
        assert_eq!(last + 1, world.number("SELECT count(*) FROM teams").await);
        assert_eq!(*world.store.revisions().borrow(), verdict.size);
    }
}

async fn form(world: Arc<World>, writer: usize) {
    for number in 0..EACH {
        world.team(&format!("Team {writer}.{number}")).await;
    }
}
