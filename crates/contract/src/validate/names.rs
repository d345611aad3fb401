//! Names that the schemas cannot compare: tags are told apart by theirs, and the variables of a server's address are described.

use std::collections::BTreeSet;

use crate::{
    model::{Model, reading::Reading},
    report::Quoted,
    rule::Rule,
    tree::node::{Kind, Node},
};

pub(crate) fn validate<'d>(reading: &mut Reading<'d>, model: &Model<'d>) {
    tags(reading, model.root);
    servers(reading, model.root);
    for path in &model.paths {
        servers(reading, path.item);
        for operation in &path.operations {
            servers(reading, operation.node);
        }
    }
}

fn tags<'d>(reading: &mut Reading<'d>, root: Node<'d>) {
    let mut seen = BTreeSet::new();
    for tag in root.get("tags").into_iter().flat_map(Node::items) {
        let Some(name) = tag.get("name").filter(|name| name.kind() == Kind::Text) else {
            continue;
        };
        if !seen.insert(name.written()) {
            let message = format_args!(
                "the tag {} is described before; keep one of the two",
                Quoted(name.written())
            );
            reading.report.add(Rule::TagRepeated, name, message);
        }
    }
}

fn servers<'d>(reading: &mut Reading<'d>, holder: Node<'d>) {
    for server in holder.get("servers").into_iter().flat_map(Node::items) {
        let Some(url) = server.get("url").filter(|url| url.kind() == Kind::Text) else {
            continue;
        };
        let described = server.get("variables");
        let mut rest = url.written();
        while let Some((name, after)) = rest.split_once('{').and_then(|(_, it)| it.split_once('}'))
        {
            rest = after;
            if described
                .and_then(|variables| variables.get(name))
                .is_none()
            {
                let message = format_args!(
                    "the variable {} of the address is not described under `variables`",
                    Quoted(name)
                );
                reading
                    .report
                    .add(Rule::ServerVariableUndefined, url, message);
            }
        }
    }
}
