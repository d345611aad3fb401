//! The decision: may this token call this operation now? One pure function, used by the gateway for every request, and by
//! the inspector and the decision page to explain itself.
//!
//! Invariant: `decide` and `explain` walk the same `RULES`, so they cannot disagree.

mod question;

use serde::{Deserialize, Serialize};

use crate::{limit::until_tomorrow, refusal::Refusal, revocation::Watermarks};

pub use question::{Counters, Question, TokenFacts};

/// One rule of the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The version can be called.
    Version,
    /// The token was not revoked by name.
    Revocation,
    /// The token belongs to an application that may call.
    Application,
    /// The token is not older than any watermark it meets: of everything, the version, the consumer, the application, the
    /// subscription.
    Watermark,
    /// The token has not ended since it was verified.
    Expiry,
    /// The token is for this version.
    Audience,
    /// The token carries what the operation requires.
    Scope,
    /// The application is subscribed.
    Subscription,
    /// The gateway is up to date, or the version does without that.
    Freshness,
    /// The plan's rate is kept.
    Rate,
    /// The plan's quota is not used up.
    Quota,
}

/// The rules in the order in which they are asked: cheap and fatal first, what counts last. A gateway doubts itself only
/// about what everything it knows would let through.
pub const RULES: [Rule; 11] = [
    Rule::Version,
    Rule::Revocation,
    Rule::Application,
    Rule::Watermark,
    Rule::Expiry,
    Rule::Audience,
    Rule::Scope,
    Rule::Subscription,
    Rule::Freshness,
    Rule::Rate,
    Rule::Quota,
];

/// How one rule judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It let the request pass.
    Passed,
    /// It refused.
    Refused,
    /// It was not asked, because an earlier one refused.
    NotAsked,
}

/// One rule as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// The rule.
    pub rule: String,
    /// How it judged.
    pub verdict: Verdict,
    /// What it compared.
    pub compared: String,
    /// What would have passed, when it refused.
    pub mend: Option<String>,
}

/// Decides one request.
///
/// # Errors
/// The refusal of the first rule that does not let it pass.
pub fn decide(question: &Question<'_>) -> Result<(), Refusal> {
    RULES.iter().try_for_each(|rule| rule.judge(question))
}

/// Decides one request, and says of every rule what it compared and what would have passed.
#[must_use]
pub fn explain(question: &Question<'_>) -> Vec<Step> {
    let mut refused = false;
    let step = |rule: &Rule| {
        let judgement = if refused {
            None
        } else {
            Some(rule.judge(question))
        };
        refused |= matches!(judgement, Some(Err(_)));
        rule.step(question, judgement.as_ref())
    };
    RULES.iter().map(step).collect()
}

impl Rule {
    /// Judges one question.
    ///
    /// # Errors
    /// The refusal, when the rule does not let the request pass.
    pub fn judge(self, q: &Question<'_>) -> Result<(), Refusal> {
        match self {
            Self::Version => q.version.answers(),
            Self::Revocation => {
                if q.revoked {
                    Err(Refusal::TokenRevoked)
                } else {
                    Ok(())
                }
            }
            Self::Application => match q.client {
                None => Err(Refusal::ClientUnknown),
                Some(client) if client.disabled => Err(Refusal::ClientDisabled),
                Some(_) => Ok(()),
            },
            Self::Watermark => match q.watermarks().effective_not_before() {
                Some(not_before) if q.token.issued < not_before => {
                    Err(Refusal::TokenBeforeWatermark { not_before })
                }
                Some(_) | None => Ok(()),
            },
            Self::Expiry => {
                let end = q
                    .token
                    .expires
                    .seconds()
                    .saturating_add(i64::from(q.leeway_s));
                if end <= q.now.seconds() {
                    return Err(Refusal::TokenInvalid {
                        step: "the token has expired".to_owned(),
                    });
                }
                Ok(())
            }
            Self::Audience => {
                if q.token.audience.contains(&q.version.audience) {
                    return Ok(());
                }
                Err(Refusal::WrongAudience {
                    expected: q.version.audience.clone(),
                })
            }
            Self::Scope => q.has_scope(),
            Self::Subscription => match q.right {
                None => Err(Refusal::NotSubscribed),
                Some(right) if right.paused => Err(Refusal::SubscriptionPaused),
                Some(_) => Ok(()),
            },
            Self::Freshness => q.version.staleness.judge(q.operation.method, q.age),
            Self::Rate => {
                let Some(plan) = q.plan else {
                    return Err(Refusal::NotSubscribed);
                };
                let admitted = plan.rate.admit(q.counters.arrival, q.now);
                admitted.map(|_| ()).map_err(|fast| Refusal::RateExceeded {
                    retry_after_ms: u64::try_from(fast.retry_after.as_millis()).unwrap_or(u64::MAX),
                })
            }
            Self::Quota => match q.plan.and_then(|plan| plan.daily_quota) {
                Some(quota) if q.counters.today >= quota => {
                    let wait = until_tomorrow(q.now).as_millis();
                    let retry_after_ms = u64::try_from(wait).unwrap_or(u64::MAX);
                    Err(Refusal::QuotaExceeded { retry_after_ms })
                }
                Some(_) | None => Ok(()),
            },
        }
    }

