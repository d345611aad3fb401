//! Documents made to harm: each is refused with a finding that says why, or costs no more than its size.

use gatewright_contract::{Budgets, Findings, Rule, examine};

use crate::{HEAD, accepted, refused, rules_of};

/// Small budgets, so that a small document exceeds them.
const SMALL: Budgets = Budgets {
    bytes: 100_000,
    depth: 20,
    nodes: 2_000,
    repeated_nodes: 200,
    anchors: 20,
    reference_chain: 5,
    paths: 20,
    operations: 20,
    parameters: 50,
    scopes: 50,
};

/// Exceeds one of the small budgets.
fn exceeds(text: impl AsRef<[u8]>, budget: &str) {
    let found = examine(text.as_ref(), &SMALL).expect_err("a document over a budget");
    assert!(names(&found, budget), "{budget}: {found}");
}

fn names(findings: &Findings, budget: &str) -> bool {
    let named = format!("budget `{budget}`");
    let mut found = findings.as_slice().iter();
    found.any(|it| it.rule == Rule::OverBudget && it.message.contains(&named))
}

fn with_paths(paths: impl Iterator<Item = String>) -> String {
    format!("{HEAD}paths:\n{}", paths.collect::<String>())
}

#[test]
fn a_large_upload_is_not_looked_at() {
    exceeds(vec![b' '; 100_001], "bytes");
    let findings = refused(vec![b'{'; 16 * 1024 * 1024 + 1]);
    assert!(names(&findings, "bytes"), "{findings}");
}

#[test]
fn deep_nesting_is_refused_at_any_depth() {
    for deep in [21, 200, 15_000] {
        exceeds(format!("{{\"a\":{}", "[".repeat(deep)), "depth");
        exceeds("{\"a\":".repeat(deep), "depth");
        exceeds(
            format!(
                "a: {}x{}",
                "[".repeat(deep.min(200)),
                "]".repeat(deep.min(200))
            ),
            "depth",
        );
        exceeds("- ".repeat(deep.min(5_000)), "depth");
    }
    let anchored = format!(
        "a: &a {}1{}\nb: {}*a{}",
        "[".repeat(15),
        "]".repeat(15),
        "[".repeat(15),
        "]".repeat(15)
    );
    exceeds(anchored, "depth");
}

#[test]
fn many_values_are_refused() {
    exceeds(format!("{{\"a\":[{}1]}}", "1,".repeat(2_000)), "nodes");
    exceeds(format!("a:\n{}", "- x\n".repeat(2_000)), "nodes");
}

#[test]
fn aliases_cannot_multiply() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = vec![format!("*a{}", level - 1); 9].join(", ");
        laughs += &format!("a{level}: &a{level} [{before}]\n");
    }
    assert!(names(&refused(&laughs), "repeated_nodes"));
    exceeds(laughs, "repeated_nodes");
    let anchors: String = (0..30).map(|n| format!("- &a{n} x\n")).collect();
    exceeds(anchors, "anchors");
}

#[test]
fn a_list_in_brackets_cannot_make_the_parser_hoard() {
    for bomb in ["1,", "[],", "a: b,", "{},", "? a,"] {
        let findings = refused(format!("{HEAD}x:\n- [{}", bomb.repeat(60_000)));
        assert_eq!(rules_of(&findings), [Rule::OverBudget], "{bomb}");
    }
    let directives: String = (0..30_000).map(|n| format!("%TAG !t{n}! x\n")).collect();
    assert_eq!(rules_of(&refused(directives)), [Rule::OverBudget]);
}

