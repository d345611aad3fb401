//! How long a token may live: the presets of the form, and what the plans allow.

use std::collections::BTreeSet;

use gatewright_store::views::{
    applications::ApplicationPage as Found, subscriptions::SubscriptionRow as Right,
};

use crate::{
    console::issue::rights,
    page::{
        form::{Choice, ChoiceState},
        moment::span,
    },
    web::app::App,
};

/// The lifetimes to choose from, in seconds.
pub(super) const PRESETS: [(u64, &str); 6] = [
    (3_600, "1 hour"),
    (86_400, "1 day"),
    (7 * 86_400, "7 days"),
    (30 * 86_400, "30 days"),
    (90 * 86_400, "90 days"),
    (365 * 86_400, "1 year"),
];

/// The lifetime that is proposed where plans allow it: 30 days.
const PROPOSED: u64 = 30 * 86_400;

/// What the plans allow, in one sentence where they agree.
pub(super) fn ceiling(found: &Found) -> String {
    let most = |right: &Right| span(u64::try_from(right.max_token_lifetime_s).unwrap_or(0));
    let spans: BTreeSet<String> = rights(found).map(most).collect();
    if let (1, Some(span)) = (spans.len(), spans.first()) {
        return format!(
            "At most {span}, which is what the plans allow, and never beyond the sunset of a version."
        );
    }
    let each = rights(found).map(|right| {
        let (api, version, plan) = (&right.api, &right.version, &right.plan);
        format!("{api} {version}, plan {plan}: at most {}", most(right))
    });
    each.collect::<Vec<_>>().join("; ")
}

/// The presets. One is closed when no plan of the application allows it; for which scopes a shorter plan counts, the rules
/// say when the token is issued.
pub(super) fn lifetimes(app: &App, found: &Found, typed: Option<u64>) -> Vec<Choice> {
    let plans = rights(found).map(|right| u64::try_from(right.max_token_lifetime_s).unwrap_or(0));
    let ring = u64::from(app.keys.config().timing.max_lifetime.seconds());
    let most = plans.max().unwrap_or(0).min(ring);
    let allowed = PRESETS.iter().filter(|(seconds, _)| *seconds <= most);
    let proposed = allowed
        .map(|(seconds, _)| *seconds)
        .take_while(|seconds| *seconds <= PROPOSED);
    let chosen = typed.or(proposed.last());
    let preset = |(seconds, label): &(u64, &str)| Choice {
        value: seconds.to_string(),
        label: (*label).to_owned(),
        hint: (*seconds > most).then(|| format!("The plans allow at most {}.", span(most))),
        state: if *seconds > most {
            ChoiceState::Closed
        } else if chosen == Some(*seconds) {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
    };
    PRESETS.iter().map(preset).collect()
}
