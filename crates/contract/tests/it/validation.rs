//! The rules, each with the smallest document that breaks it.

use std::collections::BTreeSet;

use gatewright_contract::{Level, Rule};

use crate::{HEAD, only, rules};

/// A document with these paths.
fn with_paths(paths: &str) -> String {
    format!("{HEAD}paths:\n{paths}")
}

const GET: &str = "{get: {responses: {200: {}}}}";

#[test]
fn every_rule_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
    assert_eq!(names.len(), Rule::ALL.len());
    for name in names {
        let kebab = name.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        assert!(kebab, "{name}");
    }
}

#[test]
fn a_document_of_another_kind_is_refused_with_what_to_do() {
    assert_eq!(rules("[1, 2]"), [Rule::NotOpenApi]);
    assert_eq!(rules("name: a chart"), [Rule::NotOpenApi]);
    assert_eq!(rules("just words"), [Rule::NotOpenApi]);
    let older = only("swagger: '1.2'\ninfo: {}");
    assert_eq!(older.rule, Rule::UnsupportedVersion);
    assert_eq!(older.pointer, "/swagger");
    for other in ["4.0.0", "3", "3.10.0", "2.0", "three"] {
        let found = only(&format!("openapi: '{other}'"));
        assert_eq!(found.rule, Rule::UnsupportedVersion, "{other}");
    }
}

#[test]
fn info_must_say_what_it_is() {
    let paths = format!("paths: {{/a: {GET}}}");
    let missing = [Rule::MissingMember];
    assert_eq!(rules(&format!("openapi: 3.1.0\n{paths}")), missing);
    let without_version = format!("openapi: 3.1.0\ninfo: {{title: t}}\n{paths}");
    assert_eq!(rules(&without_version), missing);
    let blank = format!("openapi: 3.1.0\ninfo: {{title: ' ', version: '1'}}\n{paths}");
    assert_eq!(rules(&blank), missing);
    let unquoted = format!("openapi: 3.1.0\ninfo: {{title: t, version: 1.0}}\n{paths}");
    assert_eq!(rules(&unquoted), [Rule::UnquotedText]);
}

#[test]
fn only_openapi_3_0_must_have_paths() {
    let head = HEAD.replace("3.1.0", "3.0.3");
    assert_eq!(rules(&head), [Rule::MissingMember]);
    assert_eq!(rules(HEAD), [Rule::NoOperation]);
}

#[test]
fn a_value_of_another_type_is_an_error_wherever_it_is_read() {
    for (document, pointer) in [
        ("openapi: 3.1.0\ninfo: []\n".to_owned(), "/info"),
        ("openapi: {}\n".to_owned(), "/openapi"),
        (
            "openapi: 3.1.0\ninfo: {title: [], version: '1'}\n".to_owned(),
            "/info/title",
        ),
        (format!("{HEAD}paths: []\n"), "/paths"),
        (format!("{HEAD}paths: {{/a: null}}\n"), "/paths/~1a"),
        (
            format!("{HEAD}paths: {{/a: {{get: []}}}}\n"),
            "/paths/~1a/get",
        ),
        (format!("{HEAD}components: 1\n"), "/components"),
        (format!("{HEAD}security: {{}}\n"), "/security"),
        (format!("{HEAD}security: [x]\n"), "/security/0"),
        (
            with_paths("  /a: {get: {responses: [], summary: x}}"),
            "/paths/~1a/get/responses",
        ),
        (
            with_paths("  /a: {get: {responses: {200: {}}, deprecated: 'true'}}"),
            "/paths/~1a/get/deprecated",
        ),
        (
            with_paths("  /a: {get: {responses: {200: {}}, operationId: 1}}"),
            "/paths/~1a/get/operationId",
        ),
        (
            with_paths("  /a: {get: {responses: {200: {}}, parameters: {}}}"),
            "/paths/~1a/get/parameters",
        ),
    ] {
        let found = crate::findings(&document);
        let errors: Vec<_> = found.iter().filter(|it| it.level == Level::Error).collect();
        assert_eq!(errors.len(), 1, "{document}: {found:#?}");
        assert_eq!(errors[0].rule, Rule::WrongType, "{document}");
        assert_eq!(errors[0].pointer, pointer, "{document}");
    }
}

#[test]
fn a_path_is_well_formed_and_can_be_requested() {
    assert_eq!(
        rules(&with_paths(&format!("  a: {GET}"))),
        [Rule::PathWithoutSlash]
    );
    assert_eq!(
        rules(&with_paths(&format!("  '/{{': {GET}"))),
        [Rule::PathMalformed]
    );
    assert_eq!(
        rules(&with_paths(&format!("  /a?b=c: {GET}"))),
        [Rule::PathUnreachable]
    );
    // YAML itself allows keys of 1,024 characters.
    let long = "a".repeat(1_010);
    assert_eq!(
        rules(&with_paths(&format!("  /{long}: {GET}"))),
        [Rule::TextTooLong]
    );
    assert_eq!(rules(&with_paths(&format!("  x-own: 1\n  /a: {GET}"))), []);
}

