//! Certificates of clients, in DER and base64. Their keys are lost: whoever needs one is told of the certificate by a proxy.

use base64::{Engine, engine::general_purpose::STANDARD};

/// Of the authority `CN=Clients of Example`, from 2026 to 2126. Its subject is `CN=shop+OU=Sales,O=Müller\, Söhne,C=DE`, in texts
/// of two kinds; its alternative names are `shop.example`, `spiffe://example/shop`, `192.0.2.7`, `2001:db8::7` and
/// `Shop@mail.example`.
pub const SHOP: &str = "\
    MIIBwTCCAWigAwIBAgIUEEFjvN7La7YlXQGrNURpyiBKnKIwCgYIKoZIzj0EAwIwHTEbMBkGA1UEAwwSQ2xpZW50cyBvZiBF\
    eGFtcGxlMCAXDTI2MDEwMTAwMDAwMFoYDzIxMjYwMTAxMDAwMDAwWjBEMQswCQYDVQQGEwJERTEYMBYGA1UECgwPTcO8bGxl\
    ciwgU8O2aG5lMRswCwYDVQQDEwRzaG9wMAwGA1UECxMFU2FsZXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT3m5W1/Jqp\
    qYlW2kIUtTvEOD3Ir+Vij/DCncybgco6mVa5eQDLmopJ+pBV29frsQiMFdDDJ5BgpdpadhiitagUo10wWzBZBgNVHREEUjBQ\
    ggxzaG9wLmV4YW1wbGWGFXNwaWZmZTovL2V4YW1wbGUvc2hvcIcEwAACB4cQIAENuAAAAAAAAAAAAAAAB4ERU2hvcEBtYWls\
    LmV4YW1wbGUwCgYIKoZIzj0EAwIDRwAwRAIgYo8zUpMno3qBDL8eeCfu/PuFcbcEmUmnamiC6NnZbdACIDFtw6wEJhX8+5I6\
    1sFEDzVdTRK1B2EPyC4353Jh4oDF";

/// Signed by itself: `CN=shop`, from 2026 to 2126.
pub const OWN: &str = "\
    MIIBHzCBxqADAgECAhQpWwJAl7b7cYOC3fDWLK3VR4cmyjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARzaG9wMCAXDTI2MDEw\
    MTAwMDAwMFoYDzIxMjYwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDDARzaG9wMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECO7f\
    pyoWK8hnLvjfKWIFIeJqy5qVQL6Evkq55dVgSOYN31yWHAZjZHFRThsUHWPDpRPskeNb9ViWyx4rln2btjAKBggqhkjOPQQD\
    AgNIADBFAiA3qpn1oGDBUuWtcxi+1Lgwn7SFmKxY7c2xNedDc6L+IwIhANZS5BlslYjqhvxVOo1/iHOVm2Pzr6K4VdHzOmj6\
    kmDX";

/// The same names and times, of another key.
pub const OTHER: &str = "\
    MIIBHzCBxqADAgECAhQLb5+6LCXRjpElUjUKh3rrXcedoDAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARzaG9wMCAXDTI2MDEw\
    MTAwMDAwMFoYDzIxMjYwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDDARzaG9wMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELQP7\
    1G1hi1tK2HdYIsF4oBNCjUyJ1RyMifGLcIR2EH+3juY6XTwdsOWx49GtVop3OtwqZZWNFQPyliUb/uwaXjAKBggqhkjOPQQD\
    AgNIADBFAiB0nRChOOc9ls9oGVmFUZSS8lhZ7xkThc/jd7LdEBoz0QIhALFQSXOLMD8bv247pZi5fYoMMKxLA+M2z+1dv4mq\
    /M0O";

/// Signed by itself: `CN=shop`, of the year 2020 alone.
pub const ENDED: &str = "\
    MIIBHjCBxKADAgECAhQbbz6pS1syHXrY4RJFSwTtjch51jAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARzaG9wMB4XDTIwMDEw\
    MTAwMDAwMFoXDTIxMDEwMTAwMDAwMFowDzENMAsGA1UEAwwEc2hvcDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABL9nTVEz\
    XXmcu7+kI2IPxo4lJvZi25Cb5SjSXfiz2BbOwKCufzk+rCeV3GOrQi6WjSRcWhMpjaN/BVAHpaPZmXgwCgYIKoZIzj0EAwID\
    SQAwRgIhAK5hzYdtaxBxgrxS7aQhIsrCrCmW74MigacwPGrmmDDzAiEA41nMOlmddzIxSTILIqxLUqmtV5+wTP2Ag0OVclaC\
    F+Y=";

/// The bytes of one of them.
#[must_use]
pub fn der(certificate: &str) -> Vec<u8> {
    STANDARD.decode(certificate).unwrap_or_default()
}

/// One of them as `Client-Cert` tells it (RFC 9440).
#[must_use]
pub fn told(certificate: &str) -> String {
    format!(":{certificate}:")
}
