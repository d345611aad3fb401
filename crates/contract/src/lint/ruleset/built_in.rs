//! The rulesets that come with the house.

/// The text of a built-in ruleset by the name that others extend it with.
pub(super) fn text(name: &str) -> Option<&'static str> {
    match name {
        "spectral:oas" => Some(include_str!("../../../rulesets/oas.yaml")),
        "@stoplight/spectral-owasp-ruleset" | "spectral:owasp" => {
            Some(include_str!("../../../rulesets/owasp.yaml"))
        }
        _ => None,
    }
}
