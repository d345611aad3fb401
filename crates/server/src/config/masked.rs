//! Settings as they may be shown: without what is secret in them.

use gatewright_custody::KekSource;

/// A value as it was written.
pub(super) fn plainly(value: &figment::value::Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    if let Some(list) = value.as_array() {
        return list.iter().map(plainly).collect::<Vec<_>>().join(", ");
    }
    let whole = value.to_u128().map(|number| number.to_string());
    whole
        .or_else(|| value.to_i128().map(|number| number.to_string()))
        .or_else(|| value.to_bool().map(|switch| switch.to_string()))
        .unwrap_or_default()
}

/// A secret as it may be shown; of several, each.
pub(super) fn each_masked(value: &figment::value::Value) -> String {
    match value.as_array() {
        Some(list) => list.iter().map(each_masked).collect::<Vec<_>>().join(", "),
        None => masked(&plainly(value)),
    }
}

/// A secret as it may be shown: the path of a file, an address without its password, otherwise nothing.
fn masked(text: &str) -> String {
    if text.starts_with("file:") || text.starts_with("sqlite:") {
        return text.to_owned();
    }
    let shown = ["passphrase", "pkcs11:", "vault:"];
    if shown.iter().any(|kind| text.starts_with(kind)) {
        // What cannot be read as a source may hold a secret at the wrong place.
        let source = text.parse::<KekSource>();
        return source.map_or_else(|_| "[secret]".to_owned(), |source| source.to_string());
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return "[secret]".to_owned();
    };
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    match rest.rsplit_once('@') {
        Some((user, place)) => {
            let user = user.split_once(':').map_or(user, |(user, _)| user);
            format!("{scheme}://{user}@{place}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_masked() {
        let shown = masked("postgres://ada:s3cret@db.example/gw?sslpassword=x");
        assert_eq!(shown, "postgres://ada@db.example/gw");
        assert_eq!(masked("0123456789"), "[secret]");
        assert_eq!(masked("file:/run/kek"), "file:/run/kek");
        assert_eq!(masked("passphrase of mine"), "[the key itself]");
        let address = "pkcs11:token=t;object=k?module-path=/m.so";
        assert_eq!(masked(address), "pkcs11:token=t;object=k");
        assert_eq!(masked(&format!("{address}&pin-value=1234")), "[secret]");
    }
}
