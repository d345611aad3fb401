//! Rulesets and documents made to harm: each lint ends within its budgets, and says so when it stopped early.

use std::time::{Duration, Instant};

use gatewright_contract::{LINT_OVER_BUDGET, LintBudgets, Linted, Ruleset, lint_within};

use super::{document, linted, ruleset};

/// Small budgets, so that a test need not work off the large ones.
const SMALL: LintBudgets = LintBudgets {
    steps: 200_000,
    steps_per_byte: 0,
    findings: 100,
    reference_chain: 100,
};

/// Exceeds one of the small budgets, and ends.
fn exceeds(text: &str, by: &str, budget: &str) {
    let start = Instant::now();
    let Linted {
        findings,
        unsupported,
    } = lint_within(&document(text), &ruleset(by), &SMALL);
    assert!(start.elapsed() < Duration::from_secs(20), "{by}");
    assert_eq!(unsupported, []);
    let named = format!("the budget `{budget}`");
    let is_said = |it: &gatewright_contract::LintFinding| {
        it.rule == LINT_OVER_BUDGET && it.message.contains(&named)
    };
    assert!(
        findings.iter().any(is_said),
        "{by}: {} findings",
        findings.len()
    );
}

#[test]
fn a_walk_that_multiplies_is_stopped() {
    let wide = format!("a: [{}]\n", "[1, 2, 3], ".repeat(5_000));
    let by =
        "rules: {it: {given: '$..[?(@.a || @.b || @.c || @.d)]..*..*', then: {function: falsy}}}";
    exceeds(&wide, by, "steps");
    let by = "rules: {it: {given: '$..*', then: {function: undefined}}}";
    exceeds(&wide, by, "findings");
    let by = "rules: {it: {given: '$.a[*]', then: [{field: '$..*', function: falsy}, {field: '$..[?(@root.a.includes(@))]', function: falsy}]}}";
    exceeds(&wide, by, "steps");
}

#[test]
fn a_schema_that_doubles_at_every_step_is_stopped() {
    let levels: String = (0..60)
        .map(|n| format!("    s{n}: {{anyOf: [{{$ref: '#/components/schemas/s{m}'}}, {{$ref: '#/components/schemas/s{m}'}}], type: object}}\n", m = n + 1))
        .collect();
    let text = format!(
        "openapi: 3.0.3\ncomponents:\n  schemas:\n{levels}    s60: {{type: object, required: [x]}}\n    e: {{type: object, allOf: [{{$ref: '#/components/schemas/s0'}}], example: {{a: 1}}}}\n"
    );
    exceeds(
        &text,
        "{extends: [[spectral:oas, off]], rules: {oas3-valid-schema-example: error}}",
        "steps",
    );
}

#[test]
fn a_pattern_that_goes_back_and_forth_is_stopped() {
    let text = format!("a: {}b\n", "a".repeat(5_000));
    let by = "rules: {it: {given: $.a, then: {function: pattern, functionOptions: {match: '^((a|aa)(?=a|b))+c$'}}}}";
    exceeds(&text, by, "backtracks");
    // Without a look-around nothing goes back, whatever it would be elsewhere.
    let by =
        "rules: {it: {given: $.a, then: {function: pattern, functionOptions: {match: '^(a+)+$'}}}}";
    let linted = linted(&text, by);
    assert_eq!(linted.findings.len(), 1);
    assert_eq!(linted.findings[0].rule, "it");
}

#[test]
fn patterns_of_a_document_are_paid_for_by_their_length() {
    let schema = |n: usize| {
        let pattern = format!("^(x{n}|{})$", "ab|".repeat(500));
        format!("    s{n}: {{type: string, pattern: '{pattern}', example: b}}\n")
    };
    let schemas: String = (0..50).map(schema).collect();
    let text = format!("openapi: 3.0.3\ncomponents:\n  schemas:\n{schemas}");
    let by = "{extends: [[spectral:oas, off]], rules: {oas3-valid-schema-example: error}}";
    exceeds(&text, by, "steps");
}

#[test]
fn a_pattern_that_takes_too_much_is_no_pattern() {
    for source in [
        "((a{100}){100}){100}",
        "(?=((a{100}){100}){100})",
        &"(".repeat(6_000),
        &"(".repeat(4_000),
    ] {
        let by = format!(
            "rules: {{it: {{given: $, then: {{function: pattern, functionOptions: {{match: '{source}'}}}}}}}}"
        );
        assert_eq!(ruleset(&by).unsupported().len(), 1, "{}", &source[..20]);
    }
}

#[test]
fn a_deep_ruleset_is_refused_and_a_long_one_is_read() {
    let deep = format!(
        "rules: {{it: {{given: \"$[?({}@{})]\", then: {{function: truthy}}}}}}",
        "(".repeat(500),
        ")".repeat(500)
    );
    assert!(ruleset(&deep).unsupported()[0].reason.contains("nested"));
    let nots = format!(
        "rules: {{it: {{given: \"$[?({}@)]\", then: {{function: truthy}}}}}}",
        "!".repeat(500)
    );
    assert!(ruleset(&nots).unsupported()[0].reason.contains("nested"));
    let many = format!(
        "aliases: {{A: [{0}], B: [{1}]}}\nrules: {{it: {{given: '#B.x', then: {{function: truthy}}}}}}",
        "'$.a',".repeat(100),
        "'#A',".repeat(100)
    );
    assert!(ruleset(&many).unsupported()[0].reason.contains("more than"));
    assert!(Ruleset::read(&"[".repeat(1_000), &|_| None).is_err());
}

#[test]
fn a_long_text_is_never_told_whole() {
    let long = "k".repeat(300_000);
    let text = serde_json::json!({
        "openapi": "3.0.3",
        &long: {&long: &long},
        "paths": {format!("/{long}"): {"get": {"tags": [&long]}}},
    });
    let text = text.to_string();
    let linted = linted(
        &text,
        "{extends: [[spectral:oas, all]], rules: {it: {message: '{{value}} {{property}} {{path}}', given: '$..*', then: {function: undefined}}}}",
    );
    assert!(linted.findings.len() > 5);
    for finding in linted.findings {
        assert!(
            finding.message.len() < 3_000 && finding.pointer.len() < 3_000,
            "{}",
            finding.rule
        );
        assert!(!finding.message.contains('\n'));
    }
}
