//! After a restore: what was revoked since the copy was made is taken over from those who remember, and what nobody can vouch
//! for is refused.

use std::{collections::BTreeMap, sync::Arc};

use gatewright_domain::{
    access::{Permit, Subject},
    audit::{Event, Kind, Outcome, Target},
    id::{AccessTokenId, ApplicationId, FamilyId},
    revocation::{self, Revocation, RevocationKind},
    text::Reason,
    time::Timestamp,
};
use sea_orm::{DatabaseTransaction, entity::prelude::*};

use super::restore::{begin_epoch, end_sign_ins, restored};
use crate::{
    error::StoreError,
    journal::Line,
    occurrence::{Occurrence, Recorded},
    rows::{
        access_token, application, audit_head, client_secret, initial_token, installation,
        own_registration, refresh_family, revocation as rows, token,
    },
    store::Store,
    transaction::Open,
    tx::commit,
};

/// What is believed of the time between the copy and the restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Nothing: every token issued before now is refused, for this reason, and every access token of operators; and every
    /// refresh family has ended.
    Nothing {
        /// The issuer, as the trail names it.
        issuer: String,
        /// Why.
        reason: Reason,
    },
    /// That whoever remembers has told of every revocation.
    Tokens,
}

/// What was taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// How many revocations the database did not know.
    pub revocations: u64,
    /// How many access tokens of operators were revoked because nobody can vouch for them.
    pub access_tokens: u64,
}

impl Store {
    /// Begins a new epoch on a database that was put back without this program knowing, and marks it as restored. `known` is
    /// the highest epoch that anybody remembers.
    ///
    /// # Errors
    /// `OutsidePermit`; `Database`.
    pub async fn begin_epoch(
        &self,
        permit: Permit,
        known: u64,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let open = Open::begin(&self.inner.writer).await?;
        let tx = open.transaction()?;
        let found = installation::Entity::find().one(tx).await?;
        let installation = found.ok_or(StoreError::NotFound)?.id;
        let size = audit_head::lock(tx).await?.size;
        let epoch = begin_epoch(tx, known, now).await?;
        end_sign_ins(tx).await?;
        let label = format!("revision {size}, put back by hand");
        self.conclude(open, permit, vec![restored(installation, label)], now)
            .await?;
        Ok(epoch)
    }

    /// Takes over the revocations that others remember, and refuses what is not to be trusted.
    ///
    /// # Errors
    /// `OutsidePermit`; `Database`.
    pub async fn recover(
        &self,
        permit: Permit,
        lines: Vec<Line>,
        trust: Trust,
        now: Timestamp,
    ) -> Result<Recovered, StoreError> {
        let open = Open::begin(&self.inner.writer).await?;
        let tx = open.transaction()?;
        let mut events = Vec::new();
        let mut access_tokens = 0;
        if let Trust::Nothing { issuer, reason } = trust {
            events.push(revocation::of_issuer(&issuer, reason, now));
            access_tokens = revoke_access_tokens(tx, now).await?;
            revoke_families(tx, now).await?;
        }
        let taken = take(tx, lines, &mut events, now).await?;
        let revocations = number_of(&taken);
        self.inner.journal(taken).await;
        self.conclude(open, permit, events, now).await?;
        Ok(Recovered {
            revocations,
            access_tokens,
        })
    }

    /// Ends the time after a restore: the database may be served from. Initial access tokens are not good any more: how often
    /// they were used since the copy was made, and whether they were revoked, nobody can say.
    ///
    /// # Errors
    /// `OutsidePermit`; `Database`.
    pub async fn reconciled(&self, permit: Permit, now: Timestamp) -> Result<(), StoreError> {
        let open = Open::begin(&self.inner.writer).await?;
        let none = Expr::value(Option::<Timestamp>::None);
        let update = installation::Entity::update_many()
            .col_expr(installation::Column::RestoredAt, none)
            .filter(installation::Column::RestoredAt.is_not_null());
        if update.exec(open.transaction()?).await?.rows_affected == 0 {
            return Ok(());
        }
        revoke_initial_tokens(open.transaction()?, now).await?;
        let on = Subject::Installation;
        let target = on.target();
        let event = Event::note(Kind::InstallationReconciled, Outcome::Success, on, target);
        self.conclude(open, permit, vec![event], now).await
    }

