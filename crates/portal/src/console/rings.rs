//! One key ring: whether the next key is ready, who is missing, its keys over time.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use gatewright_domain::{
    key::{Kid, Purpose, RingName},
    ring::{Evidence, Ring, RingError, Standing},
    time::Timestamp,
};
use gatewright_store::views::keys::KeyRow as Row;

use crate::{
    console::{
        elsewhere,
        keys::{HERE, Raised, state},
        ring::{short, timeline},
        visit, words,
    },
    page::{
        badge::Tone,
        fact::{Fact, Facts, Value},
        frame::{Frame, Link},
        moment::{Moment, span},
        number::counted,
        place::Place,
        remark::{Danger, Dangers, Remark, Remarks},
        steps::{Mend, Outcome, Step, Steps},
    },
    pages::keys::{KeyRow, RingPage},
    web::{app::App, caller::SignedIn, catalogue::Kind, problem::Problem},
};

/// Where the page of a ring is.
pub(super) fn here(name: RingName) -> String {
    format!("{HERE}/rings/{name}")
}

/// Whether a key is of a ring.
pub(super) fn is_of(key: &Row, name: RingName) -> bool {
    key.purpose == name.purpose.as_str() && key.algorithm == name.algorithm.name()
}

/// What a ring signs.
pub(super) fn signs(ring: &Ring) -> String {
    let most = span(u64::from(ring.timing().max_lifetime.seconds()));
    match ring.name().purpose {
        Purpose::Access => format!("Tokens of programs, at most {most}"),
        Purpose::DevAccess => format!("Tokens that people hold, at most {most}"),
        Purpose::Introspection => "Answers to introspection".to_owned(),
        Purpose::StatusList => "Status lists".to_owned(),
    }
}

/// Why a ring does not rotate now, in a sentence of a page.
pub(super) fn obstacle(error: &RingError) -> String {
    match error {
        RingError::NotReady(at) => format!(
            "The next key may sign from {} on: verifiers have to know it first.",
            Moment::exact(*at).words
        ),
        RingError::Held(held) => format!("The next key is {held}."),
        RingError::NoStandby => "There is no next key.".to_owned(),
        other => words::capital(&format!("{other}.")),
    }
}

/// What of a ring needs somebody: a rotation that waits, or a ring without a next key.
pub(super) fn remarks(ring: &Ring, evidence: &Evidence, now: Timestamp) -> Option<Remark> {
    let record = ring.record();
    if record.standing() == Standing::Disabled {
        return None;
    }
    let link = || Some(Link::new("See the ring", here(ring.name())));
    if let Some(since) = record.held() {
        let why = ring.may_rotate(evidence, now).err();
        return Some(Remark {
            tone: Tone::Warning,
            words: format!("The rotation of {} is held.", ring.name()),
            hint: format!(
                "{} It waits since {}; nothing breaks meanwhile.",
                why.map_or_else(
                    || "Nothing is in its way any more.".to_owned(),
                    |why| obstacle(&why)
                ),
                Moment::exact(since).words
            ),
            link: link(),
        });
    }
    ring.standby().is_none().then(|| Remark {
        tone: Tone::Warning,
        words: format!("{} has no next key.", ring.name()),
        hint: "Stage one and publish it; or start the server once, which makes one.".to_owned(),
        link: link(),
    })
}

/// The ring of a path: a purpose and an algorithm.
pub(super) async fn find(app: &App, purpose: &str, algorithm: &str) -> Result<Ring, Problem> {
    let nowhere = || Problem::of(Kind::NOT_FOUND);
    let name = format!("{purpose}/{algorithm}");
    let name: RingName = name.parse().map_err(|_| nowhere())?;
    let rings = app.keys.read_rings().await?;
    let found = rings.into_iter().find(|ring| ring.name() == name);
    found.ok_or_else(nowhere)
}

