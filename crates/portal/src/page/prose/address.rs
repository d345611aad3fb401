//! Where what others wrote may lead.

/// An address that a link may have: another site or a mailbox, whole and on one line. What is relative leads nowhere here,
/// since it was written for other pages than ours, and the headings in a text have no ids.
pub(super) fn safe(address: &str) -> Option<&str> {
    let address = address.trim_matches([' ', '\t', '\n', '\r']);
    let (scheme, rest) = address.split_once(':')?;
    let is_site = ["https", "http"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    let is_whole = match is_site {
        true => rest.strip_prefix("//").is_some_and(|it| !it.is_empty()),
        false => scheme.eq_ignore_ascii_case("mailto") && rest.contains('@'),
    };
    let is_plain = !address
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    (is_whole && is_plain).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sites_and_mailboxes_are_led_to() {
        for good in [
            "https://example.com/a?b=c&d#e",
            "HTTP://example.com",
            "mailto:ada@example.com",
        ] {
            assert_eq!(safe(good), Some(good));
        }
        assert_eq!(safe(" https://a.example\n"), Some("https://a.example"));
        for bad in [
            "",
            "javascript:alert(1)",
            "JaVaScRiPt://example.com/%0aalert(1)",
            "\u{1}javascript:alert(1)",
            "java\nscript:alert(1)",
            "vbscript:x",
            "data:text/html,<script>alert(1)</script>",
            "blob:https://example.com/x",
            "file:///etc/passwd",
            "//example.com",
            "/console/keys",
            "../keys",
            "#content",
            "https:",
            "https://",
            "https:/console",
            "https:\\\\example.com",
            "https://exa mple.com",
            "https://example.com/\u{85}",
            "mailto:",
        ] {
            assert_eq!(safe(bad), None, "{bad:?}");
        }
    }
}
