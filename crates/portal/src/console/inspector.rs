//! The inspector: what a token says, and how a gateway would judge it.
//!
//! Invariant: the token comes in the body of a form and goes into no log, no address and no page.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gatewright_domain::{
    decision::{Step, Verdict},
    time::Timestamp,
};
use gatewright_keys::{Inspection, OpenedOperation, Opening};
use serde_json::{Value as Json, json};

use crate::{
    console::{visit, words},
    page::{
        badge::Tone,
        code::Code,
        fact::{Fact, Facts, Scopes, Value},
        form::{Control, Fault, Faults, Field},
        frame::{Frame, Link},
        moment::Moment,
        number::counted,
        place::Place,
    },
    pages::inspector::{Inspected, InspectorPage},
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

/// The request that a token is judged for; empty when it is judged alone.
#[derive(Default)]
pub(crate) struct Asked {
    method: String,
    path: String,
}

/// The empty inspector.
///
/// # Errors
/// Those of the page.
pub async fn show(request: HttpRequest, who: SignedIn) -> Result<HttpResponse, Problem> {
    visit::page(&page(
        &request,
        &who,
        None,
        Faults::default(),
        &Asked::default(),
    ))
}

/// Judges the token of the form, or the sample.
///
/// # Errors
/// When the store fails; never for what the token is.
pub async fn inspect(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let asked = Asked {
        method: form.one("method").to_ascii_uppercase(),
        path: form.one("path").to_owned(),
    };
    if form.one("sample") == "expired" {
        return judged(&request, &app, &who, &sample(&app), &asked).await;
    }
    match form.one("token") {
        "" => {
            let faults = Faults(vec![Fault {
                field: "token".to_owned(),
                words: "Paste a token.".to_owned(),
            }]);
            visit::page(&page(&request, &who, None, faults, &asked))
        }
        token => judged(&request, &app, &who, token, &asked).await,
    }
}

/// The page with the judgement of a token.
///
/// # Errors
/// When the store fails; never for what the token is.
pub(crate) async fn judged(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    token: &str,
    asked: &Asked,
) -> Result<HttpResponse, Problem> {
    let inspection = app.keys.inspect(&who.caller, bare(token)).await?;
    let result = inspected(&inspection, asked, app.now());
    visit::page(&page(request, who, Some(result), Faults::default(), asked))
}

/// The token without the word that stands before it in a header.
fn bare(text: &str) -> &str {
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => text,
    }
}

fn page(
    request: &HttpRequest,
    who: &SignedIn,
    result: Option<Inspected>,
    faults: Faults,
    asked: &Asked,
) -> InspectorPage {
    let mut visit = visit::signed_in(request, who);
    "/console/inspector".clone_into(&mut visit.here);
    InspectorPage {
        frame: Frame::new(visit, Place::Inspector, "Inspector"),
        result,
        token: Field::new("token", "Token", Control::Code)
            .hint("With or without the word Bearer before it.")
            .fault(faults.of("token")),
        request: vec![
            Field::new("method", "Method", Control::Mono)
                .value(&asked.method)
                .optional(),
            Field::new("path", "Path", Control::Mono)
                .value(&asked.path)
                .optional()
                .hint("Below the gateway: /orders/v1/orders."),
        ],
        faults,
    }
}

/// A token whose time is over, signed by nobody, for whoever wants to see the page before they have one.
fn sample(app: &App) -> String {
    let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "sample" });
    let claims = json!({
        "iss": app.terms.issuer,
        "aud": format!("{}/orders/v1", app.terms.audience_base),
        "sub": "sample",
        "client_id": "sample",
        "scope": "orders:v1:read",
        "iat": 1_767_225_600,
        "exp": 1_767_229_200,
        "jti": "sample",
    });
    let part = |json: Json| URL_SAFE_NO_PAD.encode(json.to_string());
    let signature = URL_SAFE_NO_PAD.encode([0; 64]);
    format!("{}.{}.{signature}", part(header), part(claims))
}

fn inspected(inspection: &Inspection, asked: &Asked, now: Timestamp) -> Inspected {
    let called = inspection
        .openings
        .iter()
        .find_map(|opening| Some((opening, operation(opening, asked)?)));
    let opening = called
        .map(|(opening, _)| opening)
        .or(inspection.openings.first());
    let more = opening
        .map(|opening| opening.steps.as_slice())
        .unwrap_or_default();
    let steps: Vec<Step> = inspection.steps.iter().chain(more).cloned().collect();
    let (tone, verdict, words) = verdict(inspection, &steps, called, asked);
    let part = |id: &str, name: &str, part: &Option<gatewright_keys::Part>| {
        let part = part.as_ref()?;
        let name = match &part.fault {
            Some(fault) => format!("{name}: {fault}"),
            None => name.to_owned(),
        };
        Some(Code::new(id, name, part.text.clone()))
    };
    let decoded = [
        part("header", "Header", &inspection.header),
        part("payload", "Payload", &inspection.claims),
    ];
    Inspected {
        tone,
        verdict,
        words,
        steps: words::steps(&steps),
        claims: claims(inspection, now),
        decoded: decoded.into_iter().flatten().collect(),
    }
}

