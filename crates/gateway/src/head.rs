//! The sanity of a parsed head: what `framing` cannot see in lines, and what no route may allow.

use gatewright_domain::refusal::Refusal;
use http::{
    HeaderValue, Uri,
    header::{EXPECT, HOST, UPGRADE},
    request::Parts,
    uri::Authority,
};

/// Checks a head and gives the host it names.
///
/// # Errors
/// `Malformed`.
pub(crate) fn sane(parts: &Parts) -> Result<&HeaderValue, Refusal> {
    let host = parts
        .headers
        .get(HOST)
        .ok_or_else(|| malformed("Host is missing"))?;
    let authority =
        authority(host).ok_or_else(|| malformed("Host is not a host and maybe a port"))?;
    agrees(&parts.uri, &authority)?;
    let mut expects = parts.headers.get_all(EXPECT).iter();
    if expects.any(|value| !value.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
        return Err(malformed(
            "Expect asks for something else than 100-continue",
        ));
    }
    // An offer of h2c is dropped with the other hop-by-hop headers, as a server may (RFC 9110 section 7.8): some clients
    // make it with every request. All others want a tunnel past every rule that follows.
    let mut upgrades = parts.headers.get_all(UPGRADE).iter();
    if upgrades.any(|value| !value.as_bytes().eq_ignore_ascii_case(b"h2c")) {
        return Err(malformed("upgrades are not offered"));
    }
    Ok(host)
}

fn authority(host: &HeaderValue) -> Option<Authority> {
    let text = host.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    if !text.bytes().all(plain) {
        return None;
    }
    let authority: Authority = text.parse().ok()?;
    let port = authority.as_str().strip_prefix(authority.host())?;
    let port_is_fine = port.is_empty() || authority.port_u16().is_some_and(|port| port != 0);
    (!authority.host().is_empty() && port_is_fine).then_some(authority)
}

/// A target in absolute form says the host a second time; both must say the same (RFC 9112 section 3.2.2).
fn agrees(uri: &Uri, host: &Authority) -> Result<(), Refusal> {
    let Some(named) = uri.authority() else {
        return Ok(());
    };
    let http = matches!(uri.scheme_str(), Some("http" | "https"));
    if http && named.as_str().eq_ignore_ascii_case(host.as_str()) {
        Ok(())
    } else {
        Err(malformed("the target names another host than Host does"))
    }
}

/// The refusal of a request that can be read in two ways.
pub(crate) fn malformed(what: &str) -> Refusal {
    Refusal::Malformed {
        what: what.to_owned(),
    }
}
