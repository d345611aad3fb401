//! What is asked of a whole ring, and what a page says of it before it is done.

use std::time::Duration;

use actix_web::HttpRequest;
use gatewright_domain::{
    audit::Aggregate,
    key::SigningKey,
    plan::Lifetime,
    ring::{Evidence, Haste, OwnTimes, Ring, RingError},
    text::Reason,
};
use gatewright_keys::{Moved, RingSeen, RingUseError};

use crate::{
    console::{
        keys::HERE,
        ring::short,
        rings::{find, here, obstacle, signs},
        visit, words,
    },
    page::{
        form::{Control, Faults, Field},
        frame::{Frame, Link},
        place::Place,
    },
    pages::confirm::{Confirm, Weight},
    web::{app::App, caller::SignedIn, catalogue::Kind, form::Form, problem::Problem},
};

/// What is wanted of a ring.
pub(super) enum Wish {
    Rotate(Haste),
    Retime(OwnTimes),
    Stage,
    Enable(Reason),
    Disable(Reason),
}

/// Carries it out: what to say of it, and the revision it raised.
pub(super) async fn carry_out(
    app: &App,
    who: &SignedIn,
    ring: RingSeen,
    wish: Wish,
) -> Result<(String, u64), RingUseError> {
    let (keys, by, name) = (&app.keys, &who.caller, ring.name);
    let told = |moved: Moved, said: String| Ok((said, moved.revision));
    match wish {
        Wish::Rotate(haste) => {
            let done = keys.rotate_ring(by, ring, haste).await?;
            Ok((format!("{} signs now.", done.active.kid()), done.revision))
        }
        Wish::Retime(times) => told(
            keys.retime_ring(by, ring, times).await?,
            format!("{name} keeps these times from now on."),
        ),
        Wish::Stage => told(
            keys.stage(by, name).await?,
            "A key is made. Publish it when it may be known.".to_owned(),
        ),
        Wish::Enable(reason) => told(
            keys.enable_ring(by, ring, reason).await?,
            format!("{name} signs again."),
        ),
        Wish::Disable(reason) => told(
            keys.disable_ring(by, ring, reason).await?,
            format!("{name} signs nothing any more."),
        ),
    }
}

/// A ring, and what is asked of it.
pub(super) struct Asked {
    pub(super) ring: Ring,
    evidence: Evidence,
    pub(super) verb: String,
}

impl Asked {
    pub(super) async fn of(app: &App, at: (&str, &str), verb: &str) -> Result<Self, Problem> {
        let (purpose, algorithm) = at;
        let ring = find(app, purpose, algorithm).await?;
        Ok(Self {
            evidence: app.keys.evidence(&ring).await?,
            ring,
            verb: verb.to_owned(),
        })
    }

    pub(super) fn wish(&self, form: &Form, faults: &mut Faults) -> Result<Option<Wish>, Problem> {
        let reason = |faults: &mut Faults| form.parse::<Reason>("reason", faults);
        Ok(match self.verb.as_str() {
            "rotate" if form.one("reason").is_empty() => Some(Wish::Rotate(Haste::None)),
            "rotate" => reason(faults).map(|reason| Wish::Rotate(Haste::Because(reason))),
            "times" => times(form, faults).map(Wish::Retime),
            "stage" => Some(Wish::Stage),
            "enable" => reason(faults).map(Wish::Enable),
            "disable" => reason(faults).map(Wish::Disable),
            _ => return Err(Problem::of(Kind::NOT_FOUND)),
        })
    }

    pub(super) fn form(
        &self,
        request: &HttpRequest,
        app: &App,
        who: &SignedIn,
        typed: Option<&Form>,
        faults: Faults,
    ) -> Result<Confirm, Problem> {
        let (name, here) = (self.ring.name(), here(self.ring.name()));
        let Words {
            act,
            sentences,
            breaks,
            weight,
        } = self.words(app)?;
        let reason = |label: &str| {
            Field::new("reason", label, Control::Text)
                .hint("It stands in the trail.")
                .value(typed.map_or("", |form| form.one("reason")))
                .fault(faults.of("reason"))
        };
        let fields = match self.verb.as_str() {
            "rotate" if breaks.is_empty() => Vec::new(),
            "rotate" => vec![reason("Reason to rotate anyway")],
            "enable" | "disable" => vec![reason("Reason")],
            "times" => self.times(typed, &faults),
            _ => Vec::new(),
        };
        Ok(Confirm {
            frame: Frame::new(
                visit::signed_in(request, who),
                Place::Keys,
                format!("{act} {name}"),
            )
            .below([
                Link::new("Keys", HERE),
                Link::new(name.to_string(), here.clone()),
            ]),
            faults,
            sentences,
            breaks,
            headers: None,
            revision: Some(self.ring.record().revision().number().to_string()),
            fields,
            weight,
            action: format!("{here}/{}", self.verb),
            button: match self.verb.as_str() {
                "rotate" => "Rotate now".to_owned(),
                "times" => "Keep these times".to_owned(),
                "stage" => "Stage a key".to_owned(),
                _ => format!("{act} {name}"),
            },
            back: here,
        })
    }

