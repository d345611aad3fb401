//! Schemas of `allOf`, compared by what they say together.

use gatewright_contract::{AllOf, Changes, Level, Settings};

use crate::changes::{changes, settings};

const CAT: &str = "{type: object, properties: {a: {type: string}}}";
const LEAF: &str = "{type: object, properties: {leaves: {type: array, items: {allOf: [{$ref: \
                    '#/components/schemas/Leaf'}, {required: [leaves]}]}}}}";

/// A document in which this schema is sent and received.
fn document(schema: &str) -> String {
    let content = format!("content: {{application/json: {{schema: {schema}}}}}");
    let head = crate::HEAD;
    format!(
        "{head}paths:\n  /a: {{post: {{requestBody: {{{content}}}, responses: {{'200': {{description: it, \
         {content}}}}}}}}}\ncomponents: {{schemas: {{Cat: {CAT}, Leaf: {LEAF}}}}}\n"
    )
}

fn merged(base: &str, revision: &str) -> Changes {
    let settings = Settings {
        all_of: AllOf::Merged,
        ..settings()
    };
    changes(&document(base), &document(revision), &settings)
}

fn rules(changes: &Changes) -> Vec<&'static str> {
    changes.told.iter().map(|change| change.id).collect()
}

/// Schemas of `allOf`, and others that say the same.
const ALIKE: [(&str, &str); 14] = [
    (
        "{allOf: [{properties: {a: {type: string}}}, {properties: {b: {type: string}}}]}",
        "{properties: {a: {type: string}, b: {type: string}}}",
    ),
    (
        "{properties: {b: {type: integer}}, allOf: [{$ref: '#/components/schemas/Cat'}]}",
        "{type: object, properties: {a: {type: string}, b: {type: integer}}}",
    ),
    (
        "{description: it, allOf: [{$ref: '#/components/schemas/Cat'}]}",
        "{$ref: '#/components/schemas/Cat'}",
    ),
    (
        "{allOf: [{$ref: '#/components/schemas/Cat'}, {allOf: [{required: [a]}, {required: [b, a]}]}]}",
        "{type: object, properties: {a: {type: string}}, required: [b, a]}",
    ),
    (
        "{allOf: [{type: [number, string]}, {type: [integer, boolean]}]}",
        "{type: integer}",
    ),
    (
        "{allOf: [{enum: [a, b, 1]}, {enum: [b, c, 1]}]}",
        "{enum: [b, 1]}",
    ),
    (
        "{allOf: [{minimum: 3, maxLength: 9}, {minimum: 5.5, maxLength: 4}]}",
        "{minimum: 5.5, maxLength: 4}",
    ),
    (
        "{allOf: [{properties: {a: {maxLength: 5}}}, {properties: {a: {maxLength: 3, pattern: x}}}]}",
        "{properties: {a: {maxLength: 3, pattern: x}}}",
    ),
    (
        "{allOf: [{items: {type: string}}, {items: {maxLength: 3}, uniqueItems: true}]}",
        "{items: {type: string, maxLength: 3}, uniqueItems: true}",
    ),
    (
        "{allOf: [{properties: {a: {readOnly: true}}}, {properties: {a: {readOnly: false}}}]}",
        "{properties: {a: {readOnly: true}}}",
    ),
    (
        "{allOf: [{type: string, nullable: true}, {type: string}]}",
        "{type: string}",
    ),
    (
        "{allOf: [{type: string, nullable: true}, {maxLength: 3}]}",
        "{type: string, nullable: true, maxLength: 3}",
    ),
    (
        "{allOf: [{oneOf: [{type: string}, {type: integer}]}, {description: it}]}",
        "{oneOf: [{type: string}, {type: integer}]}",
    ),
    (
        "{properties: {default: {allOf: [{type: string}, {maxLength: 3}]}}, default: {allOf: [1]}}",
        "{properties: {default: {type: string, maxLength: 3}}, default: {allOf: [1]}}",
    ),
];

