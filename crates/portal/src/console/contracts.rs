//! Contracts of versions: upload, findings, and the document as it was uploaded.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use gatewright_contract::Level;
use gatewright_domain::{handle::ApiHandle, text::VersionNumber};
use gatewright_registry::{Found, Objections, Upload, UploadError};
use serde::Deserialize;

use crate::{
    console::{compare, findings, visit, words},
    page::{
        form::{Control, Faults, Field},
        frame::Frame,
        number::counted,
        place::Place,
    },
    pages::contracts::ContractPage,
    web::{
        app::App, caller::SignedIn, contract_file, findings::called, form::Form, problem::Problem,
    },
};

use super::versions::At;

/// The largest file that comes back into the form as text beside its findings, in bytes. Whoever sent a larger one has it
/// still, and browsers labour with it; what was typed or pasted comes back whatever its size.
const KEPT: usize = 512 * 1024;

/// What is said when a contract has errors of the ruleset.
const LINT: &str = "The version is live, and this contract has errors of the ruleset that the API chose. Mend them, or say \
    why it is to be taken all the same.";

/// The contract that is offered to begin with.
const SAMPLE: &str = include_str!("../../assets/sample-contract.yaml");

/// What is said when a contract breaks callers.
const BREAKS: &str = "The version is live, and this contract breaks applications that call it. Begin a new version for it, \
    or say why it is to be taken all the same.";

/// The contract in use, exactly as it was uploaded.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn document(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
) -> Result<HttpResponse, Problem> {
    contract_file::given(&request, &app, &who.caller, &at.place(), None).await
}

/// A revision of the contract, in the address.
#[derive(Deserialize)]
pub struct RevisionAt {
    api: ApiHandle,
    version: VersionNumber,
    number: u32,
}

/// A revision of the contract, exactly as it was uploaded.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn revision_document(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<RevisionAt>,
) -> Result<HttpResponse, Problem> {
    let RevisionAt {
        api,
        version,
        number,
    } = at.into_inner();
    let at = At { api, version }.place();
    contract_file::given(&request, &app, &who.caller, &at, Some(number)).await
}

/// The form that uploads a contract.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn contract_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
) -> Result<HttpResponse, Problem> {
    app.reader
        .as_seen_by(&who.caller)
        .version_row(&at.api, at.version, app.now())
        .await?;
    let form = contract_form(&request, &who, &at, Said::Nothing, &Typed::default());
    visit::page(&form)
}

/// Takes a contract, or shows what is wrong with it.
///
/// # Errors
/// Those of the upload, but for findings, which are the page again.
pub async fn contract(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    at: Path<At>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let pasted = form.exact("text");
    let (document, kept) = match (form.one("sample"), form.exact("file")) {
        ("", file) if file.is_empty() => (pasted.clone(), pasted),
        ("", file) if file.len() <= KEPT && pasted.is_empty() => (file.clone(), file),
        ("", file) => (file, pasted),
        _ => (SAMPLE.to_owned(), pasted),
    };
    let typed = Typed {
        reason: form.one("reason").to_owned(),
        text: kept,
    };
    let mut faults = Faults::default();
    let reason = form.optional("reason", &mut faults);
    if !faults.0.is_empty() {
        return refused(&contract_form(
            &request,
            &who,
            &at,
            Said::Faults(faults),
            &typed,
        ));
    }
    let upload = Upload {
        document: document.clone().into_bytes(),
        reason,
        expected: None,
    };
    match app
        .registry
        .upload_contract(&who.caller, &at.place(), upload)
        .await
    {
        Ok(uploaded) => {
            let operations = u64::try_from(uploaded.contract.operations.len()).unwrap_or(0);
            let operations = counted(operations, "operation");
            let (to, noted) = match uploaded.findings.as_slice() {
                [] => (at.here(), "."),
                _ => (
                    format!("{}/contract/findings", at.here()),
                    ". This was found in it.",
                ),
            };
            let said = format!("The contract is taken: {operations}{noted}");
            Ok(visit::go_saying(to, &said, &app))
        }
        Err(UploadError::Findings(findings)) => refused(&contract_form(
            &request,
            &who,
            &at,
            Said::Findings(&Found::in_upload(&findings, &document)),
            &typed,
        )),
        Err(UploadError::Objected(objections)) => refused(&contract_form(
            &request,
            &who,
            &at,
            Said::Objected(&objections),
            &typed,
        )),
        Err(UploadError::Busy(busy)) => {
            let problem = Problem::from(busy);
            let said = Said::Faults(words::faults(&problem, "text"));
            let form = contract_form(&request, &who, &at, said, &typed);
            answered(&form, problem.status())
        }
        Err(error) => Err(error.into()),
    }
}

