//! Functions: what each finds, and where.

use super::{found, linted, pointers};

/// Where a function finds something in a document, asked about everything directly in it.
fn finds(document: &str, function: &str, options: &str) -> Vec<String> {
    let by = format!(
        "rules: {{it: {{given: '$.*', then: {{function: {function}, functionOptions: {options}}}}}}}"
    );
    pointers(document, &by)
}

#[test]
fn presence_is_what_javascript_takes_for_it() {
    let document = "{a: '', b: 0, c: false, d: null, e: x, f: [], g: {}, h: 1}";
    assert_eq!(finds(document, "truthy", "{}"), ["/a", "/b", "/c", "/d"]);
    assert_eq!(finds(document, "falsy", "{}"), ["/e", "/f", "/g", "/h"]);
    assert_eq!(finds(document, "defined", "{}"), [""; 0]);
    let all = ["/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h"];
    assert_eq!(finds(document, "undefined", "{}"), all);
}

#[test]
fn what_is_missing_is_told_at_what_should_hold_it() {
    let by = |field: &str, function: &str| {
        format!("rules: {{it: {{given: $, then: {{field: {field}, function: {function}}}}}}}")
    };
    let document = "info:\n  contact: {name: x, 'a.b': 1}\n";
    assert_eq!(
        pointers(document, &by("info.contact.url", "truthy")),
        ["/info/contact"]
    );
    assert_eq!(
        pointers(document, &by("info.license.url", "defined")),
        ["/info"]
    );
    assert_eq!(pointers(document, &by("servers", "truthy")), [""]);
    assert_eq!(
        pointers(document, &by("info.contact.name", "truthy")),
        [""; 0]
    );
    assert_eq!(
        pointers(document, &by("\"$.info.contact['a.b']\"", "undefined")),
        ["/info/contact/a.b"]
    );
    assert_eq!(pointers(document, &by("$.info.nothing", "truthy")), [""]);
    let place = &found(document, &by("info.contact.url", "truthy"))[0];
    assert_eq!((place.line, place.column), (2, 3));
}

#[test]
fn a_pattern_is_read_as_javascript_reads_it() {
    let document = "{a: 'x{}', b: /orders/, c: ä1, d: 5, e: '٣', f: aXa, g: \"l\\nm\"}";
    for (options, expected) in [
        ("{notMatch: '{}'}", vec!["/a"]),
        ("{notMatch: './$'}", vec!["/b"]),
        ("{match: '^[^\\d]+$'}", vec!["/c"]),
        ("{match: '/^[a-z{}äößX0-9/٣\\n]+$/i'}", vec![]),
        ("{match: '^(?!ä)'}", vec!["/c"]),
        ("{notMatch: '(a)X\\1'}", vec!["/f"]),
        ("{notMatch: 'l.m'}", vec![]),
        ("{notMatch: '^m$'}", vec![]),
        ("{notMatch: '/^m$/m'}", vec!["/g"]),
        ("{notMatch: '/l.m/s'}", vec!["/g"]),
        ("{notMatch: '[\\w-]X'}", vec!["/f"]),
        ("{notMatch: '\\u00e4'}", vec!["/c"]),
        ("{match: '^(?!.*\\b(x|l)\\b)'}", vec!["/a", "/g"]),
        ("{notMatch: '\\b1'}", vec!["/c"]),
        ("{notMatch: '[^]1'}", vec!["/c"]),
        ("{notMatch: '[a&&b]X'}", vec!["/f"]),
    ] {
        assert_eq!(finds(document, "pattern", options), expected, "{options}");
    }
}

#[test]
fn names_are_written_in_a_case() {
    for (case, good, bad) in [
        ("flat", "abc1", "aBc"),
        ("camel", "camelCase1", "camel_case"),
        ("pascal", "PascalCase", "pascalCase"),
        ("kebab", "kebab-case", "kebab_case"),
        ("cobol", "COBOL-CASE", "COBOL_CASE"),
        ("snake", "snake_case", "snake-case"),
        ("macro", "MACRO_CASE", "macro_case"),
    ] {
        let document = format!("{{good: {good}, bad: {bad}, none: '', number: 1}}");
        assert_eq!(
            finds(&document, "casing", &format!("{{type: {case}}}")),
            ["/bad"],
            "{case}"
        );
    }
    let separated =
        "{type: camel, separator: {char: '/', allowLeading: true}, disallowDigits: true}";
    let document = "{a: /someThing/otherThing, b: /, c: 'x//y', d: /some1}";
    assert_eq!(finds(document, "casing", separated), ["/c", "/d"]);
    let keys = "rules: {it: {given: $.paths, then: {field: '@key', function: casing, functionOptions: {type: flat}}}}";
    let finding = &found("paths:\n  good: {}\n  notGood: {}\n", keys)[0];
    assert_eq!(
        (finding.pointer.as_str(), finding.line, finding.column),
        ("/paths/notGood", 3, 3)
    );
}

