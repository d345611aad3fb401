//! Choices that are written as one word each.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $fault:ident = $says:literal { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$of])* $variant,)* }

        #[doc = concat!("A word that is none: ", $says)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        #[error($says)]
        pub struct $fault;

        impl $name {
            /// Every one, in the order of the documents that clients read.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $fault;

            fn from_str(word: &str) -> Result<Self, $fault> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($fault),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
