//! The moves of a version, and those that are refused.

use gatewright_domain::{
    audit::Kind,
    version::{StatusName, Version, VersionError},
};

use crate::town::{NOON, draft, hours, orders, stored};

fn published() -> Version {
    stored(draft().publish(NOON).unwrap())
}

fn deprecated() -> Version {
    stored(published().deprecate(NOON.plus(hours(24)), NOON).unwrap())
}

#[test]
fn a_version_goes_from_draft_to_retired_one_step_at_a_time() {
    let retired = stored(deprecated().retire(NOON.plus(hours(48))).unwrap());
    assert_eq!(retired.status().name(), StatusName::Retired);
    assert_eq!(retired.status().sunset(), Some(NOON.plus(hours(24))));
}

#[test]
fn a_published_version_cannot_be_retired_unannounced() {
    let refused = published().retire(NOON).unwrap_err();
    assert_eq!(refused, VersionError::NotDeprecated(StatusName::Published));
}

#[test]
fn a_retired_version_cannot_be_deprecated() {
    let retired = stored(deprecated().retire(NOON).unwrap());
    let refused = retired.deprecate(NOON.plus(hours(1)), NOON).unwrap_err();
    assert_eq!(refused, VersionError::NotPublished(StatusName::Retired));
}

#[test]
fn a_sunset_lies_ahead() {
    assert_eq!(
        published().deprecate(NOON, NOON).unwrap_err(),
        VersionError::SunsetInThePast(NOON)
    );
}

#[test]
fn a_block_ends_where_it_began() {
    let blocked = stored(deprecated().block("a leak".parse().unwrap(), NOON).unwrap());
    assert_eq!(blocked.status().name(), StatusName::Blocked);
    let back = stored(blocked.unblock().unwrap());
    assert_eq!(back.status(), deprecated().status());
}

#[test]
fn a_draft_without_a_contract_cannot_be_published() {
    let place = draft().place().clone();
    let bare = stored(Version::draft(
        place,
        "http://127.0.0.1:1".parse().unwrap(),
        NOON,
    ));
    assert_eq!(bare.publish(NOON).unwrap_err(), VersionError::NoContract);
}

#[test]
fn a_change_tells_what_was_and_what_is() {
    let change = draft().publish(NOON).unwrap();
    let event = change.event();
    assert_eq!(event.kind(), Kind::VersionPublished);
    assert_eq!(event.subject(), &orders().subject());
    assert_eq!(event.before().unwrap()["status"], "draft");
    assert_eq!(event.after().unwrap()["status"], "published");
}
