//! Paths: what each part of the dialect selects.

use super::{linted, pointers};

const DOCUMENT: &str = r##"
paths:
  /a: &a
    get: {tags: [x, y, z], operationId: getA}
    put: {tags: [x], deprecated: true}
  /b:
    $ref: '#/shared'
shared:
  get: {tags: [], operationId: getB}
limits: {low: 1, high: 20}
"##;

/// What a path selects of the document, looked at through references.
fn selected(path: &str) -> Vec<String> {
    let path = serde_json::to_string(path).expect("JSON");
    let by = format!("rules: {{it: {{given: {path}, then: {{function: undefined}}}}}}");
    let mut pointers = pointers(DOCUMENT, &by);
    pointers.sort();
    pointers
}

#[test]
fn every_step_of_the_dialect_selects_what_it_means() {
    for (path, expected) in [
        ("$", vec![""]),
        ("$.limits", vec!["/limits"]),
        ("$.limits.*", vec!["/limits/high", "/limits/low"]),
        ("$['limits'][\"low\"]", vec!["/limits/low"]),
        ("$.limits[low,high]", vec!["/limits/high", "/limits/low"]),
        ("$.paths['/a'].get.tags[0]", vec!["/paths/~1a/get/tags/0"]),
        ("$.paths['/a'].get.tags[-1:]", vec!["/paths/~1a/get/tags/2"]),
        (
            "$.paths['/a'].get.tags[(@.length-1)]",
            vec!["/paths/~1a/get/tags/2"],
        ),
        (
            "$.paths['/a'].get.tags[1:]",
            vec!["/paths/~1a/get/tags/1", "/paths/~1a/get/tags/2"],
        ),
        (
            "$.paths['/a'].get.tags[::2]",
            vec!["/paths/~1a/get/tags/0", "/paths/~1a/get/tags/2"],
        ),
        (
            "$..operationId",
            vec!["/paths/~1a/get/operationId", "/shared/get/operationId"],
        ),
        ("$..operationId^", vec!["/paths/~1a/get", "/shared/get"]),
        (
            "$.paths.[?(@property == 'operationId')]",
            vec!["/paths/~1a/get/operationId", "/shared/get/operationId"],
        ),
        (
            "$.paths...operationId",
            vec!["/paths/~1a/get/operationId", "/shared/get/operationId"],
        ),
        ("$.limits.*~", vec!["/limits/high", "/limits/low"]),
        ("$.paths[*].get", vec!["/paths/~1a/get", "/shared/get"]),
        ("$.nothing..*", vec![]),
        ("$.limits.low.deeper", vec![]),
    ] {
        assert_eq!(selected(path), expected, "{path}");
    }
}

#[test]
fn a_filter_is_the_part_of_javascript_that_looks_at_a_value() {
    for (filter, expected) in [
        ("@ > 5", vec!["/limits/high"]),
        ("@ >= 1 && @ < 20", vec!["/limits/low"]),
        ("@ == '20'", vec!["/limits/high"]),
        ("@ === '20'", vec![]),
        ("@property === 'low'", vec!["/limits/low"]),
        ("@property.match(/^h/)", vec!["/limits/high"]),
        (
            "@property[0] == 'h' && @property.match",
            vec!["/limits/high"],
        ),
        ("/^H/i.test(@property)", vec!["/limits/high"]),
        ("['low', 'none'].includes(@property)", vec!["/limits/low"]),
        (
            "['low', 'none'].indexOf(@property) == -1",
            vec!["/limits/high"],
        ),
        (
            "@property.startsWith('h') || @property.endsWith('w')",
            vec!["/limits/high", "/limits/low"],
        ),
        ("@parent.low == 1 && !(@ == 1)", vec!["/limits/high"]),
        (
            "@parentProperty == 'limits' && @property.length == 3",
            vec!["/limits/low"],
        ),
        ("@root.limits.low === @", vec!["/limits/low"]),
        ("@path.includes(\"['low']\")", vec!["/limits/low"]),
        ("typeof @ == 'number' && @ - 1 == 0", vec!["/limits/low"]),
        (
            "@.constructor.name === 'Number' && @property.toUpperCase() == 'LOW'",
            vec!["/limits/low"],
        ),
        (
            "@.nothing === void 0 && @ != null",
            vec!["/limits/high", "/limits/low"],
        ),
        // What JavaScript throws at selects nothing.
        ("@.nothing.more", vec![]),
        ("@.match(/x/)", vec![]),
    ] {
        assert_eq!(
            selected(&format!("$.limits[?({filter})]")),
            expected,
            "{filter}"
        );
    }
    assert_eq!(selected("$..[?(@ && @.deprecated)]"), ["/paths/~1a/put"]);
    assert_eq!(
        selected("$..tags[?(@property > 1)]"),
        ["/paths/~1a/get/tags/2"]
    );
    assert_eq!(
        selected("$.paths[*][?(@.tags && @.tags.length == 0)]"),
        ["/shared/get"]
    );
    assert_eq!(
        selected("$.paths[*][?(@ && 'operationId' in @)]"),
        ["/paths/~1a/get", "/shared/get"]
    );
}

#[test]
fn what_is_not_understood_is_said_and_not_passed_over() {
    for (path, why) in [
        ("paths", "expected `$`"),
        ("$.a[", "a name"),
        ("$.a[?(@.x]", "`)`"),
        ("$.a[?(@.filter(x => x))]", "needs JavaScript"),
        ("$.a[?(process.exit())]", "needs JavaScript"),
        ("$.a[?(@.b.toFixed(2))]", "needs JavaScript"),
        ("$.a[?(@type == 1)]", "is not understood"),
        ("$.a[?(@.match(/(/))]", "no pattern"),
        ("$.a[(@.x+1)]", "needs JavaScript"),
        ("$.a[::0]", "at least 1"),
        ("#Nowhere.x", "defined nowhere"),
    ] {
        let path_told = serde_json::to_string(path).expect("JSON");
        let by = format!("rules: {{it: {{given: {path_told}, then: {{function: truthy}}}}}}");
        let linted = linted(DOCUMENT, &by);
        let reasons: Vec<_> = linted.unsupported.iter().map(ToString::to_string).collect();
        assert_eq!(reasons.len(), 1, "{path}: {reasons:?}");
        assert!(
            reasons[0].contains(why) && reasons[0].contains("`it`"),
            "{path}: {reasons:?}"
        );
    }
}

#[test]
fn a_circle_of_references_is_walked_once() {
    let text = "a: {$ref: '#/b'}\nb: {c: {$ref: '#/a'}, d: {$ref: '#/b'}, x: 1}\n";
    let by = "rules: {it: {given: $..x, then: {function: undefined}}}";
    assert_eq!(pointers(text, by), ["/b/x"]);
    let by = "rules: {it: {given: '$..[?(@ && @.$ref)]', resolved: false, then: {field: $ref, function: undefined}}}";
    assert_eq!(pointers(text, by), ["/a/$ref", "/b/c/$ref", "/b/d/$ref"]);
}
