//! Functions about operations: their names, tags, responses and forms.

use std::collections::HashSet;

use super::{Found, Subject};
use crate::{
    lint::{formats::Format, message, run::Scope},
    tree::{
        node::{Kind, Node},
        view::View,
    },
};

/// The members of a path item that are operations.
pub(super) const METHODS: [&str; 8] = [
    "get", "head", "post", "put", "patch", "delete", "options", "trace",
];

/// Every operation under `paths`, in the order of the text.
fn operations<'r>(view: View<'r>, paths: Node<'r>) -> impl Iterator<Item = Node<'r>> {
    let items = view.members(paths);
    let members = items.flat_map(move |(_, item)| view.members(item));
    let operations = members
        .filter(|(key, value)| METHODS.contains(&key.written()) && value.kind() == Kind::Object);
    operations.map(|(_, operation)| operation)
}

pub(super) fn ids<'r>(subject: Subject<'r>, scope: &Scope<'r>, found: &mut Vec<Found<'r>>) {
    let Some(paths) = subject.value else {
        return;
    };
    let mut known = HashSet::new();
    for operation in operations(subject.view, paths) {
        let Some(id) = subject.view.get(operation, "operationId") else {
            continue;
        };
        if !scope.fuel.burn(1) {
            return;
        }
        if !known.insert(id.written()) {
            let said = message::value(id);
            found.push(Found::new(
                id,
                format!("another operation has the operationId {said} already"),
            ));
        }
    }
}

pub(super) fn tags_defined<'r>(
    subject: Subject<'r>,
    scope: &Scope<'r>,
    found: &mut Vec<Found<'r>>,
) {
    let view = subject.view;
    let Some(root) = subject.value else {
        return;
    };
    let Some(paths) = view.get(root, "paths") else {
        return;
    };
    let tags = view
        .get(root, "tags")
        .into_iter()
        .flat_map(|tags| view.items(tags));
    let names = tags.filter_map(|tag| view.get(tag, "name")?.text());
    let known: HashSet<&str> = names.collect();
    for operation in operations(view, paths) {
        let Some(tags) = view.get(operation, "tags") else {
            continue;
        };
        for tag in view.items(tags) {
            if !scope.fuel.burn(1) {
                return;
            }
            if !tag.text().is_some_and(|tag| known.contains(tag)) {
                let said = message::value(tag);
                found.push(Found::new(
                    tag,
                    format!("the tag {said} is not among the `tags` of the document"),
                ));
            }
        }
    }
}

pub(super) fn tags_unique<'r>(subject: Subject<'r>, scope: &Scope<'r>, found: &mut Vec<Found<'r>>) {
    let Some(tags) = subject.value else {
        return;
    };
    let mut known = HashSet::new();
    for tag in subject.view.items(tags) {
        let Some(name) = subject
            .view
            .get(tag, "name")
            .filter(|name| name.text().is_some())
        else {
            // A list with a tag that has no name is no list of tags, which other rules say.
            return found.clear();
        };
        if !scope.fuel.burn(1) {
            return;
        }
        if !known.insert(name.written()) {
            let said = message::value(name);
            found.push(Found::new(
                name,
                format!("another tag has the name {said} already"),
            ));
        }
    }
}

pub(super) fn success<'r>(subject: Subject<'r>, scope: &Scope<'r>) -> Option<Found<'r>> {
    let responses = subject.value.filter(|value| value.is_container())?;
    let ranges = scope.formats.contains(&Format::Oas3);
    let is_success = |status: &str| match status {
        "2XX" | "3XX" => ranges,
        _ => status
            .trim()
            .parse::<f64>()
            .is_ok_and(|code| (200.0..400.0).contains(&code)),
    };
    let mut statuses = responses.members().map(|(status, _)| status.written());
    if responses.kind() == Kind::Object && statuses.any(is_success) {
        return None;
    }
    Some(Found::new(
        responses,
        "the operation describes no response of success, 2xx or 3xx",
    ))
}

/// The media types in which forms travel.
const FORMS: [&str; 2] = ["application/x-www-form-urlencoded", "multipart/form-data"];

pub(super) fn form_data(subject: Subject<'_>) -> Option<Found<'_>> {
    let view = subject.view;
    let operation = subject.value?;
    let (consumes, parameters) = (
        view.get(operation, "consumes")
            .filter(|it| it.kind() == Kind::List)?,
        view.get(operation, "parameters")
            .filter(|it| it.kind() == Kind::List)?,
    );
    let in_form =
        |parameter: Node<'_>| view.get(parameter, "in").and_then(Node::text) == Some("formData");
    let has_form = view.items(parameters).any(in_form);
    let mut types = view.items(consumes).filter_map(Node::text);
    if !has_form || types.any(|one| FORMS.iter().any(|form| one.contains(form))) {
        return None;
    }
    Some(Found::new(
        operation,
        format!(
            "a parameter is in `formData`, so `consumes` must have {} or {}",
            FORMS[0], FORMS[1]
        ),
    ))
}
