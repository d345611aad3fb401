//! Backups: everything comes back, on either engine; what is not whole is not taken, and then nothing has changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use gatewright_domain::{
    access::{Action, Permit, Subject},
    consumer::Application,
};
use gatewright_store::{BackupFile, FileError, Onto, RestoreError, Restored, Store};
use gatewright_testkit::{database::DatabaseUrl, entropy::SeededEntropy};
use tempfile::TempDir;

use crate::{
    round_trips::signing,
    world::{NOW, World, console, worlds},
};

/// Somebody of everything.
async fn filled(world: &World) {
    let team = world.team("Payments").await;
    let api = world.api(&team, "orders").await;
    let version = world.published(&api, "v1").await;
    let plan = world.plan(&api, "Standard").await;
    let consumer = world.consumer("Acme \"&\" Söhne").await;
    let application = world.application(&consumer, "Shop").await;
    world.subscription(&application, &version, &plan).await;
    let teams = BTreeSet::from([team.id]);
    let application = Application {
        teams,
        ..application
    };
    let keys = world.keys().await;
    world.token(&application, signing(&keys)).await;
}

async fn back_up(store: &Store, home: &TempDir, name: &str) -> PathBuf {
    let path = home.path().join(name);
    let mut bytes = Vec::new();
    let mut quiet = |_: &str, _: u64| {};
    let written = store
        .reader()
        .back_up(&mut bytes, vec!["kek-1".to_owned()], NOW, &mut quiet)
        .await;
    written.unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

fn permit() -> Permit {
    console(Action::Restore, Subject::Installation)
}

async fn restore(store: &Store, path: &Path, onto: Onto) -> Result<Restored, RestoreError> {
    let file = BackupFile::open(path)?;
    let mut quiet = |_: &str, _: u64| {};
    store.restore(permit(), &file, onto, NOW, &mut quiet).await
}

async fn empty(url: &DatabaseUrl) -> Store {
    Store::open(url, Arc::new(SeededEntropy::new(8)))
        .await
        .unwrap()
}

/// The rows of every table, but for what a restore is bound to change.
fn rows(path: &PathBuf) -> BTreeMap<String, Vec<String>> {
    const CHANGED: [&str; 7] = [
        "installation",
        "audit_head",
        "audit_event",
        "audit_private",
        "sessions",
        "setup_links",
        "sign_in_links",
    ];
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut table = String::new();
    for line in fs::read_to_string(path).unwrap().lines().skip(1) {
        if let Some(name) = line.strip_prefix("= ") {
            table = name.to_owned();
            tables.entry(table.clone()).or_default();
        } else if line.starts_with('{') {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            tables.get_mut(&table).unwrap().push(in_order(&value));
        }
    }
    tables.retain(|name, _| !CHANGED.contains(&name.as_str()));
    for rows in tables.values_mut() {
        rows.sort();
    }
    tables
}

/// The value as text, members of objects in order of their names: PostgreSQL keeps JSON in an order of its own.
fn in_order(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(members) => {
            let members: BTreeMap<&String, String> = members
                .iter()
                .map(|(name, value)| (name, in_order(value)))
                .collect();
            format!("{members:?}")
        }
        serde_json::Value::Array(items) => {
            format!("{:?}", items.iter().map(in_order).collect::<Vec<_>>())
        }
        other => other.to_string(),
    }
}

#[tokio::test]
async fn everything_comes_back_on_either_engine() {
    let home = tempfile::tempdir().unwrap();
    for world in worlds().await {
        filled(&world).await;
        let path = back_up(&world.store, &home, "before").await;
        let before = rows(&path);
        assert!(before["tokens"].len() == 1 && before["versions"].len() == 1);
        for onto in gatewright_testkit::database::database_urls().unwrap() {
            let store = empty(&onto).await;
            let restored = restore(&store, &path, Onto::Nothing).await.unwrap();
            assert_eq!(restored.carried, 0);
            assert_eq!(restored.epoch, NOW.seconds().unsigned_abs());
            let after = rows(&back_up(&store, &home, "after").await);
            assert_eq!(
                before,
                after,
                "{:?} to {:?}",
                world.url.engine(),
                onto.engine()
            );
            let verdict = store.reader().verify().await.unwrap();
            assert!(verdict.is_valid(), "{verdict:?}");
            assert!(
                store
                    .reader()
                    .installation()
                    .await
                    .unwrap()
                    .restored
                    .is_some()
            );
            // It goes on: the next write follows the trail of the backup.
            store.reconciled(permit(), NOW).await.unwrap();
            assert!(
                store
                    .reader()
                    .installation()
                    .await
                    .unwrap()
                    .restored
                    .is_none()
            );
            assert!(store.reader().verify().await.unwrap().is_valid());
            store.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_is_in_the_way_is_removed_only_when_that_was_said() {
    let home = tempfile::tempdir().unwrap();
    for world in worlds().await {
        filled(&world).await;
        let path = back_up(&world.store, &home, "backup").await;
        let revision = world.store.reader().revision().await.unwrap();
        let refused = restore(&world.store, &path, Onto::Nothing)
            .await
            .unwrap_err();
        assert!(matches!(refused, RestoreError::NotEmpty(_)), "{refused}");
        assert_eq!(world.store.reader().revision().await.unwrap(), revision);
        world.team("Later").await;
        let restored = restore(&world.store, &path, Onto::Replacing).await.unwrap();
        assert!(restored.migrated.is_empty());
        let rows = rows(&back_up(&world.store, &home, "again").await);
        assert_eq!(rows["teams"].len(), 1, "what came later is gone");
        // A second restore of the same backup begins a later epoch.
        let again = restore(&world.store, &path, Onto::Replacing).await.unwrap();
        assert!(restored.epoch < again.epoch);
    }
}

#[tokio::test]
async fn a_backup_that_is_not_as_it_was_written_is_not_taken() {
    let home = tempfile::tempdir().unwrap();
    let world = worlds().await.remove(0);
    filled(&world).await;
    let path = back_up(&world.store, &home, "backup").await;
    let whole = fs::read_to_string(&path).unwrap();
    let spoiled = |text: String| {
        let path = home.path().join("spoiled");
        fs::write(&path, text).unwrap();
        BackupFile::open(&path).unwrap_err()
    };
    let edited = spoiled(whole.replace("Payments", "Payment5"));
    assert!(matches!(edited, FileError::Damaged { .. }), "{edited}");
    let (cut, _) = whole.split_at(whole.len() / 2);
    assert!(matches!(spoiled(cut.to_owned()), FileError::CutOff));
    assert!(matches!(spoiled(String::new()), FileError::NotABackup));
    assert!(matches!(spoiled("{}\n".to_owned()), FileError::NotABackup));
}

#[tokio::test]
async fn a_trail_that_was_forged_in_the_backup_is_found() {
    let home = tempfile::tempdir().unwrap();
    for world in worlds().await {
        filled(&world).await;
        // Forged before the backup was made, so that its checksum is right.
        world.unlock_ledger().await;
        let forge = "UPDATE audit_event SET actor_id = 'somebody else' WHERE seq = 2";
        world.sql(forge, forge).await;
        let path = back_up(&world.store, &home, "backup").await;
        for onto in gatewright_testkit::database::database_urls().unwrap() {
            let store = empty(&onto).await;
            let refused = restore(&store, &path, Onto::Nothing).await.unwrap_err();
            assert!(matches!(refused, RestoreError::Trail(_)), "{refused}");
            assert!(
                !store.pending_migrations().await.unwrap().is_empty(),
                "nothing was left behind"
            );
        }
    }
}