    fn step(self, q: &Question<'_>, judgement: Option<&Result<(), Refusal>>) -> Step {
        let (verdict, mend) = match judgement {
            None => (Verdict::NotAsked, None),
            Some(Ok(())) => (Verdict::Passed, None),
            Some(Err(refusal)) => (Verdict::Refused, Some(mend(refusal))),
        };
        Step {
            rule: self.title().to_owned(),
            verdict,
            compared: self.compared(q),
            mend,
        }
    }

    /// What the rule asks, in words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Version => "The version can be called",
            Self::Revocation => "The token was not revoked",
            Self::Application => "The application may call",
            Self::Watermark => "The token is newer than the last revocation of all",
            Self::Expiry => "The token has not ended",
            Self::Audience => "The token is for this version",
            Self::Scope => "The token carries the required scope",
            Self::Subscription => "The application is subscribed",
            Self::Freshness => "The gateway is up to date enough",
            Self::Rate => "The plan's rate is kept",
            Self::Quota => "The plan's quota is not used up",
        }
    }

    fn compared(self, q: &Question<'_>) -> String {
        match self {
            Self::Version => format!(
                "{}/{} is {}",
                q.version.api,
                q.version.number,
                q.version.state.word()
            ),
            Self::Revocation => format!("token {}", q.token.jti),
            Self::Application => match q.client {
                Some(client) => format!("{} is application {}", q.token.client_id, client.name),
                None => format!("{} is no application", q.token.client_id),
            },
            Self::Watermark => match q.watermarks().strongest() {
                Some((kind, not_before)) => {
                    format!("issued {}, {kind} watermark {not_before}", q.token.issued)
                }
                None => format!("issued {}, no watermark", q.token.issued),
            },
            Self::Expiry => format!("ends {}, now {}", q.token.expires, q.now),
            Self::Audience => format!(
                "for {}; needed {}",
                q.token.audience.join(" "),
                q.version.audience
            ),
            Self::Scope => format!("holds {}; needed {}", words(&q.token.scopes), q.required()),
            Self::Subscription => match q.right {
                Some(right) if right.paused => format!("{} is paused", right.subscription),
                Some(right) => format!("{} is active", right.subscription),
                None => "no subscription".to_owned(),
            },
            Self::Freshness => format!(
                "up to date {} s ago; {}",
                q.age.as_secs(),
                q.version.staleness
            ),
            Self::Rate => q.plan.map_or_else(String::new, |plan| {
                let (parts, left) = (
                    plan.rate.parts(),
                    plan.rate.remaining(q.counters.arrival, q.now),
                );
                format!(
                    "{} requests per {} s; {left} left at once",
                    parts.requests, parts.per_seconds
                )
            }),
            Self::Quota => match q.plan.and_then(|plan| plan.daily_quota) {
                Some(quota) => format!("{} of {quota} used today", q.counters.today),
                None => "no quota".to_owned(),
            },
        }
    }
}

