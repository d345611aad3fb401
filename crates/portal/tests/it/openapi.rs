//! The committed document is the one that is served.

use std::{fs, path::Path};

use crate::house::House;

#[actix_web::test]
async fn the_committed_document_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let served = House::one()
        .await
        .stranger("GET", "/api/v1/openapi.json")
        .send()
        .await;
    assert_eq!(served.status, 200);
    let served = String::from_utf8(served.body.to_vec()).unwrap();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(&path, &served).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == served,
        "docs/openapi.json is not what the handlers say; run: UPDATE_OPENAPI=1 cargo test -p gatewright-portal openapi"
    );
}
