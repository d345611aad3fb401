//! Every rule of `rule.rs` points at its place: the character behind the mark `»`.
//!
//! Documents that can be read are tried in the YAML of the case and as JSON, with a second reader to say what stands
//! where; uploads that cannot be read are tried as they are.

use std::collections::BTreeSet;

use gatewright_contract::{Budgets, Finding, Rule, examine};

use crate::second::{Part, Place, Second};

/// A rule, the pointer of what it finds, and a document in which that stands behind the mark.
type Case = (Rule, &'static str, &'static str);

const READ: &[Case] = &[
    (Rule::NotOpenApi, "", "»a: 1\n"),
    (Rule::NotOpenApi, "", "»- 1\n"),
    (Rule::UnsupportedVersion, "/openapi", "openapi: »4.0.0\n"),
    (Rule::UnsupportedVersion, "/swagger", "swagger: »'1.2'\n"),
    (Rule::WrongType, "/info", "openapi: 3.1.0\n»info: []\n"),
    (
        Rule::WrongType,
        "/info/title",
        "openapi: 3.1.0\ninfo:\n  version: '1'\n  »title:\n    a: b\n",
    ),
    (Rule::WrongType, "/paths/~1a", "@paths:\n  /a: »null\n"),
    (Rule::WrongType, "/paths/~1a", "@paths:\n  »/a:\n  /b: {}\n"),
    (Rule::WrongType, "/security/1", "@security:\n- {}\n- »x\n"),
    (Rule::WrongType, "/security/0", "@security: [&x »[a], *x]\n"),
    (
        Rule::WrongType,
        "/security/1",
        "@security:\n- {}\n- &x »[a]\n",
    ),
    (
        Rule::WrongType,
        "/security/0",
        "@security:\n- &x\n  »- 'a'\n",
    ),
    (
        Rule::WrongType,
        "/security/0",
        "@security:\n- !!str &x »'a'\n",
    ),
    (
        Rule::WrongType,
        "/paths/~1a/get/deprecated",
        "@paths: {/a: {get: {deprecated: »'true'}}}\n",
    ),
    (
        Rule::WrongType,
        "/components/securitySchemes/s/type",
        "@components: {securitySchemes: {s: {type: »magic}}}\n",
    ),
    (
        Rule::UnquotedText,
        "/info/version",
        "openapi: 3.1.0\ninfo: {title: t, version: »1.0}\n",
    ),
    (
        Rule::UnquotedText,
        "/paths/~1a/get/summary",
        "@paths: {/a: {get: {summary: »true}}}\n",
    ),
    (
        Rule::TextTooLong,
        "/paths/~1a/get/operationId",
        "@paths: {/a: {get: {operationId: »LONG}}}\n",
    ),
    (
        Rule::MissingMember,
        "/info",
        "openapi: 3.1.0\n»info:\n  title: t\n",
    ),
    (
        Rule::MissingMember,
        "/info/title",
        "openapi: 3.1.0\ninfo: {title: »' ', version: '1'}\n",
    ),
    (
        Rule::MissingMember,
        "",
        "»openapi: 3.0.0\ninfo: {title: t, version: '1'}\n",
    ),
    (
        Rule::MissingMember,
        "/paths/~1a/parameters/0",
        "@paths:\n  /a:\n    parameters:\n    - »in: query\n",
    ),
    (
        Rule::NoOperation,
        "",
        "»openapi: 3.1.0\ninfo: {title: t, version: '1'}\n",
    ),
    (
        Rule::ReferenceToNothing,
        "/components/schemas/A/$ref",
        "@components:\n  schemas:\n    A:\n      $ref: »'#/no'\n",
    ),
    (
        Rule::ReferenceOutside,
        "/components/schemas/A/$ref",
        "@components: {schemas: {A: {$ref: »b.yaml}}}\n",
    ),
    (
        Rule::ReferenceThrough,
        "/components/schemas/A/$ref",
        "@components: {schemas: {A: {$ref: »'#/components/schemas/B/items'}, B: {$ref: '#/components/schemas/C'}, C: {items: {}}}}\n",
    ),
    (
        Rule::ReferenceBeside,
        "/paths/~1a/get",
        "@paths:\n  /b: {}\n  /a:\n    $ref: '#/paths/~1b'\n    »get: {}\n",
    ),
    (
        Rule::ReferenceUnusable,
        "/paths/~1a/$ref",
        "@paths: {/a: {$ref: »b.yaml}}\n",
    ),
    (
        Rule::ReferenceUnusable,
        "/components/securitySchemes/s/$ref",
        "@components: {securitySchemes: {s: {$ref: »'#/no'}}}\n",
    ),
    (Rule::PathWithoutSlash, "/paths/ö", "@paths:\n  »ö: {}\n"),
    (Rule::PathMalformed, "/paths/~1{", "@paths:\n  »'/{': {}\n"),
    (
        Rule::PathUnreachable,
        "/paths/~1a?b=c",
        "@paths:\n  »/a?b=c: {}\n",
    ),
    (
        Rule::PathRepeated,
        "/paths/~1{b}/get",
        "@paths:\n  /{a}:\n    get: {}\n  /{b}:\n    »get: {}\n",
    ),
    (
        Rule::PathOverlap,
        "/paths/~1{b}~1c/get",
        "@paths:\n  /a/{b}:\n    get: {}\n  /{b}/c:\n    »get: {}\n",
    ),
    (
        Rule::PathParameterUndeclared,
        "/paths/~1{a}/get",
        "@paths:\n  /{a}:\n    »get:\n      tags: [a]\n",
    ),
    (
        Rule::PathParameterRepeated,
        "/paths/~1{a}~1{a}",
        "@paths:\n  »/{a}/{a}:\n    get: {}\n",
    ),
    (
        Rule::PathParameterUnused,
        "/paths/~1b/get/parameters/1",
        "@paths:\n  /b:\n    get:\n      parameters:\n      - {in: query, name: q}\n      - »in: path\n        name: b\n        required: true\n",
    ),
    (
        Rule::PathParameterUnused,
        "/paths/~1b/get/parameters/0",
        "@paths:\n  /b:\n    get: {parameters: [»{$ref: '#/components/parameters/P'}]}\ncomponents:\n  parameters:\n    P: {in: path, name: p, required: true}\n",
    ),
    (
        Rule::PathParameterOptional,
        "/paths/~1{a}/get/parameters/0",
        "@paths:\n  /{a}: {get: {parameters: [»{in: path, name: a}]}}\n",
    ),
    (
        Rule::PathParameterOptional,
        "/paths/~1{a}/get/parameters/0/required",
        "@paths:\n  /{a}: {get: {parameters: [{in: path, name: a, required: »false}]}}\n",
    ),
    (
        Rule::PathParameterOptional,
        "/components/parameters/P",
        "@paths:\n  /{a}: {get: {parameters: [{$ref: '#/components/parameters/P'}]}}\ncomponents:\n  parameters:\n    »P:\n      in: path\n      name: a\n",
    ),
    (
        Rule::MethodUnknown,
        "/paths/~1a/GET",
        "@paths:\n  /a:\n    »GET: {}\n",
    ),
    (
        Rule::ParameterRepeated,
        "/paths/~1a/get/parameters/1",
        "@paths:\n  /a:\n    get:\n      parameters:\n      - {in: query, name: q}\n      - »{in: query, name: q}\n",
    ),
    (
        Rule::BodyRepeated,
        "/paths/~1a/post/parameters/1",
        "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      parameters:\n      - {in: body, name: a}\n      - »{in: formData, name: b}\n",
    ),
    (
        Rule::OperationIdRepeated,
        "/paths/~1b/get/operationId",
        "@paths:\n  /a: {get: {operationId: x}}\n  /b: {get: {operationId: »x}}\n",
    ),
    (
        Rule::ResponsesMissing,
        "/paths/~1a/get",
        "@paths:\n  /a:\n    »get:\n      tags: [a]\n",
    ),
    (
        Rule::ResponsesMissing,
        "/paths/~1a/get/responses",
        "@paths:\n  /a:\n    get:\n      tags: [a]\n      »responses: {}\n",
    ),
    (
        Rule::TagRepeated,
        "/tags/1/name",
        "@tags:\n- name: a\n- name: »a\n",
    ),
    (
        Rule::ServerVariableUndefined,
        "/servers/0/url",
        "@servers:\n- description: d\n  url: »'https://{a}.test'\n",
    ),
    (
        Rule::ServerVariableUndefined,
        "/paths/~1a/servers/0/url",
        "@paths: {/a: {servers: [{url: »'{b}'}]}}\n",
    ),
    (
        Rule::SecuritySchemeUndefined,
        "/security/0/s",
        "@security:\n- »s:\n  - a\n",
    ),
    (
        Rule::ScopeUndeclared,
        "/paths/~1a/get/security/0/s/1",
        "@paths: {/a: {get: {security: [{s: [r, »w]}]}}}\ncomponents: {securitySchemes: {s: {type: oauth2, flows: {implicit: {scopes: {r: x}}}}}}\n",
    ),
    (
        Rule::ScopeUnusable,
        "/security/0/s/0",
        "@security: [s: [»'a b']]\n",
    ),
    (
        Rule::ScopeIgnored,
        "/components/securitySchemes/s/flows/implicit/scopes/a b",
        "@components: {securitySchemes: {s: {type: oauth2, flows: {implicit: {scopes: {»'a b': x}}}}}}\n",
    ),
    // A member that is missing, one that is not known, a value of another kind, of another shape, and a choice.
    (
        Rule::SchemaViolation,
        "/paths/~1a/get/responses/200",
        "@paths:\n  /a:\n    get:\n      responses:\n        »200:\n          content: {}\n",
    ),
    (
        Rule::SchemaViolation,
        "/paths/~1a/get/sumary",
        "@paths:\n  /a:\n    get:\n      »sumary: x\n",
    ),
    (Rule::SchemaViolation, "/tags", "@»tags:\n  a: b\n"),
    (
        Rule::SchemaViolation,
        "/tags/0/name",
        "@tags: [{name: »1}]\n",
    ),
    (
        Rule::SchemaViolation,
        "/components/schemas/A/type",
        "@components:\n  schemas:\n    A:\n      type: »strnig\n",
    ),
    (
        Rule::SchemaViolation,
        "/components/schemas/A/required",
        "@components:\n  schemas:\n    A:\n      »required: [a, a]\n",
    ),
    (
        Rule::SchemaViolation,
        "/components/schemas/A/allOf",
        "@components:\n  schemas:\n    A:\n      »allOf: []\n",
    ),
    (
        Rule::SchemaViolation,
        "/components/schemas/A/minLength",
        "@components:\n  schemas:\n    A:\n      minLength: »-1\n",
    ),
    (
        Rule::SchemaViolation,
        "/components/schemas/a b",
        "@components:\n  schemas:\n    »a b: {}\n",
    ),
    (
        Rule::SchemaViolation,
        "/externalDocs/url",
        "@externalDocs: {url: »not an address}\n",
    ),
    (
        Rule::SchemaViolation,
        "/paths/~1a/get/parameters/0",
        "@paths:\n  /a:\n    get:\n      parameters:\n      - »in: query\n        name: q\n",
    ),
    (
        Rule::SchemaViolation,
        "/paths/~1a/get/parameters/0/style",
        "@paths: {/a: {get: {parameters: [{in: query, name: q, schema: {}, style: »simple}]}}}\n",
    ),
];

