//! Operators: who signs in, with which role and teams, and what each role may do.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use gatewright_domain::{
    access::Role,
    id::{OperatorId, TeamId},
    operator::Assignment,
    text::Name,
};
use gatewright_operators::{Admit, Password};
use gatewright_store::views::operators::OperatorRow as Row;

use crate::{
    console::{
        elsewhere,
        roles::{policy, role_word, roles, title},
        visit, words,
    },
    page::{
        badge::Badge,
        form::{Choice, ChoiceState, Control, Fault, Faults, Field},
        frame::{Frame, Link},
        list::Pages,
        number::counted,
        place::Place,
    },
    pages::{
        confirm::FormPage,
        operators::{OperatorList, OperatorRow},
    },
    web::{app::App, caller::SignedIn, catalogue::Kind, form::Form, problem::Problem},
};

pub(super) const HERE: &str = "/console/operators";

/// Every operator, and the policy.
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    let now = app.now();
    let found = app.reader.as_seen_by(&who.caller).operators().await?;
    let row = |row: &Row| {
        let is_you = row.id == who.operator.id();
        OperatorRow {
            name: row.name.clone(),
            is_you,
            role: role_word(&row.role),
            teams: if row.teams.is_empty() {
                "–".to_owned()
            } else {
                row.teams.join(", ")
            },
            state: if row.disabled_at.is_some() {
                Badge::blocked()
            } else {
                Badge::active()
            },
            last_sign_in: words::last(row.last_seen_at, now, "Never"),
            act: (!is_you).then(|| Link::new("Change", format!("{HERE}/{}", row.id))),
        }
    };
    visit::page(&OperatorList {
        frame: Frame::new(
            visit::signed_in(&request, &who),
            Place::Operators,
            "Operators",
        )
        .also(elsewhere::call(&app, "/operators").or("gatewright operator list")),
        rows: found.iter().map(row).collect(),
        pages: Pages {
            shown: counted(u64::try_from(found.len()).unwrap_or(0), "operator"),
            first: None,
            next: None,
        },
        role_names: Role::ALL.iter().map(|role| title(*role)).collect(),
        policy: policy(),
    })
}

/// What was typed about an operator.
#[derive(Default)]
struct Typed {
    name: String,
    role: String,
    teams: String,
}

impl Typed {
    fn of(form: &Form) -> Self {
        let field = |name| form.one(name).to_owned();
        Self {
            name: field("name"),
            role: field("role"),
            teams: field("teams"),
        }
    }
}

/// The form that admits an operator.
pub async fn new_page(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
) -> Result<HttpResponse, Problem> {
    visit::page(&new_form(&request, &app, &who, &Typed::default(), Faults::default()).await?)
}

/// Admits an operator.
pub async fn new(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let (mut faults, typed) = (Faults::default(), Typed::of(&form));
    let name: Option<Name> = form.parse("name", &mut faults);
    let assignment = assignment(&app, &who, &form, &mut faults).await?;
    let password = Password::new(form.exact("password"));
    if let Err(error) = &password {
        faults
            .0
            .push(words::fault("password", &format!("Sorry: {error}.")));
    }
    let (Some(name), Some(assignment), Ok(password)) = (name, assignment, password) else {
        return visit::page(&new_form(&request, &app, &who, &typed, faults).await?);
    };
    let admit = Admit {
        name,
        assignment,
        password,
    };
    match app.operators.admit(&who.caller, admit).await {
        Ok(operator) => {
            let said = format!("{} may sign in.", operator.name());
            Ok(visit::go_saying(HERE, &said, &app))
        }
        Err(error) => {
            let faults = words::faults(&error.into(), "name");
            visit::page(&new_form(&request, &app, &who, &typed, faults).await?)
        }
    }
}

/// Role and teams of a form. Teams are named, parted by commas.
async fn assignment(
    app: &App,
    who: &SignedIn,
    form: &Form,
    faults: &mut Faults,
) -> Result<Option<Assignment>, Problem> {
    let role: Option<Role> = form.parse("role", faults);
    let known = app.reader.as_seen_by(&who.caller).teams().await?;
    let mut teams: BTreeSet<TeamId> = BTreeSet::new();
    let named = form.one("teams").split(',').map(str::trim);
    for name in named.filter(|name| !name.is_empty()) {
        match known
            .iter()
            .find(|team| team.name.eq_ignore_ascii_case(name))
        {
            Some(team) => {
                teams.insert(team.id);
            }
            None => faults.0.push(Fault {
                field: "teams".to_owned(),
                words: format!("There is no team {name}; form it first."),
            }),
        }
    }
    let role = role.filter(|_| faults.of("teams").is_none());
    Ok(role.map(|role| Assignment { role, teams }))
}

