//! The built-in set: what each of its rules finds, and where.
//!
//! A line that ends in `# here` is one that a rule must point at; it must point at no other.

use std::collections::BTreeSet;

use super::{Case, OAS2, OAS30, OAS31, OAS32, found, points_at_its_marks, ruleset};

const CASES: &[Case] = &[
    ("info-contact", OAS30, "info: # here\n  title: t\n"),
    (
        "info-description",
        OAS30,
        "info:\n  title: t\n  description: '' # here\n",
    ),
    ("info-license", OAS30, "info: # here\n  title: t\n"),
    (
        "license-url",
        OAS30,
        "info:\n  license: # here\n    name: MIT\n",
    ),
    (
        "contact-properties",
        OAS30,
        "info:\n  contact: # here\n    name: n\n    email: e\n",
    ),
    (
        "no-eval-in-markdown",
        OAS30,
        "info:\n  description: x eval( y # here\n  x: eval(\n",
    ),
    (
        "no-script-tags-in-markdown",
        OAS30,
        "info:\n  title: <script>x # here\n",
    ),
    ("openapi-tags", OAS30, "tags: [] # here\n"),
    (
        "openapi-tags-alphabetical",
        OAS30,
        "tags: # here\n- name: b\n- name: a\n",
    ),
    (
        "openapi-tags-uniqueness",
        OAS30,
        "tags:\n- name: a\n- name: b\n- name: a # here\n",
    ),
    (
        "tag-description",
        OAS30,
        "tags:\n- {name: a, description: d}\n- name: b # here\n",
    ),
    (
        "path-declarations-must-exist",
        OAS30,
        "paths:\n  /a/{}: {} # here\n  /a/{b}: {}\n",
    ),
    (
        "path-keys-no-trailing-slash",
        OAS30,
        "paths:\n  /: {}\n  /a/: {} # here\n",
    ),
    (
        "path-not-include-query",
        OAS30,
        "paths:\n  /a?b=c: {} # here\n",
    ),
    (
        "path-params",
        OAS30,
        "paths:\n  /a/{b}:\n    parameters:\n    - {in: path, name: c, required: true} # here\n    get: # here\n      responses: {}\n  /x/{y}/{y}: # here\n    parameters:\n    - {in: path, name: y} # here\n    - {in: path, name: y, required: true} # here\n  /a/{z}: # here\n    parameters: []\n",
    ),
    (
        "operation-success-response",
        OAS30,
        "paths:\n  /a:\n    get:\n      responses: # here\n        '400': {}\n    put:\n      responses: {2XX: {}}\n    post:\n      responses: {302: {}}\n",
    ),
    (
        "operation-operationId-unique",
        OAS30,
        "paths:\n  /a:\n    get: {operationId: a}\n    put:\n      operationId: a # here\n",
    ),
    (
        "operation-operationId",
        OAS30,
        "paths:\n  /a:\n    get: # here\n      tags: [a]\n    x-get: {}\n",
    ),
    (
        "operation-operationId-valid-in-url",
        OAS30,
        "paths:\n  /a:\n    get:\n      operationId: a b # here\n    put: {operationId: a-b.c}\n",
    ),
    (
        "operation-parameters",
        OAS30,
        "paths:\n  /a:\n    get:\n      parameters:\n      - {in: query, name: a}\n      - {in: header, name: a}\n      - {in: query, name: a} # here\n",
    ),
    (
        "operation-parameters",
        OAS2,
        "paths:\n  /a:\n    get:\n      parameters: # here\n      - {in: body, name: a}\n      - {in: body, name: b} # here\n      - {in: formData, name: c}\n",
    ),
    (
        "operation-description",
        OAS30,
        "paths:\n  /a:\n    get: # here\n      tags: [a]\n    put: {description: d}\n",
    ),
    (
        "operation-tags",
        OAS30,
        "paths:\n  /a:\n    get:\n      tags: [] # here\n    put: # here\n      summary: s\n",
    ),
    (
        "operation-singular-tag",
        OAS30,
        "paths:\n  /a:\n    get:\n      tags: [a, b] # here\n",
    ),
    (
        "operation-tag-defined",
        OAS30,
        "tags: [name: a]\npaths:\n  /a:\n    get:\n      tags:\n      - a\n      - b # here\n",
    ),
    (
        "array-items",
        OAS30,
        "x:\n  a: # here\n    type: array\n  b: {type: array, items: {}}\n",
    ),
    (
        "array-items",
        OAS31,
        "x:\n  a: # here\n    type: ['null', array]\n",
    ),
    (
        "duplicated-entry-in-enum",
        OAS30,
        "x:\n  a:\n    enum: [a, b, a] # here\n  properties:\n    enum: [a, a]\n",
    ),
    (
        "typed-enum",
        OAS30,
        "x:\n  a:\n    type: string\n    enum:\n    - a\n    - 1 # here\n    - null # here\n  b: {type: string, nullable: true, enum: [null]}\n  c: {type: integer, enum: [1]}\n",
    ),
    (
        "no-$ref-siblings",
        OAS30,
        "x:\n  a:\n    $ref: '#/info'\n    description: d # here\n",
    ),
    ("oas2-api-host", OAS2, "# the document\n"),
    ("oas2-api-schemes", OAS2, "schemes: [] # here\n"),
    (
        "oas2-host-not-example",
        OAS2,
        "host: api.example.com # here\n",
    ),
    ("oas2-host-trailing-slash", OAS2, "host: a.test/ # here\n"),
    (
        "oas2-discriminator",
        OAS2,
        "definitions:\n  A:\n    discriminator: kind\n    properties: {} # here\n    required: [name] # here\n  B:\n    discriminator: kind\n    properties: {kind: {}}\n    required: [kind]\n",
    ),
    (
        "oas2-parameter-description",
        OAS2,
        "paths:\n  /a:\n    parameters:\n    - in: query # here\n",
    ),
    (
        "oas2-operation-formData-consume-check",
        OAS2,
        "paths:\n  /a:\n    put: # here\n      consumes: [text/plain]\n      parameters: [in: formData]\n    get:\n      consumes: [multipart/form-data]\n      parameters: [in: formData]\n",
    ),
    (
        "oas2-operation-security-defined",
        OAS2,
        "security:\n- none: [] # here\n- a:\n  - x\n  - y # here\nsecurityDefinitions:\n  a: {type: oauth2, scopes: {x: x}}\n",
    ),
    (
        "oas2-valid-schema-example",
        OAS2,
        "definitions:\n  A:\n    type: string\n    example: 1 # here\n  B: {type: string, x-nullable: true, example: null}\n",
    ),
    // A parameter says of itself whether it is required; a schema within another that says so is none.
    (
        "oas2-valid-schema-example",
        OAS2,
        "parameters:\n  a: {in: query, name: a, type: integer, required: true, default: 1}\n  b:\n    in: query\n    name: b\n    type: integer\n    required: false\n    default: x # here\ndefinitions:\n  A:\n    properties:\n      a: {type: integer, required: true, example: 1}\n    example: {} # here\n",
    ),
    (
        "oas2-valid-media-example",
        OAS2,
        "responses:\n  A:\n    schema: {type: object, required: [a]}\n    examples:\n      application/json: # here\n        b: 1\n",
    ),
    (
        "oas2-anyOf",
        OAS2,
        "definitions:\n  A:\n    anyOf: [] # here\n",
    ),
    (
        "oas2-oneOf",
        OAS2,
        "definitions:\n  A:\n    oneOf: [] # here\n",
    ),
    (
        "oas2-schema",
        OAS2,
        "info: {title: t, version: '1'}\npaths:\n  a: {} # here\n",
    ),
    (
        "oas2-unused-definition",
        OAS2,
        "definitions:\n  A: {} # here\n  B: {x: {$ref: '#/definitions/B'}} # here\n  C: {$ref: '#/definitions/D'} # here\n  D: {}\n",
    ),
    ("oas3-api-servers", OAS30, "servers: [] # here\n"),
    (
        "oas3-server-not-example.com",
        OAS30,
        "servers:\n- url: https://example.com # here\n",
    ),
    (
        "oas3-server-trailing-slash",
        OAS30,
        "servers:\n- url: /\n- url: https://a.test/ # here\n",
    ),
    (
        "oas3-server-variables",
        OAS30,
        "servers:\n- url: https://{a}.{b}.test # here\n- url: https://{a}.{b}.test\n  variables: # here\n    a: # here\n      enum: [x]\n    c: {default: x} # here\n- url: https://{a}.test\n  variables:\n    a:\n      enum: [x]\n      default: y # here\n- url: https://{a}.test # here\n  variables: {a: {default: 1}}\n",
    ),
    (
        "oas3-examples-value-or-externalValue",
        OAS30,
        "components:\n  examples:\n    a: {} # here\n    b: {value: 1, externalValue: x} # here\n    c: {value: 1}\n",
    ),
    (
        "oas3-operation-security-defined",
        OAS30,
        "paths:\n  /a:\n    get:\n      security:\n      - a: [x]\n      - a:\n        - z # here\n      - c: [] # here\ncomponents:\n  securitySchemes:\n    a: {type: oauth2, flows: {implicit: {scopes: {x: x}}}}\n",
    ),
    (
        "oas3-parameter-description",
        OAS30,
        "components:\n  parameters:\n    a: # here\n      in: query\npaths:\n  /a:\n    parameters:\n    - {$ref: '#/components/parameters/a'}\n    - in: query # here\n      name: b\n",
    ),
    (
        "oas3-valid-media-example",
        OAS30,
        "components:\n  responses:\n    a:\n      content:\n        application/json:\n          schema:\n            required: [secret, a]\n            properties: {secret: {writeOnly: true}, a: {type: integer}}\n          examples:\n            good: {value: {a: 1}}\n            bad:\n              value:\n                a: x # here\n            worse:\n              value: {secret: 1} # here\n            none: {} # here\n            outside: {externalValue: x}\n",
    ),
    (
        "oas3-valid-schema-example",
        OAS30,
        "components:\n  schemas:\n    A:\n      type: object\n      properties:\n        n:\n          type: integer\n          default: x # here\n        m: {type: string, nullable: true, example: null}\n      example:\n        n: 1.5 # here\n    B:\n      type: strange\n      example: 1 # here\n",
    ),
    // What is wrong first counts, but for what is malformed anywhere.
    (
        "oas3-valid-schema-example",
        OAS30,
        "components:\n  schemas:\n    Before:\n      properties: {a: {nullable: true}, b: {$ref: '#/components/schemas/Before'}}\n      example: {} # here\n    Behind:\n      properties: {a: {nullable: true}}\n      not: {$ref: '#/components/schemas/Behind'}\n      example: {}\n    Malformed:\n      properties: {a: {type: strange}}\n      not: {$ref: '#/components/schemas/Malformed'}\n      example: {} # here\n",
    ),
    // A pattern that takes too much is one, and what matches it is not decided.
    (
        "oas3-valid-schema-example",
        OAS30,
        "components:\n  schemas:\n    A: {type: string, pattern: '^.{1,3000}$', example: ''}\n    B:\n      type: string\n      pattern: '('\n      example: '' # here\n",
    ),
    (
        "oas3-valid-schema-example",
        OAS31,
        "components:\n  schemas:\n    A:\n      type: [string, 'null']\n      exclusiveMinimum: 5\n      example: 5 # here\n    B: {type: [string, 'null'], default: null}\n",
    ),
    (
        "oas3-schema",
        OAS30,
        "info: # here\n  title: t\npaths:\n  /a:\n    get:\n      tags: a # here\n      responses: {200: {description: d}}\n      unknown: 1 # here\n",
    ),
    (
        "oas3-schema",
        OAS31,
        "info: {title: t, version: '1'}\ncomponents:\n  schemas:\n    A:\n      required: a # here\n",
    ),
    (
        "oas3-unused-component",
        OAS30,
        "components:\n  schemas:\n    A: {} # here\n    B: {x: {$ref: '#/components/schemas/B'}} # here\n    C: {x: {$ref: '#/components/schemas/D'}} # here\n    D: {}\n  securitySchemes: {s: {}}\n  headers:\n    H: {} # here\n",
    ),
    (
        "oas3-callbacks-in-callbacks",
        OAS30,
        "paths:\n  /a:\n    get:\n      callbacks:\n        a:\n          x:\n            post:\n              callbacks: {} # here\n",
    ),
    (
        "oas3_1-servers-in-webhook",
        OAS31,
        "webhooks:\n  a:\n    post:\n      servers: [] # here\n",
    ),
    (
        "oas3_1-callbacks-in-webhook",
        OAS31,
        "webhooks:\n  a:\n    post:\n      callbacks: {} # here\n",
    ),
    (
        "oas3_2-no-deprecated-xml-attribute",
        OAS32,
        "x:\n  a:\n    xml: {attribute: true} # here\n  b: {xml: {attribute: false}}\n",
    ),
];

