//! Functions about examples: they are what their schemas say.

use serde_json::Value;

use super::{Found, Subject};
use crate::{
    lint::{
        failures::told,
        flaws::{Flaw, Looking},
        formats::{Format, dialect},
        run::Scope,
    },
    schema::{Checker, Manner, Travel, Wanted},
    tree::{
        node::{Kind, Node},
        view::View,
    },
};

/// Where the examples of a value are, and their schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Example {
    /// The value is a schema with an example or default of its own.
    OfSchema,
    /// The value has a schema, and examples beside it.
    BesideSchema,
}

impl Example {
    pub(super) fn ready(options: &Value) -> Result<Self, String> {
        match options.get("type").and_then(Value::as_str) {
            Some("schema") => Ok(Self::OfSchema),
            Some("media") => Ok(Self::BesideSchema),
            _ => Err("its function has no `type`, which is `schema` or `media`".to_owned()),
        }
    }

    pub(super) fn check<'r>(
        self,
        subject: Subject<'r>,
        scope: &Scope<'r>,
        found: &mut Vec<Found<'r>>,
    ) {
        let view = subject.view;
        let Some(holder) = subject.value.filter(|value| value.kind() == Kind::Object) else {
            return;
        };
        let schema = match self {
            Self::OfSchema => Some(holder),
            Self::BesideSchema => view.get(holder, "schema"),
        };
        let Some(schema) = schema.filter(|it| it.kind() == Kind::Object) else {
            return;
        };
        let old = scope.formats.contains(&Format::Oas2);
        let (examples, travel) = match self {
            Self::OfSchema => (in_schema(view, holder, old), Travel::Neither),
            Self::BesideSchema if old => (named(view, holder), Travel::Neither),
            Self::BesideSchema => {
                let (examples, without) = in_media(view, holder);
                let told = |at| Found::new(at, "the example has no `value`");
                found.extend(without.into_iter().map(told));
                (examples, travel(holder))
            }
        };
        if examples.is_empty() {
            return;
        }
        let dialect = dialect(&scope.formats);
        let (fuel, patterns) = (scope.fuel, scope.patterns);
        let looking = Looking {
            dialect,
            view,
            fuel,
            patterns,
        };
        let flaw = match self {
            Self::OfSchema if old => scope.flaws.of_parameter(schema, looking),
            Self::OfSchema | Self::BesideSchema => scope.flaws.of(schema, looking),
        };
        match flaw {
            Ok(()) => {}
            Err(Flaw::Circular) => return,
            Err(Flaw::Malformed(why) | Flaw::Idle(why)) => {
                let told = format!("the example cannot be held against its schema: {why}");
                return found.extend(examples.into_iter().map(|at| Found::new(at, told.clone())));
            }
        }
        let schemas = scope.schemas(view);
        let id = schemas.id(schema, "");
        for example in examples {
            let mut checker = Checker::new(schemas, view);
            checker.manner = Manner::Each;
            checker.wanted = Wanted::First;
            checker.travel = travel;
            let failures = told(checker.violations(id, example), example);
            found.extend(failures.into_iter().map(|it| Found::new(it.at, it.message)));
        }
    }
}

fn in_schema<'r>(view: View<'r>, schema: Node<'r>, old: bool) -> Vec<Node<'r>> {
    let keys = ["example", "x-example", "default"];
    let known = keys.into_iter().filter(|key| old || *key != "x-example");
    known.filter_map(|key| view.get(schema, key)).collect()
}

/// The examples of a response of OpenAPI 2.0, by media type.
fn named<'r>(view: View<'r>, holder: Node<'r>) -> Vec<Node<'r>> {
    let examples = view.get(holder, "examples");
    examples
        .into_iter()
        .flat_map(|it| view.members(it))
        .map(|(_, example)| example)
        .collect()
}

/// The example of a media type, parameter or header, or the values of its examples; and the examples without one.
fn in_media<'r>(view: View<'r>, holder: Node<'r>) -> (Vec<Node<'r>>, Vec<Node<'r>>) {
    if let Some(example) = view.get(holder, "example") {
        return (vec![example], Vec::new());
    }
    let (mut values, mut without) = (Vec::new(), Vec::new());
    let examples = view.get(holder, "examples").into_iter();
    for (_, example) in examples.flat_map(|it| view.members(it)) {
        if !example.is_container() || example.get("externalValue").is_some() {
            continue;
        }
        match view.get(example, "value") {
            Some(value) => values.push(value),
            None => without.push(example),
        }
    }
    (values, without)
}

/// Which way what a media type describes travels.
fn travel(holder: Node<'_>) -> Travel {
    let steps = holder.steps();
    let steps: Vec<&str> = steps.iter().take(4).map(AsRef::as_ref).collect();
    match steps.as_slice() {
        ["components", "requestBodies", ..] | ["paths", _, _, "requestBody"] => Travel::Request,
        ["components", "responses", ..] | ["paths", _, _, "responses"] => Travel::Response,
        _ => Travel::Neither,
    }
}