/// Uploads that are refused while they are read.
const REFUSED: &[Case] = &[
    (Rule::Empty, "", "»"),
    (Rule::Empty, "", "» \n\n"),
    (Rule::Empty, "", "»# a comment\n"),
    (Rule::Syntax, "/a/1", "{\"a\": [\"ö\",\n {\"b\": »oops}]}"),
    (Rule::Syntax, "/ö", "{\"ö\": [1»"),
    (Rule::Syntax, "", "{\"a\": 1} »x"),
    (Rule::Syntax, "", "a: 'ö'\nb: 'x' »y\n"),
    (Rule::DuplicateKey, "/a", "{\"a\": 1,\n »\"a\": 2}"),
    (Rule::DuplicateKey, "/é/b", "é:\n  b: 1\n  »b: 2\n"),
    (Rule::NotJson, "/b", "é: ö\nb: [1, ».nan]\n"),
    (Rule::NotJson, "/a", "a:\n  b: »!own c\n"),
    (Rule::NotJson, "", "»[a]: b\n"),
    (Rule::NotJson, "", "a: 1\n»---\nb: 2\n"),
    (Rule::NotJson, "/a", "a: &x [»*x]\n"),
    (Rule::MergeKey, "/b/0", "a: ö\nb:\n- {x: é, »<<: y}\n"),
    (Rule::OverBudget, "", "»a: LONG\n"),
    (
        Rule::OverBudget,
        "/a/0/0/0/0/0/0",
        "{\"a\": [[[[[[[»[1]]]]]]]]}",
    ),
    (
        Rule::OverBudget,
        "/a/0/0/0/0/0/0",
        "a:\n- - - - - - - »- 1\n",
    ),
    (
        Rule::OverBudget,
        "/a",
        "a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, »8]\n",
    ),
    (Rule::OverBudget, "/b", "a: &a [1, 2, 3]\nb:\n- *a\n- »*a\n"),
    (Rule::OverBudget, "", "a: &a 1\nb: &b 2\nc: »&c 3\n"),
    (
        Rule::OverBudget,
        "/paths/~1c",
        "@paths: {/a: {}, /b: {}, »/c: {}}\n",
    ),
    (
        Rule::OverBudget,
        "/paths/~1b",
        "@paths: {/a: {get: {}}, »/b: {get: {}, put: {}}}\n",
    ),
    (
        Rule::OverBudget,
        "/paths/~1a/get/parameters/2",
        "@paths: {/a: {get: {parameters: [{}, {}, »{}]}}}\n",
    ),
    (
        Rule::OverBudget,
        "/security/0/s/1",
        "@security: [{s: [a, »b]}]\n",
    ),
    (
        Rule::OverBudget,
        "/components/securitySchemes/d",
        "@components: {securitySchemes: {a: {}, b: {}, c: {}, »d: {}}}\n",
    ),
];

