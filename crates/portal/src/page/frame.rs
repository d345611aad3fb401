//! The frame of a page: head, navigation, bar, breadcrumbs, and what is said at its top and its end.

use std::fmt;

use askama::Template;

use super::{
    badge::Tone,
    code::Elsewhere,
    place::{Group, NAVIGATION, Place},
};
use crate::assets::{Address, FAVICON, SCRIPT, STYLE};

/// What a page needs to know of the request it answers.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The nonce of this answer's content security policy.
    pub nonce: String,
    /// The theme this browser asked for.
    pub theme: Theme,
    /// The path and query of the page, for the forms that come back to it.
    pub here: String,
    /// Who is signed in.
    pub account: Option<Account>,
    /// What the act before this page has to say.
    pub flash: Option<Flash>,
}

/// Who is signed in, as the bar shows it.
#[derive(Clone, Debug)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The role, as a word.
    pub role: &'static str,
}

/// Light, dark, or what the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Shown as its value in the form, the cookie and `data-theme`.
impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        })
    }
}

/// Words that lead somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The words.
    pub words: String,
    /// A path of this instance.
    pub href: String,
}

impl Link {
    /// These words, leading there.
    pub fn new(words: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            href: href.into(),
        }
    }
}

/// What an act has to say on the page after it.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/flash.html")]
pub struct Flash {
    /// Its tone.
    pub tone: Tone,
    /// One or two sentences.
    pub words: String,
    /// What to do or see next.
    pub link: Option<Link>,
}

/// Everything around the content of a page.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The heading, which is the title as well. Never a secret.
    pub title: String,
    /// Where in the console this is.
    pub place: Place,
    /// The way here: the pages above this one.
    pub trail: Vec<Link>,
    /// The request.
    pub visit: Visit,
    /// The same view by other means.
    pub elsewhere: Option<Elsewhere>,
}

impl Frame {
    /// The frame of a page of this title at this place.
    pub fn new(visit: Visit, place: Place, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            place,
            trail: Vec::new(),
            visit,
            elsewhere: None,
        }
    }

    /// With this way leading here.
    #[must_use]
    pub fn below(self, trail: impl IntoIterator<Item = Link>) -> Self {
        Self {
            trail: trail.into_iter().collect(),
            ..self
        }
    }

    /// With the same view by `curl` and by command.
    #[must_use]
    pub fn also(self, elsewhere: Elsewhere) -> Self {
        Self {
            elsewhere: Some(elsewhere),
            ..self
        }
    }

    /// The groups of the navigation.
    #[must_use]
    pub const fn navigation(&self) -> [Group; 5] {
        NAVIGATION
    }

    /// Where the style is.
    #[must_use]
    pub const fn style(&self) -> Address {
        STYLE.address()
    }

    /// Where the script is.
    #[must_use]
    pub const fn script(&self) -> Address {
        SCRIPT.address()
    }

    /// Where the mark is.
    #[must_use]
    pub const fn favicon(&self) -> Address {
        FAVICON.address()
    }
}
