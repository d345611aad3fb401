use crate::world::worlds;

#[tokio::test]
async fn an_event_cannot_be_changed_or_removed() {
    for world in worlds().await {
        world.team("Payments").await;
        let attempts = [
            "UPDATE audit_event SET actor_id = 'somebody else'",
            "UPDATE audit_event SET at = at WHERE seq = 0",
            "DELETE FROM audit_event",
        ];
        for attempt in attempts {
            let refusal = world.try_sql(attempt).await.unwrap_err();
            assert!(refusal.contains("append-only"), "{attempt}: {refusal}");
        }
        assert!(world.store.reader().verify().await.unwrap().is_valid());
    }
}

#[tokio::test]
async fn the_ledger_cannot_be_emptied_at_once() {
    for world in worlds().await {
        world.team("Payments").await;
        // SQLite has no TRUNCATE; its DELETE without WHERE meets the same trigger.
        assert!(world.try_sql("TRUNCATE audit_event").await.is_err());
        assert_eq!(world.number("SELECT count(*) FROM audit_event").await, 1);
    }
}
