use gatewright_ledger::event::{
    Change, Entry, HARD_LIMIT, NotAnEvent, SOFT_LIMIT, TooLarge, state_hash,
};
use proptest::{collection::vec, prelude::*};
use serde_json::Value;

use crate::log::{difference, entry};

fn text(entry: &Entry) -> String {
    String::from_utf8(entry.canonical().unwrap()).unwrap()
}

#[test]
fn members_are_sorted_at_every_depth() {
    let json: Value = serde_json::from_str(&text(&entry(9))).unwrap();
    let mut depth = vec![&json];
    while let Some(value) = depth.pop() {
        if let Some(members) = value.as_object() {
            assert!(
                members
                    .keys()
                    .is_sorted_by_key(|name| name.encode_utf16().collect::<Vec<_>>())
            );
        }
        depth.extend(
            value
                .as_object()
                .into_iter()
                .flat_map(|members| members.values()),
        );
        depth.extend(value.as_array().into_iter().flatten());
    }
}

#[test]
fn only_what_must_be_escaped_is_escaped() {
    let mut entry = entry(0);
    entry.reason = Some("\u{8}\t\n\u{c}\r\"\\/\u{0}\u{1f}\u{7f}\u{2028}é€😀".to_owned());
    let expected = "\"reason\":\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0000\\u001f\u{7f}\u{2028}é€😀\",";
    assert!(text(&entry).contains(expected), "{}", text(&entry));
}

#[test]
fn integers_above_two_to_the_53_are_strings() {
    let mut entry = entry(0);
    (entry.epoch, entry.seq) = (1 << 53, (1 << 53) + 1);
    entry.links.intent = Some(u64::MAX);
    let text = text(&entry);
    assert!(text.contains(r#""epoch":9007199254740992,"#));
    assert!(text.contains(r#""seq":"9007199254740993","#));
    assert!(text.contains(r#""intent":"18446744073709551615","#));
    assert_eq!(Entry::read(text.as_bytes()).unwrap(), entry);
}

#[test]
fn what_is_not_exactly_an_event_is_refused() {
    let honest = text(&entry(9));
    assert_eq!(Entry::read(honest.as_bytes()).unwrap(), entry(9));
    let edits = [
        (r#""seq":9"#, r#""seq":9,"seq":9"#),
        (
            r#""kind":"operator""#,
            r#""kind":"operator","kind":"operator""#,
        ),
        (r#""seq":9"#, r#""seq":9,"more":1"#),
        (r#""seq":9"#, r#""seq":9.0"#),
        (r#""seq":9"#, r#""seq":-9"#),
        (r#""seq":9"#, r#""seq":"9""#),
        (r#""seq":9"#, r#""seq":9007199254740993"#),
        (r#""seq":9,"#, ""),
        (r#""seq":9,"#, r#""seq":null,"#),
        (r#""v":1}"#, r#""v":1},"#),
        (r#""v":1}"#, r#""v":1"#),
        ("version.publish", "version\u{0}publish"),
        ("version.publish", r"version\ud800publish"),
    ];
    for (from, to) in edits {
        let edited = honest.replacen(from, to, 1);
        assert_ne!(edited, honest, "{from}");
        assert!(
            matches!(Entry::read(edited.as_bytes()), Err(NotAnEvent::Shape(_))),
            "{to}"
        );
    }
    let of_version_2 = honest.replace(r#""v":1"#, r#""v":2"#);
    assert!(matches!(
        Entry::read(of_version_2.as_bytes()),
        Err(NotAnEvent::Version(2))
    ));
    let without_milliseconds = honest.replace(".123Z", "Z");
    assert!(matches!(
        Entry::read(without_milliseconds.as_bytes()),
        Err(NotAnEvent::Time)
    ));
    let padded = honest + &" ".repeat(HARD_LIMIT);
    assert!(matches!(
        Entry::read(padded.as_bytes()),
        Err(NotAnEvent::TooLarge)
    ));
}

#[test]
fn differences_that_do_not_fit_are_left_out_and_counted() {
    let mut entry = entry(0);
    let change = entry.change.get_or_insert_with(Change::default);
    change.diff = vec![
        difference("/small", "1", "2"),
        difference("/large", &"a".repeat(HARD_LIMIT), "b"),
        difference("/fits", &"a".repeat(10_000), "b"),
        difference("/too-much", &"a".repeat(10_000), "b"),
        difference("/last", "1", "2"),
    ];
    let canonical = entry.canonical().unwrap();
    assert!(canonical.len() <= SOFT_LIMIT);
    let change = Entry::read(&canonical).unwrap().change.unwrap();
    let kept: Vec<&str> = change
        .diff
        .iter()
        .map(|difference| difference.p.as_str())
        .collect();
    assert_eq!(kept, ["/small", "/fits", "/last"]);
    assert_eq!(change.omitted, 2);
}

#[test]
fn an_event_that_is_too_large_without_its_differences_is_refused() {
    let mut entry = entry(0);
    entry.reason = Some("a".repeat(SOFT_LIMIT));
    let canonical = entry.canonical().unwrap();
    assert!((SOFT_LIMIT..=HARD_LIMIT).contains(&canonical.len()));
    assert_eq!(Entry::read(&canonical).unwrap().change.unwrap().omitted, 1);
    entry.reason = Some("a".repeat(HARD_LIMIT));
    assert_eq!(entry.canonical(), Err(TooLarge));
    entry.change = None;
    assert_eq!(entry.canonical(), Err(TooLarge));
}

#[test]
fn a_state_has_one_hash_in_whatever_order_it_is_told() {
    let hash = "a1b936751072e84d5bfaeded3f8df05d6cd26d7e1dc74ec608af1c3e93ceec1c";
    assert_eq!(
        state_hash(&[("upstream", "a\"b"), ("status", "draft")]),
        hash
    );
    assert_eq!(
        state_hash(&[("status", "draft"), ("upstream", "a\"b")]),
        hash
    );
    assert_ne!(state_hash(&[("status", "draft")]), hash);
    assert_eq!(
        state_hash(&[]),
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
    // U+FB33 comes after the surrogates of U+1F600, although its UTF-8 comes before.
    assert_eq!(
        state_hash(&[("\u{fb33}", "2"), ("\u{1f600}", "1")]),
        "ce9db28cfe6eb4b6c64308a26be28f298c4b8c9c87107d01177270deaaf71bb2"
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_and_never_too_large(
        reason in proptest::option::of(".{0,40}"),
        values in vec((".{0,20}", ".{0,3000}"), 0..12),
        (seq, omitted) in any::<(u64, u32)>(),
    ) {
        let mut entry = entry(0);
        let diff: Vec<_> = values.iter().map(|(place, new)| difference(place, "", new)).collect();
        let told = diff.len();
        (entry.seq, entry.reason) = (seq, reason);
        entry.change = Some(Change { diff, omitted: omitted.into(), ..Change::default() });
        let canonical = entry.canonical().unwrap();
        prop_assert!(canonical.len() <= SOFT_LIMIT);
        let read = Entry::read(&canonical).unwrap();
        prop_assert_eq!(&read.canonical().unwrap(), &canonical);
        let change = read.change.clone().unwrap();
        let left_out = usize::try_from(change.omitted - u64::from(omitted)).unwrap();
        prop_assert_eq!(change.diff.len() + left_out, told);
        if left_out == 0 {
            prop_assert_eq!(read, entry);
        }
    }
}
