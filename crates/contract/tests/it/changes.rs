//! What a comparison tells, to whom, and how much of it.

use gatewright_contract::{
    Budgets, Bump, Changes, Level, Levels, Section, Settings, Stability, diff, read,
};
use gatewright_domain::{operation::Method, time::Timestamp};

/// The moment of every comparison here.
pub(crate) fn settings() -> Settings {
    Settings::at("2026-06-01T12:00:00Z".parse().expect("a moment"))
}

/// The changes between two documents.
pub(crate) fn changes(base: &str, revision: &str, settings: &Settings) -> Changes {
    let budgets = Budgets::default();
    let base = read(base.as_bytes(), &budgets).unwrap_or_else(|findings| panic!("{findings}"));
    let revision =
        read(revision.as_bytes(), &budgets).unwrap_or_else(|findings| panic!("{findings}"));
    diff(&base, &revision, settings)
}

/// The rules that tell of changes between two documents with these paths.
fn rules(base: &str, revision: &str) -> Vec<&'static str> {
    let document = |paths: &str| format!("{}paths:\n{paths}", crate::HEAD);
    let changes = changes(&document(base), &document(revision), &settings());
    changes.told.iter().map(|change| change.id).collect()
}

const PET: &str = "  /pets/{id}:\n    get:\n      operationId: pet\n      parameters: [{in: path, name: id, \
                   required: true, schema: {type: string}}]\n      responses: {'200': {description: a pet}}\n";

#[test]
fn a_document_and_itself_have_nothing_between_them() {
    assert_eq!(rules(PET, PET), [""; 0]);
}

#[test]
fn the_name_of_a_path_parameter_does_not_matter() {
    let renamed = PET
        .replace("{id}", "{pet}")
        .replace("name: id", "name: pet");
    assert_eq!(rules(PET, &renamed), [""; 0]);
    let other = renamed.replace("type: string", "type: integer");
    assert_eq!(rules(PET, &other), ["request-parameter-type-changed"]);
}

#[test]
fn a_change_has_its_endpoint_and_its_place_in_both_documents() {
    let base = format!("{}paths:\n{PET}", crate::HEAD);
    let revision = base.replace("type: string", "type: integer");
    let changes = changes(&base, &revision, &settings());
    let [change] = changes.told.as_slice() else {
        panic!("{changes:#?}")
    };
    assert_eq!(change.level, Level::Error);
    assert_eq!(change.section, Section::Paths);
    assert_eq!(change.method, Some(Method::Get));
    assert_eq!(change.path.as_deref(), Some("/pets/{id}"));
    assert_eq!(change.operation_id.as_deref(), Some("pet"));
    assert_eq!(
        change.text,
        "the path parameter `id` is of integer now, where it was of string"
    );
    let spot = change.revision.as_ref().expect("a place in the revision");
    assert_eq!(
        spot.pointer,
        "/paths/~1pets~1{id}/get/parameters/0/schema/type"
    );
    assert_eq!((spot.line, spot.column), (7, 72));
}

#[test]
fn what_breaks_a_request_may_be_harmless_in_a_response() {
    let document = |place: &str, schema: &str| {
        let schema = format!("{{application/json: {{schema: {schema}}}}}");
        let request = format!("requestBody: {{content: {schema}}}, responses: {{}}");
        let response = format!("responses: {{'200': {{content: {schema}}}}}");
        let operation = if place == "request" {
            request
        } else {
            response
        };
        format!("  /a: {{post: {{{operation}}}}}\n")
    };
    let loose = "{type: object, properties: {a: {type: string}}}";
    let strict = "{type: object, required: [a], properties: {a: {type: string}}}";
    let told =
        |place: &str, from: &str, to: &str| rules(&document(place, from), &document(place, to));
    assert_eq!(
        told("request", loose, strict),
        ["request-property-became-required"]
    );
    assert_eq!(
        told("response", loose, strict),
        ["response-property-became-required"]
    );
    assert_eq!(
        told("response", strict, loose),
        ["response-property-became-optional"]
    );
    assert_eq!(
        told("request", strict, loose),
        ["request-property-became-optional"]
    );
}

/// A document with so many endpoints, of which each is gone in the other.
fn many(number: usize, method: &str) -> String {
    let path = |number| format!("  /p{number}: {{{method}: {{responses: {{}}}}}}\n");
    let paths: String = (0..number).map(path).collect();
    format!("{}paths:\n{paths}", crate::HEAD)
}