    async fn conclude(
        &self,
        open: Open,
        permit: Permit,
        events: Vec<Event>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if !events.iter().all(|event| permit.covers(event)) {
            return Err(StoreError::OutsidePermit);
        }
        if events.is_empty() {
            return Ok(());
        }
        let occurrences = events
            .into_iter()
            .map(|event| Occurrence::of(event, &permit, now));
        commit(Arc::clone(&self.inner), open, occurrences.collect()).await
    }
}

/// How many there are.
pub(super) fn number_of(lines: &[Line]) -> u64 {
    u64::try_from(lines.len()).unwrap_or(u64::MAX)
}

/// Nobody knows which of them were revoked since.
async fn revoke_access_tokens(tx: &DatabaseTransaction, now: Timestamp) -> Result<u64, StoreError> {
    let update = access_token::Entity::update_many()
        .col_expr(access_token::Column::RevokedAt, Expr::value(now))
        .filter(access_token::Column::RevokedAt.is_null());
    Ok(update.exec(tx).await?.rows_affected)
}

/// Nor how often each of these was used.
async fn revoke_initial_tokens(tx: &DatabaseTransaction, now: Timestamp) -> Result<(), StoreError> {
    let update = initial_token::Entity::update_many()
        .col_expr(initial_token::Column::RevokedAt, Expr::value(now))
        .filter(initial_token::Column::RevokedAt.is_null());
    update.exec(tx).await?;
    Ok(())
}

/// Nor which of these were: whoever stole a refresh token would go on with it.
async fn revoke_families(tx: &DatabaseTransaction, now: Timestamp) -> Result<(), StoreError> {
    let update = refresh_family::Entity::update_many()
        .col_expr(refresh_family::Column::RevokedAt, Expr::value(now))
        .filter(refresh_family::Column::RevokedAt.is_null());
    update.exec(tx).await?;
    Ok(())
}

/// Writes down those of the lines that the database does not know, and adds the event that says so. They carry their own
/// moments, reasons and actors, and the revision of the commit that `events` make.
pub(super) async fn take(
    tx: &DatabaseTransaction,
    lines: Vec<Line>,
    events: &mut Vec<Event>,
    now: Timestamp,
) -> Result<Vec<Line>, StoreError> {
    let fresh = unknown(tx, lines, now).await?;
    let count = fresh.len();
    if fresh.is_empty() {
        return Ok(Vec::new());
    }
    for line in &fresh {
        carry_out(tx, line).await?;
    }
    let on = Subject::Installation;
    let target = Target {
        label: format!("{count} that the backup did not know"),
        ..on.target()
    };
    events.push(Event::note(
        Kind::RevocationsRecovered,
        Outcome::Success,
        on,
        target,
    ));
    let head = audit_head::lock(tx).await?;
    let ahead = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let revision = head.size.saturating_add(ahead);
    let mut number = rows::newest(tx).await?;
    let models = fresh.into_iter().map(|line| {
        number += 1;
        rows::model(recorded(line), number, (head.epoch, revision))
    });
    let models: Vec<rows::Model> = models.collect();
    let lines: Result<Vec<Line>, StoreError> = models.iter().map(rows::line).collect();
    rows::insert(tx, models).await?;
    lines
}

fn recorded(line: Line) -> Recorded {
    let Line {
        revocation,
        reason,
        actor_kind,
        actor_id,
        at,
        number: _,
        epoch: _,
        revision: _,
    } = line;
    Recorded {
        revocation,
        reason,
        actor_kind,
        actor_id,
        at,
    }
}

/// The strongest line of each thing, of those that still refuse something and say more than the database does.
async fn unknown(
    tx: &DatabaseTransaction,
    mut lines: Vec<Line>,
    now: Timestamp,
) -> Result<Vec<Line>, StoreError> {
    lines.sort_by_key(|line| (line.epoch, line.number));
    let mut strongest: BTreeMap<(RevocationKind, String), Line> = BTreeMap::new();
    for line in lines {
        let Revocation { kind, key, .. } = &line.revocation;
        // Enabled again or not: the newest word on an application counts.
        let kind = match kind {
            RevocationKind::ApplicationEnabled => RevocationKind::ApplicationDisabled,
            other => *other,
        };
        let place = (kind, key.clone());
        let is_word = kind == RevocationKind::ApplicationDisabled;
        let stronger =
            |known: &Line| is_word || strength(&known.revocation) <= strength(&line.revocation);
        if strongest.get(&place).is_none_or(stronger) {
            strongest.insert(place, line);
        }
    }
    let known = known(tx).await?;
    let fresh = strongest.into_iter().filter(|(place, line)| {
        let alive = line.revocation.expires.is_none_or(|expires| now < expires);
        let enabled = line.revocation.kind == RevocationKind::ApplicationEnabled;
        let weaker =
            |known: &(Option<Timestamp>, Option<Timestamp>)| *known < strength(&line.revocation);
        alive && !enabled && known.get(place).is_none_or(weaker)
    });
    Ok(fresh.map(|(_, line)| line).collect())
}

