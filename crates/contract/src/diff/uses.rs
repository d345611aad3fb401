//! Uses: where pairs of schemas stand in requests and responses, and what changed there.

use crate::{
    diff::{
        Comparison,
        bodies::essence,
        lifecycle,
        naming::Place,
        schema::{
            Fact, Property, Step, What,
            kinds::Texts,
            pairs::{Pair, Pairs},
        },
        settings::Settings,
        teller::{Subject, Teller},
    },
    tree::slot::wide,
};

/// Schemas inside one another further than this are not told: no payload nests so deep.
const DEEPEST: usize = 64;

/// The pairs told at one use before each is told only once more. Schemas that refer to one another in all directions
/// can be reached in more ways than anybody reads, and than a machine can list.
const WAYS: usize = 4096;

/// Of the way to a change, the steps at its beginning and at its end that are told. Schemas that hold one another lead through
/// dozens, of which nobody reads those between.
const FIRST: usize = 3;
const LAST: usize = 7;

/// Whether callers send something or receive it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Request,
    Response,
}

/// A pair of schemas where it is used.
#[derive(Clone, Debug)]
pub(crate) struct Use<'d> {
    pub(crate) subject: Subject<'d>,
    pub(crate) at: At<'d>,
    pub(crate) pair: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum At<'d> {
    RequestBody {
        media_type: &'d str,
    },
    ResponseBody {
        status: &'d str,
        media_type: &'d str,
    },
    Parameter {
        place: &'d str,
        name: &'d str,
        carries: Carries,
    },
    Header {
        status: &'d str,
        name: &'d str,
    },
}

/// How a parameter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Carries {
    /// Whether a list of one value is written as the value alone would be.
    pub(crate) lists: bool,
    /// Whether it may be left out, so that its default counts.
    pub(crate) default: bool,
}

/// Tells what changed at every use.
pub(crate) fn tell(comparison: &mut Comparison<'_, '_>) {
    let Comparison {
        settings,
        pairs,
        uses,
        teller,
    } = comparison;
    let mut whole = pairs.read();
    let mut steps = pairs.left();
    let mut told = vec![0; pairs.len()];
    for (number, one) in (1..).zip(&*uses) {
        let mut walk = Walk {
            pairs,
            settings,
            teller,
            one,
            path: Vec::new(),
            open: Vec::new(),
            number,
            told: &mut told,
            ways: WAYS,
            steps,
        };
        whole &= walk.pair(one.pair);
        steps = walk.steps;
    }
    if !whole {
        teller.over_budget();
    }
}

struct Walk<'w, 'd, 's> {
    pairs: &'w Pairs<'d>,
    settings: &'s Settings,
    teller: &'w mut Teller<'s>,
    one: &'w Use<'d>,
    path: Vec<&'w Step<'d>>,
    /// The pairs that this one is inside of. A pair inside itself is not told again.
    open: Vec<u32>,
    /// The number of the use, and for each pair that of the last use at which it was told.
    number: u32,
    told: &'w mut [u32],
    /// The pairs left to be told in every way.
    ways: usize,
    /// The steps left at all.
    steps: usize,
}

