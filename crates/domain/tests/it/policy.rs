//! The policy as a table that people can review.

use std::{collections::BTreeSet, fmt::Write};

use gatewright_domain::{
    access::{Action, Caller, Origin, Proof, Role, Subject},
    audit::{Event, Kind, Outcome},
    id::{AccessTokenId, ApiId, ApplicationId, ConsumerId, InitialTokenId, OperatorId},
};
use uuid::Uuid;

use crate::town::{caller, me, orders, team};

/// The subject that each action is asked about, once one's own and once a stranger's.
fn subjects(action: Action) -> (Subject, Subject) {
    let other = OperatorId::from_uuid(Uuid::from_u128(99));
    match action {
        Action::ChangePassword
        | Action::IssueAccessToken
        | Action::RevokeAccessToken
        | Action::SignOut
        | Action::ReassignOperator
        | Action::DisableOperator
        | Action::EnableOperator
        | Action::ResetPassword
        | Action::IssueSignInLink => (Subject::Operator(me()), Subject::Operator(other)),
        Action::RegisterOneself => {
            let joining = |consumer| Subject::Newcomer {
                consumer,
                application: own(),
            };
            let foreign = ConsumerId::from_uuid(Uuid::from_u128(94));
            (joining(host()), joining(foreign))
        }
        Action::IssueToken | Action::RevokeToken | Action::ManageOwnRegistration => {
            let grant = |application, number| Subject::Grant {
                application,
                teams: BTreeSet::from([team(number)]),
            };
            (
                grant(own(), 1),
                grant(ApplicationId::from_uuid(Uuid::from_u128(97)), 2),
            )
        }
        _ => {
            let foreign = ApiId::from_uuid(Uuid::from_u128(98));
            (
                orders().subject(),
                Subject::Api {
                    api: foreign,
                    team: team(2),
                },
            )
        }
    }
}

/// The consumer that a newcomer may join.
fn host() -> ConsumerId {
    ConsumerId::from_uuid(Uuid::from_u128(95))
}

/// The application that asks for itself.
fn own() -> ApplicationId {
    ApplicationId::from_uuid(Uuid::from_u128(96))
}

#[test]
fn the_policy_is_this_table() {
    let callers: Vec<(String, Caller)> = Role::ALL
        .into_iter()
        .map(|role| (role.to_string(), caller(role)))
        .chain([
            ("command line".to_owned(), Caller::command_line()),
            ("job".to_owned(), Caller::job("test")),
            (
                "application".to_owned(),
                Caller::application(own(), Origin::default()),
            ),
            (
                "newcomer".to_owned(),
                Caller::newcomer(
                    InitialTokenId::from_uuid(Uuid::from_u128(93)),
                    host(),
                    Origin::default(),
                ),
            ),
            (
                "registrant".to_owned(),
                Caller::registrant(own(), Origin::default()),
            ),
            ("founder".to_owned(), Caller::founder(Origin::default())),
            ("stranger".to_owned(), Caller::stranger(Origin::default())),
        ])
        .collect();
    let mut table = String::from("own / foreign\n");
    for action in Action::ALL {
        let (own, foreign) = subjects(*action);
        let cells: Vec<String> = callers
            .iter()
            .map(|(name, caller)| {
                (
                    name,
                    caller.could(*action, &own),
                    caller.could(*action, &foreign),
                )
            })
            .filter(|(_, own, foreign)| *own || *foreign)
            .map(|(name, own, foreign)| match (own, foreign) {
                (true, true) => name.clone(),
                (true, false) => format!("{name} (own only)"),
                (false, _) => format!("{name} (foreign only)"),
            })
            .collect();
        writeln!(table, "{:<40} {}", action.as_str(), cells.join(", ")).unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn an_access_token_makes_no_access_tokens() {
    let proof = Proof::AccessToken(AccessTokenId::from_uuid(Uuid::from_u128(5)));
    let caller = Caller::operator(me(), proof, Role::Admin, BTreeSet::new(), Origin::default());
    assert!(
        caller
            .may(Action::IssueAccessToken, Subject::Operator(me()))
            .is_err()
    );
    assert!(
        caller
            .may(Action::RevokeAccessToken, Subject::Operator(me()))
            .is_ok()
    );
}

#[test]
fn a_permit_covers_its_own_subject_and_action_only() {
    let permit = caller(Role::Admin)
        .may(Action::PublishVersion, orders().subject())
        .unwrap();
    let event = |kind, subject: Subject| {
        let target = subject.target();
        Event::note(kind, Outcome::Success, subject, target)
    };
    let other = Subject::Api {
        api: ApiId::from_uuid(Uuid::from_u128(77)),
        team: team(1),
    };
    assert!(permit.covers(&event(Kind::VersionPublished, orders().subject())));
    assert!(!permit.covers(&event(Kind::VersionPublished, other)));
    assert!(!permit.covers(&event(Kind::VersionRetired, orders().subject())));
}

#[test]
fn a_publisher_cannot_grant_what_another_team_owns() {
    let application = ApplicationId::from_uuid(Uuid::from_u128(3));
    let mixed = Subject::Grant {
        application,
        teams: BTreeSet::from([team(1), team(2)]),
    };
    assert!(
        caller(Role::Publisher)
            .may(Action::IssueToken, mixed)
            .is_err()
    );
}

#[test]
fn a_newcomer_reaches_its_consumer_and_itself_as_long_as_it_reaches_no_api() {
    let joining = Subject::Newcomer {
        consumer: host(),
        application: own(),
    };
    let grant = |application, teams: &[u128]| Subject::Grant {
        application,
        teams: teams.iter().map(|number| team(*number)).collect(),
    };
    let other = ApplicationId::from_uuid(Uuid::from_u128(92));
    assert!(joining.reaches(&Subject::Consumer(host())));
    assert!(joining.reaches(&grant(own(), &[])));
    assert!(!joining.reaches(&grant(own(), &[1])));
    assert!(!joining.reaches(&grant(other, &[])));
    assert!(
        !joining.reaches(&Subject::Consumer(ConsumerId::from_uuid(Uuid::from_u128(
            94
        ))))
    );
    assert!(!Subject::Consumer(host()).reaches(&joining));
}

#[test]
fn every_kind_of_event_has_one_name_of_noun_and_verb() {
    let names: BTreeSet<&str> = Kind::NAMES.iter().copied().collect();
    assert_eq!(names.len(), Kind::NAMES.len(), "two kinds share a name");
    assert!(names.iter().all(|name| name.split('.').count() == 2));
}
