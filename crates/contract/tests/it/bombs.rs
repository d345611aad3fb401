//! Bombs: documents made to harm, each looked at by a process of its own, so that what it costs in memory is known and not
//! guessed. Each is refused with what it exceeds, or costs no more than a document of its size.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use gatewright_contract::{Budgets, examine};

/// Tells the process of its own which document to look at.
const ALONE: &str = "GATEWRIGHT_TEST_BOMB";

/// The most memory that looking at a document may take, itself included, in KiB.
const MOST: u64 = 64 * 1024;

const HEAD: &str = "openapi: 3.1.0\ninfo: {title: Bomb, version: '1'}\n";

/// What may be said of a bomb.
struct Bomb {
    what: &'static str,
    bytes: Vec<u8>,
    /// Words of the finding that says why it is refused; nothing when it is taken.
    refused: Option<&'static str>,
}

fn refused(what: &'static str, bytes: impl Into<Vec<u8>>, words: &'static str) -> Bomb {
    Bomb {
        what,
        bytes: bytes.into(),
        refused: Some(words),
    }
}

fn harmless(what: &'static str, text: String) -> Bomb {
    Bomb {
        what,
        bytes: text.into_bytes(),
        refused: None,
    }
}

fn laughs() -> String {
    let mut laughs = format!("{HEAD}a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = vec![format!("*a{}", level - 1); 9].join(", ");
        laughs += &format!("a{level}: &a{level} [{before}]\n");
    }
    laughs
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// A document with this Schema Object.
fn schema(edition: &str, schema: &str) -> String {
    format!(
        "{{\"openapi\":\"{edition}\",\"info\":{{\"title\":\"t\",\"version\":\"1\"}},\"paths\":{{}},\
        \"components\":{{\"schemas\":{{\"A\":{schema}}}}}}}"
    )
}

fn many(item: &str, count: usize) -> String {
    format!("[{}{item}]", format!("{item},").repeat(count - 1))
}

/// Those that stop before there is a document.
fn unreadable() -> Vec<Bomb> {
    let deep = 100_000;
    vec![
        refused("nothing", "", "the document is empty"),
        refused("a mark and nothing", "\u{feff}", "the document is empty"),
        refused("no text", b"a: \xff\xfe\x80".to_vec(), "not UTF-8"),
        refused("50 MB", vec![b' '; 50_000_000], "the budget `bytes`"),
        refused("a tab", "a:\n\tb: c", "error syntax"),
        refused("no number", "a: .nan", "JSON has no"),
        refused(
            "an object of Python",
            "a: !!python/object:os.system x",
            "the tag",
        ),
        refused(
            "aliases that multiply",
            laughs(),
            "the budget `repeated_nodes`",
        ),
        refused(
            "an alias in itself",
            "a: &a [*a]",
            "inside the value that it repeats",
        ),
        refused(
            "anchors",
            lines(20_000, |n| format!("- &a{n} x\n")),
            "the budget `anchors`",
        ),
        refused(
            "lists in lists",
            format!("{{\"a\":{}", "[".repeat(deep)),
            "the budget `depth`",
        ),
        refused(
            "objects in objects",
            "{\"a\":".repeat(deep),
            "the budget `depth`",
        ),
        refused("dashes in dashes", "- ".repeat(deep), "the budget `depth`"),
        refused(
            "200 lists in lists",
            format!("{HEAD}a: {}", "[".repeat(200)),
            "the budget `depth`",
        ),
        refused(
            "brackets",
            format!("{HEAD}x:\n- [{}", "1,".repeat(5_000_000)),
            "brackets and commas",
        ),
        refused(
            "numbers",
            format!("{{\"a\":{}}}", many("1", 8_000_000)),
            "the budget `nodes`",
        ),
        refused(
            "one key often",
            format!("{{{}\"a\":1}}", "\"a\":1,".repeat(400_000)),
            "keep one of the two",
        ),
    ]
}

/// Those that stop, or cost something, once there is one.
fn readable() -> Vec<Bomb> {
    let circle = lines(10_000, |n| {
        format!("  /a{n}: {{$ref: '#/paths/~1a{}'}}\n", (n + 1) % 10_000)
    });
    let chain = lines(20_000, |n| format!("  c{n}: {{$ref: '#/x/c{}'}}\n", n + 1));
    let paths = lines(100_000, |n| format!("  /a{n}: {{}}\n"));
    let doubled = lines(200, |n| {
        let next = n + 1;
        format!(
            "    S{n}: {{allOf: [{{$ref: '#/components/schemas/S{next}'}}, {{$ref: '#/components/schemas/S{next}'}}]}}\n"
        )
    });
    let mut nested = format!(
        "{{\"properties\":{{{}\"z\":{{\"type\":5}}}}}}",
        lines(300_000, |n| format!("\"p{n}\":{{}},"))
    );
    for _ in 0..27 {
        nested = format!("{{\"anyOf\":[{nested}]}}");
    }
    let text = "x".repeat(10 * 1024 * 1024);
    vec![
        refused(
            "references in a long circle",
            format!("{HEAD}paths:\n{circle}"),
            "the budget `reference_chain`",
        ),
        refused(
            "a chain of references",
            format!("{HEAD}paths: {{/a: {{$ref: '#/x/c0'}}}}\nx:\n{chain}  c20000: {{}}\n"),
            "the budget `reference_chain`",
        ),
        refused(
            "paths",
            format!("{HEAD}paths:\n{paths}"),
            "the budget `paths`",
        ),
        refused(
            "a file",
            format!("{HEAD}paths: {{/a: {{$ref: 'file:///etc/passwd'}}}}\n"),
            "nothing is fetched",
        ),
        harmless(
            "schemas that double",
            format!("{HEAD}components:\n  schemas:\n{doubled}    S200: {{}}\n"),
        ),
        harmless(
            "a long text",
            format!(
                "{{\"openapi\":\"3.1.0\",\"info\":{{\"title\":\"t\",\"version\":\"1\",\"description\":\"{text}\"}}}}"
            ),
        ),
        harmless(
            "an expression that backtracks",
            schema(
                "3.1.0",
                "{\"pattern\":\"(a+)+$\",\"example\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"}",
            ),
        ),
        harmless(
            "schemas that are none, 3.0",
            schema("3.0.3", &format!("{{\"allOf\":{}}}", many("5", 980_000))),
        ),
        harmless(
            "types that are none, 3.1",
            schema(
                "3.1.0",
                &format!("{{\"allOf\":{}}}", many("{\"type\":5}", 320_000)),
            ),
        ),
        harmless(
            "names that are all required",
            schema(
                "3.1.0",
                &format!(
                    "{{\"required\":[{}\"x\"]}}",
                    lines(900_000, |n| format!("\"{n}\","))
                ),
            ),
        ),
        harmless("choices in choices", schema("3.0.3", &nested)),
    ]
}

