//! What servers and verifiers do with the rings beside moving them: a million tokens raise the end of a key's last token,
//! every verifier fetches the key set all day, and a lease is renewed every minute. None of it changes who may do what.

use gatewright_domain::{key::Kid, time::Timestamp};
use sea_orm::{
    ActiveValue::Set, Condition, ExprTrait, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::OnConflict,
};

use crate::{
    error::StoreError,
    rows::{key_set_serve, lease, signing_key, verifier},
    store::Store,
};

/// The most verifiers that are remembered; the ones that were away longest make room for new ones.
const VERIFIERS: u64 = 500;

/// A key set that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// Which view of it: `all`, or the name of an API.
    pub shown: String,
    /// Its entity tag.
    pub etag: String,
    /// The revision at which it was made.
    pub revision: u64,
}

/// Somebody who fetches the key set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fetcher {
    /// The network they come from, without the part of the address that tells one machine from another.
    pub network: String,
    /// What their program calls itself.
    pub agent: String,
}

impl Store {
    /// Raises the moment at which the last token of the active key may end; never lowers it (invariant I4).
    ///
    /// # Errors
    /// `Stale` when the key is not the active one any more; `Database`.
    pub async fn reserve_expiry(&self, kid: &Kid, until: Timestamp) -> Result<(), StoreError> {
        signing_key::raise_last_expiry(self.quietly(), kid, until).await
    }

    /// Takes or renews a lease, and says whether the holder has it now. Every change of hands raises the fence.
    ///
    /// # Errors
    /// `Database`.
    pub async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        (now, until): (Timestamp, Timestamp),
    ) -> Result<bool, StoreError> {
        let first = lease::ActiveModel {
            name: Set(name.to_owned()),
            holder: Set(holder.to_owned()),
            fence: Set(1),
            until: Set(until),
        };
        let known = OnConflict::column(lease::Column::Name)
            .do_nothing()
            .to_owned();
        lease::Entity::insert(first)
            .on_conflict(known)
            .exec_without_returning(self.quietly())
            .await?;
        let free = Condition::any()
            .add(lease::Column::Holder.eq(holder))
            .add(lease::Column::Until.lte(now));
        let fence = Expr::case(
            lease::Column::Holder.eq(holder),
            Expr::col(lease::Column::Fence),
        )
        .finally(Expr::col(lease::Column::Fence).add(1));
        let update = lease::Entity::update_many()
            .col_expr(lease::Column::Fence, fence.into())
            .col_expr(lease::Column::Holder, Expr::value(holder))
            .col_expr(lease::Column::Until, Expr::value(until))
            .filter(lease::Column::Name.eq(name))
            .filter(free);
        Ok(update.exec(self.quietly()).await?.rows_affected > 0)
    }

    /// Keeps that a key set was fetched, when it is newer than the one that was known to be.
    ///
    /// # Errors
    /// `Database`.
    pub async fn keep_served(&self, served: Served, now: Timestamp) -> Result<(), StoreError> {
        use key_set_serve::{ActiveModel, Column, Entity};
        let Served {
            shown,
            etag,
            revision,
        } = served;
        let revision = i64::try_from(revision).unwrap_or(i64::MAX);
        let newest = ActiveModel {
            shown: Set(shown),
            etag: Set(etag),
            revision: Set(revision),
            served_at: Set(now),
        };
        let next = OnConflict::column(Column::Shown)
            .update_columns([Column::Etag, Column::Revision, Column::ServedAt])
            .action_and_where(Expr::col((Entity, Column::Revision)).lte(revision))
            .to_owned();
        Entity::insert(newest)
            .on_conflict(next)
            .exec_without_returning(self.quietly())
            .await?;
        Ok(())
    }

    /// Keeps who fetched a view of the key set, and which one.
    ///
    /// # Errors
    /// `Database`.
    pub async fn keep_fetch(
        &self,
        fetcher: Fetcher,
        (shown, etag): (String, String),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        use verifier::{ActiveModel, Column, Entity};
        let Fetcher { network, agent } = fetcher;
        let seen = ActiveModel {
            network: Set(network),
            agent: Set(agent),
            shown: Set(shown),
            etag: Set(etag),
            first_seen_at: Set(now),
            last_seen_at: Set(now),
        };
        let again = OnConflict::columns([Column::Network, Column::Agent, Column::Shown])
            .update_columns([Column::Etag, Column::LastSeenAt])
            .to_owned();
        Entity::insert(seen)
            .on_conflict(again)
            .exec_without_returning(self.quietly())
            .await?;
        self.make_room().await
    }

    /// Forgets those who were away longest, beyond `VERIFIERS`.
    async fn make_room(&self) -> Result<(), StoreError> {
        use verifier::{Column, Entity};
        let last: Option<Timestamp> = Entity::find()
            .select_only()
            .column(Column::LastSeenAt)
            .order_by_desc(Column::LastSeenAt)
            .offset(VERIFIERS)
            .into_tuple()
            .one(self.quietly())
            .await?;
        if let Some(last) = last {
            let old = Entity::delete_many().filter(Column::LastSeenAt.lte(last));
            old.exec(self.quietly()).await?;
        }
        Ok(())
    }
}
