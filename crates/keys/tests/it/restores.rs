//! A database restored from before 1,000 revocations un-revokes none of them: when nobody remembers, when the journal does, and
//! when the replaced database does.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use gatewright_domain::{
    access::{Action, Caller, Subject},
    key::{KeyState, Kid},
    revocation::RevocationKind,
    snapshot::{Snapshot, VerificationState},
    text::Reason,
    time::Clock,
};
use gatewright_keys::{Belief, Keys};
use gatewright_store::{BackupFile, Journal, Onto, Store};
use gatewright_testkit::{
    database::{DatabaseUrl, Engine},
    entropy::SeededEntropy,
};
use tempfile::TempDir;

use crate::town::{Town, admin, config, kek, wish};

/// How many tokens are revoked one by one, and how many sessions beside them: a thousand revocations.
const TOKENS: usize = 50;
const SESSIONS: usize = 950;

fn reason() -> Reason {
    "a drill".parse().unwrap()
}

/// A town with a backup from before a thousand revocations.
struct Drill {
    town: Town,
    home: TempDir,
    /// The tokens that were revoked after the backup.
    revoked: Vec<String>,
    /// One that was not.
    good: String,
    /// A key that was declared compromised after the backup.
    kid: String,
}

impl Drill {
    async fn both() -> Vec<Self> {
        let mut drills = Vec::new();
        for town in Town::both().await {
            drills.push(Self::of(town).await);
        }
        drills
    }

    async fn of(town: Town) -> Self {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::open(&home.path().join("journal"), town.clock.now()).unwrap();
        town.store.keep_journal(journal);
        let keys = town.store.reader().signing_keys().await.unwrap();
        let standby = keys.iter().find(|key| key.window().is_none()).unwrap();
        let kid = standby.kid().to_string();
        let mut issued = Vec::new();
        for _ in 0..TOKENS {
            issued.push(town.issue().await);
        }
        let good = town.issue().await.text.lend(Clone::clone);
        let mut bytes = Vec::new();
        let mut quiet = |_: &str, _: u64| {};
        let reader = town.store.reader();
        let backup = reader.back_up(&mut bytes, Vec::new(), town.clock.now(), &mut quiet);
        backup.await.unwrap();
        fs::write(home.path().join("backup"), bytes).unwrap();
        let mut revoked = Vec::new();
        for token in issued {
            let id = token.token.id();
            town.keys
                .revoke(&admin(), id, Some(reason()))
                .await
                .unwrap();
            revoked.push(token.text.lend(Clone::clone));
        }
        for number in 0..SESSIONS {
            let sid = format!("f_{number}");
            let (admin, kind) = (admin(), RevocationKind::Session);
            let swept = town.keys.revoke_named(&admin, kind, &sid, reason()).await;
            swept.unwrap();
        }
        let (admin, named) = (admin(), kid.parse().unwrap());
        let compromised = town.keys.compromise(&admin, &named, reason()).await;
        compromised.unwrap();
        Self {
            town,
            home,
            revoked,
            good,
            kid,
        }
    }

    /// The use-cases over a database into which the backup was restored.
    async fn restored(&self, url: &DatabaseUrl, onto: Onto) -> Keys {
        let store = Store::open(url, Arc::new(SeededEntropy::new(9)))
            .await
            .unwrap();
        let file = BackupFile::open(&self.home.path().join("backup")).unwrap();
        let now = self.town.clock.now();
        let caller = Caller::command_line();
        let permit = caller.may(Action::Restore, Subject::Installation).unwrap();
        let mut quiet = |_: &str, _: u64| {};
        store
            .restore(permit, &file, onto, now, &mut quiet)
            .await
            .unwrap();
        let clock = self.town.clock.clone();
        Keys::new(
            store,
            kek(1),
            clock,
            Arc::new(SeededEntropy::new(10)),
            config(),
        )
    }

    fn journal(&self) -> PathBuf {
        self.home.path().join("journal")
    }

    async fn is_held(&self, keys: &Keys) {
        for token in &self.revoked {
            assert!(
                keys.verify(token).await.is_err(),
                "a revoked token is good again"
            );
        }
    }
}

async fn snapshot(keys: &Keys, store: &Store, town: &Town) -> Snapshot {
    let terms = keys.config().terms();
    let reader = store.reader();
    reader.snapshot(&terms, town.clock.now()).await.unwrap()
}

