//! Path parameters: those of the template are declared, and those declared are in the template.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{
        edition::Edition,
        paths::{Described, Path},
        reading::Reading,
    },
    report::Quoted,
    rule::Rule,
    tree::node::{Kind, Node},
};

/// The longest name of a parameter.
const LONGEST_NAME: usize = 255;

/// The path parameters declared in one place.
#[derive(Default)]
struct Declared<'d> {
    by_name: BTreeMap<&'d str, Node<'d>>,
    /// Whether a reference among them leads nowhere, so that there may be more of them than are known.
    unknown: bool,
}

pub(crate) fn validate<'d>(reading: &mut Reading<'d>, paths: &[Path<'d>]) {
    for path in paths {
        repeated(reading, path);
        let shared = declared(reading, path.item);
        for operation in &path.operations {
            let own = declared(reading, operation.node);
            undeclared(reading, path, operation, (&shared, &own));
            unused(reading, path, &own);
        }
        if !path.operations.is_empty() {
            unused(reading, path, &shared);
        }
    }
}

fn repeated<'d>(reading: &mut Reading<'d>, path: &Path<'d>) {
    let mut seen = BTreeSet::new();
    for name in path.template.parameters() {
        if !seen.insert(name) {
            let message = format_args!(
                "the parameter {} stands in the path twice; give the second another name",
                Quoted(name)
            );
            reading
                .report
                .add(Rule::PathParameterRepeated, path.key, message);
        }
    }
}

/// The path parameters that a path item or an operation declares.
fn declared<'d>(reading: &mut Reading<'d>, object: Node<'d>) -> Declared<'d> {
    let mut declared = Declared::default();
    let Some(list) = reading.member(object, "parameters", Kind::List) else {
        return declared;
    };
    let mut listed = Listed::default();
    for item in list.items() {
        if !reading.afford_parameter(item) {
            break;
        }
        let Ok(target) = reading.follow(item) else {
            declared.unknown = true;
            continue;
        };
        let Some(parameter) = reading.expect(target, Kind::Object) else {
            continue;
        };
        let name = reading.required(parameter, "name", Kind::Text);
        let place = reading.required(parameter, "in", Kind::Text);
        let required = reading.truth(parameter, "required");
        let name = name.and_then(|name| reading.name(name, LONGEST_NAME));
        if let (Some(name), Some(place)) = (name, place) {
            listed.add(reading, item, (place.written(), name));
        }
        let (Some(name), Some("path")) = (name, place.map(Node::written)) else {
            continue;
        };
        if required != Some(true) {
            let message = format_args!(
                "the path parameter {} must say `required: true`; a path without it is another path",
                Quoted(name)
            );
            let at = parameter.get("required").unwrap_or(parameter);
            reading.report.add(Rule::PathParameterOptional, at, message);
        }
        declared.by_name.insert(name, item);
    }
    declared
}

/// What one list of parameters has held so far.
#[derive(Default)]
struct Listed<'d> {
    names: BTreeSet<(&'d str, String)>,
    /// Whether a body, and whether a field of a form, is among them (OpenAPI 2.0).
    body: bool,
    form: bool,
}

impl<'d> Listed<'d> {
    fn add(&mut self, reading: &mut Reading<'d>, item: Node<'d>, (place, name): (&'d str, &str)) {
        // The names of headers are the same in any case (RFC 9110 section 5.1).
        let known = match place {
            "header" => name.to_ascii_lowercase(),
            _ => name.to_owned(),
        };
        if !self.names.insert((place, known)) {
            let message = format_args!(
                "the parameter {} in {} stands in this list before; keep one of the two",
                Quoted(name),
                Quoted(place)
            );
            reading.report.add(Rule::ParameterRepeated, item, message);
        }
        if reading.edition > Edition::V2_0 {
            return;
        }
        let (body, form) = (place == "body", place == "formData");
        if (body && (self.body || self.form)) || (form && self.body) {
            let message = format_args!(
                "the operation has a body already; it can have one `body`, or fields in `formData`"
            );
            reading.report.add(Rule::BodyRepeated, item, message);
        }
        self.body |= body;
        self.form |= form;
    }
}

fn undeclared<'d>(
    reading: &mut Reading<'d>,
    path: &Path<'d>,
    operation: &Described<'d>,
    (shared, own): (&Declared<'d>, &Declared<'d>),
) {
    if shared.unknown || own.unknown {
        return;
    }
    for name in path.template.parameters() {
        if !shared.by_name.contains_key(name) && !own.by_name.contains_key(name) {
            let message = format_args!(
                "the path parameter {} is not declared; add it under `parameters` with `in: path`",
                Quoted(name)
            );
            let rule = Rule::PathParameterUndeclared;
            reading.report.add(rule, operation.key, message);
        }
    }
}

fn unused<'d>(reading: &mut Reading<'d>, path: &Path<'d>, declared: &Declared<'d>) {
    let used: BTreeSet<&str> = path.template.parameters().collect();
    for (name, node) in &declared.by_name {
        if !used.contains(name) {
            let message = format_args!(
                "the path parameter {} is not in the path {}",
                Quoted(name),
                Quoted(path.template.written)
            );
            reading
                .report
                .add(Rule::PathParameterUnused, *node, message);
        }
    }
}
