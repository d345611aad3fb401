//! Validation: the rules a document is held against once it is read. Reading has reported what is of a wrong type.

mod names;
pub(crate) mod official;
mod overlaps;
mod parameters;
mod references;

use std::collections::BTreeMap;

use crate::{
    model::{
        Model,
        paths::{Described, Path},
        reading::Reading,
    },
    report::Quoted,
    rule::Rule,
    tree::node::Kind,
};

/// Holds a document against every rule.
pub(crate) fn validate<'d>(reading: &mut Reading<'d>, model: &Model<'d>) {
    for path in &model.paths {
        reachable(reading, path);
        for operation in &path.operations {
            responses(reading, operation);
        }
    }
    no_operation(reading, model);
    operation_ids(reading, model);
    parameters::validate(reading, &model.paths);
    overlaps::validate(reading, &model.paths);
    names::validate(reading, model);
    references::validate(reading);
    official::validate(reading);
}

fn reachable<'d>(reading: &mut Reading<'d>, path: &Path<'d>) {
    if let Some(problem) = path.template.unreachable() {
        let written = Quoted(path.template.written);
        let message = format_args!("no request reaches the path {written}: {problem}");
        reading.report.add(Rule::PathUnreachable, path.key, message);
    }
}

fn responses<'d>(reading: &mut Reading<'d>, operation: &Described<'d>) {
    let described = operation.node.get("responses");
    let responses = reading.member(operation.node, "responses", Kind::Object);
    let none = responses.is_none_or(|responses| responses.members().next().is_none());
    if described.is_none() || (responses.is_some() && none) {
        let at = described.unwrap_or(operation.key);
        let message = format_args!("the operation describes no response under `responses`");
        reading.report.add(Rule::ResponsesMissing, at, message);
    }
}

fn no_operation<'d>(reading: &mut Reading<'d>, model: &Model<'d>) {
    // After an error the paths may not have been read, and there would be nothing to this finding.
    let read = !reading.report.has_errors();
    if read && model.paths.iter().all(|path| path.operations.is_empty()) {
        let message = format_args!(
            "the document has no operation under `paths`, so there is nothing to call and nothing to publish"
        );
        reading.report.add(Rule::NoOperation, model.root, message);
    }
}

fn operation_ids<'d>(reading: &mut Reading<'d>, model: &Model<'d>) {
    let mut seen = BTreeMap::new();
    for path in &model.paths {
        for operation in &path.operations {
            let Some(id) = operation.operation_id else {
                continue;
            };
            let name = format!("{} {}", operation.method, path.template.written);
            if let Some(first) = seen.get(id) {
                let at = operation.node.get("operationId").unwrap_or(operation.node);
                let message = format_args!(
                    "the operationId {} belongs to {first} already; give {name} another",
                    Quoted(id)
                );
                reading.report.add(Rule::OperationIdRepeated, at, message);
            } else {
                seen.insert(id, name);
            }
        }
    }
}
