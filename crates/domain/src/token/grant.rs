//! What a client is granted when it asks the token endpoint: never an error where less than was asked for is possible.

use std::collections::BTreeSet;

use crate::{
    audit::{Change, Kind},
    binding::Binding,
    client::Registration,
    consumer::Application,
    id::{FamilyId, VersionId},
    key::Algorithm,
    operation::Scope,
    plan::Lifetime,
    revision::Revision,
    text::Name,
    time::Timestamp,
    token::{
        Entitlement, Issuance, Lineage, Token, TokenError,
        entitlement::{one_algorithm, usable},
    },
};

/// A client, with everything that bounds what it is granted.
#[derive(Clone, Copy, Debug)]
pub struct Grantee<'a> {
    /// The application.
    pub application: &'a Application,
    /// What it may ask for.
    pub registration: &'a Registration,
    /// What it has subscribed to.
    pub entitlements: &'a [Entitlement],
}

/// What a client asks for.
#[derive(Clone, Debug)]
pub struct GrantWish {
    /// What people will call the token.
    pub name: Name,
    /// The versions it shall be for; nothing means the only one that the client has subscribed to.
    pub versions: Option<BTreeSet<VersionId>>,
    /// The scopes it asks for; nothing means all that it may have.
    pub scopes: Option<BTreeSet<Scope>>,
    /// The key or certificate that it proved to hold, to which the token is bound.
    pub binding: Option<Binding>,
    /// The refresh family that it comes of.
    pub family: Option<FamilyId>,
    /// Where it comes from, when it is not just the client's own.
    pub lineage: Option<Lineage>,
    /// What it comes of lets through.
    pub within: Within,
}

/// What a token may not exceed, since it comes of something that has ends of its own.
#[derive(Clone, Debug, Default)]
pub struct Within {
    /// It carries no others than these scopes; nothing means that none is ruled out.
    pub scopes: Option<BTreeSet<Scope>>,
    /// It ends no later than this; nothing means that there is no such end.
    pub end: Option<Timestamp>,
}

/// Why a client is granted nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantRefused {
    /// It may not call, or has to wait.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// It named a version that it has no active subscription to, or none where several are possible.
    #[error("no single version that the client has subscribed to is meant")]
    NoTarget,
    /// Nothing is left of the scopes it asked for.
    #[error("the client may have none of these scopes")]
    NoScope,
}

impl Token {
    /// Decides a client's own token: the scopes asked for that its registration and subscriptions allow, for as long as
    /// registration, plans, ring and the versions' announced ends allow, whichever is shortest.
    ///
    /// # Errors
    /// Every variant of `GrantRefused`; of `TokenError` only `ApplicationDisabled` and `TooSoon`.
    pub fn grant(
        grantee: Grantee<'_>,
        wish: GrantWish,
        ceiling: Lifetime,
        issuance: Issuance,
        now: Timestamp,
    ) -> Result<Change<Self>, GrantRefused> {
        let Grantee {
            application,
            registration,
            entitlements,
        } = grantee;
        let issued = application.may_issue(now)?;
        let GrantWish {
            name,
            versions,
            scopes,
            binding,
            family,
            lineage,
            within,
        } = wish;
        let targets = targets(entitlements, versions.as_ref())?;
        let scopes = granted(registration, &targets, (scopes, within.scopes.as_ref()))?;
        let longest = ceiling.min(registration.terms.lifetime);
        let expires = targets
            .iter()
            .map(|target| target.latest_end(longest, issued))
            .chain(within.end.map(|end| Timestamp::from_seconds(end.seconds())))
            .min()
            .filter(|end| issued < *end)
            .ok_or(GrantRefused::NoTarget)?;
        let mut versions: Vec<_> = targets
            .iter()
            .map(|target| target.version.place().clone())
            .collect();
        versions.sort_by_key(|version| version.id);
        let Issuance { id, jti, kid } = issuance;
        let token = Self {
            id,
            jti,
            name,
            application: application.id,
            kid,
            versions,
            scopes,
            issued,
            expires,
            revoked: None,
            family,
            binding,
            lineage,
            revision: Revision::NEW,
        };
        Ok(Change::first(Kind::TokenIssued, token))
    }
}

impl Grantee<'_> {
    /// What a token for these versions is signed with, or with none for the only one, where the installation has this
    /// algorithm.
    ///
    /// # Errors
    /// `NoTarget`; `Token` with `AlgorithmsDiffer`.
    pub fn algorithm(
        self,
        versions: Option<&BTreeSet<VersionId>>,
        installation: Algorithm,
        now: Timestamp,
    ) -> Result<Algorithm, GrantRefused> {
        let targets = targets(self.entitlements, versions)?;
        Ok(one_algorithm(&targets, installation, now)?)
    }

    /// The scopes that a person may allow a client: of those that are asked for, what its registration and its subscriptions
    /// to these versions, or to any, let it have.
    ///
    /// # Errors
    /// `NoTarget`; `NoScope`.
    pub fn offered(
        self,
        versions: Option<&BTreeSet<VersionId>>,
        asked: Option<BTreeSet<Scope>>,
    ) -> Result<BTreeSet<Scope>, GrantRefused> {
        let targets = match versions {
            Some(_) => targets(self.entitlements, versions)?,
            None => usable(self.entitlements),
        };
        let scopes = granted(self.registration, &targets, (asked, None))?;
        if scopes.is_empty() {
            return Err(GrantRefused::NoScope);
        }
        Ok(scopes)
    }
}

/// The subscriptions that are meant.
fn targets<'a>(
    entitlements: &'a [Entitlement],
    versions: Option<&BTreeSet<VersionId>>,
) -> Result<Vec<&'a Entitlement>, GrantRefused> {
    let active = usable(entitlements);
    let Some(versions) = versions else {
        return match active.as_slice() {
            [only] => Ok(vec![*only]),
            [] | [..] => Err(GrantRefused::NoTarget),
        };
    };
    let of = |version: &VersionId| {
        let mut active = active.iter();
        let found = active.find(|entitlement| entitlement.version.place().id == *version);
        found.copied().ok_or(GrantRefused::NoTarget)
    };
    versions.iter().map(of).collect()
}

/// Requested, registered and subscribed, within what it comes of: what stands in all of them.
fn granted(
    registration: &Registration,
    targets: &[&Entitlement],
    (asked, within): (Option<BTreeSet<Scope>>, Option<&BTreeSet<Scope>>),
) -> Result<BTreeSet<Scope>, GrantRefused> {
    let subscribed = targets.iter().flat_map(|target| target.carried());
    let registered = registration.terms.scopes.as_ref();
    let may = |scope: &Scope| {
        let mut bounds = registered.into_iter().chain(within);
        bounds.all(|bound| bound.contains(scope))
    };
    let possible: BTreeSet<Scope> = subscribed.filter(may).collect();
    let Some(asked) = asked else {
        return Ok(possible);
    };
    let granted: BTreeSet<Scope> = possible.intersection(&asked).cloned().collect();
    if granted.is_empty() {
        return Err(GrantRefused::NoScope);
    }
    Ok(granted)
}