#[test]
fn paths_that_match_the_same_requests_are_an_error_and_paths_that_overlap_a_remark() {
    let get = "{get: {responses: {200: {}}, parameters: \
        [{in: path, name: x, required: true}, {in: path, name: y, required: true}]}}";
    let found = |paths: [&str; 2]| {
        let [one, other] = paths;
        let all = rules(&with_paths(&format!("  {one}: {get}\n  {other}: {get}")));
        let unused = Rule::PathParameterUnused;
        all.into_iter()
            .filter(|rule| *rule != unused)
            .collect::<Vec<_>>()
    };
    assert_eq!(found(["/a/{x}", "/a/{y}"]), [Rule::PathRepeated]);
    assert_eq!(found(["/a/{x}", "/{y}/b"]), [Rule::PathOverlap]);
    assert_eq!(found(["/a/{x}", "/a/b"]), []);
    assert_eq!(found(["/a/{x}", "/b/{y}"]), []);
    let other_method = get.replace("get:", "put:");
    let paths = format!("  /{{x}}/{{y}}: {get}\n  /{{y}}/{{x}}: {other_method}");
    assert_eq!(rules(&with_paths(&paths)), []);
}

#[test]
fn path_parameters_are_declared_required_and_used() {
    let path = |path: &str, parameters: &str| {
        let get = format!("{{get: {{responses: {{200: {{}}}}, parameters: [{parameters}]}}}}");
        rules(&with_paths(&format!("  {path}: {get}")))
    };
    let id = "{in: path, name: id, required: true}";
    assert_eq!(path("'/{id}'", id), []);
    assert_eq!(path("'/{id}'", ""), [Rule::PathParameterUndeclared]);
    assert_eq!(path("/a", id), [Rule::PathParameterUnused]);
    assert_eq!(path("'/{id}/{id}'", id), [Rule::PathParameterRepeated]);
    let optional = "{in: path, name: id}";
    assert_eq!(path("'/{id}'", optional), [Rule::PathParameterOptional]);
    assert_eq!(path("/a", "{in: path}"), [Rule::MissingMember]);
    let elsewhere = "{$ref: 'other.yaml'}";
    assert_eq!(path("'/{id}'", elsewhere), [Rule::ReferenceOutside]);
}

#[test]
fn a_method_that_is_not_routed_is_named() {
    let found = only(&with_paths(
        "  /a: {get: {responses: {200: {}}}, GET: {}, x-own: 1}",
    ));
    assert_eq!(found.rule, Rule::MethodUnknown);
    assert_eq!(found.pointer, "/paths/~1a/GET");
}

#[test]
fn an_operation_id_belongs_to_one_operation() {
    let get = "{get: {operationId: x, responses: {200: {}}}}";
    let found = only(&with_paths(&format!("  /a: {get}\n  /b: {get}")));
    assert_eq!(found.rule, Rule::OperationIdRepeated);
    assert_eq!(found.pointer, "/paths/~1b/get/operationId");
    assert!(found.message.contains("GET /a"), "{}", found.message);
}

#[test]
fn an_operation_describes_a_response() {
    assert_eq!(
        rules(&with_paths("  /a: {get: {}}")),
        [Rule::ResponsesMissing]
    );
    let none = with_paths("  /a: {get: {responses: {}}}");
    assert_eq!(rules(&none), [Rule::ResponsesMissing]);
}

#[test]
fn operations_beside_a_reference_are_named() {
    let paths = "  /a: {$ref: '#/paths/~1b', get: {}}\n  /b: {put: {responses: {200: {}}}}";
    assert_eq!(only(&with_paths(paths)).rule, Rule::ReferenceBeside);
}

#[test]
fn a_security_requirement_names_what_is_defined() {
    let security = |scheme: &str, security: &str| {
        rules(&format!(
            "{HEAD}components: {{securitySchemes: {{s: {scheme}}}}}\n\
            paths: {{/a: {{get: {{responses: {{200: {{}}}}, security: {security}}}}}}}\n"
        ))
    };
    let oauth = "{type: oauth2, flows: {implicit: {scopes: {read: x}}}}";
    assert_eq!(security(oauth, "[s: [read]]"), []);
    assert_eq!(
        security(oauth, "[t: [read]]"),
        [Rule::SecuritySchemeUndefined]
    );
    assert_eq!(security(oauth, "[s: [write]]"), [Rule::ScopeUndeclared]);
    assert_eq!(security("{type: openIdConnect}", "[s: [write]]"), []);
    assert_eq!(
        security("{type: http}", "[s: ['two words']]"),
        [Rule::ScopeUnusable]
    );
    assert_eq!(security("{type: http}", "[s: ['']]"), [Rule::ScopeUnusable]);
    assert_eq!(security("{type: http}", "[s: [1]]"), [Rule::WrongType]);
    assert_eq!(security("{type: magic}", "[]"), [Rule::WrongType]);
    assert_eq!(security("{}", "[]"), [Rule::MissingMember]);
    let odd = "{type: oauth2, flows: {implicit: {scopes: {'two words': x}}}}";
    assert_eq!(security(odd, "[]"), [Rule::ScopeIgnored]);
    let gone = [Rule::ReferenceUnusable];
    assert_eq!(security("{$ref: 'other.yaml'}", "[]")[..1], gone);
}