/// One ring.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<(String, String)>,
    raised: Query<Raised>,
) -> Result<HttpResponse, Problem> {
    let (purpose, algorithm) = at.into_inner();
    let ring = find(&app, &purpose, &algorithm).await?;
    let (now, name, here) = (app.now(), ring.name(), here(ring.name()));
    let mut keys = app.reader.as_seen_by(&who.caller).keys(now).await?;
    keys.retain(|key| is_of(key, name));
    // The sort is stable: within a state the newest stays first.
    keys.sort_by_key(|key| rank(&key.state));
    let evidence = app.keys.evidence(&ring).await?;
    let is_enabled = ring.record().standing() == Standing::Enabled;
    let act = |words: &str, verb: &str| Link::new(words, format!("{here}/{verb}"));
    let mut acts = vec![act("Times", "times"), act("Stage a key", "stage")];
    if !is_enabled {
        acts.push(act("Enable", "enable"));
    }
    visit::page(&RingPage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Keys,
            name.to_string(),
        )
        .below([Link::new("Keys", HERE)])
        .also(
            elsewhere::call(&app, &format!("/rings/{name}"))
                .or(format!("gatewright ring show {name}")),
        ),
        state: state(&ring),
        lede: lede(&ring, now),
        acts,
        rotate: is_enabled.then(|| format!("{here}/rotate")),
        remarks: Remarks(remarks(&ring, &evidence, now).into_iter().collect()),
        receipt: raised.receipt(&app).await?,
        readiness: readiness(&ring, &evidence, now),
        timeline: timeline(&keys, |key| short(&key.kid), now),
        keys: keys.iter().map(|key| row(key, &ring, now)).collect(),
        facts: facts(&ring, now),
        dangers: dangers(&ring, &here),
    })
}

fn lede(ring: &Ring, now: Timestamp) -> String {
    let signs = signs(ring);
    match ring.record().standing() {
        Standing::Enabled => format!(
            "{signs}. It rotates by itself {}, once everything below holds.",
            Moment::seen_from(now, ring.record().rotates()).words
        ),
        Standing::Disabled => {
            format!("{signs}. It signs nothing now; what it signed lives on.")
        }
    }
}

/// Whether the next key may sign: how long it is published, and who has not learnt it.
fn readiness(ring: &Ring, evidence: &Evidence, now: Timestamp) -> Steps {
    let Some(standby) = ring.standby() else {
        return Steps(vec![Step {
            outcome: Outcome::Waiting,
            rule: "There is a next key".to_owned(),
            found: "None is published.".to_owned(),
            mend: Some(Mend {
                words: "A key that is staged and then published.".to_owned(),
                link: Some(Link::new(
                    "Stage a key",
                    format!("{}/stage", here(ring.name())),
                )),
            }),
        }]);
    };
    let exact = |at: Timestamp| Moment::exact(at).words;
    let (is_founder, short) = (ring.is_founder(standby), short(standby.kid().as_str()));
    let ready = ring.ready_at().unwrap_or(now);
    let step = |holds: bool, rule: &str, found: String, mend: Mend| Step {
        outcome: match holds {
            true => Outcome::Passed,
            false => Outcome::Waiting,
        },
        rule: rule.to_owned(),
        found,
        mend: (!holds).then_some(mend),
    };
    let never_without = "Not asked of a key that was there when the ring was formed: whoever knows the ring knows it.";
    let missing = evidence.missing.join(", ");
    let known = |holds: bool, yes: &str, no: String| match (is_founder, holds) {
        (true, _) => never_without.to_owned(),
        (false, true) => yes.to_owned(),
        (false, false) => no,
    };
    let (all_know, served) = (evidence.missing.is_empty(), evidence.is_served);
    Steps(vec![
        step(
            ready <= now,
            "The next key is published long enough",
            match ready <= now {
                true => format!("{short} may sign since {}.", exact(ready)),
                false => format!("{short} may sign from {} on.", exact(ready)),
            },
            Mend {
                words: format!("Waiting until {}.", exact(ready)),
                link: None,
            },
        ),
        step(
            is_founder || all_know,
            "Every gateway knows it",
            known(
                all_know,
                "Each has acknowledged a revision that holds it.",
                format!("Not yet: {missing}."),
            ),
            Mend {
                words: "These gateways back, or removed.".to_owned(),
                link: Some(Link::new("Gateways", "/console/gateways")),
            },
        ),
        step(
            is_founder || served,
            "The key set with it was fetched",
            known(
                served,
                "Verifiers that are not ours have fetched it since.",
                "Nobody has fetched the key set since it was published.".to_owned(),
            ),
            Mend {
                words: "Any verifier that reads /oauth2/jwks.".to_owned(),
                link: None,
            },
        ),
    ])
}

fn rank(state: &str) -> u8 {
    match state {
        "published" => 0,
        "active" => 1,
        "staged" => 2,
        "suspended" => 3,
        "deactivated" => 4,
        "compromised" => 5,
        _ => 6,
    }
}

