//! Which upstreams are allowed: an address that resolves to this machine, a private network or a metadata service is
//! refused unless the operator has allowed its host by name or range.

use std::net::IpAddr;

use gatewright_domain::{
    network::{HostPattern, is_public},
    text::Upstream,
};

/// What the operator allows besides public addresses.
#[derive(Clone, Debug, Default)]
pub struct UpstreamPolicy {
    /// Host patterns whose addresses are not looked at.
    pub allow: Vec<HostPattern>,
}

/// Why an upstream is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamRefused {
    /// The host has no address.
    #[error("the upstream's host {0} does not resolve")]
    Unresolved(String),
    /// An address that is not public.
    #[error(
        "the upstream's host {host} is {address}, which is not a public address; \
         allow the host with the setting `upstream_allow` if this is meant"
    )]
    NotPublic {
        /// The host as written.
        host: String,
        /// What it resolves to.
        address: IpAddr,
    },
}

impl UpstreamPolicy {
    /// Looks at every address the host resolves to; one that is not public is enough to refuse.
    pub(crate) async fn check(&self, upstream: &Upstream) -> Result<(), UpstreamRefused> {
        let (host, port) = host_and_port(upstream);
        if self.allow.iter().any(|pattern| pattern.matches(&host)) {
            return Ok(());
        }
        let addresses = tokio::net::lookup_host((host.as_str(), port)).await;
        let addresses: Vec<IpAddr> = addresses
            .map(|found| found.map(|address| address.ip()).collect())
            .map_err(|_| UpstreamRefused::Unresolved(host.clone()))?;
        match addresses
            .iter()
            .copied()
            .find(|address| !is_public(*address))
        {
            Some(address) => Err(UpstreamRefused::NotPublic { host, address }),
            None if addresses.is_empty() => Err(UpstreamRefused::Unresolved(host)),
            None => Ok(()),
        }
    }
}

/// The host in lower case and without brackets, and the port.
fn host_and_port(upstream: &Upstream) -> (String, u16) {
    let (scheme, rest) = upstream
        .as_str()
        .split_once("://")
        .unwrap_or(("http", upstream.as_str()));
    let authority = rest.split('/').next().unwrap_or(rest);
    let default = if scheme == "https" { 443 } else { 80 };
    if let Some((host, port)) = authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        let port = port.strip_prefix(':').and_then(|port| port.parse().ok());
        return (host.to_ascii_lowercase(), port.unwrap_or(default));
    }
    match authority.split_once(':') {
        Some((host, port)) => (host.to_ascii_lowercase(), port.parse().unwrap_or(default)),
        None => (authority.to_ascii_lowercase(), default),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(upstream: &str, allow: &[&str]) -> Result<(), UpstreamRefused> {
        let allow = allow
            .iter()
            .map(|pattern| pattern.parse().unwrap())
            .collect();
        UpstreamPolicy { allow }
            .check(&upstream.parse().unwrap())
            .await
    }

    #[tokio::test]
    async fn an_address_that_is_not_public_is_refused_in_every_spelling() {
        let hosts = [
            "http://127.0.0.1:9000",
            "http://10.1.2.3",
            "http://169.254.169.254/latest",
            "http://[::1]:80",
            "http://[::ffff:7f00:1]",
            "http://[64:ff9b::a00:1]",
            "http://[2002:7f00:1::]",
            "http://[fc00::1]",
            "http://100.64.0.1",
            "http://0.0.0.0",
            "http://localhost:9000",
            "http://2130706433",
            "http://0x7f.1",
        ];
        for host in hosts {
            assert!(check(host, &[]).await.is_err(), "{host}");
        }
        assert_eq!(check("http://93.184.216.34", &[]).await, Ok(()));
    }

    #[tokio::test]
    async fn the_operator_may_allow_a_host() {
        assert_eq!(check("http://127.0.0.1:9000", &["127.0.0.1"]).await, Ok(()));
        assert_eq!(
            check("http://orders.internal:9000", &["*.internal"]).await,
            Ok(())
        );
        assert!(check("http://127.0.0.1", &["*.0.1x"]).await.is_err());
    }
}