/// What was typed into the form, to come back.
#[derive(Default)]
struct Typed {
    reason: String,
    /// The document, unless it is a large file.
    text: String,
}

/// What the form has to say.
enum Said<'f> {
    Nothing,
    Faults(Faults),
    /// The document has errors.
    Findings(&'f Found),
    /// The version is live, and the contract breaks its callers or rules of its API.
    Objected(&'f Objections),
}

/// The form once more, with what stands in the way.
fn refused(page: &ContractPage) -> Result<HttpResponse, Problem> {
    answered(page, StatusCode::UNPROCESSABLE_ENTITY)
}

fn answered(page: &ContractPage, status: StatusCode) -> Result<HttpResponse, Problem> {
    let mut response = visit::page(page)?;
    *response.status_mut() = status;
    Ok(response)
}

fn contract_form(
    request: &HttpRequest,
    who: &SignedIn,
    at: &At,
    said: Said<'_>,
    typed: &Typed,
) -> ContractPage {
    let title = format!("Contract of {} {}", at.api, at.version);
    let (mut found, mut faults, mut changes) = (None, Faults::default(), None);
    let mut verdict = None;
    match said {
        Said::Nothing => {}
        Said::Faults(found) => faults = found,
        Said::Findings(findings) => {
            let summary = findings::summary(findings.tally);
            let words =
                format!("{summary} Nothing was stored. Mend the errors and upload it again.");
            verdict = Some(["This contract cannot be taken".to_owned(), words]);
            found = Some(findings);
        }
        Said::Objected(Objections {
            changes: broken,
            lint,
        }) => {
            if broken.reach(Level::Error) {
                changes = Some(compare::list(broken, &[Level::Error, Level::Warning]));
                faults.0.push(words::fault("reason", BREAKS));
            }
            if let Some(lint) = lint {
                let errors = findings::summary(lint.found.tally);
                let title = format!("It has errors of {}", called(lint.ruleset));
                verdict = Some([title, format!("{errors} Nothing was stored.")]);
                found = Some(&lint.found);
                faults.0.push(words::fault("reason", LINT));
            }
        }
    }
    let asks = faults.of("reason").is_some() || !typed.reason.is_empty();
    let reason = asks.then(|| {
        Field::new("reason", "Reason", Control::Text)
            .value(&typed.reason)
            .hint("Why it is to reach callers all the same. It stays in the trail.")
            .fault(faults.of("reason"))
            .optional()
    });
    let file = Control::File {
        accept: ".json,.yaml,.yml",
    };
    ContractPage {
        frame: Frame::new(visit::signed_in(request, who), Place::Apis, title).below(at.trail()),
        faults,
        changes,
        verdict,
        findings: found.map(|found| findings::list(found, None)),
        fields: reason
            .into_iter()
            .chain([
                Field::new("file", "File", file).optional(),
                Field::new("text", "Or the text", Control::Code)
                    .value(&typed.text)
                    .optional(),
            ])
            .collect(),
        offer_sample: true,
        action: format!("{}/contract", at.here()),
        back: at.here(),
    }
}
