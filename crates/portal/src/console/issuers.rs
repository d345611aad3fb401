//! Outside issuers: the list, one of them with its keys and their age, and a token tried with it.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{id::OutsideIssuerId, time::Timestamp};
use gatewright_keys::Trial;
use gatewright_store::views::issuers::IssuerRow as Row;

use crate::{
    console::{elsewhere, visit, words},
    page::{
        badge::{Badge, Tone},
        code::Code,
        empty::Empty,
        fact::{Fact, Facts, Value},
        form::{Control, Faults, Field},
        frame::{Frame, Link},
        icon::Icon,
        moment::{Moment, span},
        place::Place,
        remark::{Danger, Dangers, Remark, Remarks},
    },
    pages::issuers::{IssuerList, IssuerPage, IssuerRow},
    web::{app::App, caller::SignedIn, catalogue::Kind, form::Form, problem::Problem},
};

pub(super) const HERE: &str = "/console/issuers";

/// The issuers.
///
/// # Errors
/// When the store fails.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let found = app.reader.as_seen_by(&who.caller).issuers().await?;
    let empty = found.is_empty().then(|| Empty {
        icon: Icon::Token,
        title: "No outside issuer is trusted".to_owned(),
        words: "Only tokens that are issued here are accepted.".to_owned(),
        actions: vec![Link::new("Trust an issuer", format!("{HERE}/new"))],
    });
    visit::page(&IssuerList {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Issuers,
            "Outside issuers",
        )
        .also(elsewhere::call(&app, "/issuers").or("gatewright issuer list")),
        empty,
        rows: found.iter().map(|issuer| row(issuer, now)).collect(),
    })
}

fn row(issuer: &Row, now: Timestamp) -> IssuerRow {
    IssuerRow {
        name: Link::new(&issuer.name, format!("{HERE}/{}", issuer.id)),
        issuer: issuer.issuer.clone(),
        state: state(issuer),
        keys: source(issuer),
        fetched: words::last(issuer.fetched_at, now, "Never"),
        over: issuer.state == "withdrawn",
    }
}

fn state(issuer: &Row) -> Badge {
    match issuer.state.as_str() {
        "trusted" if issuer.source != "secret" && issuer.key_set.is_none() => {
            Badge::new(Tone::Bad, Icon::Warning, "Without keys")
        }
        "trusted" if issuer.failure.is_some() => {
            Badge::new(Tone::Warning, Icon::Warning, "Trusted, keys not fetched")
        }
        "trusted" => Badge::new(Tone::Good, Icon::Check, "Trusted"),
        "suspended" => Badge::new(Tone::Warning, Icon::Pending, "Suspended"),
        _ => Badge::new(Tone::Quiet, Icon::Cross, "Withdrawn"),
    }
}

fn source(issuer: &Row) -> String {
    let algorithms = issuer.algorithms.join(", ");
    match issuer.source.as_str() {
        "discovery" => format!("Discovered, {algorithms}"),
        "address" => format!("From an address, {algorithms}"),
        _ => "A shared secret, HS256".to_owned(),
    }
}

/// One issuer.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let issuer = find(&app, &who, &id).await?;
    visit::page(&page(
        &request,
        &app,
        &who,
        &issuer,
        None,
        Faults::default(),
    ))
}

/// Tries a token with an issuer.
///
/// # Errors
/// `NOT_FOUND`; never for what the token is.
pub async fn try_token(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let issuer = find(&app, &who, &id).await?;
    let mut faults = Faults::default();
    let trial = match form.one("token").trim() {
        "" => {
            faults.0.push(words::fault("token", "Paste a token."));
            None
        }
        token => {
            let keys = &app.keys;
            Some(
                keys.try_outside_token(&who.caller, issuer.id, token)
                    .await?,
            )
        }
    };
    visit::page(&page(&request, &app, &who, &issuer, trial.as_ref(), faults))
}

pub(super) async fn find(app: &App, who: &SignedIn, id: &str) -> Result<Row, Problem> {
    let id: OutsideIssuerId = id.parse().map_err(|_| Problem::of(Kind::NOT_FOUND))?;
    Ok(app.reader.as_seen_by(&who.caller).issuer(id).await?)
}

pub(super) fn frame(request: &HttpRequest, who: &SignedIn, title: &str) -> Frame {
    let mut visit = visit::signed_in(request, who);
    // What is tried is posted; the page to come back to is the issuer's.
    visit.here = visit.here.trim_end_matches("/try").to_owned();
    Frame::new(visit, Place::Issuers, title).below([Link::new("Outside issuers", HERE)])
}

