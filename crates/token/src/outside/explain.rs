//! Explaining: the verdict of every stage on one token of an outside issuer.

use gatewright_domain::{
    decision::{Step, Verdict},
    time::Timestamp,
};

use super::{Outside, OutsideRefusal, STAGES, Signers, Stage, Trust, verify};

/// A token as every stage judges it.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Every stage in order.
    pub steps: Vec<Step>,
    /// What `verify` says of the same token at the same moment.
    pub outcome: Result<Outside, OutsideRefusal>,
}

/// Judges a token as `verify` does, and says of every stage what it asks and what would have passed.
#[must_use]
pub fn explain(token: &[u8], trust: &Trust, now: Timestamp) -> Explained {
    let outcome = verify(token, trust, now);
    let refusal = outcome.as_ref().err();
    let step = |stage: Stage| {
        let verdict = match refusal.map(OutsideRefusal::stage) {
            Some(at) if at == stage => Verdict::Refused,
            Some(at) if at < stage => Verdict::NotAsked,
            Some(_) | None => Verdict::Passed,
        };
        let refused = refusal.filter(|_| verdict == Verdict::Refused);
        let compared = match refused {
            Some(refusal) => refusal.to_string(),
            None => outcome
                .as_ref()
                .map_or_else(|_| String::new(), |token| trust.compared(stage, token, now)),
        };
        Step {
            rule: stage.title().to_owned(),
            verdict,
            compared,
            mend: refused.map(|refusal| trust.mend(refusal)),
        }
    };
    let steps = STAGES.into_iter().map(step).collect();
    Explained { steps, outcome }
}

impl Trust {
    /// What a stage compared of a token that passed them all.
    fn compared(&self, stage: Stage, token: &Outside, now: Timestamp) -> String {
        match stage {
            Stage::Form => "header, claims and signature".to_owned(),
            Stage::Type | Stage::Claims => String::new(),
            Stage::Algorithm => self.algorithms(),
            Stage::Key | Stage::Signature => token.kid().to_string(),
            Stage::Issuer => self.issuer.clone(),
            Stage::Audience => self.audience.clone(),
            Stage::Times => format!("ends {}, now {now}", token.expires()),
            Stage::Lifetime => format!("at most {} s", self.max_lifetime.as_secs()),
        }
    }

    fn algorithms(&self) -> String {
        match &self.signers {
            Signers::Secret(_) => super::SharedSecret::ALGORITHM.to_owned(),
            Signers::Keys { algorithms, .. } => {
                let names: Vec<&str> = algorithms.iter().map(|one| one.name()).collect();
                names.join(" or ")
            }
        }
    }

    /// What would have passed.
    fn mend(&self, refusal: &OutsideRefusal) -> String {
        match refusal.stage() {
            Stage::Form => "Send the token exactly as it was issued.".to_owned(),
            Stage::Type => {
                "Send an access token, or register the issuer with other types.".to_owned()
            }
            Stage::Algorithm => format!("Have it signed with {}.", self.algorithms()),
            Stage::Key => {
                "Refresh the issuer's keys, if it has rotated them; else the token is not of it."
                    .to_owned()
            }
            Stage::Signature => {
                "Get a new token; this one was altered or made elsewhere.".to_owned()
            }
            Stage::Claims => "Have the issuer write the claim as RFC 7519 says.".to_owned(),
            Stage::Issuer => format!("Get a token of {}.", self.issuer),
            Stage::Audience => format!("Get a token for {}.", self.audience),
            Stage::Times => "Get a new token, or set the clocks right.".to_owned(),
            Stage::Lifetime => format!(
                "Have tokens live at most {} s, or register the issuer with more.",
                self.max_lifetime.as_secs()
            ),
        }
    }
}