#[test]
fn sizes_values_and_members_are_counted() {
    let document = "{a: [1, 2, 3], b: abc, c: {x: 1}, d: 3, e: null}";
    assert_eq!(finds(document, "length", "{min: 3}"), ["/c"]);
    assert_eq!(finds(document, "length", "{max: 2}"), ["/a", "/b", "/d"]);
    let document = "{a: x, b: 1, c: true, d: null, e: [], f: '1'}";
    assert_eq!(
        finds(document, "enumeration", "{values: [x, 1, null]}"),
        ["/c", "/f"]
    );
    let document = "{a: {x: 1}, b: {x: 1, y: 2}, c: {z: 1}, d: 5}";
    assert_eq!(finds(document, "xor", "{properties: [x, y]}"), ["/b", "/c"]);
    assert_eq!(finds(document, "or", "{properties: [x, y]}"), ["/c"]);
}

#[test]
fn the_first_that_is_out_of_order_is_told() {
    let document =
        "{a: [b, a], b: {y: 1, x: 1}, c: [Ab, ac, Ad], d: [2, 10], e: [x], f: [{n: b}, {n: a}]}";
    assert_eq!(
        finds(document, "alphabetical", "{}"),
        ["/a/0", "/b/y", "/f"]
    );
    assert_eq!(
        finds(
            "{f: [{n: b}, {n: a}], g: [{n: a}, {n: b}]}",
            "alphabetical",
            "{keyedBy: n}"
        ),
        ["/f"]
    );
}

#[test]
fn what_nothing_refers_to_is_told() {
    let document = "{x: {a: {}, b: {$ref: '#/x/a'}, c: {$ref: '#/x/c'}, d: {$ref: '#/x/b'}}}";
    let by = "rules: {it: {given: $.x, resolved: false, then: {function: unreferencedReusableObject, functionOptions: {reusableObjectsLocation: '#/x'}}}}";
    assert_eq!(pointers(document, by), ["/x/c", "/x/d"]);
}

#[test]
fn a_function_that_is_not_there_or_lacks_its_options_is_said() {
    for (function, options, why) in [
        ("mine", "{}", "needs JavaScript"),
        ("pattern", "{}", "neither `match` nor `notMatch`"),
        ("pattern", "{match: '('}", "no pattern"),
        ("casing", "{type: wild}", "no casing `wild`"),
        ("schema", "{}", "no `schema`"),
        ("enumeration", "{}", "no list `values`"),
        ("xor", "{}", "no list `properties`"),
    ] {
        let by = format!(
            "rules: {{it: {{given: $, then: {{function: {function}, functionOptions: {options}}}}}}}"
        );
        let linted = linted("{a: 1}", &by);
        assert_eq!(linted.findings, []);
        let told = linted.unsupported[0].to_string();
        assert!(told.contains(why), "{function}: {told}");
    }
}

#[test]
fn a_message_is_filled_in() {
    let by = "rules: {it: {description: of tags, message: '{{property}} {{value}} {{path}} {{description}}: {{error}} {{nothing}}!', given: '$.tags[*]', then: {function: undefined}}}";
    assert_eq!(
        found("tags: [x]", by)[0].message,
        "0 x #/tags/0 of tags: this must be left out !"
    );
    for (given, field, property) in [
        ("$.tags", "externalDocs.url", "tags.externalDocs.url"),
        ("$.tags.x[*]", "name", "[0].name"),
        ("$.tags", "x", "x"),
        ("$", "info.title", "title"),
        ("$", "info", "info"),
    ] {
        let by = format!(
            "rules: {{it: {{message: '{{{{property}}}}', given: '{given}', then: {{field: {field}, function: falsy}}}}, \
             missing: {{message: '{{{{property}}}}', given: '{given}', then: {{field: {field}, function: truthy}}}}}}"
        );
        assert_eq!(
            found("tags: {x: [{}]}", &by)[0].message,
            property,
            "{given} {field}"
        );
    }
    let by = "rules: {it: {description: The description., given: '$.tags[*]', then: {function: undefined}}}";
    assert_eq!(found("tags: [x]", by)[0].message, "The description.");
    let by = "rules: {it: {given: '$.tags[*]', then: {function: undefined}}}";
    assert_eq!(found("tags: [x]", by)[0].message, "this must be left out");
}