fn page(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    issuer: &Row,
    trial: Option<&Trial>,
    faults: Faults,
) -> IssuerPage {
    let (now, at) = (app.now(), format!("{HERE}/{}", issuer.id));
    let keys = issuer
        .key_set
        .as_deref()
        .map(|set| app.keys.issuer_keys(set));
    let keys = keys.into_iter().flatten();
    let rules = serde_json::to_string_pretty(&issuer.rules).unwrap_or_default();
    let token = (issuer.state == "trusted").then(|| {
        Field::new("token", "Token", Control::Code)
            .hint("Which rule matches is said, and what it may then do.")
            .fault(faults.of("token"))
    });
    IssuerPage {
        frame: frame(request, who, &issuer.name)
            .also(elsewhere::call(app, &format!("/issuers/{}", issuer.id))),
        remarks: remarks(issuer, &at),
        facts: facts(issuer, now),
        keys: keys.map(|key| (key.thumbprint, key.algorithm)).collect(),
        rules: Code::new("rules", "What its tokens may do", rules),
        acts: acts(issuer, &at),
        trial: trial.map(|trial| words::steps(&trial.steps)),
        faults,
        token,
        try_at: format!("{at}/try"),
        dangers: dangers(issuer, &at),
    }
}

fn remarks(issuer: &Row, at: &str) -> Remarks {
    let failed = issuer.failure.as_ref().map(|why| Remark {
        tone: Tone::Warning,
        words: format!("Its keys could not be fetched: {why}."),
        hint: match issuer.keys_since {
            Some(_) => {
                "The last good keys are kept, and it is tried again every minute.".to_owned()
            }
            None => "Until they are, its tokens are refused.".to_owned(),
        },
        link: Some(Link::new("Refresh now", format!("{at}/refresh"))),
    });
    Remarks(failed.into_iter().collect())
}

fn facts(issuer: &Row, now: Timestamp) -> Facts {
    let kinds = match issuer.kinds.as_str() {
        "access-tokens" => "at+jwt only",
        _ => "none, JWT or at+jwt",
    };
    let mut facts = vec![
        Fact::new("State", Value::Status(state(issuer))),
        Fact::code("Issuer (iss)", issuer.issuer.clone()),
        Fact::code("Audience (aud)", issuer.audience.clone()),
        Fact::words("Types (typ)", kinds),
        Fact::words("Longest life", span(u64::from(issuer.max_lifetime_s))),
        Fact::words("Signed with", source(issuer)),
    ];
    if let Some(address) = &issuer.key_set_address {
        facts.push(Fact::code("Key set", address.clone()));
    }
    let moments = [
        ("Trusted", Some(issuer.trusted_at)),
        ("These keys since", issuer.keys_since),
        ("Keys last fetched", issuer.fetched_at),
        (
            "Fetched next",
            issuer.next_at.filter(|_| issuer.state != "withdrawn"),
        ),
    ];
    let moment = |(name, at): (&str, Option<Timestamp>)| {
        Some(Fact::new(name, Value::Moment(Moment::seen_from(now, at?))))
    };
    facts.extend(moments.into_iter().filter_map(moment));
    Facts(facts)
}

fn acts(issuer: &Row, at: &str) -> Vec<Link> {
    let act = |words: &str, verb: &str| Link::new(words, format!("{at}/{verb}"));
    let mut acts = Vec::new();
    if issuer.state == "withdrawn" {
        return acts;
    }
    if issuer.source != "secret" {
        acts.push(act("Refresh its keys", "refresh"));
    }
    if issuer.state == "suspended" {
        acts.push(act("Resume", "resume"));
    }
    acts.push(act("Edit the rules", "rules"));
    acts
}

fn dangers(issuer: &Row, at: &str) -> Dangers {
    let suspend = Danger {
        title: "Suspend".to_owned(),
        words: "Its tokens are refused at every gateway until it is resumed.".to_owned(),
        link: Link::new("Suspend", format!("{at}/suspend")),
    };
    let withdraw = Danger {
        title: "Withdraw".to_owned(),
        words: "Its tokens are never accepted again, and its keys are forgotten.".to_owned(),
        link: Link::new("Withdraw", format!("{at}/withdraw")),
    };
    Dangers(match issuer.state.as_str() {
        "trusted" => vec![suspend, withdraw],
        "suspended" => vec![withdraw],
        _ => Vec::new(),
    })
}