#[test]
fn references_end_in_circles_and_chains() {
    let circle =
        with_paths((0..10).map(|n| format!("  /a{n}: {{$ref: '#/paths/~1a{}'}}\n", (n + 1) % 10)));
    assert!(
        rules_of(&refused(&circle))
            .iter()
            .all(|rule| *rule == Rule::ReferenceUnusable)
    );
    let chain = |steps: usize| {
        let links: String = (0..steps)
            .map(|n| format!("  c{n}: {{$ref: '#/x/c{}'}}\n", n + 1))
            .collect();
        format!(
            "{HEAD}paths: {{/a: {{$ref: '#/x/c0'}}}}\nx:\n{links}  c{steps}: {{get: {{responses: {{200: {{}}}}}}}}\n"
        )
    };
    assert_eq!(accepted(&chain(99)).operations.len(), 1);
    assert_eq!(rules_of(&refused(chain(100))), [Rule::ReferenceUnusable]);
}

#[test]
fn many_paths_operations_parameters_and_scopes_are_refused() {
    exceeds(
        with_paths((0..30).map(|n| format!("  /a{n}: {{}}\n"))),
        "paths",
    );
    exceeds(
        with_paths((0..15).map(|n| format!("  /a{n}: {{get: {{}}, put: {{}}}}\n"))),
        "operations",
    );
    let shared = "x: {get: {parameters: [{}, {}, {}, {}, {}, {}, {}, {}]}}\n";
    let paths = (0..19).map(|n| format!("  /a{n}: {{$ref: '#/x'}}\n"));
    exceeds(with_paths(paths) + shared, "parameters");
    let security =
        "security: [s: [a, b, c, d, e, f]]\ncomponents: {securitySchemes: {s: {type: http}}}\n";
    let paths = (0..19).map(|n| format!("  /a{n}: {{get: {{}}}}\n"));
    exceeds(with_paths(paths) + security, "scopes");
}

#[test]
fn a_long_text_is_never_told_whole() {
    let long = "k".repeat(500_000);
    let text = serde_json::json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {format!("/{long}"): {}, &long: {}},
        "security": [{&long: [&long]}, {"s": [&long]}],
        "components": {"securitySchemes": {"s": {"type": &long}}},
        "x": {&long: {"$ref": &long}},
    });
    let findings = refused(text.to_string());
    assert!(findings.as_slice().len() > 4, "{findings}");
    for finding in findings.as_slice() {
        assert!(finding.message.len() < 1_000, "{}", finding.rule);
        assert!(finding.pointer.len() < 2_100, "{}", finding.rule);
    }
    let text =
        format!("{HEAD}paths: {{/a: {{get: {{summary: {long}, responses: {{200: {{}}}}}}}}}}\n");
    let examined = accepted(&text);
    let summary = examined.operations[0]
        .summary
        .as_deref()
        .expect("a summary");
    assert_eq!(summary.chars().count(), 201);
}

#[test]
fn a_message_holds_no_control_characters_of_the_document() {
    let findings = refused("{\"openapi\": \"3.1.0\\u001b[31m\\n\\u0007\"}");
    let message = &findings.as_slice()[0].message;
    assert!(!message.chars().any(char::is_control), "{message:?}");
}

#[test]
fn what_is_no_text_is_named_for_what_it_is() {
    for nothing in [
        "",
        " ",
        "\n\n",
        "\u{feff}",
        "\u{feff} \r\n",
        "# only a comment\n",
        "---\n...",
    ] {
        let found = rules_of(&refused(nothing));
        let last = *found.last().expect("a finding");
        assert!(
            matches!(last, Rule::Empty | Rule::NotOpenApi),
            "{nothing:?}: {found:?}"
        );
    }
    let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [vec![0xff, 0xfe], utf16.clone()].concat();
    for (bytes, word) in [
        (utf16, "UTF-16"),
        (marked, "UTF-16"),
        (vec![0x1f, 0x8b, 8, 0], "gzip"),
        (b"PK\x03\x04\xff".to_vec(), "zip"),
        (vec![0x80; 1_000], "not UTF-8"),
    ] {
        let findings = refused(&bytes);
        assert_eq!(rules_of(&findings), [Rule::NotUtf8]);
        assert!(findings.to_string().contains(word), "{findings}");
    }
    assert_eq!(rules_of(&refused("a: \0")), [Rule::Syntax]);
    assert_eq!(rules_of(&refused("a:\n\tb: c")), [Rule::Syntax]);
}