/// The fields of role and teams.
async fn fields(
    app: &App,
    who: &SignedIn,
    typed: &Typed,
    faults: &Faults,
) -> Result<Vec<Field>, Problem> {
    let teams = app.reader.as_seen_by(&who.caller).teams().await?;
    let teams: Vec<String> = teams.into_iter().map(|team| team.name).collect();
    Ok(vec![
        Field::new("role", "Role", Control::Select(roles(&typed.role)))
            .value(typed.role.as_str())
            .hint("What each role may do stands below the list of operators.")
            .fault(faults.of("role")),
        Field::new("teams", "Teams", Control::Text)
            .value(typed.teams.as_str())
            .hint(format!(
                "They matter to publishers. Parted by commas; there is: {}.",
                teams.join(", ")
            ))
            .optional()
            .fault(faults.of("teams")),
    ])
}

async fn new_form(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    typed: &Typed,
    faults: Faults,
) -> Result<FormPage, Problem> {
    let name = Field::new("name", "Name", Control::Text)
        .value(typed.name.as_str())
        .hint("They sign in with it.")
        .fault(faults.of("name"));
    let password = Field::new("password", "First password", Control::Password)
        .autocomplete("new-password")
        .hint("At least 12 characters. They change it under their account.")
        .fault(faults.of("password"));
    let mut all = vec![name];
    all.extend(fields(app, who, typed, &faults).await?);
    all.push(password);
    Ok(FormPage {
        frame: frame(request, who, "Admit an operator"),
        lede: "A person who signs in here.".to_owned(),
        fields: all,
        faults,
        action: format!("{HERE}/new"),
        button: "Admit the operator",
        back: HERE.to_owned(),
    })
}

pub(super) fn frame(request: &HttpRequest, who: &SignedIn, title: &str) -> Frame {
    Frame::new(visit::signed_in(request, who), Place::Operators, title)
        .below([Link::new("Operators", HERE)])
}

/// One operator: role, teams, and whether they may sign in.
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    operator: Path<OperatorId>,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &who, *operator).await?;
    let typed = Typed {
        name: found.name.clone(),
        role: found.role.clone(),
        teams: found.teams.join(", "),
    };
    visit::page(&change_form(&request, &app, &who, &found, &typed, Faults::default()).await?)
}

/// Changes an operator: what differs, and nothing else.
///
/// # Errors
/// What is wrong with the form, and what the rules refuse, is the form again.
pub async fn change(
    request: HttpRequest,
    app: Data<App>,
    who: SignedIn,
    operator: Path<OperatorId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &who, *operator).await?;
    let (mut faults, typed) = (Faults::default(), Typed::of(&form));
    let assignment = assignment(&app, &who, &form, &mut faults).await?;
    let Some(assignment) = assignment else {
        return visit::page(&change_form(&request, &app, &who, &found, &typed, faults).await?);
    };
    match apply(&app, &who, &found, assignment, form.one("access")).await {
        Ok(()) => {
            let said = format!("{} is changed.", found.name);
            Ok(visit::go_saying(HERE, &said, &app))
        }
        Err(problem) => {
            let faults = words::faults(&problem, "role");
            visit::page(&change_form(&request, &app, &who, &found, &typed, faults).await?)
        }
    }
}

async fn apply(
    app: &App,
    who: &SignedIn,
    found: &Row,
    assignment: Assignment,
    access: &str,
) -> Result<(), Problem> {
    let operator = app.reader.operator(found.id).await?;
    let same = operator.role() == assignment.role && *operator.teams() == assignment.teams;
    if !same {
        let expected = Some(found.revision);
        app.operators
            .reassign(&who.caller, found.id, assignment, expected)
            .await?;
    }
    match (access, operator.disabled().is_some()) {
        ("disabled", false) => {
            app.operators.disable(&who.caller, found.id).await?;
        }
        ("active", true) => {
            app.operators.enable(&who.caller, found.id).await?;
        }
        _ => {}
    }
    Ok(())
}

async fn find(app: &App, who: &SignedIn, id: OperatorId) -> Result<Row, Problem> {
    let operators = app.reader.as_seen_by(&who.caller).operators().await?;
    let found = operators.into_iter().find(|row| row.id == id);
    found.ok_or_else(|| Problem::of(Kind::NOT_FOUND))
}

async fn change_form(
    request: &HttpRequest,
    app: &App,
    who: &SignedIn,
    found: &Row,
    typed: &Typed,
    faults: Faults,
) -> Result<FormPage, Problem> {
    let is_disabled = found.disabled_at.is_some();
    let choice = |value: &str, label: &str, chosen: bool| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: None,
        state: if chosen {
            ChoiceState::Chosen
        } else {
            ChoiceState::Open
        },
    };
    let access = Control::Select(vec![
        choice("active", "May sign in", !is_disabled),
        choice("disabled", "Disabled", is_disabled),
    ]);
    let mut all = fields(app, who, typed, &faults).await?;
    all.push(
        Field::new("access", "Access", access)
            .hint("Disabling ends every session and stops every access token.")
            .fault(faults.of("access")),
    );
    Ok(FormPage {
        frame: frame(request, who, &found.name),
        lede: String::new(),
        fields: all,
        faults,
        action: format!("{HERE}/{}", found.id),
        button: "Change the operator",
        back: HERE.to_owned(),
    })
}
