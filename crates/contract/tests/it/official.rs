//! The official schemas: what they do not allow is told where it stands, in words that its author can use.

use gatewright_contract::{Level, Rule};

use crate::{accepted, everything};

/// What the official schema finds in a document: place, and words.
fn violations(text: &str) -> Vec<String> {
    let found = everything(text);
    let told = found.iter().filter(|it| it.rule == Rule::SchemaViolation);
    told.map(|it| format!("{}:{} {} {}", it.line, it.column, it.pointer, it.message))
        .collect()
}

/// A document of OpenAPI 3.1 with one operation and these members more.
fn modern(operation: &str, more: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n{operation}{more}"
    )
}

const ANSWER: &str = "      responses: {'200': {description: it}}\n";

/// A document of OpenAPI 3.0 with this Schema Object.
fn with_schema(schema: &str) -> String {
    let text = modern(
        ANSWER,
        &format!("components:\n  schemas:\n    A:\n{schema}"),
    );
    text.replace("3.1.0", "3.0.3")
}

#[test]
fn a_sound_document_of_each_edition_breaks_no_schema() {
    let three = modern(ANSWER, "");
    for text in [
        three.clone(),
        three.replace("3.1.0", "3.0.3"),
        three.replace("3.1.0", "3.2.0"),
    ] {
        assert_eq!(everything(&text), [], "{text}");
    }
    let two =
        "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n".to_owned();
    assert_eq!(everything(&(two + ANSWER)), []);
}

#[test]
fn a_violation_is_a_warning_so_that_the_document_can_still_be_taken() {
    let text = modern("      responses: {'200': {}}\n", "");
    let findings = accepted(&text).findings;
    let [found] = findings.as_slice() else {
        panic!("{findings}")
    };
    assert_eq!(
        (found.rule, found.level),
        (Rule::SchemaViolation, Level::Warning)
    );
    assert_eq!(found.message, "`description` is missing here");
    assert_eq!(found.pointer, "/paths/~1a/get/responses/200");
    assert_eq!((found.line, found.column), (6, 19));
}

#[test]
fn a_member_that_is_not_known_is_told_with_the_one_that_was_meant() {
    let text = modern(&format!("      sumary: x\n      own: 1\n{ANSWER}"), "");
    assert_eq!(
        violations(&text),
        [
            "6:7 /paths/~1a/get/sumary `sumary` is no member of an operation object; `summary` is",
            "7:7 /paths/~1a/get/own `own` is no member of an operation object; \
            the name of one of your own begins with `x-`",
        ]
    );
    let status = modern("      responses: {ok: {description: it}}\n", "");
    let told = violations(&status).join("\n");
    assert!(told.contains("a status such as `404`"), "{told}");
}

#[test]
fn of_a_choice_the_branch_that_was_meant_is_told() {
    assert_eq!(
        violations(&with_schema("      type: strnig\n")),
        [
            "10:13 /components/schemas/A/type `type` must be one of `array`, `boolean`, `integer`, `number`, `object` and \
          `string`, not `strnig`"
        ]
    );
    let deep = with_schema("      properties:\n        a:\n          items: {minimum: few}\n");
    assert_eq!(
        violations(&deep),
        [
            "12:28 /components/schemas/A/properties/a/items/minimum `minimum` must be a number, not text"
        ]
    );
    let reference = with_schema("      properties: {a: {$ref: 5}}\n");
    assert_eq!(violations(&reference).len(), 1);
    assert!(
        violations(&reference)[0].contains("`$ref` must be text"),
        "{reference}"
    );
}

#[test]
fn a_choice_between_members_is_told_as_one() {
    let parameter = |more: &str| {
        let operation =
            format!("      parameters:\n      - {{in: query, name: q{more}}}\n{ANSWER}");
        violations(&modern(&operation, ""))
    };
    assert_eq!(parameter(", schema: {}"), [""; 0]);
    assert_eq!(
        parameter(""),
        ["7:9 /paths/~1a/get/parameters/0 one of `schema` and `content` must stand here"]
    );
    assert_eq!(
        parameter(", schema: {}, content: {a/b: {}}"),
        [
            "7:9 /paths/~1a/get/parameters/0 `schema` and `content` exclude one another; keep one of them"
        ]
    );
}

