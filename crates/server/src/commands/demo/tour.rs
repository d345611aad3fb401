//! What a demo shows: where it is, and what to paste to see the whole path.

use std::path::Path;

use anyhow::{Result, ensure};
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use super::town::{OPERATOR, Town};
use crate::{
    ask::{self, Answer},
    say,
    serve::Running,
};

/// A path under the gateway that the reading token may GET.
const SAMPLE: &str = "/orders/v1/orders";

/// Everything a demo tells, also as JSON.
#[derive(Serialize)]
pub(super) struct Tour {
    portal: String,
    gateway: String,
    #[serde(serialize_with = "shown")]
    login_url: Zeroizing<String>,
    operator: &'static str,
    #[serde(serialize_with = "shown")]
    password: Zeroizing<String>,
    #[serde(serialize_with = "shown")]
    admin_token: Zeroizing<String>,
    application: String,
    #[serde(serialize_with = "shown")]
    token: Zeroizing<String>,
    token_id: String,
    #[serde(serialize_with = "shown")]
    writing_token: Zeroizing<String>,
    writing_token_id: String,
    sample_path: &'static str,
    issuer: String,
    data_dir: String,
}

/// The demo shows its secrets: everything in it is throw-away.
fn shown<S: Serializer>(secret: &Zeroizing<String>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret)
}

impl Tour {
    /// The tour through a running demo.
    pub(super) fn of(running: &Running, town: Town, dir: &Path) -> Self {
        let place = &running.house.place;
        Self {
            login_url: town.login_url,
            portal: place.portal.clone(),
            gateway: place.gateway.clone(),
            operator: OPERATOR,
            password: town.password,
            admin_token: town.admin_token,
            application: town.application,
            token: town.reading.text,
            token_id: town.reading.id,
            writing_token: town.writing.text,
            writing_token_id: town.writing.id,
            sample_path: SAMPLE,
            issuer: place.issuer.clone(),
            data_dir: dir.display().to_string(),
        }
    }

    /// Calls the API once through the gateway, as an application would.
    pub(super) async fn first_call(&self, running: &Running) -> Result<Answer> {
        let answer = ask::get(running.gateway_address(), SAMPLE, Some(&self.token)).await?;
        let (status, body) = (answer.status, &answer.body);
        ensure!(
            status == 200,
            "the demo's own call was answered {status}: {body}"
        );
        Ok(answer)
    }

    /// Tells people where everything is and what to try.
    pub(super) fn tell(&self, answer: &Answer) {
        let Self {
            portal,
            gateway,
            login_url,
            operator,
            password,
            admin_token,
            application: _,
            token,
            token_id,
            writing_token,
            writing_token_id: _,
            sample_path,
            issuer: _,
            data_dir,
        } = self;
        let login_url = login_url.as_str();
        let (password, admin_token) = (password.as_str(), admin_token.as_str());
        let (token, writing_token) = (token.as_str(), writing_token.as_str());
        let body = answer.body.trim();
        say!(
            "\
Gatewright demo, in {data_dir}

  Portal   {login_url}
           signs you in once, within 15 minutes; later name {operator}, password {password}
  Gateway  {gateway}

The application `shop` of the consumer `Acme` called {sample_path} through the gateway and was answered 200:
  {body}

Paste these into another terminal, in this order.

  PORTAL={portal}
  GATEWAY={gateway}
  ADMIN={admin_token}
  READ={token}
  WRITE={writing_token}

# 1. A call with the right scope: 200
  curl -i -H \"Authorization: Bearer $READ\" $GATEWAY{sample_path}

# 2. A call that needs another scope: 403, with a link that explains it
  curl -i -H \"Authorization: Bearer $READ\" -H \"Content-Type: application/json\" -d '{{\"item\":\"pears\",\"quantity\":3}}' $GATEWAY{sample_path}
#    and with that scope: 201
  curl -i -H \"Authorization: Bearer $WRITE\" -H \"Content-Type: application/json\" -d '{{\"item\":\"pears\",\"quantity\":3}}' $GATEWAY{sample_path}

# 3. An operation that needs no scope, and one that streams
  curl -i -H \"Authorization: Bearer $READ\" $GATEWAY/orders/v1/status
  curl -iN -H \"Authorization: Bearer $READ\" $GATEWAY/orders/v1/events

# 4. Rotate the signing key: the old token is still good
  curl -s -X POST -H \"Authorization: Bearer $ADMIN\" $PORTAL/api/v1/keys/rotate
  curl -i -H \"Authorization: Bearer $READ\" $GATEWAY{sample_path}

# 5. Revoke the token: the answer says where that is enforced and since when; the next call is refused with 401
  curl -s -X POST -H \"Authorization: Bearer $ADMIN\" $PORTAL/api/v1/tokens/{token_id}/revoke
  curl -i -H \"Authorization: Bearer $READ\" $GATEWAY{sample_path}

# 6. Verify the trail of all this
  curl -s -X POST -H \"Authorization: Bearer $ADMIN\" $PORTAL/api/v1/audit/verify

It runs until Ctrl-C."
        );
    }
}