#[test]
fn all_changes_are_counted_and_the_gravest_are_told() {
    let settings = Settings {
        most: 10,
        ..settings()
    };
    let changes = changes(&many(40, "get"), &many(40, "put"), &settings);
    assert_eq!(changes.told.len(), 10);
    assert!(
        changes
            .told
            .iter()
            .all(|change| change.level == Level::Error)
    );
    assert_eq!((changes.counts.errors, changes.counts.infos), (40, 40));
    assert_eq!(changes.untold(), 70);
    assert!(changes.reach(Level::Error));
}

#[test]
fn the_next_version_follows_from_what_breaks() {
    let bump = |base: &str, revision: &str| changes(base, revision, &settings()).bump;
    let (one, two) = (many(1, "get"), many(2, "get"));
    assert_eq!(bump(&one, &one), Bump::Patch);
    assert_eq!(bump(&one, &two), Bump::Minor);
    assert_eq!(bump(&two, &one), Bump::Major);
}

#[test]
fn a_version_that_was_raised_for_breaking_changes_is_not_told() {
    let raised = many(1, "get").replace("version: '1'", "version: 2.0.0");
    let base = many(2, "get").replace("version: '1'", "version: 1.4.0");
    let told = changes(&base, &raised, &settings()).told;
    assert_eq!(told.len(), 1, "{told:#?}");
    let minor = raised.replace("2.0.0", "1.5.0");
    let told = changes(&base, &minor, &settings()).told;
    assert_eq!(told[1].id, "api-major-version-not-bumped");
}

#[test]
fn levels_can_be_set_and_rules_switched_off() {
    let mut settings = settings();
    settings.levels = "endpoint-added err\napi-path-removed-without-deprecation none\n"
        .parse()
        .expect("levels");
    let changes = changes(&many(1, "get"), &many(2, "get"), &settings);
    assert_eq!(changes.counts.errors, 1);
    let wrong = "endpoint-added loud".parse::<Levels>();
    assert_eq!(wrong.expect_err("no level").line, 1);
    assert!("no-such-rule err".parse::<Levels>().is_err());
}

#[test]
fn what_is_accepted_is_not_told() {
    let mut settings = settings();
    settings.accepted.errors = gatewright_contract::Accepted::lines(
        "We know: GET /p1 goes away (api-path-removed-without-deprecation)\n",
    );
    let changes = changes(&many(3, "get"), &many(1, "get"), &settings);
    let paths: Vec<_> = changes
        .told
        .iter()
        .filter_map(|change| change.path.as_deref())
        .collect();
    assert_eq!(paths, ["/p2"]);
}

#[test]
fn endpoints_below_the_stability_that_is_asked_for_are_not_compared() {
    let document = |level: &str, id: &str| {
        let operation = format!("operationId: {id}, x-stability-level: {level}, responses: {{}}");
        format!("{}paths:\n  /a: {{get: {{{operation}}}}}\n", crate::HEAD)
    };
    let told = |stability, level| {
        let settings = Settings {
            stability,
            ..settings()
        };
        changes(&document(level, "one"), &document(level, "two"), &settings)
            .told
            .len()
    };
    assert_eq!(told(Stability::Beta, "alpha"), 0);
    assert_eq!(told(Stability::Alpha, "alpha"), 1);
    assert_eq!(told(Stability::Stable, "beta"), 0);
}

#[test]
fn an_endpoint_that_fell_below_that_stability_is_told_to_have_and_nothing_else() {
    let document = |more: &str| {
        format!(
            "{}paths:\n  /a: {{get: {{{more}responses: {{}}}}}}\n",
            crate::HEAD
        )
    };
    let (base, revision) = (
        document("operationId: one, "),
        document("x-stability-level: alpha, "),
    );
    let told = changes(&base, &revision, &settings()).told;
    let ids: Vec<_> = told.iter().map(|change| change.id).collect();
    assert_eq!(ids, ["api-stability-decreased"]);
}

#[test]
fn a_deprecation_needs_a_sunset_that_leaves_the_time_asked_for() {
    let document = |more: &str| {
        format!(
            "{}paths:\n  /a: {{get: {{{more}responses: {{}}}}}}\n",
            crate::HEAD
        )
    };
    let told = |days, more: &str| {
        let settings = Settings {
            stable_days: days,
            ..settings()
        };
        changes(&document(""), &document(more), &settings).told[0].id
    };
    assert_eq!(told(0, "deprecated: true, "), "endpoint-deprecated");
    assert_eq!(
        told(30, "deprecated: true, "),
        "api-deprecated-sunset-missing"
    );
    let sunset = "deprecated: true, x-sunset: '2026-07-01', ";
    assert_eq!(told(30, sunset), "endpoint-deprecated-with-sunset");
    assert_eq!(told(31, sunset), "api-sunset-date-too-small");
}

