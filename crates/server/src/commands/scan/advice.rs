//! What to do about a finding.

use super::finding::{Handle, Kind, Status};

/// What to do about it.
pub(super) fn advice(
    kind: Kind,
    status: Status,
    handle: Option<&Handle>,
    id: Option<&str>,
) -> String {
    let id = id.unwrap_or_default();
    match (status, kind, handle) {
        (Status::Expired | Status::Revoked, ..) => "nothing; it opens nothing any more".to_owned(),
        (Status::Unended, ..) => {
            "revoke it in its installation, where a scan says whether it was".to_owned()
        }
        (Status::Unknown, ..) => {
            "scan with the installation it is of; another one may be taken in by it".to_owned()
        }
        (Status::Unrecorded, ..) => {
            "revoke all of its application; if nobody issued it, declare its key compromised"
                .to_owned()
        }
        (Status::Live, _, Some(Handle::Token(_))) => format!("gatewright token revoke {id}"),
        (Status::Live, _, Some(Handle::ApiKey(_))) => format!("gatewright api-key revoke {id}"),
        (Status::Live, _, Some(Handle::AccessToken(_))) => {
            "revoke it under the account in the portal, or scan again with --revoke".to_owned()
        }
        (Status::Live, _, Some(Handle::ClientSecret(..))) => {
            "give the application another secret, then revoke this one".to_owned()
        }
        (Status::Live, _, Some(Handle::Grant(_))) => {
            format!("gatewright revoke session {id}")
        }
        (Status::Live, _, Some(Handle::InitialToken(_))) => {
            format!("gatewright initial-token revoke {id}")
        }
        (Status::Live, Kind::RegistrationToken, None) => {
            "have its client read its registration twice, which makes it worthless; or disable the application".to_owned()
        }
        (Status::Live, Kind::GatewayToken, None) => {
            format!("gatewright gateway remove {id}, and enrol it anew")
        }
        (Status::Live, Kind::SetUpLink, None) => "set the installation up with it now".to_owned(),
        (Status::Live, _, None) => "sign in with it and out again, which ends it".to_owned(),
    }
}
