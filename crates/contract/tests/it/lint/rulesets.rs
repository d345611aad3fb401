//! Rulesets: what extends what, what is turned on, and for which part of which file.

use gatewright_contract::{Linted, Ruleset, RulesetError, Severity, lint};

use super::{document, found, linted, ruleset, yaml};

/// The names and severities of the rules that are turned on.
fn on(text: &str) -> Vec<(String, Severity)> {
    let ruleset = ruleset(text);
    ruleset
        .rules()
        .map(|(name, severity)| (name.to_owned(), severity))
        .collect()
}

const OTHER: &str = "--- {rules: {a: {given: $, severity: info, then: {function: truthy}}, \
    b: {given: $, recommended: false, then: {function: truthy}}}}";

fn extending(text: &str) -> Vec<(String, Severity)> {
    let resolve = |name: &str| (name == "other").then(|| OTHER.to_owned());
    let ruleset = Ruleset::read(&yaml(text), &resolve).expect("a ruleset");
    assert_eq!(ruleset.unsupported(), []);
    ruleset
        .rules()
        .map(|(name, severity)| (name.to_owned(), severity))
        .collect()
}

#[test]
fn a_ruleset_is_extended_whole_or_in_part() {
    let a = || ("a".to_owned(), Severity::Info);
    let b = || ("b".to_owned(), Severity::Warn);
    for text in [
        "extends: other",
        "extends: [other]",
        "extends: [[other, recommended]]",
    ] {
        assert_eq!(extending(text), [a()], "{text}");
    }
    assert_eq!(extending("extends: [[other, all]]"), [a(), b()]);
    assert_eq!(extending("extends: [[other, off]]"), []);
    assert_eq!(
        extending("{extends: [[other, off]], rules: {b: true}}"),
        [b()]
    );
    assert_eq!(
        extending("{extends: other, rules: {a: 'off', b: hint}}"),
        [("b".to_owned(), Severity::Hint)]
    );
    assert_eq!(
        extending("{extends: other, rules: {a: 0, b: [error]}}").len(),
        2
    );
    assert_eq!(
        extending("{extends: other, rules: {a: 0}}"),
        [("a".to_owned(), Severity::Error)]
    );
    assert_eq!(
        extending("{extends: other, rules: {a: {severity: hint}}}"),
        [("a".to_owned(), Severity::Hint)]
    );
}

#[test]
fn the_built_in_sets_are_supported_whole() {
    for name in ["spectral:oas", "'@stoplight/spectral-owasp-ruleset'"] {
        let all = ruleset(&format!("extends: [[{name}, all]]"));
        assert_eq!(all.unsupported(), []);
        assert!(all.rules().count() > 20, "{name}");
    }
    let recommended = on("extends: spectral:oas").len();
    let all = on("extends: [[spectral:oas, all]]").len();
    assert!(recommended < all, "{recommended} of {all}");
    assert_eq!(Ruleset::oas().rules().count(), recommended);
}

#[test]
fn a_merge_key_merges_because_rulesets_are_written_with_it() {
    let text = "rules:\n  a: &a {given: $, severity: info, then: {function: truthy}}\n  \
        b: {<<: *a, severity: error}\n  c: {severity: hint, <<: [{given: $}, *a]}\n";
    let expected = [
        ("a".to_owned(), Severity::Info),
        ("b".to_owned(), Severity::Error),
        ("c".to_owned(), Severity::Hint),
    ];
    assert_eq!(on(text), expected);
}

#[test]
fn the_ruleset_of_the_book_is_supported_whole() {
    let page = include_str!("../../../../../docs/book/src/linting.md");
    let block = page.split("```yaml\n").nth(1).expect("a ruleset");
    let text = block.split("```").next().expect("its end");
    assert_eq!(ruleset(text).unsupported(), []);
    let document = "openapi: 3.1.0\npaths:\n  /a/{id}:\n    get:\n      parameters:\n      - {in: path, name: id}\n";
    let told = found(document, text);
    let own = told.iter().find(|it| it.rule.starts_with("ids-"));
    let own = own.expect("what its own rule finds");
    assert_eq!(own.message, "`id` says not of what it is the id");
    assert!(told.iter().all(|it| it.rule != "info-contact"));
}