#[test]
fn a_changelog_has_the_changes_of_an_endpoint_together() {
    let changes = changes(&many(2, "get"), &many(2, "put"), &settings());
    let groups: Vec<_> = changes
        .changelog()
        .into_iter()
        .map(|(group, changes)| (group.path, group.method, changes.len()))
        .collect();
    let told = |path, method| (Some(path), Some(method), 1);
    assert_eq!(
        groups,
        [
            told("/p0", Method::Get),
            told("/p0", Method::Put),
            told("/p1", Method::Get),
            told("/p1", Method::Put),
        ]
    );
}

/// A document whose schemas lead to the last of them in three to the power of twenty ways.
fn many_ways(kind: &str) -> String {
    let component = |number: usize| {
        if number == 20 {
            return format!("    s20: {{type: object, properties: {{end: {{type: {kind}}}}}}}\n");
        }
        let to = format!("{{$ref: '#/components/schemas/s{}'}}", number + 1);
        format!("    s{number}: {{type: object, properties: {{a: {to}, b: {to}, c: {to}}}}}\n")
    };
    let schemas: String = (0..=20).map(component).collect();
    let schema = "{schema: {$ref: '#/components/schemas/s0'}}";
    let body = format!("requestBody: {{content: {{application/json: {schema}}}}}");
    format!(
        "{}paths:\n  /a: {{post: {{{body}, responses: {{}}}}}}\ncomponents:\n  schemas:\n{schemas}",
        crate::HEAD
    )
}

#[test]
fn a_change_that_is_reached_in_countless_ways_is_told_in_some_of_them() {
    let changes = changes(&many_ways("string"), &many_ways("integer"), &settings());
    let told: Vec<_> = changes.told.iter().map(|change| change.id).collect();
    assert!(told.iter().all(|id| *id == "request-property-type-changed"));
    assert!(
        (1..10_000).contains(&changes.counts.errors),
        "{:?}",
        changes.counts
    );
    assert_eq!(
        changes.told[0].text,
        "`a/a/a/…/a/a/a/a/a/a/end` in the request body is of integer now, where it was of string"
    );
}

#[test]
fn of_many_names_in_one_change_the_first_are_told() {
    let document = |names: u32| {
        let mapping: String = (0..names)
            .map(|name| format!("k{name:02}: '#/a', "))
            .collect();
        let schema = format!(
            "{{oneOf: [{{type: object}}], discriminator: {{propertyName: k, mapping: {{{mapping}}}}}}}"
        );
        let body = format!("requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}");
        format!("  /a: {{post: {{{body}, responses: {{}}}}}}\n")
    };
    let told = |names: u32| {
        let from = format!("{}paths:\n{}", crate::HEAD, document(1));
        let to = format!("{}paths:\n{}", crate::HEAD, document(names));
        let changes = changes(&from, &to, &settings());
        changes.told[0].text.clone()
    };
    let few = told(3);
    assert!(few.contains("`k01`, `k02` "), "{few}");
    let many = told(30);
    assert!(many.contains("`k11`, `k12` and 17 more "), "{many}");
}

#[test]
fn a_comparison_that_costs_too_much_ends_with_a_change_that_says_so() {
    let settings = Settings {
        steps: 30,
        ..settings()
    };
    let changes = changes(&many_ways("string"), &many_ways("integer"), &settings);
    let told: Vec<_> = changes.told.iter().map(|change| change.id).collect();
    assert_eq!(told, ["comparison-over-budget"]);
    assert!(changes.told[0].text.contains("the budget `steps`"));
}

#[test]
fn the_moment_of_a_comparison_is_handed_in() {
    let document = |more: &str| format!("{}paths:\n  /a: {{get: {{{more}}}}}\n", crate::HEAD);
    let base = document("deprecated: true, x-sunset: '2026-06-02', responses: {}");
    let gone = format!("{}paths: {{}}\n", crate::HEAD);
    let at = |now: &str| {
        let now: Timestamp = now.parse().expect("a moment");
        changes(&base, &gone, &Settings::at(now)).told.len()
    };
    assert_eq!(at("2026-06-01T23:59:59Z"), 1);
    assert_eq!(at("2026-06-02T00:00:00Z"), 0);
}
