//! Names made to harm: what could deceive is refused, what is merely odd is shown harmlessly, and nothing fails.

use gatewright_testkit::database::Engine;
use serde_json::{Value, json};

use crate::{
    http::Ask,
    instance::{Instance, Layout},
    routes::{Judge, NOTHING, Things, mutating, routes},
    shop,
};

/// What no name, title or reason may hold.
const DECEPTIVE: [&str; 6] = [
    "a\u{0}b",
    "a\nb",
    "\u{1b}[31mred",
    "evil\u{202e}txt",
    "in\u{200b}visible",
    "\u{feff}marked",
];

/// What is odd, and may be taken where free text is.
const ODD: [&str; 6] = [
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "'; DROP TABLE apis; --",
    "{{7*7}}${7*7}%s%n",
    "𝕬𝖉𝖆 👩‍🚀",
    "-",
];

#[test]
fn hostile_names_are_refused_or_harmless() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let instance = Instance::founded(engine, Layout::Embedded);
        shop::open(&instance, "http://127.0.0.1:9000");
        let things = Things::held(&instance);
        let mut judge = Judge::default();
        let before = instance.events();
        each_text(&instance, &things, &DECEPTIVE, |case, answer| {
            judge.problem(answer, &[409, 422], case);
        });
        let long = "x".repeat(10_000);
        each_text(&instance, &things, &[&long], |case, answer| {
            judge.problem(answer, &[409, 422], case);
        });
        assert_eq!(instance.happened_since(before), NOTHING);
        each_text(&instance, &things, &ODD, |case, answer| {
            if !(200..300).contains(&answer.status) {
                judge.problem(answer, &[404, 409, 412, 422], case);
            }
        });
        harmless_on_pages(&instance);
        judge.closing(&instance);
    }
}

/// Sends each text in the place of each text member of each body, in turn. What an inspector is shown and a password are
/// not names, and taken as they are.
fn each_text(
    instance: &Instance,
    things: &Things,
    texts: &[&str],
    mut see: impl FnMut(&str, &crate::http::Answer),
) {
    for route in mutating() {
        let Some(valid) = route.body() else { continue };
        let members = valid.as_object().unwrap();
        let names = members.iter().filter(|(name, value)| {
            value.is_string() && !matches!(name.as_str(), "token" | "password")
        });
        for (name, _) in names {
            for text in texts {
                let mut body = valid.clone();
                body[name] = json!(text);
                let case = format!("{} {}: {name} {text:.40?}", route.method, route.path);
                let ask = route.ask(&instance.portal, &instance.admin, things);
                see(&case, &ask.json(&body).send());
            }
        }
    }
}

/// The pages that show what was taken show it as text.
fn harmless_on_pages(instance: &Instance) {
    let form = format!(
        "name=ada&password={}",
        crate::instance::PASSWORD.replace(' ', "+")
    );
    let entered = Ask::new("POST", format!("{}/sign-in", instance.portal))
        .with("Origin", &instance.portal)
        .raw("application/x-www-form-urlencoded", form)
        .send();
    assert_eq!(entered.status, 303, "{}", entered.text());
    let session = entered
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let mut shown = 0;
    for page in [
        "/console",
        "/console/consumers",
        "/console/apis",
        "/console/audit",
        "/console/keys",
        "/console/gateways",
    ] {
        let answer = Ask::get(format!("{}{page}", instance.portal))
            .with("Cookie", &session)
            .send();
        assert_eq!(answer.status, 200, "{page}");
        let text = answer.text();
        assert!(!text.contains("<script>alert"), "{page} runs what it shows");
        shown += usize::from(text.contains("alert(1)"));
    }
    assert!(
        shown >= 2,
        "the pages do not show what was taken, so nothing was tried"
    );
}