#[test]
fn a_bomb_is_refused_with_what_it_exceeds_and_costs_little_memory() {
    if let Some(file) = env::var_os(ALONE) {
        return look_at(Path::new(&file));
    }
    for Bomb {
        what,
        bytes,
        refused,
    } in unreadable().into_iter().chain(readable())
    {
        let (peak, told) = alone(&bytes);
        assert!(peak <= MOST, "{what}: {peak} KiB");
        match refused {
            Some(words) => assert!(told.contains(words), "{what}: {told}"),
            None => assert!(told.contains("TAKEN"), "{what}: {told}"),
        }
    }
}

/// Looks at a document in a process of its own: the most memory that it took, in KiB, and what it said.
fn alone(bytes: &[u8]) -> (u64, String) {
    let file =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bomb-{}", std::process::id()));
    fs::write(&file, bytes).expect("the bomb is laid");
    let name = "bombs::a_bomb_is_refused_with_what_it_exceeds_and_costs_little_memory";
    let mut command = Command::new(env::current_exe().expect("this program"));
    command
        .args(["--exact", name, "--nocapture"])
        .env(ALONE, &file);
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the process ran");
    fs::remove_file(&file).expect("the bomb is taken away");
    let told = String::from_utf8_lossy(&stdout).into_owned();
    assert!(
        status.success(),
        "{told}{}",
        String::from_utf8_lossy(&stderr)
    );
    let peak = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.split_whitespace().next()?.parse().ok());
    (peak.expect("what it took"), told)
}

/// Looks at a document, and says what is found and what it took.
fn look_at(file: &Path) {
    let bytes = fs::read(file).expect("the bomb");
    match examine(&bytes, &Budgets::default()) {
        Ok(examined) => println!(
            "\nTAKEN, with {} findings",
            examined.findings.as_slice().len()
        ),
        Err(findings) => println!("\n{findings}"),
    }
    let status = fs::read_to_string("/proc/self/status").expect("what it took");
    let peak = status.lines().find(|line| line.starts_with("VmHWM"));
    println!("{}", peak.expect("what it took"));
}