#[test]
fn schema_objects_are_held_against_the_dialect_of_their_document() {
    let schema = |more: &str, schema: &str| {
        violations(&modern(
            ANSWER,
            &format!("{more}components: {{schemas: {{A: {schema}}}}}\n"),
        ))
    };
    assert_eq!(
        schema("", "{type: [string, 'null'], const: 1, x-own: 1, own: 1}"),
        [""; 0]
    );
    assert_eq!(schema("", "{type: strnig}").len(), 1);
    assert_eq!(schema("", "{allOf: []}").len(), 1);
    assert_eq!(schema("", "{items: {properties: {a: 1}}}").len(), 1);
    assert_eq!(schema("", "{required: [a, a]}").len(), 1);
    assert_eq!(schema("", "{discriminator: {}}").len(), 1);
    let other = "jsonSchemaDialect: https://example.com/own\n";
    assert_eq!(schema(other, "{type: strnig}"), [""; 0]);
    assert_eq!(schema(other, "text").len(), 1);
}

#[test]
fn what_our_own_rules_have_said_is_not_said_twice() {
    for text in [
        modern("      responses: []\n", ""),
        modern(&ANSWER.replace("'200'", "200"), "").replace("'1'", "1.0"),
        modern(ANSWER, "security: {}\n"),
        "openapi: 3.1.0\npaths: {/a: {get: {responses: {'200': {description: it}}}}}\n".to_owned(),
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {}}}\n".to_owned(),
    ] {
        assert_eq!(everything(&text).len(), 1, "{text}{:#?}", everything(&text));
    }
}

#[test]
fn openapi_2_0_and_3_2_have_schemas_of_their_own() {
    let old = |parameter: &str| {
        let head = "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n";
        let text = format!("{head}      parameters:\n      - {parameter}\n{ANSWER}");
        violations(&text)
    };
    assert_eq!(old("{in: query, name: q, type: string}"), [""; 0]);
    assert_eq!(
        old("{in: query, name: q}"),
        ["7:9 /paths/~1a/get/parameters/0 `type` is missing here"]
    );
    assert_eq!(old("{in: cookie, name: q, type: string}").len(), 1);
    assert_eq!(
        old("{in: body, name: q}"),
        ["7:9 /paths/~1a/get/parameters/0 `schema` is missing here"]
    );
    let new = |operation: &str| violations(&modern(operation, "").replace("3.1.0", "3.2.0"));
    let stream =
        "      responses: {'200': {content: {application/jsonl: {itemSchema: {type: object}}}}}\n";
    assert_eq!(new(stream), [""; 0]);
    assert_eq!(new(&stream.replace("{type: object}", "5")).len(), 1);
    let query =
        "      parameters: [{in: querystring, name: q, content: {a/b: {}}}]\n".to_owned() + ANSWER;
    assert_eq!(new(&query), [""; 0]);
}

#[test]
fn no_nesting_of_choices_costs_more_than_its_size() {
    // Every level is a choice between a schema and a reference, and what is wrong stands at the bottom of all of them.
    let mut schema = format!(
        "{{\"properties\": {{{}, \"z\": {{\"type\": 5}}}}}}",
        (0..20_000)
            .map(|n| format!("\"p{n}\": {{}}"))
            .collect::<Vec<_>>()
            .join(",")
    );
    for _ in 0..25 {
        schema = format!("{{\"allOf\": [{schema}]}}");
    }
    let text = format!(
        "{{\"openapi\": \"3.0.3\", \"info\": {{\"title\": \"t\", \"version\": \"1\"}}, \"paths\": {{}}, \
        \"components\": {{\"schemas\": {{\"A\": {schema}}}}}}}"
    );
    let start = std::time::Instant::now();
    assert_eq!(violations(&text).len(), 1);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn a_text_that_is_not_written_in_its_format_is_told() {
    let more = "externalDocs: {url: not an address}\n";
    for text in [
        modern(ANSWER, more),
        modern(ANSWER, more).replace("3.1.0", "3.0.3"),
    ] {
        let told = violations(&text);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0]
                .ends_with("/externalDocs/url `not an address` must be written as `uri-reference`")
        );
    }
}

#[test]
fn what_has_no_ref_is_no_reference_and_what_says_in_is_that_parameter() {
    let parameter = |text: &str| {
        let operation = format!("      parameters:\n      - {text}\n{ANSWER}");
        violations(&modern(&operation, "").replace("3.1.0", "3.0.3"))
    };
    let told = parameter("{in: query, name: a, type: string}");
    assert!(
        told.iter().any(|it| it.contains("`type` is no member")),
        "{told:?}"
    );
    let told = parameter("{in: query, name: a, style: simple, schema: {}}");
    assert!(told[0].contains("parameters/0/style"), "{told:?}");
}
