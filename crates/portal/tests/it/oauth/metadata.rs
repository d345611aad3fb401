//! Where things are: only what there is, and only for the issuer itself.

use serde_json::json;

use super::shop::Shop;

const WELL_KNOWN: &str = "/.well-known/oauth-authorization-server";

#[actix_web::test]
async fn the_issuer_says_what_there_is() {
    let shop = Shop::one().await;
    let document = shop
        .house
        .stranger("GET", WELL_KNOWN)
        .send()
        .await
        .good(200);
    assert_eq!(document["issuer"], "https://portal.example");
    assert_eq!(
        document["token_endpoint"],
        "https://portal.example/oauth2/token"
    );
    assert_eq!(
        document["authorization_endpoint"],
        "https://portal.example/oauth2/authorize"
    );
    assert_eq!(document["response_types_supported"], json!(["code"]));
    let methods = &document["code_challenge_methods_supported"];
    assert_eq!(*methods, json!(["S256"]));
    let named = &document["authorization_response_iss_parameter_supported"];
    assert_eq!(*named, json!(true));
    let proving = &document["introspection_endpoint_auth_methods_supported"];
    assert!(!proving.to_string().contains("none"), "{proving}");
    assert_eq!(
        document["grant_types_supported"],
        json!([
            "client_credentials",
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:token-exchange"
        ])
    );
    let methods = &document["token_endpoint_auth_methods_supported"];
    assert_eq!(
        *methods,
        json!([
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
            "none"
        ])
    );
    let algorithms = &document["introspection_signing_alg_values_supported"];
    assert_eq!(*algorithms, json!(["ES256"]));
    assert_eq!(
        document["scopes_supported"],
        json!(["orders:v1:read", "orders:v1:write"])
    );
}

#[actix_web::test]
async fn p57_of_another_issuer_nothing_is_known() {
    let shop = Shop::one().await;
    for path in ["/", "/live", "//", "/.", "x", "%2f"] {
        let path = format!("{WELL_KNOWN}{path}");
        let answer = shop.house.stranger("GET", &path).send().await;
        answer.problem("not-found");
    }
}
