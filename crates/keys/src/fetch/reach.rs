//! Where a fetch may lead: resolved once, every address looked at, and only what was looked at is asked.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
    sync::Arc,
};

use gatewright_domain::network::{HostPattern, is_link_local, is_public};
use ureq::http::Uri;

use super::FetchFault;

/// How a host and port become addresses.
pub type Lookup = Arc<dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync>;

/// Where fetches may lead.
#[derive(Clone)]
pub struct Reach {
    home: bool,
    allow: Vec<HostPattern>,
    lookup: Lookup,
}

/// Where one fetch leads: an address that may be asked, and where it is.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) uri: Uri,
    pub(super) addresses: Vec<SocketAddr>,
}

impl Reach {
    /// To public addresses, and to the hosts that the operator allows. When the issuer here is itself of this machine, as on
    /// a laptop, then to this machine too.
    #[must_use]
    pub fn of(our_issuer: &str, allow: Vec<HostPattern>) -> Self {
        let host = our_issuer.parse::<Uri>().ok();
        let host = host.as_ref().and_then(Uri::host).map(bare);
        let home = host.is_some_and(|host| {
            let ip = host.parse::<std::net::IpAddr>();
            host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
        });
        let lookup = |host: &str, port: u16| Ok((host, port).to_socket_addrs()?.collect());
        Self {
            home,
            allow,
            lookup: Arc::new(lookup),
        }
    }

    /// The same, with another way to look hosts up.
    #[must_use]
    pub fn looking_up(self, lookup: Lookup) -> Self {
        Self { lookup, ..self }
    }

    /// Where an address leads, when it may be asked. One address of its host that may not be is enough to refuse: which of
    /// them is asked would be chance.
    pub(super) fn way(&self, address: &str) -> Result<Way, FetchFault> {
        let refused = || FetchFault::Address(address.to_owned());
        let uri: Uri = address.parse().map_err(|_| refused())?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) | None => return Err(refused()),
        };
        let authority = uri.authority().ok_or_else(refused)?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(refused());
        }
        let host = bare(authority.host()).to_ascii_lowercase();
        let port = authority
            .port_u16()
            .unwrap_or(if secure { 443 } else { 80 });
        let unresolved = || FetchFault::Unresolved(host.clone());
        let addresses = (self.lookup)(&host, port).map_err(|_| unresolved())?;
        if addresses.is_empty() {
            return Err(unresolved());
        }
        let allowed = self.allow.iter().any(|pattern| pattern.matches(&host));
        for address in addresses.iter().map(SocketAddr::ip) {
            let at_home = self.home && address.to_canonical().is_loopback();
            let fine = is_public(address) || at_home || (allowed && !is_link_local(address));
            if !fine {
                return Err(FetchFault::NotPublic { host, address });
            }
            if !secure && !at_home {
                return Err(refused());
            }
        }
        Ok(Way { uri, addresses })
    }
}

/// A host without the brackets of IPv6.
fn bare(host: &str) -> &str {
    let inside = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inside.unwrap_or(host)
}