async fn store_of(url: &DatabaseUrl) -> Store {
    Store::open(url, Arc::new(SeededEntropy::new(11)))
        .await
        .unwrap()
}

/// A database of the engine that the drill is on.
fn fresh(drill: &Drill) -> DatabaseUrl {
    match drill.town.url().engine() {
        Engine::Sqlite => DatabaseUrl::sqlite().unwrap(),
        Engine::Postgres => DatabaseUrl::postgres().unwrap(),
    }
}

#[tokio::test]
async fn a_restore_from_before_a_thousand_revocations_unrevokes_none_of_them() {
    for drill in Drill::both().await {
        nobody_remembers(&drill).await;
        the_journal_remembers(&drill).await;
        the_replaced_database_remembers(&drill).await;
    }
}

/// Nothing older is accepted, and no older key signs.
async fn nobody_remembers(drill: &Drill) {
    let url = fresh(drill);
    let keys = drill.restored(&url, Onto::Nothing).await;
    let caller = Caller::command_line();
    let done = keys.reconcile(&caller, Vec::new(), Belief::Nothing).await;
    let done = done.unwrap();
    assert_eq!(done.recovered.revocations, 0);
    let old = drill.town.store.reader().signing_keys().await.unwrap();
    let is_old = |kid: &Kid| old.iter().any(|key| key.kid() == kid);
    assert!(done.replaced.iter().all(is_old) && done.replaced.len() >= 2);
    drill.is_held(&keys).await;
    assert!(
        keys.verify(&drill.good).await.is_err(),
        "nobody can vouch for it"
    );
    let town = &drill.town;
    town.wait(Duration::from_secs(1));
    let store = store_of(&url).await;
    assert!(
        store
            .reader()
            .installation()
            .await
            .unwrap()
            .restored
            .is_none()
    );
    for key in store.reader().signing_keys().await.unwrap() {
        let is_over = matches!(key.state(), KeyState::Compromised { .. });
        assert_eq!(is_over, is_old(key.kid()), "{:?}", key.state());
    }
    let snapshot = snapshot(&keys, &store, town).await;
    let mut stolen = snapshot.keys.iter();
    let stolen = stolen.find(|key| key.kid.to_string() == drill.kid).unwrap();
    assert_eq!(stolen.state, VerificationState::Compromised);
    let fresh = keys.issue(&admin(), &town.handle(), wish(&[], 600)).await;
    let fresh = fresh.unwrap().text.lend(Clone::clone);
    assert!(keys.verify(&fresh).await.is_ok(), "and life goes on");
}

/// Exactly what was revoked is refused.
async fn the_journal_remembers(drill: &Drill) {
    let url = fresh(drill);
    let keys = drill.restored(&url, Onto::Nothing).await;
    let told = Journal::read(&drill.journal()).unwrap();
    assert_eq!(told.len(), TOKENS + SESSIONS + 1);
    let caller = Caller::command_line();
    let done = keys.reconcile(&caller, told.clone(), Belief::TheTold).await;
    let done = done.unwrap();
    assert_eq!(done.recovered.revocations, 1001);
    assert_eq!(
        done.replaced.len(),
        1,
        "the key that was declared compromised"
    );
    drill.is_held(&keys).await;
    assert!(keys.verify(&drill.good).await.is_ok());
    let store = store_of(&url).await;
    let snapshot = snapshot(&keys, &store, &drill.town).await;
    assert_eq!(snapshot.revoked.len(), TOKENS);
    assert_eq!(snapshot.revoked_sessions.len(), SESSIONS);
    assert!(store.reader().verify().await.unwrap().is_valid());
    // Told once more, it is known already.
    let again = keys.reconcile(&caller, told, Belief::TheTold).await;
    assert_eq!(again.unwrap().recovered.revocations, 0);
}

/// What was in the database before is kept.
async fn the_replaced_database_remembers(drill: &Drill) {
    let keys = drill.restored(drill.town.url(), Onto::Replacing).await;
    let caller = Caller::command_line();
    let done = keys.reconcile(&caller, Vec::new(), Belief::TheTold).await;
    assert_eq!(done.unwrap().replaced.len(), 1);
    drill.is_held(&keys).await;
    assert!(keys.verify(&drill.good).await.is_ok());
}
