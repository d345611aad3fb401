//! The corpus of hostile tokens, whole.

use gatewright_token::corpus::{self, Corpus, Judgement, NotACorpus};

const CORPUS: &[u8] = include_bytes!("../vectors/hostile-tokens.json");

#[test]
fn every_hostile_token_gets_the_verdict_it_must() {
    let report = corpus::check(CORPUS).unwrap();
    let disagreements: Vec<String> = report
        .disagreements
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(report.cases, 167);
    assert_eq!(disagreements, Vec::<String>::new());
}

#[test]
fn a_wrong_expectation_is_told_without_the_token() {
    let mut file: serde_json::Value = serde_json::from_slice(CORPUS).unwrap();
    file["cases"][0]["expect"] = "reject".into();
    file["cases"][0]["http_status"] = 401.into();
    let token = file["cases"][0]["token"].as_str().unwrap().to_owned();
    let report = corpus::check(file.to_string().as_bytes()).unwrap();
    assert_eq!(report.disagreements.len(), 1);
    assert_eq!(report.disagreements[0].judged, Judgement::Accepted);
    let line = report.disagreements[0].to_string();
    assert_eq!(line, "ctl-01 good ES256: expected reject, was accepted");
    assert!(!line.contains(&token));
}

#[test]
fn a_file_that_demands_something_else_is_refused_and_not_half_checked() {
    let changed = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut file: serde_json::Value = serde_json::from_slice(CORPUS).unwrap();
        change(&mut file);
        corpus::check(file.to_string().as_bytes()).unwrap_err()
    };
    let schema = changed(&|file| file["schema"] = "other/1".into());
    assert!(matches!(schema, NotACorpus::Schema));
    let kind = changed(&|file| file["policy"]["typ"] = serde_json::json!(["JWT"]));
    assert!(matches!(kind, NotACorpus::Demand("typ")));
    let claim = changed(&|file| file["policy"]["required"] = serde_json::json!(["acr"]));
    assert!(matches!(claim, NotACorpus::Demand("required")));
    let key = changed(&|file| file["jwks"]["keys"][0]["x"] = "AA".into());
    assert!(matches!(key, NotACorpus::Ring(_)));
    let window =
        changed(&|file| file["state"]["keys"]["es"]["activated_at"] = serde_json::Value::Null);
    assert!(matches!(window, NotACorpus::NoWindow(_)));
    assert!(matches!(corpus::check(b"{}"), Err(NotACorpus::NotJson(_))));
}

#[test]
fn keys_for_other_uses_are_left_out() {
    let corpus = Corpus::read(CORPUS).unwrap();
    let kids: Vec<&str> = corpus.keys.iter().map(|key| key.kid.as_str()).collect();
    assert_eq!(kids, ["es", "es-next", "es-old", "es384", "ed", "rs", "ps"]);
}