impl Question<'_> {
    /// Every watermark that the token meets.
    #[must_use]
    pub fn watermarks(&self) -> Watermarks {
        Watermarks {
            issuer: self.not_before,
            version: self.version.not_before,
            consumer: self.client.and_then(|client| client.consumer_not_before),
            application: self.client.and_then(|client| client.not_before),
            subscription: self.right.and_then(|right| right.not_before),
        }
    }

    fn has_scope(&self) -> Result<(), Refusal> {
        let requires = &self.operation.requires;
        let holds = |scope: &String| self.token.scopes.contains(scope);
        if requires.is_empty() || requires.iter().any(|all| all.iter().all(holds)) {
            return Ok(());
        }
        let required = requires.first().cloned().unwrap_or_default();
        Err(Refusal::InsufficientScope {
            required,
            held: self.token.scopes.clone(),
        })
    }

    fn required(&self) -> String {
        let alternatives: Vec<String> = self
            .operation
            .requires
            .iter()
            .map(|all| all.join(" and "))
            .collect();
        if alternatives.is_empty() {
            "no scope".to_owned()
        } else {
            alternatives.join(", or ")
        }
    }
}

fn words(scopes: &[String]) -> String {
    if scopes.is_empty() {
        "no scope".to_owned()
    } else {
        scopes.join(" ")
    }
}

/// What would have passed, for the people who can do something about it.
#[must_use]
pub fn mend(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Malformed { what } => format!("Send an unambiguous request: {what}."),
        Refusal::NoRoute => "Call /{api}/{version}/… of a published version.".to_owned(),
        Refusal::NoOperation => {
            "Call a path of the contract, or upload a contract that has it.".to_owned()
        }
        Refusal::MethodNotAllowed { allowed } => format!("Use {}.", allowed.join(" or ")),
        Refusal::Retired {
            successor: Some(next),
        } => format!("Move to {next}."),
        Refusal::Retired { successor: None } => "The API has no other version.".to_owned(),
        Refusal::Blocked { .. } => "Unblock the version, when its reason is gone.".to_owned(),
        Refusal::NoCredential => "Send Authorization: Bearer and a token.".to_owned(),
        Refusal::CredentialMalformed => {
            "Send exactly one Authorization header, of scheme Bearer.".to_owned()
        }
        Refusal::TokenInvalid { .. } => {
            "Issue a new token; the inspector shows what is wrong.".to_owned()
        }
        Refusal::ProofInvalid { .. } => {
            "Send one new DPoP proof with each request, by the key the token is bound to."
                .to_owned()
        }
        Refusal::TokenRevoked => "Issue a new token; this one was revoked.".to_owned(),
        Refusal::IssuerKeyUnknown { .. } => "Refresh the issuer's keys, then repeat.".to_owned(),
        Refusal::TokenBeforeWatermark { .. } => {
            "Issue a new token; all older ones were revoked.".to_owned()
        }
        Refusal::ClientUnknown => "Issue a token for a registered application.".to_owned(),
        Refusal::ClientDisabled => "Enable the application.".to_owned(),
        Refusal::WrongAudience { expected } => format!("Issue a token for {expected}."),
        Refusal::InsufficientScope { required, .. } => {
            format!("Issue a token that carries {}.", required.join(" and "))
        }
        Refusal::NotSubscribed => "Subscribe the application to this version.".to_owned(),
        Refusal::SubscriptionPaused => "Resume the subscription.".to_owned(),
        Refusal::RateExceeded { retry_after_ms } => {
            format!("Wait {retry_after_ms} ms, or raise the plan's rate.")
        }
        Refusal::QuotaExceeded { .. } => {
            "Wait for 00:00 UTC, or raise the plan's quota.".to_owned()
        }
        Refusal::NotReady => "Connect the gateway to its control plane.".to_owned(),
        Refusal::Stale { .. } => {
            "Bring the gateway back in touch with its control plane, or have the version served for longer without."
                .to_owned()
        }
        Refusal::UpstreamUnreachable => "Start the upstream, or correct its address.".to_owned(),
        Refusal::UpstreamTimeout => "Make the upstream answer sooner.".to_owned(),
        Refusal::TooLarge => "Send a smaller request.".to_owned(),
    }
}
