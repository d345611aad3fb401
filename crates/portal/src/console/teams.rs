//! Teams: the form that forms one.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use gatewright_domain::text::Name;

use crate::{
    console::{visit, words},
    page::form::{Control, Faults, Field},
    pages::confirm::FormPage,
    web::{app::App, caller::SignedIn, form::Form, problem::Problem},
};

use super::operators::{HERE, frame};

/// The form that forms a team.
///
/// # Errors
/// Those of the page.
pub async fn new_team_page(request: HttpRequest, who: SignedIn) -> Result<HttpResponse, Problem> {
    visit::page(&team_form(&request, &who, "", Faults::default()))
}

/// Forms a team.
///
/// # Errors
/// A name that is taken or none is the form again.
pub async fn new_team(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let mut faults = Faults::default();
    let name: Option<Name> = form.parse("name", &mut faults);
    let Some(name) = name else {
        return visit::page(&team_form(&request, &who, form.one("name"), faults));
    };
    match app.operators.form_team(&who.caller, name).await {
        Ok(_) => Ok(visit::go_saying(HERE, "The team is formed.", &app)),
        Err(error) => {
            let faults = words::faults(&error.into(), "name");
            visit::page(&team_form(&request, &who, form.one("name"), faults))
        }
    }
}

fn team_form(request: &HttpRequest, who: &SignedIn, name: &str, faults: Faults) -> FormPage {
    FormPage {
        frame: frame(request, who, "Form a team"),
        lede: "A team owns APIs; its publishers look after them.".to_owned(),
        fields: vec![
            Field::new("name", "Name", Control::Text)
                .value(name)
                .fault(faults.of("name")),
        ],
        faults,
        action: format!("{HERE}/teams/new"),
        button: "Form the team",
        back: HERE.to_owned(),
    }
}
