//! Settings: what this instance runs with. They are read when it starts, and changed where it is started.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{
    console::visit,
    page::{frame::Frame, moment::span, place::Place},
    pages::settings::{SettingGroup, SettingRow, SettingsPage},
    web::{app::App, caller::SignedIn, problem::Problem},
};

/// The settings.
///
/// # Errors
/// Those of the page.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    let row = |name: &str, value: String| SettingRow {
        name: name.to_owned(),
        value,
    };
    let keys = app.keys.config();
    let timing = keys.timing;
    let groups = vec![
        SettingGroup {
            title: "Addresses",
            rows: vec![
                row("Portal", app.place.portal.clone()),
                row("Gateway", app.place.gateway.clone()),
            ],
        },
        SettingGroup {
            title: "Tokens",
            rows: vec![
                row("Issuer", app.terms.issuer.clone()),
                row("Audiences begin with", app.terms.audience_base.clone()),
                row(
                    "Longest lifetime",
                    span(u64::from(app.terms.max_lifetime_s)),
                ),
                row("Clock skew forgiven", span(u64::from(app.terms.leeway_s))),
            ],
        },
        SettingGroup {
            title: "Signing keys",
            rows: vec![
                row(
                    "Published before it may sign",
                    span(timing.publication_lead.as_secs()),
                ),
                row(
                    "Verifiers may keep the key set",
                    span(keys.jwks_max_age.as_secs()),
                ),
            ],
        },
    ];
    visit::page(&SettingsPage {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Settings,
            "Settings",
        ),
        groups,
    })
}
