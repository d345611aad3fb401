//! Paths: the operations of a document, in its order, with what each requires.

use std::collections::BTreeSet;

use gatewright_domain::operation::{Method, Requirement};

use crate::{
    model::{edition::Edition, reading::Reading, security::Security, template::Template},
    report::Quoted,
    rule::Rule,
    tree::{
        node::{Kind, Node},
        resolve,
    },
};

/// The methods of a path item, by their keys, each with the first edition that knows it and is read.
pub(crate) const METHODS: [(&str, Method, Edition); 9] = [
    ("get", Method::Get, Edition::V2_0),
    ("put", Method::Put, Edition::V2_0),
    ("post", Method::Post, Edition::V2_0),
    ("delete", Method::Delete, Edition::V2_0),
    ("options", Method::Options, Edition::V2_0),
    ("head", Method::Head, Edition::V2_0),
    ("patch", Method::Patch, Edition::V2_0),
    ("trace", Method::Trace, Edition::V3_0),
    ("query", Method::Query, Edition::V3_2),
];

/// What else a path item may hold.
const OTHERS: [&str; 5] = ["$ref", "summary", "description", "servers", "parameters"];

/// Where OpenAPI 3.2 describes methods that it has no key for.
const ADDITIONAL: &str = "additionalOperations";

/// The longest `operationId`.
const LONGEST_ID: usize = 255;

/// One path with its operations.
#[derive(Debug)]
pub(crate) struct Path<'d> {
    /// The template, where it is written.
    pub(crate) key: Node<'d>,
    pub(crate) template: Template<'d>,
    /// The path item, behind its reference if it is one.
    pub(crate) item: Node<'d>,
    pub(crate) operations: Vec<Described<'d>>,
}

/// One operation, as the document describes it.
#[derive(Debug)]
pub(crate) struct Described<'d> {
    pub(crate) method: Method,
    /// The method, where it is written.
    pub(crate) key: Node<'d>,
    pub(crate) node: Node<'d>,
    pub(crate) operation_id: Option<&'d str>,
    pub(crate) summary: Option<&'d str>,
    pub(crate) deprecated: bool,
    pub(crate) requires: Requirement,
}

pub(crate) fn read<'d>(
    reading: &mut Reading<'d>,
    paths: Node<'d>,
    security: &Security<'d>,
) -> Vec<Path<'d>> {
    let mut read: Vec<Path<'d>> = Vec::new();
    let mut looked_through = BTreeSet::new();
    let mut operations = 0;
    let described = paths.members().filter(|(key, _)| !is_extension(*key));
    for (key, value) in described {
        if read.len() >= reading.budgets.paths {
            reading.over_budget(key, reading.budgets.paths, "paths", "paths");
            break;
        }
        let Some(template) = template(reading, key) else {
            continue;
        };
        let Some(item) = item(reading, value) else {
            continue;
        };
        if looked_through.insert(item.number()) {
            look_through(reading, item);
        }
        let found = item_operations(reading, item, security);
        operations += found.len();
        read.push(Path {
            key,
            template,
            item,
            operations: found,
        });
        if operations > reading.budgets.operations {
            reading.over_budget(key, reading.budgets.operations, "operations", "operations");
            break;
        }
    }
    read
}

fn template<'d>(reading: &mut Reading<'d>, key: Node<'d>) -> Option<Template<'d>> {
    let written = reading.name(key, Template::LONGEST)?;
    if !written.starts_with('/') {
        let message = format_args!("the path {} must begin with `/`", Quoted(written));
        reading.report.add(Rule::PathWithoutSlash, key, message);
        return None;
    }
    match Template::parse(written) {
        Ok(template) => Some(template),
        Err(problem) => {
            let message = format_args!("the path {} is malformed: {problem}", Quoted(written));
            reading.report.add(Rule::PathMalformed, key, message);
            None
        }
    }
}

/// The path item behind a member of `paths`. What stands beside a reference is passed over, with a finding.
fn item<'d>(reading: &mut Reading<'d>, value: Node<'d>) -> Option<Node<'d>> {
    let item = reading.follow_or_fail(value)?;
    if resolve::reference(value).is_some() {
        for (name, _) in methods(reading.edition) {
            if let Some((key, _)) = value.member(name) {
                let message = format_args!(
                    "{} stands beside `$ref`, and the two contradict each other; keep one of them",
                    Quoted(key.written())
                );
                reading.report.add(Rule::ReferenceBeside, key, message);
            }
        }
    }
    reading.expect(item, Kind::Object)
}

/// Names the members of a path item that look like methods and are not routed.
fn look_through<'d>(reading: &mut Reading<'d>, item: Node<'d>) {
    for (key, value) in item.members() {
        let name = key.written();
        let known = OTHERS.contains(&name) || methods(reading.edition).any(|(it, _)| it == name);
        if known || is_extension(key) {
            continue;
        }
        if name == ADDITIONAL && reading.edition >= Edition::V3_2 {
            additional(reading, value);
            continue;
        }
        let routed: Vec<&str> = methods(reading.edition).map(|(name, _)| name).collect();
        let message = format_args!(
            "{} is no method that is routed; those are {}, in lower case",
            Quoted(name),
            routed.join(", ")
        );
        reading.report.add(Rule::MethodUnknown, key, message);
    }
}

/// Names the operations of methods that have no key of their own: a gateway routes none of them.
fn additional<'d>(reading: &mut Reading<'d>, value: Node<'d>) {
    let operations = reading.expect(value, Kind::Object);
    for (key, _) in operations.into_iter().flat_map(Node::members) {
        let method = key.written();
        let own = methods(reading.edition).find(|(_, it)| it.as_str() == method);
        let message = match own {
            Some((name, _)) => format!(
                "the operation {} is passed over here; write it under `{name}`",
                Quoted(method)
            ),
            None => format!(
                "{} is no method that is routed, so the operation is passed over",
                Quoted(method)
            ),
        };
        let rule = Rule::MethodUnknown;
        reading.report.add(rule, key, format_args!("{message}"));
    }
}

/// The methods that an edition has keys for.
fn methods(edition: Edition) -> impl Iterator<Item = (&'static str, Method)> {
    let known = METHODS
        .into_iter()
        .filter(move |(.., since)| *since <= edition);
    known.map(|(name, method, _)| (name, method))
}

fn item_operations<'d>(
    reading: &mut Reading<'d>,
    item: Node<'d>,
    security: &Security<'d>,
) -> Vec<Described<'d>> {
    let members =
        methods(reading.edition).filter_map(|(name, method)| Some((method, item.member(name)?)));
    let mut found: Vec<_> = members.collect();
    found.sort_by_key(|(_, (key, _))| key.number());
    let mut operations = Vec::with_capacity(found.len());
    for (method, (key, value)) in found {
        let Some(node) = reading.expect(value, Kind::Object) else {
            continue;
        };
        operations.push(Described {
            method,
            key,
            node,
            operation_id: operation_id(reading, node),
            summary: reading.text(node, "summary"),
            deprecated: reading.truth(node, "deprecated").unwrap_or_default(),
            requires: security.of_operation(reading, node),
        });
    }
    operations
}

fn operation_id<'d>(reading: &mut Reading<'d>, operation: Node<'d>) -> Option<&'d str> {
    let id = reading.member(operation, "operationId", Kind::Text)?;
    reading.name(id, LONGEST_ID)
}

fn is_extension(key: Node<'_>) -> bool {
    key.written().starts_with("x-")
}
