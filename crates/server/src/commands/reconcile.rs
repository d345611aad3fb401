//! `gatewright reconcile`: the end of a restore.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Args;
use gatewright_domain::{
    access::{Action, Caller, Subject},
    revocation::{Revocation, RevocationKind, watermark},
    snapshot::{Snapshot, VerificationState},
    time::{Clock, Timestamp},
};
use gatewright_gateway::last_good::LastGood;
use gatewright_keys::{Belief, Reconciled};
use gatewright_store::{Journal, Line};
use serde_json::json;

use crate::{
    config::Settings,
    failure::{Code, Failure},
    house::{House, journal_path},
    output::Printer,
    say, served,
    system::SystemClock,
};

/// End a restore: account for what was revoked after the backup was made
///
/// `gatewright restore` does this by itself. It is needed when a restore was interrupted, and when somebody put an older database
/// back by hand: until then nothing is served from it.
#[derive(Debug, Args)]
#[command(
    after_help = "See `gatewright restore --help` for what is trusted, and when --keep-tokens is right."
)]
pub(crate) struct Arguments {
    /// Treat the database as put back by hand, even when nothing here shows it
    #[arg(long)]
    put_back: bool,
    #[command(flatten)]
    sources: Sources,
}

/// Who remembers, and how far they are believed.
#[derive(Debug, Args)]
pub(crate) struct Sources {
    /// Refuse only what is known to be revoked, and let all other tokens and keys go on
    #[arg(long)]
    keep_tokens: bool,
    /// A journal of revocations, or the state directory of a gateway; can be repeated
    #[arg(long, value_name = "FILE|DIR")]
    revocations_from: Vec<PathBuf>,
    /// Do it without asking back
    #[arg(long)]
    yes: bool,
}

impl Sources {
    /// Keeping tokens on nobody's word is refused before anything is changed.
    pub(crate) fn check(&self, settings: &Settings, replaces: bool) -> Result<()> {
        let journal = fs::metadata(journal_path(settings));
        let nobody =
            self.revocations_from.is_empty() && journal.map_or(0, |found| found.len()) == 0;
        if self.keep_tokens && nobody && !replaces {
            let message = "nobody remembers what was revoked: the data directory has no journal, or an empty one";
            let next = "name a journal, be it empty, or a gateway's state directory, with --revocations-from; or leave --keep-tokens away";
            return Err(Failure::new(Code::Usage, message).next(next).into());
        }
        if let Some(missing) = self.revocations_from.iter().find(|path| !path.exists()) {
            let message = format!("there is no {}", missing.display());
            return Err(Failure::new(Code::NotFound, message).into());
        }
        Ok(())
    }

    pub(crate) fn confirm(&self, what: &str) -> Result<()> {
        super::confirm(self.yes, what)
    }
}

/// Reconciles a database that was restored or put back.
pub(crate) async fn run(
    arguments: &Arguments,
    settings: &Settings,
    printer: Printer,
) -> Result<()> {
    arguments.sources.check(settings, false)?;
    let house = House::to_be_reconciled(settings).await?;
    if house
        .store
        .reader()
        .installation()
        .await?
        .restored
        .is_none()
    {
        let outdated = served::outdated(settings, &house.store).await?;
        if outdated.is_none() && !arguments.put_back {
            say!("There is nothing to reconcile: this database was not restored.");
            return Ok(());
        }
        let (caller, now) = (Caller::command_line(), SystemClock.now());
        let (action, on) = (Action::Restore, Subject::Installation);
        let permit = house.store.permit(&caller, action, on, now).await?;
        let known = outdated.map_or(0, |served| served.epoch());
        let epoch = house.store.begin_epoch(permit, known, now).await?;
        say!("The database was put back by hand; epoch {epoch} begins.");
    }
    house.store.close().await?;
    finish(&arguments.sources, settings, printer).await
}

