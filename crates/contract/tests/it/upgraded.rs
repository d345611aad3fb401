//! Documents of OpenAPI 2.0, compared as 3.0 would say the same.

use gatewright_contract::{Change, Changes};

use crate::changes::{changes, settings};

const OLD: &str = "\
swagger: '2.0'
info: {title: t, version: '1'}
host: api.example
basePath: /v1
consumes: [application/json]
produces: [application/json, application/xml]
parameters:
  size: {name: size, in: query, type: integer, maximum: 100, x-nullable: true}
  sent: {name: pet, in: body, required: true, schema: {$ref: '#/definitions/Pet'}}
responses:
  gone: {description: it is gone, schema: {type: string}}
paths:
  /pets:
    parameters: [{$ref: '#/parameters/size'}]
    get:
      parameters:
        - {name: tags, in: query, type: array, items: {type: string}, collectionFormat: multi}
        - {name: ids, in: query, type: array, items: {type: integer, minimum: 1}, collectionFormat: pipes}
        - {name: X-Trace, in: header, type: array, items: {type: string}}
      produces: [application/json]
      responses:
        200:
          description: them
          headers: {X-Total: {type: integer, description: how many}}
          schema: {type: array, items: {$ref: '#/definitions/Pet'}}
        410: {$ref: '#/responses/gone'}
    post:
      security: [{login: [write]}]
      parameters: [{$ref: '#/parameters/sent'}]
      responses: {201: {description: it}}
  /pets/{id}/photo:
    parameters: [{name: id, in: path, required: true, type: string}]
    post:
      consumes: [multipart/form-data]
      parameters:
        - {name: photo, in: formData, type: file, required: true}
        - {name: title, in: formData, type: string, maxLength: 40}
      responses: {204: {description: it is there}}
    get:
      produces: [image/png]
      responses: {200: {description: it, schema: {type: file}}}
definitions:
  Pet:
    type: object
    discriminator: kind
    required: [kind, name]
    properties:
      kind: {type: string}
      name: {type: string, x-nullable: true}
      mother: {$ref: '#/definitions/Pet'}
securityDefinitions:
  who: {type: basic}
  key: {type: apiKey, in: header, name: X-Key}
  login: {type: oauth2, flow: accessCode, authorizationUrl: 'https://a.example', tokenUrl: 'https://t.example', scopes: {write: x}}
";

const NEW: &str = "\
openapi: 3.0.3
info: {title: t, version: '1'}
servers: [{url: 'https://api.example/v1'}]
paths:
  /pets:
    parameters: [{name: size, in: query, schema: {type: integer, maximum: 100, nullable: true}}]
    get:
      parameters:
        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
        - {name: ids, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: integer, minimum: 1}}}
        - {name: X-Trace, in: header, schema: {type: array, items: {type: string}}}
      responses:
        200:
          description: them
          headers: {X-Total: {schema: {type: integer}, description: how many}}
          content:
            application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}
        410:
          description: it is gone
          content: {application/json: {schema: {type: string}}}
    post:
      security: [{login: [write]}]
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
      responses: {201: {description: it}}
  /pets/{id}/photo:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post:
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [photo]
              properties: {photo: {type: string, format: binary}, title: {type: string, maxLength: 40}}
      responses: {204: {description: it is there}}
    get:
      responses: {200: {description: it, content: {image/png: {schema: {type: string, format: binary}}}}}
components:
  schemas:
    Pet:
      type: object
      discriminator: {propertyName: kind}
      required: [kind, name]
      properties:
        kind: {type: string}
        name: {type: string, nullable: true}
        mother: {$ref: '#/components/schemas/Pet'}
  securitySchemes:
    who: {type: http, scheme: basic}
    key: {type: apiKey, in: header, name: X-Key}
    login:
      type: oauth2
      flows: {authorizationCode: {authorizationUrl: 'https://a.example', tokenUrl: 'https://t.example', scopes: {write: x}}}
";

fn told(changes: &Changes) -> Vec<&str> {
    let mut told: Vec<_> = changes.told.iter().map(|change| change.id).collect();
    told.sort_unstable();
    told
}

/// What is told when a part of the old document is replaced.
fn replaced(part: &str, by: &str) -> Changes {
    assert_eq!(OLD.matches(part).count(), 1, "{part}");
    changes(OLD, &OLD.replace(part, by), &settings())
}

#[test]
fn a_document_and_its_own_successor_say_the_same() {
    for (base, revision) in [(OLD, NEW), (NEW, OLD), (OLD, OLD)] {
        let found = changes(base, revision, &settings());
        assert_eq!(found.told, [], "{found:#?}");
    }
}