#[test]
fn what_cannot_be_run_is_said() {
    for (text, why) in [
        ("extends: ./missing.yaml", "`./missing.yaml`"),
        (
            "{functions: [mine], rules: {}}",
            "`functions` holds JavaScript",
        ),
        ("{rules: {nowhere: error}}", "defined nowhere"),
        (
            "{extends: spectral:oas, rules: {info-contact: loud}}",
            "no severity",
        ),
        ("{rules: {a: {then: {function: truthy}}}}", "no `given`"),
        ("{rules: {a: {given: $}}}", "no `then`"),
        (
            "{rules: {a: {given: $, then: {field: x}}}}",
            "no `function`",
        ),
        (
            "{aliases: {A: ['#B'], B: ['#A']}, rules: {a: {given: '#A', then: {function: truthy}}}}",
            "leads through",
        ),
    ] {
        let told: Vec<_> = ruleset(text)
            .unsupported()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(told.len() == 1 && told[0].contains(why), "{text}: {told:?}");
        // The answer of a lint repeats it, because that is what people read.
        assert_eq!(linted("{a: 1}", text).unsupported.len(), 1);
    }
}

#[test]
fn what_is_no_ruleset_is_an_error() {
    for text in ["", "[", "- a", "{a: 1}", "a: &a [*a]"] {
        assert!(Ruleset::read(text, &|_| None).is_err(), "{text}");
    }
    let itself = Ruleset::read("extends: me", &|name| Some(format!("extends: {name}")));
    assert!(matches!(itself, Err(RulesetError::NotARuleset(_))));
}

#[test]
fn a_rule_is_for_the_formats_that_it_lists() {
    let by = "rules: {it: {formats: [oas2, oas3.1], given: $, then: {field: x, function: truthy}}}";
    for (document, count) in [
        ("swagger: '2.0'", 1),
        ("openapi: 3.0.3", 0),
        ("openapi: 3.1.0", 1),
        ("openapi: 3.2.0", 0),
        ("asyncapi: 3.0.0", 0),
    ] {
        assert_eq!(found(document, by).len(), count, "{document}");
    }
    let by = "aliases: {A: {targets: [{formats: [oas2], given: $.a}, {formats: [oas3], given: [$.b]}]}}\n\
        rules: {it: {given: '#A.x', then: {function: undefined}}}";
    let pointers = |document: &str| super::pointers(document, by);
    assert_eq!(pointers("{swagger: '2.0', a: {x: 1}, b: {x: 1}}"), ["/a/x"]);
    assert_eq!(pointers("{openapi: 3.0.0, a: {x: 1}, b: {x: 1}}"), ["/b/x"]);
}

#[test]
fn an_override_is_for_a_file_or_a_part_of_it() {
    let by = ruleset(
        "rules: {it: {given: $..x, then: {function: undefined}}}\n\
         overrides:\n\
         - {files: ['legacy/*.yaml'], rules: {it: off}}\n\
         - {files: ['orders.yaml#/a'], rules: {it: hint}}\n\
         - {files: ['orders.yaml#/a/b'], rules: {it: error}}\n\
         except: {'orders.yaml#/c': [it]}\n",
    );
    let text = "--- {a: {x: 1, b: {x: 1}, bc: {x: 1}}, c: {x: 1}, d: {x: 1}}";
    let document = document(text);
    let severities = |file: &str| -> Vec<(String, Severity)> {
        let Linted { findings, .. } = lint(&document, &by.for_file(file));
        findings
            .into_iter()
            .map(|it| (it.pointer, it.severity))
            .collect()
    };
    assert_eq!(severities("other.yaml").len(), 5);
    assert_eq!(severities("legacy/old.yaml"), []);
    let expected = [
        ("/a/x", Severity::Hint),
        ("/a/b/x", Severity::Error),
        ("/a/bc/x", Severity::Hint),
        ("/d/x", Severity::Warn),
    ];
    let expected: Vec<_> = expected
        .map(|(pointer, severity)| (pointer.to_owned(), severity))
        .into();
    assert_eq!(severities("api/orders.yaml"), expected);
}

#[test]
fn findings_come_in_the_order_of_the_document_and_once_each() {
    let text = "b: {$ref: '#/a'}\nc: {$ref: '#/a'}\na: {x: 1}\nx: 2\n";
    let by = "rules: {one: {given: $..x, then: {function: undefined}}, two: {given: [$..x, $.x], then: {function: undefined}}}";
    let told: Vec<_> = found(text, by)
        .into_iter()
        .map(|it| (it.line, it.rule))
        .collect();
    let expected = [(3, "one"), (3, "two"), (4, "one"), (4, "two")];
    assert_eq!(told, expected.map(|(line, rule)| (line, rule.to_owned())));
}
