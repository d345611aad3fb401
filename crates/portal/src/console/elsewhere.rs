//! The same view by other means: the call of the JSON API. The access token is read from the environment, so that no
//! page holds it.

use crate::{page::code::Elsewhere, web::app::App};

/// The call that answers with what the page shows.
pub(super) fn call(app: &App, path: &str) -> Elsewhere {
    let portal = &app.place.portal;
    Elsewhere::new(format!(
        "curl -H \"Authorization: Bearer $GATEWRIGHT_TOKEN\" \\\n  \"{portal}/api/v1{path}\""
    ))
}
