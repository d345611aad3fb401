//! Style, script and icons: compiled in, addressed by their content, so that a browser may keep them for ever.

use std::fmt;

/// One file that pages load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// The name under `/assets/`.
    pub name: &'static str,
    /// The media type, charset included.
    pub media_type: &'static str,
    /// The whole content.
    pub text: &'static str,
    version: u64,
}

/// The style of every page: one file of the design after another, in the order of the cascade.
pub const STYLE: Asset = Asset::new(
    "app.css",
    "text/css; charset=utf-8",
    concat!(
        include_str!("../assets/style/reset.css"),
        include_str!("../assets/style/tokens.css"),
        include_str!("../assets/style/base.css"),
        include_str!("../assets/style/layout.css"),
        include_str!("../assets/style/controls.css"),
        include_str!("../assets/style/data.css"),
        include_str!("../assets/style/pages.css"),
        include_str!("../assets/style/print.css"),
    ),
);

/// The one ES module.
pub const SCRIPT: Asset = Asset::new(
    "app.js",
    "text/javascript; charset=utf-8",
    include_str!("../assets/app.js"),
);

/// The sprite of icons.
pub const ICONS: Asset = Asset::new(
    "icons.svg",
    "image/svg+xml",
    include_str!("../assets/icons.svg"),
);

/// The mark in the browser's tab.
pub const FAVICON: Asset = Asset::new(
    "favicon.svg",
    "image/svg+xml",
    include_str!("../assets/favicon.svg"),
);

/// Every asset there is.
pub const ALL: [Asset; 4] = [STYLE, SCRIPT, ICONS, FAVICON];

/// How long a browser may keep an asset asked for by its versioned address: for ever.
pub const KEEP: &str = "public, max-age=31536000, immutable";

/// How long a browser may keep an asset asked for by its name alone: until it has asked again.
pub const ASK_AGAIN: &str = "public, no-cache";

/// The asset of this name.
#[must_use]
pub fn find(name: &str) -> Option<Asset> {
    ALL.into_iter().find(|asset| asset.name == name)
}

impl Asset {
    const fn new(name: &'static str, media_type: &'static str, text: &'static str) -> Self {
        Self {
            name,
            media_type,
            text,
            version: fingerprint(text),
        }
    }

    /// Where pages load it from: a new content has a new address.
    #[must_use]
    pub const fn address(self) -> Address {
        Address(self)
    }

    /// The version, as it stands in the address.
    #[must_use]
    pub fn version(self) -> String {
        format!("{:016x}", self.version)
    }

    /// The strong entity tag, quotes included.
    #[must_use]
    pub fn etag(self) -> String {
        format!("\"{:016x}\"", self.version)
    }

    /// What `Cache-Control` says to a request with this version in its query.
    #[must_use]
    pub fn cache_control(self, asked: Option<&str>) -> &'static str {
        if asked == Some(self.version().as_str()) {
            KEEP
        } else {
            ASK_AGAIN
        }
    }
}

/// The versioned address of an asset, shown as `/assets/{name}?v={version}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(Asset);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/assets/{}?v={:016x}", self.0.name, self.0.version)
    }
}

/// FNV-1a over the content. It tells two of our own files apart, which is all that is asked of it here: no
/// argument of security rests on it.
const fn fingerprint(text: &str) -> u64 {
    let mut rest = text.as_bytes();
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    while let [first, after @ ..] = rest {
        hash = (hash ^ u64::from_be_bytes([0, 0, 0, 0, 0, 0, 0, *first]))
            .wrapping_mul(0x0100_0000_01b3);
        rest = after;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_stays_small_and_writes_no_markup() {
        assert!(SCRIPT.text.len() <= 20 * 1024);
        for sink in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
        ] {
            assert!(!SCRIPT.text.contains(sink), "{sink}");
        }
    }

    #[test]
    fn nothing_is_loaded_from_another_host() {
        for asset in ALL {
            let text = asset.text.replace("http://www.w3.org/2000/svg", "");
            assert!(
                !text.contains("//") || !text.contains("://"),
                "{}",
                asset.name
            );
            assert!(!text.contains("@import"), "{}", asset.name);
        }
    }

    #[test]
    fn a_versioned_address_may_be_kept_and_a_bare_one_not() {
        assert_eq!(STYLE.cache_control(Some(&STYLE.version())), KEEP);
        assert_eq!(STYLE.cache_control(Some("0")), ASK_AGAIN);
        assert_eq!(STYLE.cache_control(None), ASK_AGAIN);
    }
}