#[test]
fn what_changes_in_2_0_and_in_its_successor_has_the_same_rules() {
    let changed = [
        (
            ["maxLength: 40", "maxLength: 20"],
            ["maxLength: 40", "maxLength: 20"],
        ),
        (["title, in", "heading, in"], ["title: {", "heading: {"]),
        (
            ["string, x-nullable: true", "integer"],
            ["string, nullable: true", "integer"],
        ),
        (["[kind, name]", "[kind]"], ["[kind, name]", "[kind]"]),
        (
            ["discriminator: kind", "discriminator: name"],
            ["propertyName: kind", "propertyName: name"],
        ),
        (
            ["https://t.example", "https://u.example"],
            ["https://t.example", "https://u.example"],
        ),
    ];
    for ([part, by], [new_part, new_by]) in changed {
        let old = replaced(part, by);
        assert_eq!(NEW.matches(new_part).count(), 1, "{new_part}");
        let new = changes(NEW, &NEW.replace(new_part, new_by), &settings());
        assert_eq!(told(&old), told(&new), "{part}");
        assert!(!old.told.is_empty(), "{part}");
    }
}

#[test]
fn bodies_media_types_and_responses_of_2_0_are_compared() {
    let cases = [
        (
            "required: true, schema: {$ref",
            "schema: {$ref",
            "request-body-became-optional",
        ),
        (
            "consumes: [application/json]",
            "consumes: [application/xml]",
            "request-body-media-type-removed",
        ),
        (
            "application/json, application/xml]",
            "application/json]",
            "nothing",
        ),
        (
            "produces: [application/json]\n",
            "produces: [text/csv]\n",
            "response-media-type-removed",
        ),
        (
            "      parameters: [{$ref: '#/parameters/sent'}]\n",
            "",
            "request-body-removed",
        ),
        (
            "schema: {type: string}}",
            "schema: {type: integer}}",
            "response-body-type-changed",
        ),
        (
            "in: formData, type: string",
            "in: formData, required: true, type: string",
            "request-property-became-required",
        ),
        (
            "headers: {X-Total: {type: integer, description: how many}}",
            "headers: {}",
            "optional-response-header-removed",
        ),
        (
            "scopes: {write: x}",
            "scopes: {}",
            "api-security-component-oauth-scope-removed",
        ),
        (
            "- {name: X-Trace, in: header,",
            "- {name: X-Trace, in: header, required: true,",
            "request-parameter-became-required",
        ),
    ];
    let mut wrong = Vec::new();
    for (part, by, rule) in cases {
        let found = replaced(part, by);
        let rules = told(&found);
        if !(rules.contains(&rule) || rule == "nothing" && rules.is_empty()) {
            wrong.push((part, rules.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_name_that_begins_like_an_extension_is_a_name() {
    let named = |text: &str| {
        text.replace("X-Total", "x-total")
            .replace("Pet'", "x-pet'")
            .replace("  Pet:", "  x-pet:")
    };
    let found = changes(&named(OLD), &named(NEW), &settings());
    assert_eq!(found.told, [], "{found:#?}");
    let changed = named(OLD).replace(
        "{type: integer, description: how many}",
        "{type: string, description: how many}",
    );
    let found = changes(&named(OLD), &changed, &settings());
    let old = replaced(
        "{type: integer, description: how many}",
        "{type: string, description: how many}",
    );
    assert_eq!(told(&found), told(&old));
    let changed = named(OLD).replace("required: [kind, name]", "required: [kind]");
    let found = changes(&named(OLD), &changed, &settings());
    assert!(!found.told.is_empty());
}

#[test]
fn a_change_is_told_where_it_is_written() {
    let found = replaced("maxLength: 40", "maxLength: 20");
    let [
        Change {
            base: Some(base),
            revision: Some(revision),
            ..
        },
    ] = found.told.as_slice()
    else {
        panic!("{found:#?}");
    };
    let pointer = "/paths/~1pets~1{id}~1photo/post/parameters/1/maxLength";
    assert_eq!(
        (base.pointer.as_str(), revision.pointer.as_str()),
        (pointer, pointer)
    );
    let line = OLD
        .lines()
        .nth(usize::try_from(base.line).unwrap() - 1)
        .unwrap();
    assert!(line.contains("maxLength: 40"), "{line}");
}

#[test]
fn what_is_no_document_of_2_0_is_compared_as_far_as_it_is_one() {
    let bodies = [
        "paths: 7",
        "paths: {/a: 7, /b: {get: 7, parameters: 7}, /c: {post: {parameters: {}, responses: 7, consumes: 7}}}",
        "paths: {/a: {post: {parameters: [7, {in: body}, {in: body, schema: 7}, {$ref: '#/parameters/x'}], consumes: [7, {}, a, a]}}}",
        "paths: {/a: {post: {parameters: [{in: formData}, {in: formData, name: 7}, {in: formData, name: a, items: 7, required: 7}]}}}",
        "parameters: {x: {$ref: '#/parameters/x'}}\ndefinitions: [{}]\nsecurityDefinitions: {a: 7, b: {type: oauth2, flow: []}, c: {type: basic, scheme: x}}",
        "definitions: {A: {properties: 7, items: [{}], allOf: {}, discriminator: {}, type: file, format: 7, $ref: 7}}\nx-a: 1",
    ];
    for body in bodies {
        let text = format!("swagger: '2.0'\ninfo: {{title: t, version: '1'}}\n{body}\n");
        let found = changes(&text, &text, &settings());
        assert_eq!(found.told, [], "{body}");
        changes(OLD, &text, &settings());
        changes(&text, OLD, &settings());
    }
}
