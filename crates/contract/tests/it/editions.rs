//! The editions of OpenAPI: one API written in each says the same, and where an edition knows more or less, so do we.

use gatewright_contract::{Examined, Rule};
use gatewright_domain::operation::Operation;

use crate::{accepted, only, refused, rules, rules_of};

/// Orders, in OpenAPI 2.0.
const OLD: &str = "\
swagger: '2.0'
info: {title: Orders, version: '1.2', description: Everything about orders.}
host: api.example.com
basePath: /ignored/v1
schemes: [https]
consumes: [application/json]
produces: [application/json]
security: [{login: [read]}]
parameters:
  Id: {name: id, in: path, required: true, type: string}
responses:
  Gone: {description: gone}
definitions:
  Order: {type: object, properties: {id: {type: string}}}
securityDefinitions:
  password: {type: basic}
  key: {type: apiKey, in: header, name: X-Key}
  login:
    type: oauth2
    flow: application
    tokenUrl: https://example.com/token
    scopes: {read: Read orders, write: Place orders, x-own: {}}
paths:
  /orders/{id}:
    parameters: [{$ref: '#/parameters/Id'}]
    get:
      operationId: show
      summary: Show one
      responses: {'200': {description: it, schema: {$ref: '#/definitions/Order'}}}
    delete:
      deprecated: true
      security: [{login: [write]}, {key: [], password: []}]
      responses: {'204': {$ref: '#/responses/Gone'}}
  /orders:
    post:
      security: [{login: [write]}]
      parameters: [{name: order, in: body, schema: {$ref: '#/definitions/Order'}}]
      responses: {'201': {description: placed}}
    put:
      consumes: [multipart/form-data]
      parameters: [{name: file, in: formData, type: file}]
      responses: {'201': {description: placed}}
";

/// Orders, in OpenAPI 3.
const NEW: &str = "\
openapi: 3.1.0
info: {title: Orders, version: '1.2', description: Everything about orders.}
servers: [{url: 'https://api.example.com/ignored/v1'}]
security: [{login: [read]}]
components:
  parameters:
    Id: {name: id, in: path, required: true, schema: {type: string}}
  responses:
    Gone: {description: gone}
  schemas:
    Order: {type: object, properties: {id: {type: string}}}
  securitySchemes:
    password: {type: http, scheme: basic}
    key: {type: apiKey, in: header, name: X-Key}
    login:
      type: oauth2
      flows:
        clientCredentials:
          tokenUrl: https://example.com/token
          scopes: {read: Read orders, write: Place orders}
paths:
  /orders/{id}:
    parameters: [{$ref: '#/components/parameters/Id'}]
    get:
      operationId: show
      summary: Show one
      responses:
        '200':
          description: it
          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
    delete:
      deprecated: true
      security: [{login: [write]}, {key: [], password: []}]
      responses: {'204': {$ref: '#/components/responses/Gone'}}
  /orders:
    post:
      security: [{login: [write]}]
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
      responses: {'201': {description: placed}}
    put:
      requestBody:
        content: {multipart/form-data: {schema: {properties: {file: {type: string}}}}}
      responses: {'201': {description: placed}}
";

/// A document of OpenAPI 3.2 with this path item and these members more.
fn newest(item: &str, more: &str) -> String {
    format!("openapi: 3.2.0\ninfo: {{title: t, version: '1'}}\n{more}paths:\n  /a:\n    {item}\n")
}

/// Method and path of each operation.
fn listed(operations: &[Operation]) -> Vec<String> {
    let line = |it: &Operation| format!("{} {}", it.method, it.path);
    operations.iter().map(line).collect()
}

const ANSWER: &str = "responses: {'200': {description: it}}";

#[test]
fn openapi_2_0_offers_and_requires_what_the_same_api_does_in_openapi_3() {
    let (old, new) = (accepted(OLD), accepted(NEW));
    assert_eq!(rules_of(&old.findings), []);
    let Examined {
        summary,
        operations,
        scopes,
        findings: _,
    } = old;
    assert_eq!(operations, new.operations);
    assert_eq!(scopes, new.scopes);
    assert_eq!(summary.openapi, "2.0");
    assert_eq!(summary.title, "Orders");
    assert_eq!(summary.description, new.summary.description);
}

