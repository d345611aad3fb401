//! The reader against cases that other readers pass over, and against `serde_json` on everything else.

use proptest::prelude::*;

use super::*;

fn fault(text: &str) -> Option<Fault> {
    Object::read(text.as_bytes()).err().map(|error| error.fault)
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    let cases = [
        ("", Fault::NotAnObject),
        ("[1]", Fault::NotAnObject),
        ("\"a\"", Fault::NotAnObject),
        ("\u{feff}{}", Fault::NotAnObject),
        ("{", Fault::EndsEarly),
        (r#"{"a""#, Fault::EndsEarly),
        (r#"{"a":"#, Fault::EndsEarly),
        (r#"{"a":1"#, Fault::EndsEarly),
        (r#"{"a":"b"#, Fault::EndsEarly),
        (r#"{"a":1,}"#, Fault::OutOfPlace),
        (r#"{"a":[1,]}"#, Fault::OutOfPlace),
        (r#"{"a":[1 2]}"#, Fault::OutOfPlace),
        (r"{a:1}", Fault::OutOfPlace),
        (r"{'a':1}", Fault::OutOfPlace),
        (r#"{"a" 1}"#, Fault::OutOfPlace),
        (r#"{"a":NaN}"#, Fault::OutOfPlace),
        (r#"{"a":Infinity}"#, Fault::OutOfPlace),
        (r#"{"a":-Infinity}"#, Fault::MalformedNumber),
        (r#"{"a":+1}"#, Fault::OutOfPlace),
        (r#"{"a":.5}"#, Fault::OutOfPlace),
        (r#"{"a":tru}"#, Fault::OutOfPlace),
        (r#"{"a":True}"#, Fault::OutOfPlace),
        ("{\"a\":/**/1}", Fault::OutOfPlace),
        ("{\"a\":\u{a0}1}", Fault::OutOfPlace),
        (r#"{"a":01}"#, Fault::MalformedNumber),
        (r#"{"a":-01}"#, Fault::MalformedNumber),
        (r#"{"a":1.}"#, Fault::MalformedNumber),
        (r#"{"a":1e}"#, Fault::MalformedNumber),
        (r#"{"a":1e+-1}"#, Fault::MalformedNumber),
        (r#"{"a":-}"#, Fault::MalformedNumber),
        (r#"{"a":0x10}"#, Fault::OutOfPlace),
        ("{\"a\":\"\t\"}", Fault::MalformedText),
        ("{\"a\":\"\0\"}", Fault::MalformedText),
        (r#"{"a":"\x41"}"#, Fault::MalformedText),
        (r#"{"a":"\u12"}"#, Fault::MalformedText),
        (r#"{"a":"\u+123"}"#, Fault::MalformedText),
        (r#"{"a":"\ud800"}"#, Fault::LoneSurrogate),
        (r#"{"a":"\udc00"}"#, Fault::LoneSurrogate),
        (r#"{"a":"\ud800\u0041"}"#, Fault::LoneSurrogate),
        (r#"{"\ud800":1}"#, Fault::LoneSurrogate),
        (r#"{"a":1,"a":2}"#, Fault::Duplicate),
        (r#"{"a":1,"\u0061":2}"#, Fault::Duplicate),
        (r#"{"b":{"a":1,"a":2}}"#, Fault::Duplicate),
        (r#"{"b":[{"a":1,"a":2}]}"#, Fault::Duplicate),
        ("{}{}", Fault::TrailingText),
        ("{}}", Fault::TrailingText),
        ("{}\0", Fault::TrailingText),
        ("{}\u{feff}", Fault::TrailingText),
    ];
    for (text, expected) in cases {
        assert_eq!(fault(text), Some(expected), "{text:?}");
    }
    let not_utf8 = Object::read(b"{\"a\":\"\xff\"}").err();
    assert_eq!(not_utf8.map(|error| error.fault), Some(Fault::NotUtf8));
}

#[test]
fn sixteen_levels_are_read_and_seventeen_are_not() {
    let nested = |levels: usize| {
        let inner = levels - 1;
        format!("{{\"a\":{}{}}}", "[".repeat(inner), "]".repeat(inner))
    };
    assert_eq!(fault(&nested(16)), None);
    assert_eq!(fault(&nested(17)), Some(Fault::TooDeep));
    assert_eq!(fault(&nested(100_000)), Some(Fault::TooDeep));
}

#[test]
fn escapes_are_resolved() {
    let text = r#"{"a":"\u00e9\ud83d\ude00\n\/x","\u0062":null}"#;
    let object = Object::read(text.as_bytes()).expect("valid JSON");
    let a = object.get("a").and_then(Value::as_text);
    assert_eq!(a, Some("\u{e9}\u{1f600}\n/x"));
    assert_eq!(object.get("b"), Some(&Value::Null));
}

#[test]
fn what_is_shown_is_what_was_read() {
    let text = r#"{"a":[1,-0.0,1e400,18446744073709551616],"b":{"c":"d"},"e":true,"f":null}"#;
    let object = Object::read(text.as_bytes()).expect("valid JSON");
    assert_eq!(serde_json::to_string(&object).expect("JSON"), text);
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".*".prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            proptest::collection::btree_map(".{0,4}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_serde_writes_is_read_as_the_same(value in json()) {
        let text = serde_json::json!({ "value": value }).to_string();
        let object = Object::read(text.as_bytes()).expect("valid JSON");
        prop_assert_eq!(serde_json::to_string(&object).expect("JSON"), text);
    }

    #[test]
    fn whatever_is_read_serde_reads_too(text in r#"\{("[ab\\u0-9"]{0,6}"?[:, ]{0,2}[-0-9.eE\[\]\{\}"]{0,8},?){0,4}\}"#) {
        if let Ok(object) = Object::read(text.as_bytes()) {
            let other: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
            prop_assert_eq!(object.names().count(), other.as_object().map_or(0, serde_json::Map::len));
        }
    }

    #[test]
    fn no_bytes_panic_the_reader(bytes: Vec<u8>) {
        let _ = Object::read(&bytes);
    }
}
