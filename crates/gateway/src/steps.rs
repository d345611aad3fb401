//! What a refused request is told about the gates before the decision: one step for each, as for the rules after them.

use gatewright_domain::{
    decision::{RULES, Step, Verdict, mend},
    refusal::Refusal,
};

use crate::trace::Trace;

/// What a request passes before there is a question to decide, and the upstream after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Reading,
    Version,
    Operation,
    Credential,
    Token,
    Sender,
    Upstream,
}

const BEFORE: [Gate; 6] = [
    Gate::Reading,
    Gate::Version,
    Gate::Operation,
    Gate::Credential,
    Gate::Token,
    Gate::Sender,
];

/// Every step of a refused request. `rules` are the steps of the decision, when it came to one.
pub(crate) fn of(refusal: &Refusal, trace: &Trace, rules: Option<Vec<Step>>) -> Vec<Step> {
    let stopped = Gate::of(refusal);
    let mut verdict = Verdict::Passed;
    let mut steps = Vec::with_capacity(BEFORE.len() + RULES.len() + 1);
    for gate in BEFORE {
        let here = stopped == Some(gate);
        let shown = if here { Verdict::Refused } else { verdict };
        steps.push(gate.step(shown, refusal, trace));
        if here {
            verdict = Verdict::NotAsked;
        }
    }
    let not_asked = |rule: &gatewright_domain::decision::Rule| Step {
        rule: rule.title().to_owned(),
        verdict,
        compared: String::new(),
        mend: None,
    };
    steps.extend(rules.unwrap_or_else(|| RULES.iter().map(not_asked).collect()));
    if stopped == Some(Gate::Upstream) {
        steps.push(Gate::Upstream.step(Verdict::Refused, refusal, trace));
    }
    steps
}

impl Gate {
    /// The gate a refusal is of; nothing for those of the decision's own rules.
    const fn of(refusal: &Refusal) -> Option<Self> {
        match refusal {
            Refusal::Malformed { .. } | Refusal::TooLarge => Some(Self::Reading),
            Refusal::NotReady
            | Refusal::NoRoute
            | Refusal::Retired { .. }
            | Refusal::Blocked { .. } => Some(Self::Version),
            Refusal::NoOperation | Refusal::MethodNotAllowed { .. } => Some(Self::Operation),
            Refusal::NoCredential | Refusal::CredentialMalformed => Some(Self::Credential),
            Refusal::TokenInvalid { .. } | Refusal::IssuerKeyUnknown { .. } => Some(Self::Token),
            Refusal::ProofInvalid { .. } => Some(Self::Sender),
            Refusal::UpstreamUnreachable | Refusal::UpstreamTimeout => Some(Self::Upstream),
            Refusal::TokenRevoked
            | Refusal::TokenBeforeWatermark { .. }
            | Refusal::ClientUnknown
            | Refusal::ClientDisabled
            | Refusal::WrongAudience { .. }
            | Refusal::InsufficientScope { .. }
            | Refusal::NotSubscribed
            | Refusal::SubscriptionPaused
            | Refusal::Stale { .. }
            | Refusal::RateExceeded { .. }
            | Refusal::QuotaExceeded { .. } => None,
        }
    }

    fn step(self, verdict: Verdict, refusal: &Refusal, trace: &Trace) -> Step {
        let refused = verdict == Verdict::Refused;
        Step {
            rule: self.title().to_owned(),
            verdict,
            compared: self.compared(refusal, trace),
            mend: refused.then(|| mend(refusal)),
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Reading => "The request can be read in one way only",
            Self::Version => "A version answers at the address",
            Self::Operation => "The contract has the operation",
            Self::Credential => "One bearer token or API key was sent",
            Self::Token => "The token verifies, or the API key is known",
            Self::Sender => "Its sender holds what it is bound to",
            Self::Upstream => "The upstream answers",
        }
    }

    fn compared(self, refusal: &Refusal, trace: &Trace) -> String {
        match (self, refusal) {
            (Self::Reading, Refusal::Malformed { what }) => what.clone(),
            (Self::Token, Refusal::TokenInvalid { step })
            | (Self::Sender, Refusal::ProofInvalid { step }) => step.clone(),
            (Self::Token, Refusal::IssuerKeyUnknown { issuer }) => {
                format!("the keys of {issuer}, as last fetched, have none of the token's kid")
            }
            (Self::Version, _) => trace.route.as_ref().map_or_else(String::new, |route| {
                let version = &route.version;
                format!(
                    "{}/{} is {}",
                    version.api,
                    version.number,
                    version.state.word()
                )
            }),
            (Self::Operation, _) => {
                let operation = trace.operation();
                operation.map_or_else(String::new, |(method, path)| format!("{method} {path}"))
            }
            (Self::Token, _) => {
                let facts = trace.facts.as_ref();
                facts.map_or_else(String::new, |facts| match &facts.token().kid {
                    Some(kid) => format!("signed by {kid}"),
                    None => format!("API key {}", facts.token().jti),
                })
            }
            (Self::Sender, _) => {
                let facts = trace.facts.as_ref();
                facts.map_or_else(String::new, |facts| match facts.binding() {
                    Some(binding) => format!("bound to {}", binding.thumbprint()),
                    None => "bound to nothing".to_owned(),
                })
            }
            (Self::Reading | Self::Credential | Self::Upstream, _) => String::new(),
        }
    }
}