/// Budgets that the small documents of these tests can exceed.
const TIGHT: Budgets = Budgets {
    bytes: 280,
    depth: 8,
    nodes: 40,
    repeated_nodes: 5,
    anchors: 2,
    reference_chain: 1,
    paths: 2,
    operations: 2,
    parameters: 2,
    scopes: 3,
};

/// The text of a case without its mark, and the place of the mark.
fn marked(text: &str) -> (String, Place) {
    let head = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n";
    let text = text.replace('@', head).replace("LONG", &"o".repeat(300));
    let (before, behind) = text.split_once('»').expect("a mark");
    let line = before.rsplit('\n').next().unwrap_or_default();
    let narrow = |number: usize| u32::try_from(number + 1).expect("a small document");
    let place = (
        narrow(before.matches('\n').count()),
        narrow(line.chars().count()),
    );
    (format!("{before}{behind}"), place)
}

fn found(text: &str, budgets: &Budgets) -> Vec<Finding> {
    match examine(text.as_bytes(), budgets) {
        Ok(examined) => examined.findings.into_vec(),
        Err(findings) => findings.into_vec(),
    }
}

/// The place of the only finding of a rule at a pointer.
fn place(text: &str, budgets: &Budgets, rule: Rule, pointer: &str) -> Place {
    let all = found(text, budgets);
    let mut there = all
        .iter()
        .filter(|it| it.rule == rule && it.pointer == pointer);
    match (there.next(), there.next()) {
        (Some(only), None) => (only.line, only.column),
        _ => panic!("not one {rule} at {pointer} in\n{text}\nbut {all:#?}"),
    }
}

