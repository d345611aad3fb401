//! Bounds: how long, large and many values may be, and what texts must look like.

use crate::{
    diff::{schema::reading::Reading, side::Schema},
    tree::node::{Kind, Node},
};

/// A keyword that bounds a value, and the ends of the names of its rules: when it is set, unset, raised and lowered.
struct Bound {
    keyword: &'static str,
    set: &'static str,
    unset: &'static str,
    raised: &'static str,
    lowered: &'static str,
    /// The value that says nothing: what is absent has it.
    nothing: Option<f64>,
}

const BOUNDS: [Bound; 10] = [
    Bound {
        keyword: "minimum",
        set: "min-set",
        unset: "",
        raised: "min-increased",
        lowered: "min-decreased",
        nothing: None,
    },
    Bound {
        keyword: "maximum",
        set: "max-set",
        unset: "",
        raised: "max-increased",
        lowered: "max-decreased",
        nothing: None,
    },
    Bound {
        keyword: "exclusiveMinimum",
        set: "exclusive-min-set",
        unset: "",
        raised: "exclusive-min-increased",
        lowered: "exclusive-min-decreased",
        nothing: None,
    },
    Bound {
        keyword: "exclusiveMaximum",
        set: "exclusive-max-set",
        unset: "",
        raised: "exclusive-max-increased",
        lowered: "exclusive-max-decreased",
        nothing: None,
    },
    Bound {
        keyword: "minLength",
        set: "",
        unset: "",
        raised: "min-length-increased",
        lowered: "min-length-decreased",
        nothing: Some(0.0),
    },
    Bound {
        keyword: "maxLength",
        set: "max-length-set",
        unset: "max-length-unset",
        raised: "max-length-increased",
        lowered: "max-length-decreased",
        nothing: None,
    },
    Bound {
        keyword: "minItems",
        set: "",
        unset: "",
        raised: "min-items-increased",
        lowered: "min-items-decreased",
        nothing: Some(0.0),
    },
    Bound {
        keyword: "maxItems",
        set: "",
        unset: "",
        raised: "max-items-increased",
        lowered: "max-items-decreased",
        nothing: None,
    },
    Bound {
        keyword: "minContains",
        set: "",
        unset: "",
        raised: "min-contains-increased",
        lowered: "min-contains-decreased",
        nothing: None,
    },
    Bound {
        keyword: "maxContains",
        set: "",
        unset: "",
        raised: "max-contains-increased",
        lowered: "max-contains-decreased",
        nothing: None,
    },
];

pub(crate) fn read(reading: &mut Reading<'_, '_>) {
    for bound in &BOUNDS {
        one(reading, bound);
    }
    pattern(reading);
    content(reading, "contentEncoding", "content-encoding-changed");
    content(reading, "contentMediaType", "content-media-type-changed");
}

fn one(reading: &mut Reading<'_, '_>, bound: &Bound) {
    let Bound { keyword, .. } = bound;
    // As in OpenAPI 3.0: the bound itself is told beside it.
    if reading.was.is(keyword) && reading.is.is(keyword) {
        return;
    }
    let was = value(reading.was, keyword).or(bound.nothing);
    let is = value(reading.is, keyword).or(bound.nothing);
    let spots = reading.spots(keyword);
    let (name, text) = match (was, is) {
        (None, Some(to)) => (bound.set, format!("has the {keyword} {to} now")),
        (Some(from), None) => (bound.unset, format!("has the {keyword} {from} no more")),
        (Some(from), Some(to)) if from < to => (
            bound.raised,
            format!("has the {keyword} {to} now, which was {from}"),
        ),
        (Some(from), Some(to)) if from > to => (
            bound.lowered,
            format!("has the {keyword} {to} now, which was {from}"),
        ),
        (Some(_), Some(_)) | (None, None) => return,
    };
    if !name.is_empty() {
        reading.fact(name, text, spots);
    }
}

/// The value of a bound. OpenAPI 3.0 writes `exclusiveMinimum: true` beside the `minimum` it is about.
fn value(schema: Schema<'_>, keyword: &str) -> Option<f64> {
    let node = schema.get(keyword)?;
    let number = |node: Node<'_>| match node.kind() {
        Kind::Number => node
            .written()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite()),
        Kind::Null | Kind::Boolean | Kind::Text | Kind::List | Kind::Object => None,
    };
    match (keyword, node.boolean()) {
        ("exclusiveMinimum", Some(true)) => schema.get("minimum").and_then(number),
        ("exclusiveMaximum", Some(true)) => schema.get("maximum").and_then(number),
        _ => number(node),
    }
}

fn pattern(reading: &mut Reading<'_, '_>) {
    let there = |text: &&str| !text.is_empty();
    let was = reading.was.text("pattern").filter(there);
    let is = reading.is.text("pattern").filter(there);
    let spots = reading.spots("pattern");
    let (name, text) = match (was, is) {
        (None, Some(to)) => ("pattern-added", format!("must match `{to}` now")),
        (Some(from), None) => (
            "pattern-removed",
            format!("need not match `{from}` any more"),
        ),
        (Some(from), Some(to)) if from != to => {
            let name = match to {
                ".*" => "pattern-generalized",
                _ => "pattern-changed",
            };
            (
                name,
                format!("must match `{to}` now, where it was `{from}`"),
            )
        }
        (Some(_), Some(_)) | (None, None) => return,
    };
    reading.fact(name, text, spots);
}

/// How a text that holds something else is written.
fn content(reading: &mut Reading<'_, '_>, keyword: &str, name: &'static str) {
    let was = reading.was.text(keyword).unwrap_or_default();
    let is = reading.is.text(keyword).unwrap_or_default();
    if was != is {
        let spots = reading.spots(keyword);
        let text = format!("has the {keyword} `{is}` now, where it was `{was}`");
        reading.fact(name, text, spots);
    }
}