/// How far a revocation reaches; of two, the greater one holds.
const fn strength(revocation: &Revocation) -> (Option<Timestamp>, Option<Timestamp>) {
    (revocation.not_before, revocation.expires)
}

type Known = BTreeMap<(RevocationKind, String), (Option<Timestamp>, Option<Timestamp>)>;

async fn known(tx: &DatabaseTransaction) -> Result<Known, StoreError> {
    let mut known = Known::new();
    for model in rows::Entity::find().all(tx).await? {
        let revocation = rows::line(&model)?.revocation;
        // Whether an application is disabled stands in its own row.
        if revocation.kind == RevocationKind::ApplicationDisabled {
            continue;
        }
        let strength = strength(&revocation);
        let entry = known.entry((revocation.kind, revocation.key)).or_default();
        *entry = strength.max(*entry);
    }
    Ok(known)
}

/// Brings the rows in line that say the same in their own way.
async fn carry_out(tx: &DatabaseTransaction, line: &Line) -> Result<(), StoreError> {
    let Revocation { kind, key, .. } = &line.revocation;
    match kind {
        RevocationKind::Token => {
            let update = token::Entity::update_many()
                .col_expr(token::Column::RevokedAt, Expr::value(line.at))
                .filter(token::Column::Jti.eq(key.as_str()))
                .filter(token::Column::RevokedAt.is_null());
            update.exec(tx).await?;
        }
        RevocationKind::ApplicationDisabled => {
            let Ok(id) = key.parse::<ApplicationId>() else {
                return Ok(());
            };
            let update = application::Entity::update_many()
                .col_expr(application::Column::DisabledAt, Expr::value(line.at))
                .filter(application::Column::Id.eq(id))
                .filter(application::Column::DisabledAt.is_null());
            update.exec(tx).await?;
            // An application that was disabled has no hold on its registration, not even when it is enabled again.
            let end = own_registration::Entity::update_many()
                .col_expr(own_registration::Column::EndedAt, Expr::value(line.at))
                .filter(own_registration::Column::ApplicationId.eq(id))
                .filter(own_registration::Column::EndedAt.is_null());
            end.exec(tx).await?;
        }
        RevocationKind::Session => {
            // A session that is none of our families stands nowhere else.
            let Ok(id) = key.parse::<FamilyId>() else {
                return Ok(());
            };
            let update = refresh_family::Entity::update_many()
                .col_expr(refresh_family::Column::RevokedAt, Expr::value(line.at))
                .filter(refresh_family::Column::Id.eq(id))
                .filter(refresh_family::Column::RevokedAt.is_null());
            update.exec(tx).await?;
        }
        RevocationKind::ClientSecret => {
            let update = client_secret::Entity::update_many()
                .col_expr(client_secret::Column::RevokedAt, Expr::value(line.at))
                .filter(client_secret::Column::Id.eq(key.as_str()))
                .filter(client_secret::Column::RevokedAt.is_null());
            update.exec(tx).await?;
        }
        RevocationKind::AccessToken => {
            let Ok(id) = key.parse::<AccessTokenId>() else {
                return Ok(());
            };
            let update = access_token::Entity::update_many()
                .col_expr(access_token::Column::RevokedAt, Expr::value(line.at))
                .filter(access_token::Column::Id.eq(id))
                .filter(access_token::Column::RevokedAt.is_null());
            update.exec(tx).await?;
        }
        // The snapshot reads these from the revocations themselves; keys are moved by the use-case that knows the ring.
        RevocationKind::ApiKey
        | RevocationKind::Application
        | RevocationKind::ApplicationEnabled
        | RevocationKind::Subscription
        | RevocationKind::Consumer
        | RevocationKind::Version
        | RevocationKind::Issuer
        | RevocationKind::Key => {}
    }
    Ok(())
}
