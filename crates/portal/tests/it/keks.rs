//! Key-encryption keys: a person and a program are told the same, and the counters too.

use crate::{
    forms::sign_in,
    house::{House, METRICS_TOKEN},
};

#[actix_web::test]
async fn a_person_a_program_and_the_counters_are_told_the_same() {
    for house in House::both().await {
        house.app.keys.ask_keks().await;
        let listed = house.get("/keks").await;
        let kek = &listed["items"][0];
        assert_eq!(kek["state"], "active");
        assert_eq!((&kek["rows"], &kek["given"]), (&6.into(), &true.into()));
        assert!(kek["health"]["took_us"].is_u64(), "{kek}");
        let id = kek["id"].as_str().unwrap();

        let cookie = sign_in(&house).await;
        let page = house
            .stranger("GET", "/console/keks")
            .with("cookie", &cookie);
        let page = String::from_utf8(page.send().await.body.to_vec()).unwrap();
        for words in [
            id,
            "All that is sealed, 6 secrets, rests under the active key.",
            "Answers",
        ] {
            assert!(page.contains(words), "{words} is not in {page}");
        }
        let keys = house
            .stranger("GET", "/console/keys")
            .with("cookie", &cookie);
        let keys = String::from_utf8(keys.send().await.body.to_vec()).unwrap();
        assert!(keys.contains("href=\"/console/keks\""), "{keys}");

        let counters = house.bearer(METRICS_TOKEN, "GET", "/metrics").send().await;
        let text = String::from_utf8(counters.body.to_vec()).unwrap();
        let line = format!("gatewright_kek_rows{{kek_id=\"{id}\"}} 6");
        assert!(text.lines().any(|found| found == line), "{text}");
    }
}
