//! The function `schema`: every keyword of JSON Schema, and where what does not hold is told.

use super::pointers;

/// Where a value of `it` fails a schema.
fn fails(schema: &str, value: &str) -> Vec<String> {
    let by = format!(
        "rules: {{it: {{given: $.it, then: {{function: schema, functionOptions: {{allErrors: true, schema: {schema}}}}}}}}}"
    );
    let found = pointers(&format!("it: {value}\n"), &by).into_iter();
    let mut places: Vec<_> = found
        .map(|pointer| pointer.replacen("/it", "", 1))
        .collect();
    places.dedup();
    places
}

#[test]
fn every_keyword_holds_or_fails_where_it_should() {
    for (schema, good, bad) in [
        ("{type: integer}", "1.0", "1.5"),
        ("{type: [string, 'null']}", "null", "1"),
        ("{type: string, nullable: true}", "null", "1"),
        ("{const: {a: [1]}}", "{a: [1.0]}", "{a: [2]}"),
        ("{enum: [a, 1, null]}", "1", "b"),
        ("{not: {type: string}}", "1", "a"),
        ("{anyOf: [{type: string}, {minimum: 5}]}", "a", "1"),
        ("{oneOf: [{minimum: 5}, {maximum: 3}]}", "7", "4"),
        ("{oneOf: [{minimum: 5}, {maximum: 7}]}", "4", "6"),
        ("{allOf: [{minimum: 5}, {maximum: 7}]}", "6", "8"),
        (
            "{if: {minimum: 5}, then: {multipleOf: 2}, else: {multipleOf: 3}}",
            "6",
            "7",
        ),
        (
            "{if: {minimum: 5}, then: {multipleOf: 2}, else: {multipleOf: 3}}",
            "3",
            "4",
        ),
        ("{exclusiveMinimum: 5}", "5.1", "5"),
        ("{maximum: 5, exclusiveMaximum: true}", "4", "5"),
        ("{multipleOf: 0.5}", "1.5", "1.2"),
        ("{minLength: 2, maxLength: 3}", "äö", "ä"),
        ("{minLength: 2, maxLength: 3}", "äöü", "äöüß"),
        ("{pattern: '^\\d+$'}", "'12'", "a1"),
        ("{minItems: 1, maxItems: 2}", "[1]", "[]"),
        ("{uniqueItems: true}", "[1, 2]", "[a, b, a]"),
        (
            "{uniqueItems: true}",
            "[{a: 1}, {a: 2}]",
            "[{a: 1}, {a: 1}]",
        ),
        ("{contains: {type: string}}", "[1, a]", "[]"),
        (
            "{contains: {type: string}, minContains: 2, maxContains: 2}",
            "[a, b]",
            "[a, b, c]",
        ),
        ("{minProperties: 1, maxProperties: 1}", "{a: 1}", "{}"),
        ("{required: [a]}", "{a: 1}", "{b: 1}"),
        ("{propertyNames: {pattern: '^a'}}", "{ab: 1}", "{b: 1}"),
        ("{dependencies: {a: [b]}}", "{a: 1, b: 1}", "{a: 1}"),
        (
            "{dependentSchemas: {a: {required: [b]}}}",
            "{b: 1}",
            "{a: 1}",
        ),
        (
            "{properties: {a: {}}, additionalProperties: false}",
            "{a: 1}",
            "{b: 1}",
        ),
        (
            "{allOf: [{properties: {a: {}}}], unevaluatedProperties: false}",
            "{a: 1}",
            "{b: 1}",
        ),
        (
            "{$ref: '#/definitions/n', definitions: {n: {type: number}}}",
            "1",
            "a",
        ),
        (
            "{$ref: '#n', $defs: {n: {$anchor: n, type: number}}}",
            "1",
            "a",
        ),
    ] {
        assert_eq!(fails(schema, good), [""; 0], "{schema} {good}");
        assert_eq!(fails(schema, bad), [""], "{schema} {bad}");
    }
}

