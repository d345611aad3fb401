//! The OWASP set: what each of its rules finds, and where.
//!
//! A line that ends in `# here` is one that a rule must point at; it must point at no other.

use std::collections::BTreeSet;

use super::{Case, OAS2, OAS30, OAS31, points_at_its_marks, ruleset};

const CASES: &[Case] = &[
    (
        "owasp:api1:2023-no-numeric-ids",
        OAS30,
        "paths:\n  /a/{id}:\n    get:\n      parameters:\n      - name: id\n        in: path\n        schema: # here\n          type: integer\n      - name: user_id\n        in: path\n        schema: {type: string}\n      - {name: width, in: query, schema: {type: integer}}\n",
    ),
    (
        "owasp:api2:2023-no-http-basic",
        OAS30,
        "components:\n  securitySchemes:\n    a:\n      type: http\n      scheme: basic # here\n    b: {type: http, scheme: bearer}\n",
    ),
    (
        "owasp:api2:2023-no-api-keys-in-url",
        OAS30,
        "components:\n  securitySchemes:\n    a:\n      type: apiKey\n      in: query # here\n    b: {type: apiKey, in: header}\n",
    ),
    (
        "owasp:api2:2023-no-credentials-in-url",
        OAS30,
        "paths:\n  /a:\n    get:\n      parameters:\n      - in: query\n        name: client_secret # here\n      - in: header\n        name: token\n",
    ),
    (
        "owasp:api2:2023-auth-insecure-schemes",
        OAS30,
        "components:\n  securitySchemes:\n    a:\n      type: http\n      scheme: negotiate # here\n    b: {type: http, scheme: bearer}\n",
    ),
    (
        "owasp:api2:2023-jwt-best-practices",
        OAS30,
        "components:\n  securitySchemes:\n    a: # here\n      type: oauth2\n    b:\n      bearerFormat: JWT\n      description: tokens # here\n    c: {type: oauth2, description: As RFC8725 says.}\n    d: {type: http}\n",
    ),
    (
        "owasp:api2:2023-short-lived-access-tokens",
        OAS30,
        "components:\n  securitySchemes:\n    a:\n      type: oauth2\n      flows:\n        implicit: # here\n          scopes: {}\n        password: {refreshUrl: https://a.test}\n",
    ),
    (
        "owasp:api2:2023-write-restricted",
        OAS30,
        "paths:\n  /a:\n    post: # here\n      tags: [a]\n    put:\n      security: [] # here\n    patch:\n      security: [s: []]\n    get: {}\n",
    ),
    (
        "owasp:api2:2023-read-restricted",
        OAS30,
        "paths:\n  /a:\n    get: # here\n      tags: [a]\n    head:\n      security: [] # here\n    post: {}\n",
    ),
    (
        "owasp:api3:2023-no-additionalProperties",
        OAS30,
        "x:\n  a:\n    type: object\n    additionalProperties: true # here\n  b:\n    type: object\n    additionalProperties: # here\n      type: string\n  c: {type: object, additionalProperties: false}\n",
    ),
    (
        "owasp:api3:2023-constrained-additionalProperties",
        OAS30,
        "x:\n  a: # here\n    type: object\n    additionalProperties: {type: string}\n  b: {type: object, maxProperties: 5, additionalProperties: {type: string}}\n",
    ),
    (
        "owasp:api3:2023-no-unevaluatedProperties",
        OAS31,
        "x:\n  a:\n    type: object\n    unevaluatedProperties: true # here\n  b: {type: object, unevaluatedProperties: false}\n",
    ),
    (
        "owasp:api3:2023-constrained-unevaluatedProperties",
        OAS31,
        "x:\n  a: # here\n    type: object\n    unevaluatedProperties: {type: string}\n  b: {type: object, maxProperties: 5, unevaluatedProperties: {type: string}}\n",
    ),
    (
        "owasp:api4:2023-rate-limit",
        OAS30,
        "paths:\n  /a:\n    get:\n      responses:\n        '200':\n          headers: # here\n            X: {}\n        '201': {headers: {RateLimit: {}}}\n        '500': {headers: {}}\n",
    ),
    (
        "owasp:api4:2023-rate-limit-retry-after",
        OAS30,
        "paths:\n  /a:\n    get:\n      responses:\n        '429':\n          headers: # here\n            X: {}\n    put:\n      responses: {'429': {headers: {Retry-After: {}}}}\n",
    ),
    (
        "owasp:api4:2023-rate-limit-responses-429",
        OAS30,
        "paths:\n  /a:\n    get:\n      responses: # here\n        '200': {}\n    put:\n      responses:\n        '429': # here\n          description: d\n    post:\n      responses: {'429': {content: {a/b: {}}}}\n",
    ),
    (
        "owasp:api4:2023-array-limit",
        OAS30,
        "x:\n  a: # here\n    type: array\n  b: {type: array, maxItems: 5}\n",
    ),
    (
        "owasp:api4:2023-array-limit",
        OAS31,
        "x:\n  a: # here\n    type: [array, 'null']\n",
    ),
    (
        "owasp:api4:2023-string-limit",
        OAS30,
        "x:\n  a: # here\n    type: string\n  b: {type: string, maxLength: 5}\n  c: {type: string, enum: [a]}\n",
    ),
    (
        "owasp:api4:2023-string-restricted",
        OAS30,
        "x:\n  a: # here\n    type: string\n  b: {type: string, format: uuid}\n",
    ),
    (
        "owasp:api4:2023-integer-limit",
        OAS31,
        "x:\n  a: # here\n    type: integer\n    minimum: 1\n  b: {type: integer, minimum: 1, exclusiveMaximum: 5}\n",
    ),
    (
        "owasp:api4:2023-integer-limit-legacy",
        OAS30,
        "x:\n  a: # here\n    type: integer\n    minimum: 1\n  b: {type: integer, minimum: 1, maximum: 5}\n",
    ),
    (
        "owasp:api4:2023-integer-format",
        OAS30,
        "x:\n  a: # here\n    type: integer\n  b: {type: integer, format: int32}\n",
    ),
    (
        "owasp:api5:2023-admin-security-unique",
        OAS30,
        "paths:\n  /a:\n    get:\n      security: [{s: []}]\n  /admin/a:\n    get:\n      security:\n      - {t: []}\n      - s: [] # here\n",
    ),
    (
        "owasp:api7:2023-concerning-url-parameter",
        OAS30,
        "paths:\n  /a:\n    parameters:\n    - in: query\n      name: redirect_to # here\n    get:\n      parameters:\n      - name: avatar_url # here\n      - name: curl\n",
    ),
    (
        "owasp:api8:2023-define-cors-origin",
        OAS30,
        "paths:\n  /a:\n    get:\n      responses:\n        '200':\n          headers: # here\n            X: {}\n        '201': {headers: {Access-Control-Allow-Origin: {}}}\n",
    ),
    (
        "owasp:api8:2023-no-scheme-http",
        OAS2,
        "schemes:\n- https\n- http # here\n",
    ),
    (
        "owasp:api8:2023-no-server-http",
        OAS30,
        "servers:\n- url: http://a.test # here\n- url: https://a.test\n",
    ),
    (
        "owasp:api8:2023-define-error-validation",
        OAS30,
        "paths:\n  /a:\n    get:\n      responses: # here\n        '200': {}\n    put:\n      responses: {4XX: {}}\n",
    ),
    (
        "owasp:api8:2023-define-error-responses-401",
        OAS30,
        "paths:\n  /a:\n    get:\n      responses: # here\n        '200': {}\n    put:\n      responses:\n        '401': # here\n          description: d\n",
    ),
    (
        "owasp:api8:2023-define-error-responses-500",
        OAS30,
        "paths:\n  /a:\n    get:\n      responses: # here\n        '200': {}\n    put:\n      responses:\n        '500': # here\n          description: d\n",
    ),
    (
        "owasp:api9:2023-inventory-access",
        OAS30,
        "servers:\n- url: https://a.test # here\n- url: https://b.test\n  x-internal: false\n",
    ),
    (
        "owasp:api9:2023-inventory-environment",
        OAS30,
        "servers:\n- url: https://a.test\n  description: an address # here\n- url: https://b.test\n  description: Production\n",
    ),
];

#[test]
fn each_rule_points_at_what_it_is_about_and_at_nothing_else() {
    for case in CASES {
        points_at_its_marks("spectral:owasp", *case);
    }
}

#[test]
fn every_rule_is_tried() {
    let all = ruleset("extends: [['spectral:owasp', all]]");
    let rules: BTreeSet<&str> = all.rules().map(|(name, _)| name).collect();
    let tried: BTreeSet<&str> = CASES.iter().map(|(rule, ..)| *rule).collect();
    assert_eq!(rules, tried);
}
