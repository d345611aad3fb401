//! The places of the console: what the navigation lists, in its order.

use super::icon::Icon;

/// A place of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What needs attention.
    Home,
    /// APIs, versions, contracts, plans.
    Apis,
    /// Consumers, applications, subscriptions, tokens.
    Consumers,
    /// Signing keys.
    Keys,
    /// Outside issuers.
    Issuers,
    /// What was revoked.
    Revocations,
    /// The inspector of tokens.
    Inspector,
    /// Decisions of the gateways.
    Decisions,
    /// Usage.
    Usage,
    /// The audit trail.
    Audit,
    /// Operators.
    Operators,
    /// Gateways.
    Gateways,
    /// Settings.
    Settings,
    /// A page about the person who looks at it; the navigation does not list it.
    Account,
}

/// Places under one heading; the first group has none.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The heading.
    pub heading: Option<&'static str>,
    /// The places, in order.
    pub places: &'static [Place],
}

/// The navigation of the console, from top to bottom.
pub const NAVIGATION: [Group; 5] = [
    Group {
        heading: None,
        places: &[Place::Home],
    },
    Group {
        heading: Some("Registry"),
        places: &[Place::Apis, Place::Consumers],
    },
    Group {
        heading: Some("Access"),
        places: &[
            Place::Keys,
            Place::Revocations,
            Place::Issuers,
            Place::Inspector,
        ],
    },
    Group {
        heading: Some("Traffic"),
        places: &[Place::Decisions, Place::Usage, Place::Gateways],
    },
    Group {
        heading: Some("House"),
        places: &[Place::Audit, Place::Operators, Place::Settings],
    },
];

impl Place {
    /// What the navigation calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Home => "Home",
            Self::Apis => "APIs",
            Self::Consumers => "Consumers",
            Self::Keys => "Keys",
            Self::Issuers => "Outside issuers",
            Self::Revocations => "Revocations",
            Self::Inspector => "Inspector",
            Self::Decisions => "Decisions",
            Self::Usage => "Usage",
            Self::Audit => "Audit",
            Self::Operators => "Operators",
            Self::Gateways => "Gateways",
            Self::Settings => "Settings",
            Self::Account => "Account",
        }
    }

    /// Where it is.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Home => "/console",
            Self::Apis => "/console/apis",
            Self::Consumers => "/console/consumers",
            Self::Keys => "/console/keys",
            Self::Issuers => "/console/issuers",
            Self::Revocations => "/console/revocations",
            Self::Inspector => "/console/inspector",
            Self::Decisions => "/console/decisions",
            Self::Usage => "/console/usage",
            Self::Audit => "/console/audit",
            Self::Operators => "/console/operators",
            Self::Gateways => "/console/gateways",
            Self::Settings => "/console/settings",
            Self::Account => "/console/account",
        }
    }

    /// Its icon.
    #[must_use]
    pub const fn icon(self) -> Icon {
        match self {
            Self::Home => Icon::Home,
            Self::Apis => Icon::Api,
            Self::Consumers => Icon::Consumer,
            Self::Keys => Icon::Key,
            Self::Issuers => Icon::Token,
            Self::Revocations => Icon::Cross,
            Self::Inspector => Icon::Inspector,
            Self::Decisions => Icon::Decision,
            Self::Usage => Icon::Usage,
            Self::Audit => Icon::Audit,
            Self::Operators | Self::Account => Icon::Operator,
            Self::Gateways => Icon::Gateway,
            Self::Settings => Icon::Settings,
        }
    }
}
