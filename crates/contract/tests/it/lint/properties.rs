//! What holds for every ruleset and document: nothing panics, and whatever is found is somewhere.

use gatewright_contract::{Budgets, LintBudgets, Ruleset, lint_within, read};
use proptest::prelude::*;

use super::points_right;

const BUDGETS: LintBudgets = LintBudgets {
    steps: 100_000,
    steps_per_byte: 0,
    findings: 500,
    reference_chain: 20,
};

/// Words of paths, filters and patterns.
const WORDS: [&str; 56] = [
    "$",
    "$.",
    "..",
    "*",
    "[",
    "]",
    "(",
    ")",
    "?(",
    "@",
    "@.a",
    "@property",
    "@parent",
    "^",
    "~",
    "'a'",
    "\"b\"",
    ",",
    "a",
    "paths",
    " ",
    "&&",
    "||",
    "!",
    "==",
    "===",
    "!=",
    "<",
    ">=",
    "+",
    "-",
    "1",
    ":",
    "0",
    ".match(",
    ".includes(",
    "/",
    "\\",
    "\\d",
    "\\u00e4",
    "[^",
    "{",
    "}",
    "{2,}",
    "(?=",
    "(?:",
    "|",
    "$)",
    "#Alias",
    ".length",
    "true",
    "null",
    "typeof ",
    "ö",
    "in ",
    "'",
];

fn words() -> impl Strategy<Value = String> {
    let word = (0..WORDS.len()).prop_map(|number| WORDS[number]);
    prop::collection::vec(word, 0..12).prop_map(|words| words.concat())
}

const RULESET: &str = "--- {aliases: {Alias: [$.paths]}, rules: {it: {given: GIVEN, then: \
    [{field: FIELD, function: pattern, functionOptions: {match: MATCH}}, {function: undefined}]}}}";

const DOCUMENT: &str = "openapi: 3.0.3\npaths:\n  /a/{b}: &a\n    parameters: [{$ref: '#/x/0'}]\n    get: {tags: [a], responses: {200: {}}}\n\
    x:\n  - {in: path, name: b, required: true, schema: {type: array, enum: [[]], example: 1}, example: {}}\n  - *a\n  - {$ref: '#/x/2'}\n";

/// Lints whatever it is, and looks at what comes out.
fn is_sound(document: &str, ruleset: &str) {
    let Ok(read) = read(document.as_bytes(), &Budgets::default()) else {
        return;
    };
    let Ok(ruleset) = Ruleset::read(ruleset, &|name| Some(format!("extends: [[{name}, all]]")))
    else {
        return;
    };
    for finding in lint_within(&read, &ruleset, &BUDGETS).findings {
        points_right(document, &finding);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_path_field_or_pattern_panics(given in words(), field in words(), pattern in words()) {
        let quoted = |text: &str| serde_json::to_string(text).expect("JSON");
        let ruleset = RULESET
            .replace("GIVEN", &quoted(&format!("$..{given}")))
            .replace("FIELD", &quoted(&field))
            .replace("MATCH", &quoted(&pattern));
        is_sound(DOCUMENT, &ruleset);
    }

    #[test]
    fn no_damaged_ruleset_panics(from in 0..RULESET.len(), to in 0..RULESET.len(), text in words()) {
        let start = RULESET.get(..from.min(to)).unwrap_or_default();
        let end = RULESET.get(from.max(to)..).unwrap_or_default();
        is_sound(DOCUMENT, &format!("{start}{text}{end}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_damaged_document_panics_under_the_built_in_rules(from in 0..DOCUMENT.len(), to in 0..DOCUMENT.len(), text in words()) {
        let start = DOCUMENT.get(..from.min(to)).unwrap_or_default();
        let end = DOCUMENT.get(from.max(to)..).unwrap_or_default();
        is_sound(&format!("{start}{text}{end}"), "extends: [[spectral:oas, all], ['@stoplight/spectral-owasp-ruleset', all]]");
    }
}