#[test]
fn references_that_no_operation_needs_are_warnings() {
    let components = |schema: &str| {
        let paths = format!("  /a: {GET}\ncomponents: {{schemas: {{A: {schema}}}}}");
        rules(&with_paths(&paths))
    };
    assert_eq!(components("{$ref: '#/components/schemas/A'}"), []);
    assert_eq!(
        components("{$ref: '#/components/schemas/B'}"),
        [Rule::ReferenceToNothing]
    );
    assert_eq!(
        components("{$ref: 'https://example.com/x'}"),
        [Rule::ReferenceOutside]
    );
    assert_eq!(components("{default: {$ref: '#/nothing'}}"), []);
    assert_eq!(components("{x-own: {$ref: '#/nothing'}}"), []);
    let property = "{properties: {default: {$ref: '#/nothing'}, $ref: {type: string}}}";
    assert_eq!(components(property), [Rule::ReferenceToNothing]);
}

#[test]
fn everything_found_is_told_up_to_a_number_and_errors_first() {
    let paths: String = (0..300)
        .map(|n| format!("  /a{n}: {{get: {{}}}}\n"))
        .collect();
    let text = with_paths(&format!("{paths}  wrong: {{}}\n"));
    let found = crate::findings(&text);
    assert_eq!(found.len(), 201);
    let error = found.iter().find(|it| it.rule == Rule::PathWithoutSlash);
    assert!(error.is_some(), "an error is not crowded out by warnings");
    let last = found.last().expect("201 findings");
    assert_eq!(last.rule, Rule::MoreFindings);
    assert!(last.message.starts_with("101 more"), "{}", last.message);
}

#[test]
fn a_parameter_stands_in_a_list_once() {
    let list = |parameters: &str| {
        let get = format!("{{get: {{responses: {{200: {{}}}}, parameters: [{parameters}]}}}}");
        rules(&with_paths(&format!("  /a: {get}")))
    };
    let parameter = |place: &str, name: &str| format!("{{in: {place}, name: {name}}}");
    let two = |one: String, other: String| list(&format!("{one}, {other}"));
    let repeated = [Rule::ParameterRepeated];
    assert_eq!(
        two(parameter("query", "q"), parameter("query", "q")),
        repeated
    );
    assert_eq!(
        two(parameter("header", "X-A"), parameter("header", "x-a")),
        repeated
    );
    assert_eq!(two(parameter("query", "q"), parameter("query", "Q")), []);
    assert_eq!(two(parameter("query", "q"), parameter("header", "q")), []);
}

#[test]
fn an_operation_of_openapi_2_0_has_one_body() {
    let list = |parameters: &str| {
        let operation = format!("{{responses: {{200: {{}}}}, parameters: [{parameters}]}}");
        rules(&format!(
            "swagger: '2.0'\ninfo: {{title: t, version: '1'}}\npaths: {{/a: {{post: {operation}}}}}\n"
        ))
    };
    let (body, field) = ("{in: body, name: b}", "{in: formData, name: f}");
    assert_eq!(list(body), []);
    assert_eq!(list(&format!("{field}, {{in: formData, name: g}}")), []);
    assert_eq!(
        list(&format!("{body}, {{in: body, name: c}}")),
        [Rule::BodyRepeated]
    );
    assert_eq!(list(&format!("{body}, {field}")), [Rule::BodyRepeated]);
    assert_eq!(list(&format!("{field}, {body}")), [Rule::BodyRepeated]);
}

#[test]
fn tags_have_names_of_their_own_and_variables_of_servers_are_described() {
    let paths = format!("  /a: {GET}\n");
    let with = |more: &str| only(&(with_paths(&paths) + more));
    let tag = with("tags: [{name: a}, {name: b}, {name: a}]\n");
    assert_eq!(
        (tag.rule, tag.pointer),
        (Rule::TagRepeated, "/tags/2/name".into())
    );
    let server = with("servers: [{url: 'https://{a}.{b}', variables: {a: {default: x}}}]\n");
    assert_eq!(server.rule, Rule::ServerVariableUndefined);
    assert!(server.message.contains("`b`"), "{}", server.message);
}
