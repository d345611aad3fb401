//! Watermarks: the latest of all counts, always all of them, and they only ever rise.

use gatewright_domain::{
    revocation::{RevocationKind, Sid, Watermarks, watermark},
    time::Timestamp,
};
use proptest::prelude::*;

fn moment() -> impl Strategy<Value = Option<Timestamp>> {
    proptest::option::of((0..4_000_000_000_i64).prop_map(Timestamp::from_seconds))
}

proptest! {
    #[test]
    fn the_effective_watermark_is_the_latest_of_all(all in [moment(), moment(), moment(), moment(), moment()]) {
        let [issuer, version, consumer, application, subscription] = all;
        let watermarks = Watermarks { issuer, version, consumer, application, subscription };
        let effective = watermarks.effective_not_before();
        prop_assert_eq!(effective, all.into_iter().flatten().max());
        prop_assert!(all.into_iter().all(|one| one <= effective), "none is left out");
    }

    #[test]
    fn one_more_watermark_never_lets_a_token_pass_that_was_refused(
        all in [moment(), moment(), moment(), moment(), moment()],
        more in 0..4_000_000_000_i64,
        place in 0..5_usize,
    ) {
        let before = of(all).effective_not_before();
        let mut after = all;
        after[place] = after[place].max(Some(Timestamp::from_seconds(more)));
        prop_assert!(before <= of(after).effective_not_before());
    }

    #[test]
    fn a_token_of_the_same_second_is_older_than_the_watermark(millis in 0..4_000_000_000_000_i64) {
        let now = Timestamp::from_millis(millis);
        let issued = Timestamp::from_seconds(now.seconds());
        prop_assert!(issued < watermark(now));
        prop_assert!(now < watermark(now));
        prop_assert_eq!(watermark(now).millis() % 1000, 0);
    }

    #[test]
    fn no_text_panics_the_readers(text: String) {
        let _ = text.parse::<RevocationKind>();
        let _ = text.parse::<Sid>();
    }
}

fn of(
    [issuer, version, consumer, application, subscription]: [Option<Timestamp>; 5],
) -> Watermarks {
    Watermarks {
        issuer,
        version,
        consumer,
        application,
        subscription,
    }
}

#[test]
fn every_kind_reads_back_as_its_word() {
    for kind in RevocationKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
}

#[test]
fn a_sid_is_short_and_visible() {
    assert!("family-1".parse::<Sid>().is_ok());
    for bad in ["", "two words", "line\n", &"x".repeat(129)] {
        assert!(bad.parse::<Sid>().is_err(), "{bad:?}");
    }
}
