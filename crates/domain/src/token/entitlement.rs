//! What an application may have tokens for.

use std::collections::BTreeSet;

use crate::{
    id::TeamId,
    operation::Scope,
    plan::{Lifetime, Plan},
    subscription::{Subscription, SubscriptionStatus},
    time::Timestamp,
    token::{Token, TokenError},
    version::{Status, Version},
};

/// One subscription with what limits tokens under it.
#[derive(Clone, Debug)]
pub struct Entitlement {
    /// The subscription.
    pub subscription: Subscription,
    /// Its plan.
    pub plan: Plan,
    /// Its version.
    pub version: Version,
}

/// The active subscriptions that cover the scopes: for no scopes, all of them.
pub(crate) fn covering<'a>(
    entitlements: &'a [Entitlement],
    scopes: &BTreeSet<Scope>,
) -> Result<Vec<&'a Entitlement>, TokenError> {
    let active: Vec<&Entitlement> = entitlements.iter().filter(|one| one.is_usable()).collect();
    if active.is_empty() {
        return Err(TokenError::NoSubscription);
    }
    if scopes.is_empty() {
        return Ok(active);
    }
    let cover = |scope: &Scope| {
        let found = active.iter().find(|entitlement| entitlement.covers(scope));
        found
            .copied()
            .ok_or_else(|| TokenError::ScopeNotSubscribed(scope.clone()))
    };
    scopes.iter().map(cover).collect()
}

impl Token {
    /// The teams whose APIs a token with these scopes would reach: what a permit to issue it must be for.
    ///
    /// # Errors
    /// `NoSubscription`; `ScopeNotSubscribed`.
    pub fn reach(
        entitlements: &[Entitlement],
        scopes: &BTreeSet<Scope>,
    ) -> Result<BTreeSet<TeamId>, TokenError> {
        let used = covering(entitlements, scopes)?;
        let teams = used
            .iter()
            .map(|entitlement| entitlement.version.place().api.team);
        Ok(teams.collect())
    }
}

impl Entitlement {
    /// Whether tokens may be issued under it: the subscription is active, and the version can be called or is only
    /// blocked for now.
    fn is_usable(&self) -> bool {
        let live = matches!(
            self.version.status(),
            Status::Live(_) | Status::Blocked { .. }
        );
        live && self.subscription.status() == SubscriptionStatus::Active
    }

    fn covers(&self, scope: &Scope) -> bool {
        let place = self.version.place();
        place.api.name == scope.api
            && place.number == scope.version
            && self.subscription.scopes().contains(&scope.name)
    }

    pub(crate) fn allows(&self, lifetime: Lifetime, expires: Timestamp) -> Result<(), TokenError> {
        let ceiling = self.plan.terms.max_token_lifetime;
        if lifetime > ceiling {
            let (plan, max) = (self.plan.name.clone(), ceiling.seconds());
            return Err(TokenError::LongerThanPlan { plan, max });
        }
        match self.version.status().sunset() {
            Some(sunset) if sunset < expires => {
                let version = self.version.place().to_string();
                Err(TokenError::BeyondSunset { version, sunset })
            }
            Some(_) | None => Ok(()),
        }
    }
}