#[test]
fn openapi_2_0_is_held_against_the_same_rules() {
    let scheme = OLD.replace("{login: [read]}", "{other: [read]}");
    let found = refused(&scheme);
    assert_eq!(rules_of(&found), [Rule::SecuritySchemeUndefined]);
    let message = &found.as_slice()[0].message;
    assert!(message.contains("`securityDefinitions`"), "{message}");
    let scope = OLD.replace("{login: [read]}", "{login: [admin]}");
    assert_eq!(rules(&scope), [Rule::ScopeUndeclared]);
    let kind = OLD.replace("type: basic", "type: http");
    assert_eq!(rules_of(&refused(&kind)), [Rule::WrongType]);
    let nowhere = OLD.replace("'#/definitions/Order'", "'#/components/schemas/Order'");
    assert_eq!(rules(&nowhere)[0], Rule::ReferenceToNothing);
    let undeclared = OLD.replace("[{$ref: '#/parameters/Id'}]", "[]");
    assert!(rules(&undeclared).contains(&Rule::PathParameterUndeclared));
}

#[test]
fn openapi_2_0_knows_no_trace_and_openapi_3_1_no_query() {
    let trace = OLD.replace("    post:", "    trace:");
    let found = only(&trace);
    assert_eq!(
        (found.rule, found.pointer),
        (Rule::MethodUnknown, "/paths/~1orders/trace".into())
    );
    let query = NEW.replace("    post:", "    query:");
    assert_eq!(only(&query).rule, Rule::MethodUnknown);
}

#[test]
fn openapi_3_2_has_questions_in_the_body() {
    let text = newest(&format!("query: {{{ANSWER}}}\n    get: {{{ANSWER}}}"), "");
    assert_eq!(rules(&text), []);
    assert_eq!(listed(&accepted(&text).operations), ["QUERY /a", "GET /a"]);
}

#[test]
fn operations_of_methods_that_no_gateway_routes_are_named() {
    let item = format!(
        "get: {{{ANSWER}}}\n    additionalOperations: {{COPY: {{{ANSWER}}}, PUT: {{{ANSWER}}}}}"
    );
    let text = newest(&item, "");
    let found = crate::findings(&text);
    let told: Vec<_> = found
        .iter()
        .map(|it| (it.rule, it.pointer.as_str()))
        .collect();
    let [copy, put] = ["COPY", "PUT"].map(|it| format!("/paths/~1a/additionalOperations/{it}"));
    let unknown = Rule::MethodUnknown;
    assert_eq!(told, [(unknown, copy.as_str()), (unknown, put.as_str())]);
    assert!(
        found[1].message.contains("under `put`"),
        "{}",
        found[1].message
    );
    assert_eq!(listed(&accepted(&text).operations), ["GET /a"]);
}

#[test]
fn a_document_that_says_its_address_may_refer_to_itself_by_it() {
    let refers = |to: &str| newest(&format!("$ref: '{to}#/components/pathItems/A'"), SELF);
    const SELF: &str = "$self: https://example.com/orders.yaml\ncomponents:\n  pathItems:\n    \
        A: {get: {responses: {'200': {description: it}}}}\n";
    let own = refers("https://example.com/orders.yaml");
    assert_eq!(listed(&accepted(&own).operations), ["GET /a"]);
    let other = refers("https://example.com/other.yaml");
    assert_eq!(rules_of(&refused(other)), [Rule::ReferenceUnusable]);
}

#[test]
fn a_requirement_of_openapi_3_2_may_point_at_its_scheme() {
    let more = "security: [{'#/components/securitySchemes/login': [read]}]\ncomponents:\n  securitySchemes:\n    \
        login: {type: oauth2, flows: {deviceAuthorization: {deviceAuthorizationUrl: 'https://a.test', \
        tokenUrl: 'https://a.test', scopes: {read: Read}}}}\n";
    let text = newest(&format!("get: {{{ANSWER}}}"), more);
    assert_eq!(rules(&text), []);
    let requires = &accepted(&text).operations[0].requires;
    assert_eq!(requires.scopes().len(), 1);
    let undeclared = text.replace("[read]", "[write]");
    assert_eq!(rules(&undeclared), [Rule::ScopeUndeclared]);
}
