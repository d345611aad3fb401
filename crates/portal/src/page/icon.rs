//! The icons of the product, each a symbol of the sprite. An icon never stands without a word.

use std::fmt;

use crate::assets::ICONS;

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $symbol:literal,)*) => {
        /// One icon of the sprite.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $($(#[$doc])* $name,)* }

        impl Icon {
            /// Every icon there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The id of its symbol in the sprite.
            #[must_use]
            pub const fn symbol(self) -> &'static str {
                match self { $(Self::$name => $symbol,)* }
            }
        }
    };
}

icons! {
    /// The mark of the product: a gate.
    Mark = "mark",
    /// The first page.
    Home = "home",
    /// An API.
    Api = "api",
    /// A consumer.
    Consumer = "consumer",
    /// An application of a consumer.
    Application = "application",
    /// A signing key.
    Key = "key",
    /// A token.
    Token = "token",
    /// The inspector of tokens.
    Inspector = "inspector",
    /// A decision of a gateway.
    Decision = "decision",
    /// Usage.
    Usage = "usage",
    /// The audit trail.
    Audit = "audit",
    /// An operator.
    Operator = "operator",
    /// A gateway.
    Gateway = "gateway",
    /// Settings.
    Settings = "settings",
    /// Published: open to callers.
    Published = "published",
    /// A draft.
    Draft = "draft",
    /// Deprecated: the sun is setting.
    Deprecated = "deprecated",
    /// Retired: in the archive.
    Retired = "retired",
    /// Blocked, revoked or closed.
    Blocked = "blocked",
    /// Waiting for its time or for somebody.
    Pending = "pending",
    /// In use now.
    Active = "active",
    /// Running out.
    Draining = "draining",
    /// Verified.
    Shield = "shield",
    /// Right.
    Check = "check",
    /// Wrong.
    Cross = "cross",
    /// Something to look at.
    Warning = "warning",
    /// Something to know.
    Notice = "notice",
    /// Not looked at.
    Skipped = "skipped",
    /// Copy to the clipboard.
    Copy = "copy",
    /// Search.
    Search = "search",
    /// The light theme.
    Sun = "sun",
    /// The dark theme.
    Moon = "moon",
    /// The theme of the system.
    System = "system",
    /// More below.
    Chevron = "chevron",
    /// The menu of a narrow screen.
    Menu = "menu",
    /// Something new.
    Plus = "plus",
    /// Rotate.
    Rotate = "rotate",
    /// Leave.
    SignOut = "sign-out",
    /// Give a file.
    Upload = "upload",
    /// Take a file.
    Download = "download",
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sprite, symbol) = (ICONS.address(), self.symbol());
        write!(
            f,
            r#"<svg class="icon" aria-hidden="true"><use href="{sprite}#{symbol}"></use></svg>"#
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_is_drawn_and_every_drawing_is_an_icon() {
        for icon in Icon::ALL {
            assert!(
                ICONS.text.contains(&format!(r#"id="{}""#, icon.symbol())),
                "{icon:?}"
            );
        }
        assert_eq!(ICONS.text.matches("<symbol").count(), Icon::ALL.len());
    }
}