#[test]
fn where_a_keyword_is_written_does_not_matter() {
    for (built, plain) in ALIKE {
        for (base, revision) in [(built, plain), (plain, built), (built, built)] {
            let told = rules(&merged(base, revision));
            assert_eq!(told, [""; 0], "{base} became {revision}");
        }
        let listed = changes(&document(built), &document(plain), &settings());
        let annotated = built.starts_with("{properties") || built.contains("readOnly");
        assert!(annotated || !listed.told.is_empty(), "{built}");
    }
}

#[test]
fn what_changed_in_a_branch_stands_where_it_is_written() {
    let base = "{allOf: [{$ref: '#/components/schemas/Cat'}, {properties: {b: {type: string}}}]}";
    let changes = merged(
        base,
        &base.replace("b: {type: string}", "b: {type: integer}"),
    );
    let told = rules(&changes);
    let expected = [
        "request-property-type-changed",
        "response-property-type-changed",
    ];
    assert_eq!(told, expected);
    let [request, _] = changes.told.as_slice() else {
        panic!("{changes:#?}")
    };
    assert_eq!(request.level, Level::Error);
    assert_eq!(
        request.text,
        "`b` in the request body is of integer now, where it was of string"
    );
    let schema = "/paths/~1a/post/requestBody/content/application~1json/schema";
    for spot in [&request.base, &request.revision] {
        let spot = spot.as_ref().expect("a place");
        assert_eq!(spot.pointer, format!("{schema}/allOf/1/properties/b/type"));
    }
}

#[test]
fn what_cannot_be_merged_is_told_as_a_branch() {
    let two = "{allOf: [{pattern: '^a'}, {pattern: 'b$'}]}";
    let told = rules(&merged(two, "{pattern: '^a'}"));
    assert_eq!(
        told,
        [
            "request-body-all-of-removed",
            "response-body-all-of-removed"
        ]
    );
    let group = "{allOf: [{if: {type: string}, then: {maxLength: 3}}, {if: {type: integer}}]}";
    assert_eq!(rules(&merged(group, group)), [""; 0]);
    let never = "{allOf: [{type: string}, {type: integer}]}";
    let told = rules(&merged(never, "{allOf: [{type: string}, {type: boolean}]}"));
    let expected = [
        "request-property-type-changed",
        "response-property-type-changed",
    ];
    assert_eq!(told, expected);
}

#[test]
fn schemas_that_are_built_of_themselves_are_compared() {
    let leaf = "{$ref: '#/components/schemas/Leaf'}";
    let more = |schema: &str| format!("{{allOf: [{leaf}, {schema}]}}");
    let told = rules(&merged(
        &more("{minProperties: 1}"),
        &more("{properties: {b: {}}}"),
    ));
    assert_eq!(
        told,
        [
            "new-optional-request-property",
            "response-optional-property-added"
        ]
    );
    let itself = "{allOf: [{$ref: '#/paths/~1a/post/requestBody/content/application~1json/schema'}, {type: string}]}";
    assert_eq!(rules(&merged(itself, "{type: string}")), [""; 0]);
}

#[test]
fn a_reference_into_a_branch_leads_to_what_stood_there() {
    let base =
        "{properties: {p: {$ref: '#/components/schemas/Leaf/properties/leaves/items/allOf/1'}}}";
    let told = rules(&merged(base, "{properties: {p: {required: [leaves]}}}"));
    assert_eq!(told, [""; 0]);
}

#[test]
fn schemas_that_become_too_large_are_compared_as_they_are_written() {
    // Each component says all that those after it say, so that merged they are as large as their number squared.
    let all = |kind: &str| {
        let component = |number: usize| {
            let properties: String = (0..20)
                .map(|of| format!("p{number}x{of}: {{type: {kind}}}, "))
                .collect();
            let next = format!("{{$ref: '#/components/schemas/s{}'}}", number + 1);
            format!("    s{number}: {{properties: {{{properties}}}, allOf: [{next}]}}\n")
        };
        let schemas: String = (0..200).map(component).collect();
        let head = crate::HEAD;
        format!("{head}paths: {{}}\ncomponents:\n  schemas:\n{schemas}    s200: {{type: object}}\n")
    };
    let settings = Settings {
        all_of: AllOf::Merged,
        ..settings()
    };
    let changes = changes(&all("string"), &all("integer"), &settings);
    assert_eq!(rules(&changes), ["comparison-over-budget"]);
}
