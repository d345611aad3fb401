//! A key service that is away, sealed, or not ours to use says what to do.

use std::fs;

use gatewright_custody::{HolderError, SourceError};
use gatewright_testkit::transit::{FakeTransit, Mood, TOKEN};

use crate::sources::open;

fn chain(error: &SourceError) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    format!("{error}: {}", cause.unwrap_or_default())
}

#[tokio::test]
async fn a_service_that_goes_away_is_away_and_comes_back() {
    let service = FakeTransit::start().unwrap();
    service.make_key("gw", "aes256-gcm96");
    let kek = open(&format!("vault:{}", service.address_of("gw")))
        .await
        .unwrap();
    for mood in [Mood::Sealed, Mood::Babbling, Mood::Silent] {
        service.turn(mood);
        let refused = kek.health().await.unwrap_err();
        assert!(matches!(refused, HolderError::Away { .. }), "{refused}");
    }
    service.turn(Mood::Well);
    kek.health().await.unwrap();
    drop(service);
    let refused = kek.health().await.unwrap_err().to_string();
    assert!(refused.contains("cannot be reached"), "{refused}");
}

#[tokio::test]
async fn a_key_that_is_missing_or_unfit_is_refused_with_what_to_do() {
    let service = FakeTransit::start().unwrap();
    let source = format!("vault:{}", service.address_of("gw"));
    let refused = chain(&open(&source).await.unwrap_err());
    assert!(
        refused.contains("vault write -f transit/keys/gw type=aes256-gcm96"),
        "{refused}"
    );
    service.make_key("gw", "ecdsa-p256");
    let refused = chain(&open(&source).await.unwrap_err());
    assert!(refused.contains("it is ecdsa-p256"), "{refused}");
}

#[tokio::test]
async fn a_token_is_read_anew_for_each_call_and_a_wrong_one_is_named() {
    let service = FakeTransit::start().unwrap();
    service.make_key("gw", "aes256-gcm96");
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("token");
    let give = |token: &str| {
        fs::write(&path, token).unwrap();
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(&path, private).unwrap();
    };
    let (address, shown) = (service.address_of("gw"), path.display());
    let source = format!("vault:{address}?token-file={shown}");
    give(&format!("{TOKEN}\n"));
    let kek = open(&source).await.unwrap();
    give("stale");
    let refused = kek.health().await.unwrap_err().to_string();
    assert!(
        refused.contains("its token was not let in; renew it"),
        "{refused}"
    );
    give(TOKEN);
    kek.health().await.unwrap();
}