/// The judgement in short. With a request it is about that request, without one about the token alone.
fn verdict(
    inspection: &Inspection,
    steps: &[Step],
    called: Option<(&Opening, &OpenedOperation)>,
    asked: &Asked,
) -> (Tone, String, String) {
    let refused = steps.iter().find(|step| step.verdict == Verdict::Refused);
    if let Some(step) = refused {
        let words = format!("{}.", words::capital(&step.compared));
        return (Tone::Bad, "A gateway would refuse it".to_owned(), words);
    }
    match called {
        Some((opening, operation)) => {
            let place = format!(
                "{} {} of {}",
                operation.method, operation.path, opening.version
            );
            match &operation.refused {
                Some(reason) => (
                    Tone::Bad,
                    format!("A gateway would refuse it: {reason}"),
                    format!("The token is genuine and alive, but does not open {place}."),
                ),
                None => (
                    Tone::Good,
                    "A gateway would let it through".to_owned(),
                    format!("It opens {place}."),
                ),
            }
        }
        None if !asked.path.is_empty() => (
            Tone::Warning,
            "There is no such operation".to_owned(),
            "The token is genuine and alive, but none of its versions has this method and path."
                .to_owned(),
        ),
        None => {
            let operations = || {
                inspection
                    .openings
                    .iter()
                    .flat_map(|opening| &opening.operations)
            };
            let open = operations()
                .filter(|operation| operation.refused.is_none())
                .count();
            let all = u64::try_from(operations().count()).unwrap_or(0);
            (
                Tone::Good,
                "The token is genuine and alive".to_owned(),
                format!("It opens {open} of {}.", counted(all, "operation")),
            )
        }
    }
}

/// The operation of a version that a request calls.
fn operation<'a>(opening: &'a Opening, asked: &Asked) -> Option<&'a OpenedOperation> {
    let path = asked
        .path
        .trim_start_matches('/')
        .strip_prefix(&opening.version)?;
    let mut operations = opening.operations.iter();
    operations.find(|operation| {
        let method = asked.method.is_empty() || operation.method.as_str() == asked.method;
        method && fits(&operation.path, path)
    })
}

/// Whether a path is one of those that a template stands for.
fn fits(template: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(part), Some(text)) if part == text => {}
            (Some(part), Some(text)) if part.starts_with('{') && !text.is_empty() => {}
            _ => return false,
        }
    }
}

/// The claims in words; those that are not there, or not what they have to be, are left out.
fn claims(inspection: &Inspection, now: Timestamp) -> Facts {
    let text = inspection.claims.as_ref().map_or("", |part| &part.text);
    let claims: Json = serde_json::from_str(text).unwrap_or_default();
    let word = |name: &str| claims.get(name).and_then(Json::as_str).map(str::to_owned);
    let time = |name: &str| {
        claims
            .get(name)
            .and_then(Json::as_i64)
            .map(Timestamp::from_seconds)
    };
    let mut facts = Vec::new();
    if let Some(id) = inspection.token {
        let link = Link::new(id.to_string(), format!("/console/tokens/{id}"));
        facts.push(Fact::new("Token", Value::Link(link)));
    }
    if let Some(client) = word("client_id") {
        facts.push(Fact::code("For", client).hint("client_id"));
    }
    if let Some(issuer) = word("iss") {
        facts.push(Fact::code("Issuer", issuer).hint("iss"));
    }
    if let Some(audience) = claims.get("aud") {
        let said = audience
            .as_str()
            .map_or_else(|| audience.to_string(), str::to_owned);
        facts.push(Fact::code("Audience", said).hint("aud"));
    }
    if let Some(scope) = word("scope") {
        let scopes = scope.split_whitespace().map(str::to_owned).collect();
        facts.push(Fact::new("Scopes", Value::Scopes(Scopes(scopes))).hint("scope"));
    }
    if let Some(at) = time("iat") {
        facts.push(Fact::new("Issued", Value::Moment(Moment::seen_from(now, at))).hint("iat"));
    }
    if let Some(at) = time("exp") {
        facts.push(Fact::new("Expires", Value::Moment(Moment::seen_from(now, at))).hint("exp"));
    }
    Facts(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_stands_for_paths_of_its_length() {
        assert!(fits("/orders/{id}", "/orders/7?full=1"));
        assert!(!fits("/orders/{id}", "/orders"));
        assert!(!fits("/orders/{id}", "/orders/"));
    }

    #[test]
    fn the_word_before_a_token_is_no_part_of_it() {
        assert_eq!(bare("bearer a.b.c"), "a.b.c");
        assert_eq!(bare("a.b.c"), "a.b.c");
    }
}
