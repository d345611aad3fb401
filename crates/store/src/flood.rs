//! How many refusals are listed one by one: enough to see what somebody tried, not so many that the trail drowns.

use std::collections::BTreeMap;

use gatewright_domain::{
    access::{Action, Denied},
    time::Timestamp,
};

use crate::occurrence::actor;

/// As many refusals of one actor and action in a minute are events of their own.
const LISTED: u64 = 20;

/// A minute in which more was refused than was listed.
pub(crate) struct Overflow {
    /// The first refusal that was not listed.
    pub(crate) denied: Denied,
    /// How many were not.
    pub(crate) count: u64,
}

/// The refusals of this minute. Kept in memory: a count that is lost with the process is no change that is lost.
#[derive(Default)]
pub(crate) struct Flood(BTreeMap<(String, Action), Minute>);

struct Minute {
    number: i64,
    listed: u64,
    overflow: Option<Overflow>,
}

impl Flood {
    /// Counts a refusal, and says whether it is to be listed.
    pub(crate) fn meet(&mut self, denied: &Denied, now: Timestamp) -> bool {
        let number = minute(now);
        let who = actor(denied.actor()).id;
        let fresh = || Minute {
            number,
            listed: 0,
            overflow: None,
        };
        let minute = self.0.entry((who, denied.action())).or_insert_with(fresh);
        if minute.listed < LISTED {
            minute.listed += 1;
            return true;
        }
        match &mut minute.overflow {
            Some(overflow) => overflow.count += 1,
            None => {
                minute.overflow = Some(Overflow {
                    denied: denied.clone(),
                    count: 1,
                })
            }
        }
        false
    }

    /// Takes out what overflowed in minutes that are over, and forgets them.
    pub(crate) fn drain(&mut self, now: Timestamp) -> Vec<Overflow> {
        let number = minute(now);
        let mut drained = Vec::new();
        self.0.retain(|_, minute| {
            let goes_on = number <= minute.number;
            if !goes_on {
                drained.extend(minute.overflow.take());
            }
            goes_on
        });
        drained
    }
}

fn minute(now: Timestamp) -> i64 {
    now.millis().div_euclid(60_000)
}
