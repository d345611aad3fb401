//! What a verified token opens: the decision of the gateways, asked for each version and each of its operations.

use std::time::Duration;

use gatewright_domain::{
    decision::{Counters, Question, RULES, Rule, Step, TokenFacts, Verdict, decide, explain},
    operation::Method,
    snapshot::{Client, RoutedOperation, RoutedVersion, Snapshot},
    time::Timestamp,
    token::of_session,
};
use gatewright_token::verify::Verified;
use serde::Serialize;

/// What a token opens of one version.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Opening {
    /// The version, as `api/version`.
    pub version: String,
    /// The rules that do not depend on the operation, in order.
    pub steps: Vec<Step>,
    /// The operations of its contract.
    pub operations: Vec<OpenedOperation>,
}

/// An operation, and whether a token opens it now.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenedOperation {
    /// The method.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub method: Method,
    /// The path template.
    pub path: String,
    /// Why not, by the name that decisions use; nothing when it does.
    pub refused: Option<String>,
}

/// The rules that are about a request, not about a token alone.
const OF_A_REQUEST: [Rule; 4] = [Rule::Scope, Rule::Freshness, Rule::Rate, Rule::Quota];

/// A verified token, with what it is judged by.
pub(crate) struct Bearer<'a> {
    snapshot: &'a Snapshot,
    token: &'a TokenFacts,
    client: Option<&'a Client>,
    revoked: bool,
    now: Timestamp,
}

impl<'a> Bearer<'a> {
    pub(crate) fn of(verified: &'a Verified, snapshot: &'a Snapshot, now: Timestamp) -> Self {
        Self::of_facts(verified.facts(), verified.session(), snapshot, now)
    }

    /// `session` is the family the token is of, if it is of one.
    pub(crate) fn of_facts(
        token: &'a TokenFacts,
        session: Option<&str>,
        snapshot: &'a Snapshot,
        now: Timestamp,
    ) -> Self {
        let mut clients = snapshot.clients.iter();
        let client = clients.find(|client| client.client_id == token.client_id);
        // It dies with everything that its session is named after.
        let parts: Vec<&str> = session.into_iter().flat_map(of_session).collect();
        let mut names = snapshot.revoked.iter().map(|revoked| &revoked.jti);
        let by_name = names.any(|jti| *jti == token.jti || parts.contains(&jti.as_str()));
        let mut sessions = snapshot.revoked_sessions.iter();
        let by_session = sessions.any(|revoked| {
            let sid = revoked.sid.as_str();
            session == Some(sid) || parts.contains(&sid)
        });
        Self {
            snapshot,
            token,
            client,
            revoked: by_name || by_session,
            now,
        }
    }

    /// What it opens of the versions it is for, in the order of the snapshot.
    pub(crate) fn openings(&self) -> Vec<Opening> {
        let versions = self.snapshot.versions.iter();
        let ours = versions.filter(|version| self.token.audience.contains(&version.audience));
        ours.map(|version| self.opening(version)).collect()
    }

    /// Whether it opens anything of a version: no rule that is about the token refuses it.
    pub(crate) fn opens(&self, version: &RoutedVersion) -> bool {
        let any = any_operation();
        let steps = RULES.iter().zip(explain(&self.asks(version, &any)));
        let mut steps = steps.filter(|(rule, _)| !OF_A_REQUEST.contains(rule));
        let is_for = self.token.audience.contains(&version.audience);
        is_for && steps.all(|(_, step)| step.verdict != Verdict::Refused)
    }

    fn opening(&self, version: &RoutedVersion) -> Opening {
        let any = any_operation();
        let steps = RULES.iter().zip(explain(&self.asks(version, &any)));
        let steps = steps.filter(|(rule, _)| !OF_A_REQUEST.contains(rule));
        let judge = |operation: &RoutedOperation| OpenedOperation {
            method: operation.method,
            path: operation.path.clone(),
            refused: decide(&self.asks(version, operation))
                .err()
                .map(|refusal| refusal.reason().to_owned()),
        };
        Opening {
            version: format!("{}/{}", version.api, version.number),
            steps: steps.map(|(_, step)| step).collect(),
            operations: version.operations.iter().map(judge).collect(),
        }
    }

    /// The question a gateway would decide, had nothing of the plan been used yet.
    fn asks<'b>(
        &'b self,
        version: &'b RoutedVersion,
        operation: &'b RoutedOperation,
    ) -> Question<'b> {
        let mut rights = self.client.into_iter().flat_map(|client| &client.rights);
        let right = rights.find(|right| right.version == version.id);
        let mut plans = self.snapshot.plans.iter();
        let plan = right.and_then(|right| plans.find(|plan| plan.id == right.plan));
        Question {
            version,
            operation,
            token: self.token,
            revoked: self.revoked,
            not_before: self.snapshot.not_before,
            client: self.client,
            right,
            plan,
            counters: Counters::default(),
            age: Duration::ZERO,
            leeway_s: self.snapshot.leeway_s,
            now: self.now,
        }
    }
}

/// An operation that asks for no scope, where only the token is judged.
pub(crate) fn any_operation() -> RoutedOperation {
    RoutedOperation {
        method: Method::Get,
        path: String::new(),
        requires: Vec::new(),
    }
}