#[test]
fn every_finding_of_a_document_that_is_read_stands_behind_its_mark() {
    let budgets = Budgets::default();
    for (rule, pointer, text) in READ {
        let (yaml, mark) = marked(text);
        assert_eq!(
            place(&yaml, &budgets, *rule, pointer),
            mark,
            "{rule}\n{yaml}"
        );
        let lines = yaml.replace('\n', "\r\n");
        assert_eq!(place(&lines, &budgets, *rule, pointer), mark, "{rule}");
        let second = Second::read(&yaml);
        let part = second.part(pointer, mark);
        let part = part.unwrap_or_else(|| panic!("{pointer} is not at the mark in\n{yaml}"));
        if *rule == Rule::NotOpenApi && yaml.starts_with('-') {
            // A list is read as YAML however it is written.
            continue;
        }
        let json = second.json();
        let there = place(&json, &budgets, *rule, pointer);
        let written = Second::read(&json).part(pointer, there);
        // JSON writes a value where YAML may leave it out.
        let unwritten = yaml.contains("/a:\n  /b");
        let expected = if unwritten { Part::Value } else { part };
        assert_eq!(written, Some(expected), "{rule}\n{json}");
    }
}

#[test]
fn every_finding_of_an_upload_that_is_refused_stands_behind_its_mark() {
    for (rule, pointer, text) in REFUSED {
        let (text, mark) = marked(text);
        let budgets = match rule {
            Rule::OverBudget => TIGHT,
            _ => Budgets::default(),
        };
        assert_eq!(
            place(&text, &budgets, *rule, pointer),
            mark,
            "{rule}\n{text}"
        );
    }
}

#[test]
fn what_is_about_the_whole_upload_stands_at_its_beginning() {
    let default = Budgets::default();
    let bom = "\u{feff}openapi: 4.0.0\n";
    assert_eq!(place(bom, &default, Rule::ByteOrderMark, ""), (1, 1));
    assert_eq!(
        place(bom, &default, Rule::UnsupportedVersion, "/openapi"),
        (1, 10)
    );
    let paths: String = (0..300).map(|n| format!("  a{n}: {{}}\n")).collect();
    let (many, _) = marked(&format!("»@paths:\n{paths}"));
    assert_eq!(place(&many, &default, Rule::MoreFindings, ""), (1, 1));
    let bytes = b"a: \xc3\xb6\nb: \xc3\xb6\xff";
    let findings = examine(bytes, &default).expect_err("no UTF-8");
    let finding = &findings.as_slice()[0];
    assert_eq!(
        (finding.rule, finding.line, finding.column),
        (Rule::NotUtf8, 2, 5)
    );
}

#[test]
fn every_rule_is_placed() {
    let whole = [Rule::ByteOrderMark, Rule::MoreFindings, Rule::NotUtf8];
    let cases = READ.iter().chain(REFUSED).map(|(rule, ..)| *rule);
    let placed: BTreeSet<Rule> = cases.chain(whole).collect();
    let all: BTreeSet<Rule> = Rule::ALL.iter().copied().collect();
    assert_eq!(
        all.difference(&placed).collect::<Vec<_>>(),
        [&Rule::Empty; 0]
    );
}
