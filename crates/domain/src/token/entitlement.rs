//! What an application may have tokens for.

use std::collections::BTreeSet;

use crate::{
    api::TokenAlgorithm,
    consumer::Application,
    id::TeamId,
    key::Algorithm,
    operation::Scope,
    plan::{Lifetime, Plan},
    subscription::{Subscription, SubscriptionStatus},
    time::Timestamp,
    token::{Token, TokenError},
    version::{Status, Version, VersionRef},
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
    /// What tokens for its API are signed with.
    pub signed_with: TokenAlgorithm,
}

/// The subscriptions under which tokens may be issued.
pub(crate) fn usable(entitlements: &[Entitlement]) -> Vec<&Entitlement> {
    entitlements.iter().filter(|one| one.is_usable()).collect()
}

/// The active subscriptions that cover the scopes: for no scopes, all of them.
pub(crate) fn covering<'a>(
    entitlements: &'a [Entitlement],
    scopes: &BTreeSet<Scope>,
) -> Result<Vec<&'a Entitlement>, TokenError> {
    let active = usable(entitlements);
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

/// The one algorithm that signs a token under these subscriptions; of none, the installation's.
///
/// # Errors
/// `AlgorithmsDiffer`: a verifier of one of the APIs would not know the key, and could not say why.
pub(super) fn one_algorithm(
    used: &[&Entitlement],
    installation: Algorithm,
    now: Timestamp,
) -> Result<Algorithm, TokenError> {
    let of = |one: &Entitlement| {
        let name = one.version.place().api.name.clone();
        (name, one.signed_with.signs(installation, now))
    };
    let Some((first, rest)) = used.split_first() else {
        return Ok(installation);
    };
    let one = of(first);
    match rest
        .iter()
        .map(|other| of(other))
        .find(|other| other.1 != one.1)
    {
        None => Ok(one.1),
        Some(other) => Err(TokenError::AlgorithmsDiffer { one, other }),
    }
}

/// The versions of these subscriptions, each once, in order of id.
pub(super) fn places(used: &[&Entitlement]) -> Vec<VersionRef> {
    let mut versions: Vec<VersionRef> = used
        .iter()
        .map(|entitlement| entitlement.version.place().clone())
        .collect();
    versions.sort_by_key(|version| version.id);
    versions.dedup_by_key(|version| version.id);
    versions
}

/// The versions whose active subscriptions cover the scopes, in order of id: for no scopes, all of them.
pub(crate) fn covered(
    entitlements: &[Entitlement],
    scopes: &BTreeSet<Scope>,
) -> Result<Vec<VersionRef>, TokenError> {
    Ok(places(&covering(entitlements, scopes)?))
}

impl Application {
    /// Whether it may be issued anything now, and the moment that counts as the issue: this whole second.
    ///
    /// # Errors
    /// `ApplicationDisabled`; `TooSoon` while a revocation of everything has not passed.
    pub(crate) fn may_issue(&self, now: Timestamp) -> Result<Timestamp, TokenError> {
        if self.disabled.is_some() {
            return Err(TokenError::ApplicationDisabled);
        }
        let issued = Timestamp::from_seconds(now.seconds());
        match self.not_before.filter(|watermark| issued < *watermark) {
            Some(watermark) => Err(TokenError::TooSoon(watermark)),
            None => Ok(issued),
        }
    }
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

    /// What a token with these scopes is signed with, where the installation has this algorithm.
    ///
    /// # Errors
    /// As `reach`; `AlgorithmsDiffer`.
    pub fn algorithm_for(
        entitlements: &[Entitlement],
        scopes: &BTreeSet<Scope>,
        installation: Algorithm,
        now: Timestamp,
    ) -> Result<Algorithm, TokenError> {
        one_algorithm(&covering(entitlements, scopes)?, installation, now)
    }

    /// The versions that a grant of these scopes is for.
    ///
    /// # Errors
    /// As `reach`.
    pub fn versions_for(
        entitlements: &[Entitlement],
        scopes: &BTreeSet<Scope>,
    ) -> Result<Vec<VersionRef>, TokenError> {
        let used = covering(entitlements, scopes)?;
        let versions = used
            .iter()
            .map(|entitlement| entitlement.version.place().clone());
        Ok(versions.collect())
    }
}

impl Entitlement {
    /// Whether tokens may be issued under it: the subscription is active, and the version can be called or is only
    /// blocked for now.
    #[must_use]
    pub fn is_usable(&self) -> bool {
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

    /// The scopes of the subscription, as tokens carry them.
    pub(crate) fn carried(&self) -> impl Iterator<Item = Scope> + '_ {
        let place = self.version.place();
        self.subscription.scopes().iter().map(|name| Scope {
            api: place.api.name.clone(),
            version: place.number,
            name: name.clone(),
        })
    }

    /// When a token under it ends at the latest: no token outlives its plan's ceiling or its version.
    pub(crate) fn latest_end(&self, longest: Lifetime, issued: Timestamp) -> Timestamp {
        let longest = longest.min(self.plan.terms.max_token_lifetime);
        let end = issued.plus(longest.duration());
        let sunset = self.version.status().sunset();
        // Whole seconds, and rounded down: the end of the version comes before the end of the token at no time.
        sunset.map_or(end, |sunset| {
            end.min(Timestamp::from_seconds(sunset.seconds()))
        })
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
