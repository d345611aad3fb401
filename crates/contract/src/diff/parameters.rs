//! Parameters: those of an operation, and those its path gives to all of its operations.

mod exploded;

use std::collections::BTreeMap;

use crate::{
    diff::{
        Comparison,
        endpoints::Endpoint,
        lifecycle::{self, Gone, Lifetime},
        settings::Stability,
        side::Side,
        teller::{Spots, Subject},
        uses::{At, Carries, Use},
    },
    model::template::Template,
    tree::node::{Kind, Node},
};

/// What a parameter is known by: where it stands, and its name there. A header's name has no case, and a path
/// parameter is known by its place in the template, because callers never see its name.
type Known<'d> = (&'d str, String);

/// The parameters of an operation or a path.
type Listed<'d> = BTreeMap<Known<'d>, Parameter<'d>>;

#[derive(Clone, Copy, Debug)]
struct Parameter<'d> {
    place: &'d str,
    name: &'d str,
    /// Where it stands in its list, which may be a reference.
    item: Node<'d>,
    node: Node<'d>,
    /// The property of its object that is meant, when it is not all of it.
    part: Option<Node<'d>>,
}

pub(crate) fn compare<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    level: Stability,
    (was, is): (Endpoint<'d>, Endpoint<'d>),
) {
    let mut old = list(&mut comparison.pairs.base, was.node, &names(was));
    let mut new = list(&mut comparison.pairs.revision, is.node, &names(is));
    for pair in exploded::take(&mut comparison.pairs, &mut old, &mut new) {
        one(comparison, subject, level, pair);
    }
    for (known, parameter) in &old {
        match new.get(known) {
            Some(revised) => one(comparison, subject, level, (*parameter, *revised)),
            None => removed(comparison, subject, *parameter),
        }
    }
    for (known, parameter) in &new {
        if !old.contains_key(known) {
            let id = match (parameter.place, parameter.required()) {
                ("path", _) => "new-request-path-parameter",
                (_, true) => "new-required-request-parameter",
                (_, false) => "new-optional-request-parameter",
            };
            let text = || format!("{} is new", parameter.told());
            comparison
                .teller
                .tell(subject, id, Spots::new(parameter.item), text);
        }
    }
}

/// Parameters that a path gives to all of its operations, told for one of them.
pub(crate) fn compare_path<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    was: Node<'d>,
    is: Node<'d>,
) {
    let old = list(&mut comparison.pairs.base, was, &[]);
    let new = list(&mut comparison.pairs.revision, is, &[]);
    for (known, parameter) in &new {
        if parameter.place == "path" || old.contains_key(known) {
            continue;
        }
        let id = if parameter.required() {
            "new-required-request-default-parameter-to-existing-path"
        } else {
            "new-optional-request-default-parameter-to-existing-path"
        };
        let text = || format!("{} is new to every operation of the path", parameter.told());
        comparison
            .teller
            .tell(subject, id, Spots::new(parameter.item), text);
    }
}

/// The names of the path parameters of an endpoint, in the order of its template.
fn names(endpoint: Endpoint<'_>) -> Vec<&str> {
    let template = Template::parse(endpoint.path.key.written());
    template.map_or_else(|_| Vec::new(), |template| template.parameters().collect())
}

fn list<'d>(side: &mut Side<'d>, holder: Node<'d>, names: &[&str]) -> Listed<'d> {
    let mut parameters = BTreeMap::new();
    for item in holder.get("parameters").into_iter().flat_map(Node::items) {
        let node = side.follow(item);
        let text = |key| node.get(key).and_then(Node::text);
        let (Some(place), Some(name)) = (text("in"), text("name")) else {
            continue;
        };
        let known = match place {
            "header" => name.to_ascii_lowercase(),
            "path" => match names.iter().position(|known| *known == name) {
                Some(position) => position.to_string(),
                None => name.to_owned(),
            },
            _ => name.to_owned(),
        };
        let parameter = Parameter {
            place,
            name,
            item,
            node,
            part: None,
        };
        parameters.entry((place, known)).or_insert(parameter);
    }
    parameters
}

impl<'d> Parameter<'d> {
    fn required(&self) -> bool {
        self.node.get("required").and_then(Node::boolean) == Some(true)
    }

    /// Whether it is written once for each value of a list: `style: form` and `explode: true`, which it is in a query
    /// and a cookie unless it says otherwise.
    fn repeats(&self) -> bool {
        let usual = matches!(self.place, "query" | "cookie");
        let style = self.node.get("style").map(Node::written);
        let explode = self.node.get("explode").and_then(Node::boolean);
        style.map_or(usual, |style| style == "form") && explode.unwrap_or(usual)
    }

    fn told(&self) -> String {
        format!("the {} parameter `{}`", self.place, self.name)
    }

    fn lifetime(&self) -> Lifetime<'d> {
        Lifetime::of(|key| self.node.get(key))
    }

    fn schema(&self) -> Option<Node<'d>> {
        let schema = self.part.or_else(|| self.node.get("schema"));
        schema.filter(|schema| schema.kind() == Kind::Object)
    }
}

fn removed<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    parameter: Parameter<'d>,
) {
    let now = comparison.settings.now;
    let Some((gone, text)) = lifecycle::gone(now, parameter.lifetime()) else {
        return;
    };
    let id = match gone {
        Gone::Unannounced => "request-parameter-removed",
        Gone::Announced => "request-parameter-removed-with-deprecation",
        Gone::BeforeSunset => "request-parameter-removed-before-sunset",
        Gone::SunsetUnreadable => "request-parameter-sunset-parse",
    };
    let text = || format!("{} {text}", parameter.told());
    let spots = gone.spots(parameter.item, parameter.node);
    comparison.teller.tell(subject, id, spots, text);
}

fn one<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    level: Stability,
    (was, is): (Parameter<'d>, Parameter<'d>),
) {
    let told = was.told();
    if was.required() != is.required() {
        let (id, text) = if is.required() {
            ("request-parameter-became-required", "is required now")
        } else {
            ("request-parameter-became-optional", "is optional now")
        };
        let spots = Spots::member(was.node, is.node, "required");
        let text = || format!("{told} {text}");
        comparison.teller.tell(subject, id, spots, text);
    }
    let (from, to) = (was.lifetime(), is.lifetime());
    if let Some((ending, text)) = lifecycle::ending(comparison.settings, level, from, to) {
        let spots = ending.spots(was.node, is.node);
        let text = || format!("{told} {text}");
        comparison
            .teller
            .tell(subject, ending.of_parameter(), spots, text);
    }
    if let (Some(from), Some(to)) = (was.schema(), is.schema()) {
        let pair = comparison.pairs.pair(from, to);
        comparison.uses.push(Use {
            subject: subject.clone(),
            at: At::Parameter {
                place: was.place,
                name: was.name,
                carries: Carries {
                    lists: is.repeats(),
                    default: !was.required() && !is.required(),
                },
            },
            pair,
        });
    }
}
