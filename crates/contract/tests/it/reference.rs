//! The reference: what a reader who wants to call an API is told of each operation.

use gatewright_contract::{
    Budgets, Reference, ReferenceMedia, ReferenceOperation, read, reference,
};

/// An API that uses much of what there is to describe.
const SHOP: &str = "\
openapi: 3.1.0
info: {title: Shop, version: '1'}
tags: [{name: orders, description: What was *bought*.}, {name: unused}]
components:
  schemas:
    Order:
      type: object
      required: [id, lines]
      properties:
        id: {type: string, format: uuid, description: Its name.}
        state: {enum: [open, paid]}
        lines: {type: array, minItems: 1, items: {$ref: '#/components/schemas/Line'}}
        parent: {$ref: '#/components/schemas/Order'}
        secret: {type: string, writeOnly: true}
    Line:
      properties:
        count: {type: integer, minimum: 1, default: 1}
        price: {type: [number, 'null']}
  parameters:
    Id: {name: id, in: path, required: true, schema: {type: string, format: uuid}}
paths:
  /orders/{id}:
    parameters: [{$ref: '#/components/parameters/Id'}]
    get:
      tags: [orders]
      summary: Show one
      parameters:
      - {name: fields, in: query, required: true, schema: {type: array, items: {type: string}}}
      - {name: X-Trace, in: header, schema: {type: string, maxLength: 20}}
      responses:
        '200':
          description: It
          headers: {ETag: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
        4XX: {description: Not it}
  /orders:
    post:
      tags: [orders]
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Line'}
            examples: {two: {value: {count: 2, note: \"it's\"}}}
          text/plain: {example: 'two, please'}
      responses: {'201': {description: Made}}
  /status:
    get: {responses: {'200': {description: Fine}}}
  /about:
    get: {tags: [more], responses: {'200': {description: Fine}}}
";

fn referenced(text: &str) -> Reference {
    let document = read(text.as_bytes(), &Budgets::default()).expect("a document");
    reference(&document, &Budgets::default())
}

fn operation(text: &str, path: &str) -> ReferenceOperation {
    let all = referenced(text)
        .groups
        .into_iter()
        .flat_map(|it| it.operations);
    all.into_iter()
        .find(|it| it.path == path)
        .expect("the operation")
}

fn names(media: &ReferenceMedia) -> Vec<String> {
    let line = |it: &gatewright_contract::ReferenceField| {
        let must = if it.required { "!" } else { "" };
        format!("{}{must}: {}", it.name, it.kind)
    };
    media.fields.iter().map(line).collect()
}

#[test]
fn operations_are_grouped_by_their_tag() {
    let groups = referenced(SHOP).groups;
    let told: Vec<_> = groups
        .iter()
        .map(|it| (it.name.as_str(), it.operations.len()))
        .collect();
    assert_eq!(told, [("orders", 2), ("more", 1), ("", 1)]);
    assert_eq!(groups[0].description.as_deref(), Some("What was *bought*."));
}

#[test]
fn parameters_have_a_line_that_says_what_they_are() {
    let parameters = operation(SHOP, "/orders/{id}").parameters;
    let told: Vec<String> = parameters
        .iter()
        .map(|it| format!("{} {} {} {}", it.place, it.name, it.required, it.kind))
        .collect();
    assert_eq!(
        told,
        [
            "path id true string (uuid)",
            "query fields true list of string",
            "header X-Trace false string, at most 20 characters",
        ]
    );
}

#[test]
fn a_body_has_its_fields_and_cycles_are_cut() {
    let order = operation(SHOP, "/orders/{id}");
    let media = &order.responses[0].media[0];
    assert_eq!(media.kind, "Order");
    assert_eq!(
        names(media),
        [
            "id!: string (uuid)",
            "state: \"open\" or \"paid\"",
            "lines!: list of Line, at least 1 items",
            "lines[].count: integer, ≥ 1, 1 if left out",
            "lines[].price: number or null",
            "parent: Order",
        ]
    );
    assert_eq!(media.fields[0].description.as_deref(), Some("Its name."));
    assert_eq!(order.responses[0].headers[0].name, "ETag");
    assert_eq!(order.responses[1].status, "4XX");
}

#[test]
fn an_example_is_the_documents_own_or_is_made_from_the_schema() {
    let place = operation(SHOP, "/orders").body.expect("a body");
    let given = place.media[0].example.as_deref().expect("an example");
    assert_eq!(given, "{\n  \"count\": 2,\n  \"note\": \"it's\"\n}");
    assert_eq!(place.media[1].example.as_deref(), Some("two, please"));
    let show = operation(SHOP, "/orders/{id}");
    let made = show.responses[0].media[0]
        .example
        .as_deref()
        .expect("an example");
    let made: serde_json::Value = serde_json::from_str(made).expect("an example is JSON");
    let expected = serde_json::json!({
        "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "state": "open",
        "lines": [{"count": 1, "price": 0}],
    });
    assert_eq!(made, expected);
}

#[test]
fn what_is_only_read_is_not_sent_and_what_is_only_written_is_not_answered() {
    let text = "\
openapi: 3.1.0
info: {title: Users, version: '1'}
components:
  schemas:
    Id: {type: string, readOnly: true}
    User:
      properties:
        id: {$ref: '#/components/schemas/Id'}
        name: {type: string}
        password: {type: string, writeOnly: true}
paths:
  /users:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
      responses: {'201': {description: Made, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}}
";
    let place = operation(text, "/users");
    let sent = &place.body.expect("a body").media[0];
    let answered = &place.responses[0].media[0];
    assert_eq!(names(sent), ["name: string", "password: string"]);
    assert_eq!(names(answered), ["id: Id", "name: string"]);
    let members = |media: &ReferenceMedia| -> serde_json::Value {
        serde_json::from_str(media.example.as_deref().expect("an example")).expect("it is JSON")
    };
    assert_eq!(
        members(sent),
        serde_json::json!({"name": "text", "password": "text"})
    );
    assert_eq!(
        members(answered),
        serde_json::json!({"id": "text", "name": "text"})
    );
}

#[test]
fn a_call_is_a_line_to_paste() {
    assert_eq!(
        operation(SHOP, "/orders/{id}").curl("https://gw.example/shop/v1"),
        "curl --globoff --request GET 'https://gw.example/shop/v1/orders/3fa85f64-5717-4562-b3fc-2c963f66afa6?fields={fields}' \\\n  \
        --header \"Authorization: Bearer $TOKEN\""
    );
    let place = operation(SHOP, "/orders").curl("https://gw.example/shop/v1");
    assert!(
        place.contains("--request POST 'https://gw.example/shop/v1/orders'"),
        "{place}"
    );
    assert!(
        place.contains("--header 'Content-Type: application/json'"),
        "{place}"
    );
    assert!(place.ends_with("\"note\": \"it'\\''s\"\n}'"), "{place}");
}

#[test]
fn nothing_in_a_document_runs_when_its_call_is_pasted() {
    let text = SHOP.replace("/status:", "\"/status';touch x;'$(touch y)\":");
    let all = referenced(&text)
        .groups
        .into_iter()
        .flat_map(|it| it.operations);
    let evil = all
        .into_iter()
        .find(|it| it.path.contains("touch"))
        .expect("the operation");
    let line = evil.curl("https://gw.example");
    // Between single quotes only a single quote means anything to a shell, and each is closed, escaped and opened again.
    assert!(
        line.contains("'https://gw.example/status'\\'';touch x;'\\''$(touch y)'"),
        "{line}"
    );
}

#[test]
fn openapi_2_0_reads_like_openapi_3() {
    let text = "\
swagger: '2.0'
info: {title: Shop, version: '1'}
consumes: [application/json]
produces: [application/json]
definitions:
  Line: {type: object, properties: {count: {type: integer, minimum: 2}}}
paths:
  /orders:
    post:
      parameters:
      - {name: dry, in: query, type: boolean, default: false}
      - {name: line, in: body, required: true, schema: {$ref: '#/definitions/Line'}}
      responses: {'201': {description: Made, schema: {$ref: '#/definitions/Line'}}}
  /files:
    post:
      consumes: [multipart/form-data]
      parameters: [{name: file, in: formData, required: true, type: file}]
      responses: {'201': {description: Made}}
";
    let place = operation(text, "/orders");
    assert_eq!(place.parameters.len(), 1);
    assert_eq!(place.parameters[0].kind, "boolean, false if left out");
    let body = place.body.expect("a body");
    assert!(body.required);
    assert_eq!(
        (
            body.media[0].media_type.as_str(),
            body.media[0].kind.as_str()
        ),
        ("application/json", "Line")
    );
    assert_eq!(
        body.media[0].example.as_deref(),
        Some("{\n  \"count\": 2\n}")
    );
    assert_eq!(place.responses[0].media[0].kind, "Line");
    let form = operation(text, "/files").body.expect("a body");
    assert_eq!(form.media[0].media_type, "multipart/form-data");
    assert_eq!(names(&form.media[0]), ["file!: file"]);
}

#[test]
fn a_document_made_to_unfold_is_cut_and_says_so() {
    // Every schema has the next one ten times, in members of their own, so that a walk would never end.
    let schemas: Vec<String> = (0..30)
        .map(|n| {
            let members: Vec<String> = (0..10)
                .map(|m| {
                    format!(
                        "p{m}: {{$ref: '#/components/schemas/S{}'}}",
                        (n + 1 + m) % 30
                    )
                })
                .collect();
            format!(
                "    S{n}: {{type: object, properties: {{{}}}}}\n",
                members.join(", ")
            )
        })
        .collect();
    let paths: Vec<String> = (0..1_500)
        .map(|n| {
            format!(
                "  /p{n}: {{get: {{responses: {{'200': {{description: x, content: {{application/json: \
                {{schema: {{$ref: '#/components/schemas/S{}'}}}}}}}}}}}}}}\n",
                n % 30
            )
        })
        .collect();
    let text = format!(
        "openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\ncomponents:\n  schemas:\n{}paths:\n{}",
        schemas.concat(),
        paths.concat()
    );
    let told = referenced(&text);
    assert!(told.cut);
    let operations: usize = told.groups.iter().map(|it| it.operations.len()).sum();
    assert_eq!(operations, 1_500);
    assert!(!referenced(SHOP).cut);
}

#[test]
fn a_document_made_to_say_much_is_cut_and_says_so() {
    // One schema whose two hundred members all have the longest description, in fifty responses of each operation.
    let words = "word ".repeat(1_000);
    let members: Vec<String> = (0..200)
        .map(|n| format!("p{n}: {{$ref: '#/components/schemas/Word'}}"))
        .collect();
    let responses: Vec<String> = (200..250)
        .map(|status| {
            format!(
                "'{status}': {{description: x, content: {{application/json: {{schema: {{$ref: '#/components/schemas/All'}}}}}}}}"
            )
        })
        .collect();
    let paths: Vec<String> = (0..120)
        .map(|n| {
            format!(
                "  /p{n}: {{get: {{responses: {{{}}}}}}}\n",
                responses.join(", ")
            )
        })
        .collect();
    let text = format!(
        "openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\ncomponents:\n  schemas:\n    Word: {{type: string, description: {words}}}\n    \
        All: {{type: object, properties: {{{}}}}}\npaths:\n{}",
        members.join(", "),
        paths.concat()
    );
    let told = referenced(&text);
    assert!(told.cut);
    let all = told.groups.iter().flat_map(|it| &it.operations);
    let sizes: Vec<usize> = all
        .map(|operation| {
            serde_json::to_string(operation)
                .expect("an operation is JSON")
                .len()
        })
        .collect();
    assert!(sizes.iter().all(|size| *size < 600_000), "{sizes:?}");
    let whole: usize = sizes.iter().sum();
    assert!((40_000_000..60_000_000).contains(&whole), "{whole}");
    assert_eq!(sizes.len(), 120);
}
