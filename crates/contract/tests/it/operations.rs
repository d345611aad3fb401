//! What the house needs of a document: operations, what they require, scopes, and what it says of itself.

use gatewright_contract::{Format, Rule};
use gatewright_domain::operation::Method;

use crate::{HEAD, accepted, refused, rules_of};

/// An API with two kinds of security.
const ORDERS: &str = "\
openapi: 3.0.3
info:
  title: Orders
  version: '1.2'
  description: Everything about *orders*.
servers: [{url: https://example.com/ignored/v1}]
security:
  - login: [read]
paths:
  /orders/{id}:
    parameters: [{$ref: '#/components/parameters/Id'}]
    get:
      operationId: show
      summary: |
        Show
        one order
      responses: {'200': {description: it}}
    delete:
      deprecated: true
      security:
        - login: [write, admin]
        - login: [super]
        - key: []
          login: [robot]
      responses: {'204': {description: gone}}
  /orders:
    post:
      operationId: place
      security: [{key: []}, {login: [write]}]
      responses: {'201': {description: placed}}
    get:
      security: []
      responses: {'200': {description: all}}
components:
  parameters:
    Id: {name: id, in: path, required: true, schema: {type: string}}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    login:
      type: oauth2
      flows:
        clientCredentials:
          tokenUrl: https://example.com/token
          scopes: {read: Read orders, write: Place orders, admin: '', super: x, robot: x, unused: y}
";

/// Method, path and required scopes of every operation.
fn required(text: &str) -> Vec<String> {
    let line = |operation: &gatewright_domain::operation::Operation| {
        let alternatives = operation.requires.alternatives().iter();
        let sets = alternatives.map(|set| {
            let names: Vec<&str> = set.iter().map(|scope| scope.as_str()).collect();
            names.join("+")
        });
        let sets: Vec<String> = sets.collect();
        format!("{} {} {}", operation.method, operation.path, sets.join("|"))
    };
    accepted(text).operations.iter().map(line).collect()
}

#[test]
fn operations_come_in_the_order_of_the_document_with_what_they_require() {
    let expected = [
        "GET /orders/{id} read",
        "DELETE /orders/{id} admin+write|robot|super",
        "POST /orders ",
        "GET /orders ",
    ];
    assert_eq!(required(ORDERS), expected);
}

#[test]
fn an_operation_keeps_its_name_its_summary_on_one_line_and_its_deprecation() {
    let operations = accepted(ORDERS).operations;
    let [show, delete, ..] = operations.as_slice() else {
        panic!("four operations");
    };
    assert_eq!(show.method, Method::Get);
    assert_eq!(show.operation_id.as_deref(), Some("show"));
    assert_eq!(show.summary.as_deref(), Some("Show one order"));
    assert!(!show.deprecated);
    assert_eq!(delete.operation_id, None);
    assert!(delete.deprecated);
}

#[test]
fn a_document_says_what_it_is() {
    let summary = accepted(ORDERS).summary;
    assert_eq!(summary.format, Format::Yaml);
    assert_eq!(summary.openapi, "3.0.3");
    assert_eq!(summary.title, "Orders");
    assert_eq!(summary.version, "1.2");
    assert_eq!(
        summary.description.as_deref(),
        Some("Everything about *orders*.")
    );
}

#[test]
fn scopes_are_those_declared_and_those_required() {
    let scopes = accepted(ORDERS).scopes;
    let said: Vec<(&str, Option<&str>)> = scopes
        .iter()
        .map(|(scope, said)| (scope.as_str(), said.as_deref()))
        .collect();
    let expected = [
        ("admin", None),
        ("read", Some("Read orders")),
        ("robot", Some("x")),
        ("super", Some("x")),
        ("unused", Some("y")),
        ("write", Some("Place orders")),
    ];
    assert_eq!(said, expected);
}

#[test]
fn json_and_yaml_of_one_document_say_the_same() {
    let json = serde_json::json!({
        "openapi": "3.1.0",
        "info": {"title": "Orders", "version": "1"},
        "security": [{"login": ["read"]}],
        "components": {"securitySchemes": {"login": {"type": "openIdConnect", "openIdConnectUrl": "https://id.test"}}},
        "paths": {"/a": {"get": {"responses": {"200": {"description": "x"}}}}},
    });
    let yaml = "openapi: 3.1.0\ninfo: {title: Orders, version: '1'}\nsecurity: [login: [read]]\n\
        components: {securitySchemes: {login: {type: openIdConnect, openIdConnectUrl: 'https://id.test'}}}\n\
        paths: {/a: {get: {responses: {200: {description: x}}}}}\n";
    let (json, yaml) = (accepted(&json.to_string()), accepted(yaml));
    assert_eq!(json.operations, yaml.operations);
    assert_eq!(json.scopes, yaml.scopes);
    assert_eq!(json.findings, yaml.findings);
}

#[test]
fn roles_listed_for_another_kind_of_scheme_are_scopes_too() {
    let text = format!(
        "{HEAD}components: {{securitySchemes: {{key: {{type: http}}}}}}\nsecurity: [key: [robot]]\n\
        paths: {{/a: {{get: {{responses: {{200: {{}}}}}}}}}}\n"
    );
    assert_eq!(required(&text), ["GET /a robot"]);
}

#[test]
fn an_optional_security_requirement_requires_no_scope() {
    let text = format!(
        "{HEAD}components: {{securitySchemes: {{key: {{type: http}}}}}}\nsecurity: [key: [robot], {{}}]\n\
        paths: {{/a: {{get: {{responses: {{200: {{}}}}}}}}}}\n"
    );
    assert_eq!(required(&text), ["GET /a "]);
}

#[test]
fn a_path_item_behind_references_is_read_and_one_that_leads_nowhere_is_an_error() {
    let paths = |target: &str| {
        format!(
            "{HEAD}paths: {{/a: {{$ref: '{target}'}}}}\ncomponents:\n  pathItems:\n    \
            one~/x: {{$ref: '#/components/pathItems/two'}}\n    \
            two: {{get: {{responses: {{200: {{}}}}}}}}\n    \
            self: {{$ref: '#/components/pathItems/self'}}\n"
        )
    };
    let found = required(&paths("#/components/pathItems/one~0~1x"));
    assert_eq!(found, ["GET /a "]);
    assert_eq!(
        required(&paths("#/components/pathItems/%6Fne%7E0~1x")),
        found
    );
    for nowhere in [
        "#/components/pathItems/none",
        "#/components/pathItems/self",
        "other.yaml#/a",
        "http://127.0.0.1/a",
        "file:///etc/passwd",
        "#anchor",
    ] {
        let findings = refused(paths(nowhere));
        assert!(
            rules_of(&findings).contains(&Rule::ReferenceUnusable),
            "{nowhere}: {findings}"
        );
    }
}

#[test]
fn a_document_of_webhooks_only_is_stored_and_has_nothing_to_publish() {
    let text = format!("{HEAD}webhooks: {{sold: {{post: {{responses: {{200: {{}}}}}}}}}}\n");
    let examined = accepted(&text);
    assert!(examined.operations.is_empty());
    assert_eq!(rules_of(&examined.findings), [Rule::NoOperation]);
}
