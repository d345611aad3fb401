//! Problems as pages: the answer to a request that failed, and the help page of each kind.

use actix_web::{HttpRequest, HttpResponse, web::Path};
use askama::Template;

use crate::{
    console::visit,
    page::{
        fact::{Fact, Facts, Value},
        form::{Fault, Faults},
        frame::{Frame, Link},
        place::Place,
    },
    pages::problem::{HelpPage, ProblemPage},
    web::{app::App, catalogue::Kind, context::Context, problem::Problem},
};

/// The page that tells a problem.
pub(crate) fn render(
    request: &HttpRequest,
    problem: &Problem,
    _: &App,
    context: &Context,
) -> String {
    let entry = problem.kind.entry();
    let reason = problem.status().canonical_reason().unwrap_or_default();
    let page = ProblemPage {
        frame: Frame::new(visit::anonymous(request), Place::Home, entry.title),
        status: format!("{} {reason}", entry.status),
        detail: problem.detail.clone(),
        faults: Faults(problem.faults.iter().map(fault).collect()),
        both_versions: None,
        next: vec![Link::new("Go to the console", "/console")],
        facts: Facts(vec![
            Fact::new(
                "Request",
                Value::Copied {
                    id: "request",
                    text: context.id.to_string(),
                },
            ),
            Fact::new(
                "Kind of problem",
                Value::Link(Link::new(
                    entry.slug,
                    format!("/help/errors/{}", entry.slug),
                )),
            ),
        ]),
    };
    page.render().unwrap_or_else(|_| entry.title.to_owned())
}

fn fault(fault: &crate::web::problem::Fault) -> Fault {
    Fault {
        field: fault.pointer.trim_start_matches('/').to_owned(),
        words: fault.detail.clone(),
    }
}

/// The help page of a kind of problem: where its `type` leads.
///
/// # Errors
/// `NOT_FOUND` for a name that no problem has.
pub async fn help(request: HttpRequest, slug: Path<String>) -> Result<HttpResponse, Problem> {
    let entry = Kind::named(&slug).ok_or_else(|| Problem::of(Kind::NOT_FOUND))?;
    visit::page(&HelpPage {
        frame: Frame::new(visit::anonymous(&request), Place::Home, entry.title),
        status: entry.status,
        slug: entry.slug,
        what: entry.what,
        why: entry.why,
        mend: entry.mend,
        example: None,
    })
}
