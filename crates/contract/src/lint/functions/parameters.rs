//! Functions about parameters: those of operations, and those in the templates of paths.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Found, Subject, operations::METHODS};
use crate::{
    lint::{message, run::Scope},
    tree::{
        node::{Kind, Node},
        view::View,
    },
};

/// Parameters of one operation are all different, and have at most one body.
pub(super) fn of_operation<'r>(
    subject: Subject<'r>,
    scope: &Scope<'r>,
    found: &mut Vec<Found<'r>>,
) {
    let view = subject.view;
    let Some(list) = subject.value.filter(|value| value.kind() == Kind::List) else {
        return;
    };
    let mut known = HashSet::new();
    let (mut bodies, mut forms) = (0, 0);
    for parameter in view.items(list) {
        if parameter.kind() != Kind::Object || parameter.get("$ref").is_some() {
            continue;
        }
        if !scope.fuel.burn(1) {
            return;
        }
        let text = |key: &str| view.get(parameter, key).map(Node::written);
        if !known.insert((text("in"), text("name"))) {
            found.push(Found::new(
                parameter,
                "another parameter of the operation has the same `name` and `in`",
            ));
        }
        match text("in") {
            Some("body") => {
                bodies += 1;
                if bodies > 1 {
                    found.push(Found::new(
                        parameter,
                        "an operation has at most one parameter in `body`",
                    ));
                }
            }
            Some("formData") => forms += 1,
            _ => {}
        }
    }
    if bodies > 0 && forms > 0 {
        found.push(Found::new(
            list,
            "an operation has parameters in `body` or in `formData`, and not both",
        ));
    }
}

/// Every parameter in a template is declared, and every declared one is in the template; templates differ.
pub(super) fn of_paths<'r>(subject: Subject<'r>, scope: &Scope<'r>, found: &mut Vec<Found<'r>>) {
    let Some(paths) = subject.value.filter(|value| value.kind() == Kind::Object) else {
        return;
    };
    let mut templates = HashMap::new();
    for (key, item) in subject.view.members(paths) {
        if !item.is_container() {
            continue;
        }
        if !scope.fuel.burn_for(key.written()) {
            return;
        }
        let template = Template::of(key.written());
        let first = templates.entry(template.shape).or_insert(key);
        if *first != key {
            let said = message::value(*first);
            found.push(Found::new(
                item,
                format!("the path matches the same requests as {said}"),
            ));
        }
        for name in template.repeated {
            found.push(Found::new(
                item,
                format!(
                    "the parameter `{}` stands in the path more than once",
                    message::short(name)
                ),
            ));
        }
        let mut path = PathItem {
            view: subject.view,
            key,
            names: &template.names,
            scope,
            found: &mut *found,
        };
        path.check(item);
    }
}

/// A path with the parameters in it.
struct Template<'r> {
    names: Vec<&'r str>,
    repeated: Vec<&'r str>,
    /// The path with every parameter made the same.
    shape: String,
}

impl<'r> Template<'r> {
    fn of(path: &'r str) -> Self {
        let (mut names, mut repeated, mut shape) = (Vec::new(), Vec::new(), String::new());
        let mut known = HashSet::new();
        let mut rest = path;
        while let Some((before, behind)) = rest.split_once('{') {
            shape.push_str(before);
            let name = behind
                .split_once('}')
                .and_then(|(inside, after)| Some((parameter(inside)?, after)));
            match name {
                Some((name, after)) => {
                    shape.push('%');
                    match known.insert(name) {
                        true => names.push(name),
                        false => repeated.push(name),
                    }
                    rest = after;
                }
                None => {
                    shape.push('{');
                    rest = behind;
                }
            }
        }
        shape.push_str(rest);
        Self {
            names,
            repeated,
            shape,
        }
    }
}

/// The name between the braces of a template, without the signs of RFC 6570.
fn parameter(inside: &str) -> Option<&str> {
    let name = inside.strip_prefix(';').unwrap_or(inside);
    let name = name.strip_prefix('?').unwrap_or(name);
    let name = name.strip_suffix('*').unwrap_or(name);
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    is_name.then_some(name)
}

/// The path parameters that something declares, by name.
type Declared<'r> = BTreeMap<&'r str, Node<'r>>;

/// One path while it is checked.
struct PathItem<'r, 'p> {
    view: View<'r>,
    key: Node<'r>,
    names: &'p [&'r str],
    scope: &'p Scope<'r>,
    found: &'p mut Vec<Found<'r>>,
}

impl<'r> PathItem<'r, '_> {
    fn check(&mut self, item: Node<'r>) {
        let shared = self.declared(item);
        for (method, operation) in self.view.members(item) {
            if !METHODS.contains(&method.written()) || !operation.is_container() {
                continue;
            }
            if self.found.len() >= self.scope.findings {
                return;
            }
            let mut declared = shared.clone();
            declared.extend(self.declared(operation));
            let path = message::value(self.key);
            for (name, parameter) in &declared {
                if !self.names.contains(name) {
                    let name = message::short(name);
                    self.found.push(Found::new(
                        *parameter,
                        format!("the path parameter `{name}` is not in the path {path}"),
                    ));
                }
            }
            for name in self.names {
                if !declared.contains_key(name) {
                    let name = message::short(name);
                    self.found.push(Found::new(operation, format!("the operation does not declare the parameter `{name}` of its path {path}")));
                }
            }
        }
    }

    /// The path parameters that a path item or an operation declares itself.
    fn declared(&mut self, holder: Node<'r>) -> Declared<'r> {
        let mut declared = Declared::new();
        let list = self.view.get(holder, "parameters");
        for parameter in list.into_iter().flat_map(|list| self.view.items(list)) {
            let text = |key: &str| self.view.get(parameter, key).map(Node::written);
            let (Some("path"), Some(name)) = (text("in"), text("name")) else {
                continue;
            };
            if !self.scope.fuel.burn(1) {
                break;
            }
            let required = self.view.get(parameter, "required").and_then(Node::boolean);
            if required != Some(true) {
                self.found.push(Found::new(
                    parameter,
                    format!(
                        "the path parameter `{}` must be `required: true`",
                        message::short(name)
                    ),
                ));
            }
            if declared.contains_key(name) {
                self.found.push(Found::new(
                    parameter,
                    format!(
                        "the path parameter `{}` is declared twice",
                        message::short(name)
                    ),
                ));
            } else {
                declared.insert(name, parameter);
            }
        }
        declared
    }
}
