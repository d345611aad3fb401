//! Contracts made to harm: each is refused with findings, soon, and nothing is stored.

use std::time::Duration;

use gatewright_testkit::database::Engine;
use serde_json::json;

use crate::{
    instance::{Instance, Layout},
    routes::{Judge, NOTHING},
};

const HEAD: &str = "openapi: 3.1.0\ninfo: {title: Bomb, version: '1'}\n";

/// How long a refusal may take. Promised is a second of a release build; a build for tests is several times slower.
const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 });

fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let mut laughs = format!("{HEAD}a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = vec![format!("*a{}", level - 1); 9].join(", ");
        laughs += &format!("a{level}: &a{level} [{before}]\n");
    }
    let circle: String = (0..100)
        .map(|n| format!("  /a{n}: {{$ref: '#/paths/~1a{}'}}\n", (n + 1) % 100))
        .collect();
    let links: String = (0..20_000)
        .map(|n| format!("  c{n}: {{$ref: '#/x/c{}'}}\n", n + 1))
        .collect();
    let keys: String = (0..50_000).map(|_| "\"a\":1,").collect();
    let large = |ending: &str| {
        let mut text = b"{\"openapi\":\"3.1.0\",\"x\":\"".to_vec();
        text.resize(10 * 1024 * 1024 + 1 - ending.len(), b'x');
        text.extend_from_slice(ending.as_bytes());
        text
    };
    let deep = 100_000;
    vec![
        ("nothing", Vec::new()),
        ("a blank", b" \n".to_vec()),
        ("aliases that multiply", laughs.into_bytes()),
        (
            "lists in lists, JSON",
            format!("{{\"a\":{}", "[".repeat(deep)).into_bytes(),
        ),
        (
            "objects in objects, JSON",
            "{\"a\":".repeat(deep).into_bytes(),
        ),
        (
            "lists in lists, YAML",
            format!("{HEAD}a: {}", "[".repeat(deep)).into_bytes(),
        ),
        ("dashes, YAML", "- ".repeat(deep).into_bytes()),
        (
            "maps in maps, YAML",
            format!("{HEAD}a: {}", "{a: ".repeat(deep)).into_bytes(),
        ),
        (
            "references in a circle",
            format!("{HEAD}paths:\n{circle}").into_bytes(),
        ),
        (
            "a chain of references",
            format!("{HEAD}paths: {{/a: {{$ref: '#/x/c0'}}}}\nx:\n{links}  c20000: {{}}\n")
                .into_bytes(),
        ),
        (
            "one key often",
            format!("{{{keys}\"openapi\":\"3.1.0\"}}").into_bytes(),
        ),
        (
            "a key twice, YAML",
            format!("{HEAD}openapi: 3.0.0\n").into_bytes(),
        ),
        (
            "bytes that are no text",
            b"{\"openapi\":\"3.1.0\",\"info\":\"\xff\xfe\x80\"}".to_vec(),
        ),
        ("a mark and nothing", b"\xef\xbb\xbf".to_vec()),
        (
            "UTF-16",
            "{\"openapi\":1}"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
        ),
        ("10 MiB and a byte, whole", large("\"}")),
        ("10 MiB and a byte, cut off", large("")),
        (
            "many directives",
            (0..30_000)
                .map(|n| format!("%TAG !t{n}! x\n"))
                .collect::<String>()
                .into_bytes(),
        ),
        ("a picture", (0..=255).cycle().take(100_000).collect()),
    ]
}

#[test]
fn a_bomb_is_refused_with_findings_and_soon() {
    let instance = Instance::founded(Engine::Sqlite, Layout::Embedded);
    instance
        .post("/apis", &json!({ "name": "orders" }))
        .good(201);
    let version = json!({ "number": "v1", "upstream": "http://127.0.0.1:9000" });
    instance.post("/apis/orders/versions", &version).good(201);
    let (mut judge, before) = (Judge::default(), instance.events());
    let upload = |media: &str, bytes: Vec<u8>| {
        let ask = instance.api("PUT", "/apis/orders/versions/v1/contract");
        ask.raw(media, bytes).send()
    };
    for (what, bytes) in bombs() {
        let media = if bytes.first() == Some(&b'{') {
            "application/json"
        } else {
            "application/yaml"
        };
        let answer = upload(media, bytes);
        println!("{what}: {} in {:?}", answer.status, answer.took);
        let problem = judge.problem(&answer, &[422], what);
        assert!(
            !problem["findings"].as_array().unwrap().is_empty(),
            "{what}: {problem}"
        );
        assert!(
            answer.body.len() < 200_000,
            "{what}: an answer of {} bytes",
            answer.body.len()
        );
        assert!(answer.took < PATIENCE, "{what}: it took {:?}", answer.took);
    }
    let larger = upload("application/json", vec![b' '; 16 * 1024 * 1024 + 1]);
    judge.problem(&larger, &[413], "over 16 MiB");
    let answer = upload("image/png", b"\x89PNG".to_vec());
    judge.problem(&answer, &[415, 422], "a picture by name");
    assert_eq!(instance.happened_since(before), NOTHING);
    let version = instance.get("/apis/orders/versions/v1");
    assert!(version["contract"].is_null(), "{version}");
    judge.closing(&instance);
}