/// Takes over what is remembered, replaces what is not to be trusted, and lets the installation be served from.
pub(crate) async fn finish(sources: &Sources, settings: &Settings, printer: Printer) -> Result<()> {
    let house = House::to_be_reconciled(settings).await.map_err(|error| {
        Failure::of(Code::Failed, error)
            .next("put the key-encryption key back, then: gatewright reconcile")
    })?;
    let mut told = Vec::new();
    let journal = journal_path(settings);
    let beside = journal.exists().then_some(&journal);
    for path in beside.into_iter().chain(&sources.revocations_from) {
        let lines = remembered(&house, path).await?;
        say!("{} tells of {} revocations.", path.display(), lines.len());
        told.extend(lines);
    }
    let belief = match sources.keep_tokens {
        true => Belief::TheTold,
        false => Belief::Nothing,
    };
    let caller = Caller::command_line();
    let Reconciled {
        recovered,
        replaced,
    } = house.keys.reconcile(&caller, told, belief).await?;
    house.store.close().await?;
    let keys: Vec<String> = replaced.iter().map(ToString::to_string).collect();
    let tokens = match belief {
        Belief::Nothing => "every one issued before is refused",
        Belief::TheTold => "go on, but for those known to be revoked",
    };
    let value = json!({
        "revocations": recovered.revocations, "keys_replaced": keys,
        "access_tokens_revoked": recovered.access_tokens, "tokens_kept": sources.keep_tokens,
    });
    let facts = [
        ("tokens", tokens.to_owned()),
        ("revocations taken over", recovered.revocations.to_string()),
        ("keys replaced", keys.len().to_string()),
        ("access tokens revoked", recovered.access_tokens.to_string()),
    ];
    printer.one(&value, "reconciled", &facts)?;
    say!("next:  gatewright serve");
    Ok(())
}

/// What a journal or a gateway's state directory tells of.
async fn remembered(house: &House, path: &Path) -> Result<Vec<Line>> {
    if !path.is_dir() {
        return Ok(Journal::read(path)?);
    }
    let key = house.keys.snapshot_public_key().await?.parse()?;
    let last_good =
        LastGood::open(path, key).with_context(|| format!("could not open {}", path.display()))?;
    let snapshots = last_good.load_epochs();
    if snapshots.is_empty() {
        let message = format!("{} holds no snapshot of this installation", path.display());
        let next = "name the state directory of a gateway, which holds files *.snapshot";
        return Err(Failure::new(Code::Failed, message).next(next).into());
    }
    let now = SystemClock.now();
    Ok(snapshots
        .iter()
        .flat_map(|snapshot| told_by(snapshot, now))
        .collect())
}

/// What a snapshot tells of, as a journal would have it.
fn told_by(snapshot: &Snapshot, now: Timestamp) -> Vec<Line> {
    let mut told = Vec::new();
    let mut say = |kind, key: String, not_before, expires| {
        told.push(Revocation {
            kind,
            label: key.clone(),
            key,
            not_before,
            expires,
        });
    };
    for token in &snapshot.revoked {
        say(
            RevocationKind::Token,
            token.jti.to_string(),
            None,
            Some(token.expires),
        );
    }
    for session in &snapshot.revoked_sessions {
        say(
            RevocationKind::Session,
            session.sid.clone(),
            None,
            Some(session.expires),
        );
    }
    for key in &snapshot.keys {
        if key.state == VerificationState::Compromised {
            say(RevocationKind::Key, key.kid.to_string(), None, None);
        }
    }
    let mut watermark_of = |kind, key: String, moment: Option<Timestamp>| {
        if moment.is_some() {
            say(kind, key, moment, None);
        }
    };
    let everything = gatewright_domain::revocation::EVERYTHING.to_owned();
    watermark_of(RevocationKind::Issuer, everything, snapshot.not_before);
    for version in &snapshot.versions {
        watermark_of(
            RevocationKind::Version,
            version.id.to_string(),
            version.not_before,
        );
    }
    for client in &snapshot.clients {
        // A disabled application's tokens stay refused; whether it is disabled is decided anew.
        let disabled = client.disabled.then(|| watermark(now));
        let moment = client.not_before.max(disabled);
        watermark_of(
            RevocationKind::Application,
            client.application.to_string(),
            moment,
        );
        let moment = client.consumer_not_before;
        watermark_of(
            RevocationKind::Consumer,
            client.consumer.to_string(),
            moment,
        );
        for right in &client.rights {
            let id = right.subscription.to_string();
            watermark_of(RevocationKind::Subscription, id, right.not_before);
        }
    }
    let line = |(number, revocation)| Line {
        number,
        epoch: snapshot.epoch,
        revision: snapshot.revision,
        revocation,
        reason: Some("as a gateway enforced it".to_owned()),
        actor_kind: "unknown".to_owned(),
        actor_id: "unknown".to_owned(),
        at: now,
    };
    (1..).zip(told).map(line).collect()
}