    fn words(&self, app: &App) -> Result<Words, Problem> {
        let said = |act, sentences: &[&str]| Words {
            act,
            sentences: sentences.iter().map(|words| (*words).to_owned()).collect(),
            breaks: Vec::new(),
            weight: Weight::Plain,
        };
        let kid = |key: Option<&SigningKey>| {
            key.map_or_else(|| "–".to_owned(), |key| short(key.kid().as_str()))
        };
        Ok(match self.verb.as_str() {
            "rotate" => {
                let (next, now) = (kid(self.ring.standby()), kid(self.ring.active()));
                let waits = self.ring.may_rotate(&self.evidence, app.now()).err();
                let breaks = waits.iter().map(Self::breaks).collect::<Vec<_>>();
                Words {
                    sentences: vec![
                        format!(
                            "{next} signs from now on; {now} stops, and its private part is erased in the same step. A new key is published as the next one."
                        ),
                        format!(
                            "No token breaks: {now} is kept until the last token it signed has expired."
                        ),
                    ],
                    weight: if breaks.is_empty() {
                        Weight::Plain
                    } else {
                        Weight::Final
                    },
                    breaks,
                    act: "Rotate",
                }
            }
            "times" => said(
                "Times of",
                &[
                    "What is left empty is as the installation says. A shorter life is that of new tokens only: verifiers accept the old one until the last token of it is dead.",
                ],
            ),
            "stage" => said(
                "Stage a key of",
                &[
                    "A key is made that nobody knows yet. It joins the key set when you publish it, and is one more that stands by.",
                ],
            ),
            "enable" => said(
                "Enable",
                &["Its next key signs from now on, and a new one is published as the next."],
            ),
            "disable" => Words {
                breaks: vec![
                    format!(
                        "{}: who asks for one is refused until the ring is enabled again",
                        signs(&self.ring)
                    ),
                    "The private part of the key that signs is erased".to_owned(),
                ],
                weight: Weight::Final,
                ..said(
                    "Disable",
                    &["It signs nothing from now on. What it signed lives on until it expires."],
                )
            },
            _ => return Err(Problem::of(Kind::NOT_FOUND)),
        })
    }

    /// What a rotation that does not wait would break.
    fn breaks(waits: &RingError) -> String {
        let why = obstacle(waits);
        match waits {
            RingError::NotReady(_) => {
                format!(
                    "{why} Those that do not refuse new tokens until they fetch the key set again"
                )
            }
            RingError::Held(_) => {
                format!("{why} Who does not know it refuses new tokens until it learns it")
            }
            _ => why,
        }
    }

    fn times(&self, typed: Option<&Form>, faults: &Faults) -> Vec<Field> {
        let (own, timing) = (self.ring.record().times(), self.ring.timing());
        let seconds = |span: Option<Duration>| span.map(|span| span.as_secs().to_string());
        let field = |name: &'static str, label: &str, own: Option<String>, now: u64| {
            let value = typed.map(|form| form.one(name).to_owned()).or(own);
            Field::new(name, label, Control::Number { unit: "seconds" })
                .value(value.unwrap_or_default())
                .hint(format!("{now} now."))
                .optional()
                .fault(faults.of(name))
        };
        vec![
            field(
                "rotation_period_s",
                "A key signs for",
                seconds(own.rotation_period),
                timing.rotation_period.as_secs(),
            ),
            field(
                "publication_lead_s",
                "And is published before for",
                seconds(own.publication_lead),
                timing.publication_lead.as_secs(),
            ),
            field(
                "max_lifetime_s",
                "Its tokens live at most",
                own.max_lifetime.map(|life| life.seconds().to_string()),
                u64::from(timing.max_lifetime.seconds()),
            ),
        ]
    }
}

/// What a page says of a move.
struct Words {
    act: &'static str,
    sentences: Vec<String>,
    breaks: Vec<String>,
    weight: Weight,
}

fn times(form: &Form, faults: &mut Faults) -> Option<OwnTimes> {
    let mut seconds = |name: &str| -> Option<Option<u64>> {
        match form.one(name) {
            "" => Some(None),
            _ => form.parse::<u64>(name, faults).map(Some),
        }
    };
    let (period, lead, lifetime) = (
        seconds("rotation_period_s"),
        seconds("publication_lead_s"),
        seconds("max_lifetime_s"),
    );
    let lifetime = lifetime?.map(Lifetime::try_from).transpose();
    let max_lifetime = lifetime
        .map_err(|error| {
            faults
                .0
                .push(words::fault("max_lifetime_s", &format!("{error}.")))
        })
        .ok()?;
    Some(OwnTimes {
        rotation_period: period?.map(Duration::from_secs),
        publication_lead: lead?.map(Duration::from_secs),
        max_lifetime,
    })
}
