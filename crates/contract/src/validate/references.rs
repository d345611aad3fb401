//! References: every `$ref` of the document leads somewhere in it. What the operations need was followed in reading;
//! the rest is a warning, because the document can be used without it.

use crate::{
    model::reading::Reading,
    report::Quoted,
    rule::Rule,
    tree::{
        node::{Kind, Node},
        resolve::{Broken, target},
    },
};

/// Members that hold data of the API's own, in which `$ref` means nothing.
const DATA: [&str; 6] = ["example", "examples", "default", "const", "enum", "value"];

/// Members that hold things by names of the document's own choice, in which `default` is one such name.
const NAMED: [&str; 8] = [
    "properties",
    "patternProperties",
    "responses",
    "schemas",
    "parameters",
    "headers",
    "$defs",
    "definitions",
];

pub(crate) fn validate(reading: &mut Reading<'_>) {
    let document = reading.document;
    let mut behind_data = 0;
    for number in 0..document.size() {
        let key = document.node(number);
        if number < behind_data || !key.is_key() {
            continue;
        }
        let value = document.node(number + 1);
        if is_data(key) {
            behind_data = value.after();
        } else if key.written() == "$ref" && value.kind() == Kind::Text {
            reference(reading, value);
        }
    }
}

fn reference<'d>(reading: &mut Reading<'d>, value: Node<'d>) {
    let written = value.written();
    if target(reading.document, written).is_ok()
        || reading.report.has(Rule::ReferenceUnusable, value)
    {
        return;
    }
    match reading.target(written) {
        Ok(end) => {
            let end = end.pointer();
            let message = format_args!(
                "the reference {} leads through another reference, which not every reader of the document follows; \
                 write {}",
                Quoted(written),
                Quoted(&format!("#{end}"))
            );
            reading.report.add(Rule::ReferenceThrough, value, message);
        }
        Err(broken) => {
            let rule = match broken {
                Broken::Outside => Rule::ReferenceOutside,
                Broken::Nothing | Broken::Circle | Broken::TooFar => Rule::ReferenceToNothing,
            };
            let message = format_args!("the reference {} {broken}", Quoted(written));
            reading.report.add(rule, value, message);
        }
    }
}

fn is_data(key: Node<'_>) -> bool {
    let name = key.written();
    if !name.starts_with("x-") && !DATA.contains(&name) {
        return false;
    }
    let holder = key.parent().and_then(Node::key).map(Node::written);
    !holder.is_some_and(|holder| NAMED.contains(&holder))
}
