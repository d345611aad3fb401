//! What subscriptions have used: numbers that outlive the tables that point at them.
//!
//! Invariant: of many requests at one moment, exactly as many are let through as one after the other would be.

use std::sync::atomic::{AtomicU64, Ordering};

use gatewright_domain::{
    decision::Counters,
    limit::{Arrival, until_tomorrow},
    snapshot::PlanTerms,
    time::Timestamp,
};
use http::{HeaderName, HeaderValue};

/// How much of its limits one subscription has used, at this gateway.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// `Arrival`, in microseconds.
    arrival: AtomicU64,
    /// The day in days since 1970, and the requests of that day: one number, so that they change together.
    today: AtomicU64,
}

/// Bits of `Usage::today` that count requests: a trillion a day, and days until the year 47900.
const COUNT_BITS: u32 = 40;

impl Usage {
    /// What is used at this moment.
    pub(crate) fn counters(&self, now: Timestamp) -> Counters {
        let arrival = Arrival(self.arrival.load(Ordering::Relaxed));
        let today = requests_of(self.today.load(Ordering::Relaxed), day(now));
        Counters { arrival, today }
    }

    /// Uses one request, if the counters still are what they were when it was decided. Otherwise decide again.
    pub(crate) fn take(&self, plan: &PlanTerms, decided: Counters, now: Timestamp) -> Taken {
        let Ok(next) = plan.rate.admit(decided.arrival, now) else {
            return Taken::Overtaken;
        };
        let (seen, next) = (decided.arrival.0, next.0);
        let order = (Ordering::Relaxed, Ordering::Relaxed);
        if self
            .arrival
            .compare_exchange(seen, next, order.0, order.1)
            .is_err()
        {
            return Taken::Overtaken;
        }
        let day = day(now);
        let quota = plan.daily_quota.unwrap_or(u64::MAX);
        let one_more = |packed| {
            let requests = requests_of(packed, day);
            (requests < quota).then(|| pack(day, requests.saturating_add(1)))
        };
        match self.today.fetch_update(order.0, order.1, one_more) {
            Ok(_) => Taken::Yes,
            Err(_) => Taken::Overtaken,
        }
    }
}

/// Whether a request was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It was.
    Yes,
    /// Another request was faster.
    Overtaken,
}

fn day(now: Timestamp) -> u64 {
    u64::try_from(now.seconds() / 86_400).unwrap_or(0)
}

fn pack(day: u64, requests: u64) -> u64 {
    (day << COUNT_BITS) | requests.min((1 << COUNT_BITS) - 1)
}

fn requests_of(packed: u64, day: u64) -> u64 {
    if packed >> COUNT_BITS == day {
        packed & ((1 << COUNT_BITS) - 1)
    } else {
        0
    }
}

/// What a plan allows and what is left of it, as callers are told (draft-ietf-httpapi-ratelimit-headers-10).
pub(crate) fn allowance(
    plan: &PlanTerms,
    used: Counters,
    now: Timestamp,
) -> Vec<(HeaderName, HeaderValue)> {
    let rate = plan.rate.parts();
    let mut policy = format!("\"rate\";q={};w={}", rate.requests, rate.per_seconds);
    let mut state = format!("\"rate\";r={}", plan.rate.remaining(used.arrival, now));
    if let Some(quota) = plan.daily_quota {
        let left = quota.saturating_sub(used.today);
        let seconds = until_tomorrow(now).as_secs();
        policy.push_str(&format!(", \"quota\";q={quota};w=86400"));
        state.push_str(&format!(", \"quota\";r={left};t={seconds}"));
    }
    let fields = [("ratelimit-policy", policy), ("ratelimit", state)];
    let field = |(name, value)| {
        let value = HeaderValue::try_from(value).ok()?;
        Some((HeaderName::from_static(name), value))
    };
    fields.into_iter().filter_map(field).collect()
}