#[test]
fn what_fails_inside_is_told_inside() {
    for (schema, value, places) in [
        (
            "{properties: {a: {type: string}, b: false}}",
            "{a: 1, b: 1}",
            vec!["/a", "/b"],
        ),
        (
            "{patternProperties: {'^x': {type: string}}}",
            "{xa: 1, ya: 1}",
            vec!["/xa"],
        ),
        (
            "{additionalProperties: {type: string}}",
            "{a: {}}",
            vec!["/a"],
        ),
        ("{items: {type: string}}", "[a, 1, 2]", vec!["/1", "/2"]),
        (
            "{items: [{type: string}], additionalItems: {type: integer}}",
            "[1, a]",
            vec!["/0", "/1"],
        ),
        (
            "{prefixItems: [{type: string}], items: {type: integer}}",
            "[a, 1, b]",
            vec!["/2"],
        ),
        (
            "{prefixItems: [{}], unevaluatedItems: false}",
            "[a, b]",
            vec!["/1"],
        ),
        ("{contains: {type: string}}", "[1]", vec!["", "/0"]),
        (
            "{unevaluatedProperties: {type: string}, properties: {a: {}}}",
            "{a: 1, b: 1}",
            vec!["/b"],
        ),
        // None of several alternatives: what went wrong inside says more than that none fits.
        (
            "{properties: {a: {anyOf: [{required: [x]}, {properties: {y: {type: string}}}]}}}",
            "{a: {y: 1}}",
            vec!["/a/y"],
        ),
    ] {
        assert_eq!(fails(schema, value), places, "{schema} {value}");
    }
}

#[test]
fn a_format_is_how_a_text_is_written() {
    for (format, good, bad) in [
        ("date", "2024-02-29", "2023-02-29"),
        ("time", "23:59:60Z", "24:00:00Z"),
        ("date-time", "2024-01-01T00:00:00.5+01:00", "2024-01-01"),
        ("duration", "P1DT2H", "P1H"),
        ("uri", "https://a.test/b?c#d", "a b"),
        ("uri-reference", "/a/b", "a b"),
        ("url", "https://me@a-b.test:80/c?d", "www.a.test"),
        ("url", "FTP://8.8.8.8", "http://127.0.0.1/"),
        ("url", "http://ü.test", "http://a.t"),
        ("url", "http://a.test/", "http://a.test:8/"),
        ("email", "a.b@c.test", "a@b"),
        ("hostname", "a-b.test", "-a.test"),
        ("ipv4", "10.0.0.255", "10.0.0.256"),
        ("ipv6", "::1", "1::2::3"),
        ("uuid", "00000000-0000-0000-0000-000000000000", "0000"),
        ("byte", "YWI=", "YWI"),
        ("json-pointer", "/a~0b", "/a~b"),
        ("unknown", "anything", ""),
    ] {
        assert_eq!(
            fails(&format!("{{format: {format}}}"), &format!("'{good}'")),
            [""; 0],
            "{format} {good}"
        );
        if !bad.is_empty() {
            assert_eq!(
                fails(&format!("{{format: {format}}}"), &format!("'{bad}'")),
                [""],
                "{format} {bad}"
            );
        }
    }
    assert_eq!(fails("{format: int32}", "2147483648"), [""]);
    assert_eq!(fails("{format: int64}", "2147483648"), [""; 0]);
}

#[test]
fn one_failure_is_told_unless_all_are_asked_for() {
    let by = "rules: {it: {given: $.it, then: {function: schema, functionOptions: {schema: {properties: {a: {type: string}, b: {type: string}}}}}}}";
    assert_eq!(pointers("it: {a: 1, b: 1}", by), ["/it/a"]);
    let by = "rules: {it: {given: $, then: {field: it, function: schema, functionOptions: {schema: {type: string}}}}}";
    assert_eq!(pointers("{a: 1}", by), [""]);
}