#[test]
fn each_rule_points_at_what_it_is_about_and_at_nothing_else() {
    for case in CASES {
        points_at_its_marks("spectral:oas", *case);
    }
}

#[test]
fn every_rule_is_tried() {
    let all = ruleset("extends: [[spectral:oas, all]]");
    let rules: BTreeSet<&str> = all.rules().map(|(name, _)| name).collect();
    let tried: BTreeSet<&str> = CASES.iter().map(|(rule, ..)| *rule).collect();
    assert_eq!(rules, tried);
}

#[test]
fn a_component_is_told_of_once_however_often_it_is_used() {
    let text = "openapi: 3.0.3\npaths:\n  /a: {get: {parameters: [&p {$ref: '#/components/parameters/p'}]}}\n  /b: {get: {parameters: [*p]}}\n\
        components: {parameters: {p: {in: query, name: q}}}\n";
    let by = "{extends: [[spectral:oas, off]], rules: {oas3-parameter-description: error}}";
    let pointers: Vec<_> = found(text, by).into_iter().map(|it| it.pointer).collect();
    assert_eq!(pointers, ["/components/parameters/p"]);
}

#[test]
fn an_example_of_a_schema_that_leads_back_into_itself_is_left_alone() {
    let text = "openapi: 3.0.3\ncomponents:\n  schemas:\n    A: {type: object, properties: {a: {$ref: '#/components/schemas/A'}}, example: 1}\n";
    let by = "{extends: [[spectral:oas, off]], rules: {oas3-valid-schema-example: error}}";
    assert_eq!(found(text, by), []);
}