fn row(key: &Row, ring: &Ring, now: Timestamp) -> KeyRow {
    let (next, why) = next(key, ring, now);
    let day = |at: Timestamp| Moment::day(at).words;
    let signs = match (key.activated_at, key.deactivated_at) {
        (None, _) => "Not yet".to_owned(),
        (Some(from), None) if key.state == "active" => format!("Since {}", day(from)),
        (Some(from), None) => format!("From {}", day(from)),
        (Some(from), Some(until)) => format!("{} to {}", day(from), day(until)),
    };
    KeyRow {
        kid: Link::new(key.kid.clone(), format!("{HERE}/{}", key.kid)),
        age: format!(
            "{} old{}",
            span(now.since(key.generated_at).as_secs()),
            match key.provider.as_str() {
                "software" => String::new(),
                held => format!(", held in {held}"),
            }
        ),
        state: words::key(&key.state),
        over: matches!(key.state.as_str(), "retired" | "compromised"),
        signs,
        live_tokens: words::number(key.live_tokens),
        next,
        why,
    }
}

/// What comes next for a key, and why then.
pub(super) fn next(key: &Row, ring: &Ring, now: Timestamp) -> (String, String) {
    let exact = |at: Timestamp| Moment::exact(at).words;
    let kid: Option<Kid> = key.kid.parse().ok();
    let known = kid.and_then(|kid| ring.key(&kid).ok());
    let (next, why) = match key.state.as_str() {
        "staged" => (
            "Is published, or discarded".to_owned(),
            "Nobody knows it yet.",
        ),
        "published" => match known.and_then(|key| ring.may_sign_from(key)) {
            Some(at) if at > now => (
                format!("May sign from {} on", exact(at)),
                "Verifiers have to know it first.",
            ),
            _ => (
                "Signs when its ring rotates".to_owned(),
                "It is published, so that verifiers know it before.",
            ),
        },
        "active" => (
            "Signs until its ring rotates".to_owned(),
            "The one key of its ring that signs.",
        ),
        "suspended" => (
            "Is resumed, or declared compromised".to_owned(),
            "Our gateways accept nothing it signed meanwhile.",
        ),
        "deactivated" => {
            let at = known.and_then(|key| ring.retires_at(key));
            let next = at.map_or_else(
                || "Retires when its last token has expired".to_owned(),
                |at| format!("Retires {}", exact(at)),
            );
            let why = key.last_expiry.map_or_else(
                || "It signed no token.".to_owned(),
                |at| format!("Its last token expires {}.", exact(at)),
            );
            return (next, why);
        }
        "compromised" => ("Nothing".to_owned(), "Nothing it signed is accepted."),
        _ => (
            "Nothing".to_owned(),
            "The last token it signed has expired.",
        ),
    };
    (next, why.to_owned())
}

fn facts(ring: &Ring, now: Timestamp) -> Facts {
    let (record, timing, own) = (ring.record(), ring.timing(), ring.record().times());
    let from = |is_own: bool| match is_own {
        true => "Of this ring.",
        false => "As the installation says.",
    };
    let long = |seconds: u64| span(seconds);
    let mut facts = vec![
        Fact::words("A key signs for", long(timing.rotation_period.as_secs()))
            .hint(from(own.rotation_period.is_some())),
        Fact::words(
            "And is published before for",
            long(timing.publication_lead.as_secs()),
        )
        .hint(from(own.publication_lead.is_some())),
        Fact::words(
            "Its tokens live at most",
            long(u64::from(timing.max_lifetime.seconds())),
        )
        .hint(from(own.max_lifetime.is_some())),
        Fact::new(
            "Rotates next",
            Value::Moment(Moment::exact(record.rotates())),
        ),
        Fact::new("Formed", Value::Moment(Moment::exact(record.formed()))),
        Fact::words("Rotated", counted(u64::from(record.turn()), "time")),
    ];
    if let Some(outlived) = record.outlived().filter(|outlived| now < outlived.until) {
        facts.push(
            Fact::words(
                "Older tokens live at most",
                long(u64::from(outlived.lifetime.seconds())),
            )
            .hint(format!("Until {}.", Moment::exact(outlived.until).words)),
        );
    }
    Facts(facts)
}

fn dangers(ring: &Ring, here: &str) -> Dangers {
    if ring.record().standing() == Standing::Disabled {
        return Dangers::default();
    }
    Dangers(vec![Danger {
        title: format!("Disable {}", ring.name()),
        words: "It signs nothing until it is enabled again: whoever asks for such a token is refused. What it signed lives on."
            .to_owned(),
        link: Link::new("Disable", format!("{here}/disable")),
    }])
}