#[test]
fn hostile_paths_and_queries_are_answered_with_problems() {
    const SEGMENTS: [&str; 10] = [
        "%00",
        "%0a",
        "%2e%2e%2f%2e%2e",
        "..%2f..",
        "%ff%fe",
        "%e2%80%ae",
        "%3Cscript%3E",
        "'%20OR%201=1",
        "%25",
        "*",
    ];
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let instance = Instance::founded(engine, Layout::Embedded);
        shop::open(&instance, "http://127.0.0.1:9000");
        let things = Things::held(&instance);
        let (mut judge, before) = (Judge::default(), instance.events());
        let long = "x".repeat(10_000);
        for route in routes() {
            for name in route.parameters() {
                for segment in SEGMENTS.iter().copied().chain([&*long]) {
                    let at = things.but(Things::key(&route, name), segment);
                    let case = format!("{} {} with {segment:.40}", route.method, route.path);
                    let answer = route.ask(&instance.portal, &instance.admin, &at).send();
                    judge.problem(&answer, &[400, 404, 414], &case);
                }
            }
            for name in &route.queries {
                for value in
                    SEGMENTS
                        .iter()
                        .copied()
                        .chain(["-1", "99999999999999999999", "", &long])
                {
                    let path = format!("{}?{name}={value}", route.filled(&things));
                    let answer = instance.api("GET", &path).send();
                    let case = format!("GET {path:.80}");
                    if answer.status != 200 {
                        // What is asked for beside a move is read by the move alone.
                        judge.problem(&answer, &[400, 404, 405, 414], &case);
                    }
                }
            }
        }
        assert_eq!(instance.happened_since(before), NOTHING);
        judge.closing(&instance);
    }
}

#[test]
fn a_number_that_is_out_of_bounds_is_refused() {
    let instance = Instance::founded(Engine::Sqlite, Layout::Embedded);
    shop::open(&instance, "http://127.0.0.1:9000");
    let (mut judge, before) = (Judge::default(), instance.events());
    let mut refuse = |path: &str, body: &Value| {
        let answer = instance.post(path, body);
        judge.problem(&answer, &[422], &format!("{path} {body}"));
    };
    for (member, value) in [
        (
            "rate",
            json!({ "requests": 0, "per_seconds": 1, "burst": 1 }),
        ),
        (
            "rate",
            json!({ "requests": 1, "per_seconds": 0, "burst": 1 }),
        ),
        (
            "rate",
            json!({ "requests": u64::MAX, "per_seconds": 1, "burst": u64::MAX }),
        ),
        ("daily_quota", json!(u64::MAX)),
        ("max_token_lifetime_s", json!(0)),
        ("max_token_lifetime_s", json!(u64::MAX)),
    ] {
        let mut plan = shop::plan();
        plan["name"] = json!("Other");
        plan[member] = value;
        refuse("/apis/orders/plans", &plan);
    }
    for lifetime in [json!(0), json!(59), json!(u64::MAX)] {
        let wish = json!({ "name": "x", "scopes": ["orders:v1:read"], "lifetime_s": lifetime });
        refuse("/applications/Shop/tokens", &wish);
    }
    for number in ["v0", "1", "v10000", "v-1", "V1", "v1.0", ""] {
        let version = json!({ "number": number, "upstream": "http://127.0.0.1:9000" });
        refuse("/apis/orders/versions", &version);
    }
    for upstream in [
        "ftp://a.example",
        "http://",
        "http://ada:secret@a.example",
        "http://a.example/?x",
        "javascript:alert(1)",
        "http://169.254.169.254",
        "http://[::ffff:10.0.0.1]",
        "http://a.example/../b",
        "file:///etc/passwd",
    ] {
        let version = json!({ "number": "v8", "upstream": upstream });
        refuse("/apis/orders/versions", &version);
    }
    for sunset in [
        "2020-01-01T00:00:00Z",
        "tomorrow",
        "2099-13-01T00:00:00Z",
        "",
    ] {
        refuse(
            "/apis/orders/versions/v1/deprecate",
            &json!({ "sunset": sunset }),
        );
    }
    assert_eq!(instance.happened_since(before), NOTHING);
    judge.closing(&instance);
}