impl<'w, 'd> Walk<'w, 'd, '_> {
    /// Tells a pair and all inside it; whether the budget was enough.
    fn pair(&mut self, number: u32) -> bool {
        let Some(pair) = self.pairs.get(number).filter(|pair| pair.changed) else {
            return true;
        };
        if self.open.contains(&number) || self.open.len() >= DEEPEST || self.is_known(number) {
            return true;
        }
        let cost = 1 + pair.facts.len() + pair.links.len();
        self.ways = self.ways.saturating_sub(1);
        let Some(left) = self.steps.checked_sub(cost) else {
            return false;
        };
        self.steps = left;
        for fact in &pair.facts {
            self.fact(pair, fact);
        }
        self.open.push(number);
        let mut whole = true;
        for (step, inside) in &pair.links {
            self.path.push(step);
            whole &= self.pair(*inside);
            self.path.pop();
        }
        self.open.pop();
        whole
    }

    /// Whether a pair was told at this use already, and is not told again.
    fn is_known(&mut self, pair: u32) -> bool {
        let Some(last) = self.told.get_mut(wide(pair)) else {
            return false;
        };
        let known = *last == self.number;
        *last = self.number;
        known && self.ways == 0
    }

    fn fact(&mut self, pair: &Pair<'d>, fact: &'w Fact<'d>) {
        let inside = !self.path.is_empty() || fact.property.is_some();
        let Some(place) = self.one.at.place(inside) else {
            return;
        };
        let header = self.one.at.is_header_parameter();
        match &fact.what {
            What::Plain(name, text) => {
                let items = matches!(self.path.as_slice(), [Step::Keyword("items")]);
                let id = place.plain(name, pair.read_only, pair.write_only);
                self.tell(fact, id.as_deref(), text);
                if place == Place::ParameterProperty && items && name.starts_with("max-items") {
                    let id = format!("request-parameter-{name}");
                    self.tell(fact, Some(&id), text);
                }
                if *name == "became-enum" && header {
                    self.tell(fact, Some("request-header-property-became-enum"), text);
                }
            }
            What::Kinds { .. } | What::List { .. } if place.untyped(pair.read_only) => (),
            What::Kinds { was, is, listed } => {
                let id = place.kinds(was, is, *listed);
                let text = format!("is of {} now, where it was of {}", is.told(), was.told());
                self.tell(fact, Some(&id), &text);
            }
            What::Wrapped(text) => self.tell(fact, Some(&place.wrapped()), text),
            What::List { gone, new } => {
                let id = place.list(gone, new);
                let text = match (gone.is_empty(), new.is_empty()) {
                    (true, _) => format!("may be {new} now"),
                    (_, true) => format!("may be {gone} no more"),
                    _ => format!("may be {new} now, and {gone} no more"),
                };
                self.tell(fact, Some(&id), &text);
            }
            What::Added(property) => {
                let text = if property.required {
                    "is new, and always there"
                } else {
                    "is new"
                };
                self.tell(fact, place.added(*property, header), text);
                // Whoever sent the object around it must send more now.
                if header && property.required && !self.path.is_empty() {
                    self.tell(fact, place.obliged(*property, header), "is required now");
                }
            }
            What::Removed(property) => self.tell(fact, place.removed(*property), "is gone"),
            What::Obliged(property, was_write_only) => {
                let text = if property.required {
                    "is required now"
                } else {
                    "is optional now"
                };
                // Of the body itself it is told by what it is, of what is inside by what it was.
                let property = match self.path.is_empty() {
                    true => *property,
                    false => Property {
                        write_only: *was_write_only,
                        ..*property
                    },
                };
                self.tell(fact, place.obliged(property, header), text);
            }
            What::Access(name, property) => {
                let id = place.access(name, *property);
                let text = name.replace('-', " ");
                self.tell(fact, id.as_deref(), &text);
            }
            What::Ending(level, was, is) if place.is_property() => {
                let Some((ending, text)) = lifecycle::ending(self.settings, *level, *was, *is)
                else {
                    return;
                };
                if let Some(name) = ending.of_property() {
                    let id = format!("{}-{name}", place.prefix());
                    self.tell(fact, Some(&id), &text);
                }
            }
            What::Ending(..) => (),
            What::Stability(was, is) if *was >= self.settings.stability && place.is_property() => {
                let end = if was < is { "increased" } else { "decreased" };
                let id = format!("{}-stability-{end}", place.prefix());
                let text = format!("was {} and is {} now", was.as_str(), is.as_str());
                self.tell(fact, Some(&id), &text);
            }
            What::Stability(..) => (),
            What::NoStability(level) if place.is_property() => {
                let text = format!("says `{level}`, which is no stability level");
                self.tell(fact, Some("api-invalid-stability-level"), &text);
            }
            What::NoStability(_) => (),
        }
    }

    fn tell(&mut self, fact: &Fact<'d>, id: Option<&str>, text: &str) {
        let Some(id) = id else { return };
        let Self { one, path, .. } = self;
        let text = || {
            let steps = told(path, fact.property);
            format!("{} {text}", one.at.told(&steps))
        };
        self.teller.tell(&one.subject, id, fact.spots, text);
    }
}

/// The steps to a fact; of many, the first and the last.
fn told(path: &[&Step<'_>], property: Option<&str>) -> String {
    let between = FIRST..path.len().saturating_sub(LAST);
    let (first, last) = match (path.get(..between.start), path.get(between.end..)) {
        (Some(first), Some(last)) if !between.is_empty() => (first, last),
        _ => (path, [].as_slice()),
    };
    let left_out = (!last.is_empty()).then(|| "…".to_owned());
    let steps = first.iter().map(|step| step.told()).chain(left_out);
    let steps = steps.chain(last.iter().map(|step| step.told()));
    let steps: Vec<_> = steps.chain(property.map(str::to_owned)).collect();
    steps.join("/")
}

impl At<'_> {
    /// The place of a fact of the schema here, or of something inside it. Nothing is told of what is inside a header.
    fn place(self, inside: bool) -> Option<Place> {
        let texts = |media_type: &str| {
            let essence = essence(media_type).to_ascii_lowercase();
            let json = essence.ends_with("/json") || essence.ends_with("+json");
            if json { Texts::NotOnly } else { Texts::Only }
        };
        let body = |way, media_type| match inside {
            true => Place::Property(way, texts(media_type)),
            false => Place::Body(way, texts(media_type)),
        };
        match self {
            Self::RequestBody { media_type } => Some(body(Way::Request, media_type)),
            Self::ResponseBody { media_type, .. } => Some(body(Way::Response, media_type)),
            Self::Parameter { .. } if inside => Some(Place::ParameterProperty),
            Self::Parameter { carries, .. } => Some(Place::Parameter(carries)),
            Self::Header { .. } => (!inside).then_some(Place::Header),
        }
    }

    fn is_header_parameter(self) -> bool {
        matches!(
            self,
            Self::Parameter {
                place: "header",
                ..
            }
        )
    }

    /// The part of a request or response that something is told of.
    fn told(self, path: &str) -> String {
        let whole = match self {
            Self::RequestBody { .. } => "the request body".to_owned(),
            Self::ResponseBody { status, .. } => format!("the body of the response {status}"),
            Self::Parameter { place, name, .. } => format!("the {place} parameter `{name}`"),
            Self::Header { status, name } => {
                format!("the header `{name}` of the response {status}")
            }
        };
        match path {
            "" => whole,
            path => format!("`{path}` in {whole}"),
        }
    }
}
