//! Endpoints: which operation of the base is which of the revision.
//!
//! The names of path parameters do not matter: `/pets/{id}` and `/pets/{pet}` are one path.

use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map::Entry},
};

use gatewright_domain::operation::Method;

use crate::{
    diff::{
        Comparison,
        change::Section,
        lifecycle, operation, parameters,
        side::Side,
        teller::{Spots, Subject},
    },
    model::{paths::METHODS, template::Template},
    tree::node::{Kind, Node},
};

/// A list of endpoints of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoints {
    /// What callers call.
    Paths,
    /// What callers are called with.
    Webhooks,
}

/// One path of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path<'d> {
    pub(crate) key: Node<'d>,
    pub(crate) item: Node<'d>,
}

/// One operation of a document, with the path it stands under.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoint<'d> {
    pub(crate) path: Path<'d>,
    pub(crate) method: Method,
    /// The method, where it is written.
    pub(crate) key: Node<'d>,
    pub(crate) node: Node<'d>,
}

/// The endpoints of a document, in its order, and by what they are known by.
struct Listed<'d> {
    in_order: Vec<(String, Endpoint<'d>)>,
    endpoints: BTreeMap<(String, Method), Endpoint<'d>>,
    paths: BTreeMap<String, Path<'d>>,
}

pub(crate) fn compare<'d>(
    comparison: &mut Comparison<'d, '_>,
    list: Endpoints,
    base: Node<'d>,
    revision: Node<'d>,
) {
    let was = list.read(&mut comparison.pairs.base, base);
    let is = list.read(&mut comparison.pairs.revision, revision);
    let mut order = 0;
    for (name, endpoint) in &was.in_order {
        order += 1;
        let subject = list.subject(endpoint, order);
        let revised = is.endpoints.get(&(name.clone(), endpoint.method));
        match revised {
            Some(revised) => operation::compare(comparison, &subject, *endpoint, *revised),
            None => {
                let whole = !is.paths.contains_key(name);
                if !whole || list == Endpoints::Paths {
                    lifecycle::removed(comparison, &subject, *endpoint, whole);
                }
            }
        }
    }
    for (name, endpoint) in &is.in_order {
        order += 1;
        let mut subject = list.subject(endpoint, order);
        if let Some(path) = was.paths.get(name) {
            subject.path = Some(list.told(path.key.written()));
        }
        let known = was.endpoints.contains_key(&(name.clone(), endpoint.method));
        let path = was.paths.get(name);
        if let Some(path) = path {
            parameters::compare_path(comparison, &subject, path.item, endpoint.path.item);
        }
        if !known && (path.is_some() || list == Endpoints::Paths) {
            let text = || "the endpoint is new".to_owned();
            let spots = Spots::new(endpoint.key);
            comparison
                .teller
                .tell(&subject, "endpoint-added", spots, text);
        }
    }
    if list == Endpoints::Webhooks {
        webhooks(comparison, &was, &is);
    }
}

fn webhooks(comparison: &mut Comparison<'_, '_>, was: &Listed<'_>, is: &Listed<'_>) {
    let subject = Subject::part(Section::Components);
    for (name, path) in &was.paths {
        if !is.paths.contains_key(name) {
            let text = || format!("the webhook `{name}` is gone");
            let spots = Spots::gone(path.key);
            comparison
                .teller
                .tell(&subject, "webhook-removed", spots, text);
        }
    }
    for (name, path) in &is.paths {
        if !was.paths.contains_key(name) {
            let text = || format!("the webhook `{name}` is new");
            let spots = Spots::new(path.key);
            comparison
                .teller
                .tell(&subject, "webhook-added", spots, text);
        }
    }
}

impl Endpoints {
    /// The member of the document that holds them.
    const fn member(self) -> &'static str {
        match self {
            Self::Paths => "paths",
            Self::Webhooks => "webhooks",
        }
    }

    /// What a path is known by: itself with its parameters nameless.
    fn name(self, written: &str) -> String {
        match Template::parse(written) {
            Ok(template) if self == Self::Paths => template.shape(),
            Ok(_) | Err(_) => written.to_owned(),
        }
    }

    fn read<'d>(self, side: &mut Side<'d>, root: Node<'d>) -> Listed<'d> {
        let mut listed = Listed {
            in_order: Vec::new(),
            endpoints: BTreeMap::new(),
            paths: BTreeMap::new(),
        };
        let members = root.get(self.member()).into_iter().flat_map(Node::members);
        for (key, value) in members.filter(|(key, _)| !key.written().starts_with("x-")) {
            let name = self.name(key.written());
            let item = side.follow(value);
            let path = Path { key, item };
            let described = METHODS.into_iter();
            for endpoint in described.filter_map(|(name, method, _)| endpoint(path, name, method)) {
                let known = (name.clone(), endpoint.method);
                if let Entry::Vacant(vacant) = listed.endpoints.entry(known) {
                    vacant.insert(endpoint);
                    listed.in_order.push((name.clone(), endpoint));
                }
            }
            listed.paths.entry(name).or_insert(path);
        }
        listed
    }

    /// A path as it is told.
    fn told(self, written: &str) -> Cow<'_, str> {
        match self {
            Self::Paths => Cow::Borrowed(written),
            Self::Webhooks => Cow::Owned(format!("webhook:{written}")),
        }
    }

    /// What the changes of an endpoint belong to. Callers know its path as the base writes it.
    fn subject<'d>(self, endpoint: &Endpoint<'d>, order: u32) -> Subject<'d> {
        Subject {
            section: Section::Paths,
            method: Some(endpoint.method),
            path: Some(self.told(endpoint.path.key.written())),
            operation_id: endpoint.node.get("operationId").and_then(Node::text),
            order,
        }
    }
}

fn endpoint<'d>(path: Path<'d>, name: &str, method: Method) -> Option<Endpoint<'d>> {
    let (key, node) = path.item.member(name)?;
    (node.kind() == Kind::Object).then_some(Endpoint {
        path,
        method,
        key,
        node,
    })
}
