//! Writes the seeds of every target into `target/corpus/`: the hostile tokens whole and in parts, their keys, one good
//! assertion and proof, every built-in rule with a document that it finds something in, and small contracts.

use std::{fs, io, path::Path};

use gatewright_fuzz::{
    CLIENT, CORPUS, HTU, ISSUER, NOW, contract::SEEDS, decode, good_claims, second_reading,
};
use gatewright_token::proof::access_token_hash;

fn main() -> io::Result<()> {
    let corpus = second_reading(CORPUS);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/corpus");
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)
    };
    for case in corpus["cases"].as_array().into_iter().flatten() {
        let (name, token) = (case["id"].as_str(), case["token"].as_str());
        let (Some(name), Some(token)) = (name, token) else {
            continue;
        };
        write("compact", name, token.as_bytes())?;
        let mut parts = token.split('.').map(|part| decode(part.as_bytes()));
        let (header, claims) = (parts.next().flatten(), parts.next().flatten());
        if let Some(header) = &header {
            write("header", name, header)?;
        }
        if let Some(claims) = &claims {
            write("claims", name, claims)?;
        }
        if let (Some(header), Some(claims)) = (header, claims) {
            let both = [&header[..], b"\n", &claims[..]].concat();
            write("assertion", name, &both)?;
            write("proof", name, &both)?;
        }
    }
    for (name, text) in SEEDS {
        for target in ["contract_json", "contract_yaml", "contract_references"] {
            write(target, name, text.as_bytes())?;
        }
        for (other, revision) in SEEDS {
            let both = format!("{text}\n--->\n{revision}");
            write("diff", &format!("{name}-{other}"), both.as_bytes())?;
        }
    }
    for (file, cases) in PAIRS {
        let lines: Vec<&str> = cases.lines().filter(|line| line.starts_with('{')).collect();
        for (number, pair) in lines.chunks_exact(2).enumerate() {
            let both = pair.iter().map(|schema| SCHEMA.replace("SCHEMA", schema));
            let both = both.collect::<Vec<_>>().join("\n--->\n");
            write("diff", &format!("{file}-{number}"), both.as_bytes())?;
        }
    }
    write("jwk", "set", corpus["jwks"].to_string().as_bytes())?;
    for (index, key) in corpus["jwks"]["keys"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        write("jwk", &format!("key-{index}"), key.to_string().as_bytes())?;
        let set = format!(r#"{{"keys":[{key}]}}"#);
        write("jwk", &format!("set-{index}"), set.as_bytes())?;
    }
    write("claims", "good", good_claims().as_bytes())?;
    write(
        "header",
        "good",
        br#"{"alg":"ES256","typ":"at+jwt","kid":"@KID@"}"#,
    )?;
    let assertion = format!(
        r#"{{"alg":"ES256","typ":"JWT"}}
{{"iss":"{CLIENT}","sub":"{CLIENT}","aud":"{ISSUER}","iat":{NOW},"exp":{},"jti":"a"}}"#,
        NOW + 60
    );
    write("assertion", "good", assertion.as_bytes())?;
    let proof = format!(
        r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":@KEY@}}
{{"jti":"p","htm":"POST","htu":"{HTU}","iat":{NOW},"ath":"{}"}}"#,
        access_token_hash("token")
    );
    write("proof", "good", proof.as_bytes())?;
    write("proof", "address", HTU.as_bytes())?;
    for (number, rule) in RULES.iter().enumerate() {
        let seed = format!("{rule}\n--->\n{DOCUMENT}");
        write("lint", &number.to_string(), seed.as_bytes())?;
    }
    Ok(())
}

/// Schemas before and after, from the tests of comparing.
const PAIRS: [(&str, &str); 5] = [
    (
        "bounds",
        include_str!("../../crates/contract/tests/pairs/bounds.txt"),
    ),
    (
        "branches",
        include_str!("../../crates/contract/tests/pairs/branches.txt"),
    ),
    (
        "kinds",
        include_str!("../../crates/contract/tests/pairs/kinds.txt"),
    ),
    (
        "shapes",
        include_str!("../../crates/contract/tests/pairs/shapes.txt"),
    ),
    (
        "values",
        include_str!("../../crates/contract/tests/pairs/values.txt"),
    ),
];

/// A document that holds a schema wherever one stands.
const SCHEMA: &str = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      parameters: [{name: p, in: query, schema: {$ref: '#/components/schemas/A'}}]\n      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}\n      responses: {200: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}\ncomponents:\n  schemas:\n    A: SCHEMA\n";

/// Rulesets that use every part of the format.
const RULES: [&str; 7] = [
    "extends: [[spectral:oas, all]]",
    "extends: [['@stoplight/spectral-owasp-ruleset', all]]",
    "aliases: {A: [$.paths], B: {targets: [{formats: [oas3], given: ['#A[*]']}]}}\nrules: {a: {given: '#B.get', then: {field: tags.0, function: truthy}}}",
    "rules: {a: {given: \"$..[?(@ && @property.match(/^a/i) && ['x', 1].includes(@.b) || @parent.c >= 2)]^\", then: {field: '@key', function: casing, functionOptions: {type: camel, separator: {char: '-'}}}}}",
    "rules: {a: {given: ['$.paths[*]~', '$..tags[-1:]'], message: '{{path}} {{value}}', then: [{function: pattern, functionOptions: {match: '/^(?!a)[^\\d-]{2,}$/i'}}, {function: length, functionOptions: {min: 1, max: 3}}]}}",
    "rules: {a: {given: $, resolved: false, then: {function: schema, functionOptions: {allErrors: true, schema: {anyOf: [{required: [a]}, {properties: {paths: {additionalProperties: {$ref: '#/definitions/x'}}}}], definitions: {x: {minProperties: 3, unevaluatedProperties: false}}}}}}}",
    "extends: spectral:oas\nrules: {info-contact: off, operation-tags: hint}\noverrides: [{files: ['*.yaml#/paths'], rules: {operation-tags: error}}]\nexcept: {'a.yaml#/info': [info-license]}",
];

/// A document with something of everything.
const DOCUMENT: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: 'https://{a}.test/', variables: {b: {default: x}}}]\ntags: [{name: b}, {name: a}, {name: b}]\npaths:\n  /a/{b}/:\n    parameters: [{$ref: '#/components/parameters/p'}]\n    get: {tags: [c], operationId: a b, security: [{s: [x]}], responses: {200: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}, example: {n: x}}}}}}\ncomponents:\n  parameters: {p: {in: path, name: c, required: true, schema: {type: integer, enum: [1, 1, x]}}}\n  schemas: {A: {type: object, required: [m], properties: {n: {type: integer, nullable: true}, l: {type: array}}}, B: {allOf: [{$ref: '#/components/schemas/B'}]}}\n";
