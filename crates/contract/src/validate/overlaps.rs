//! Paths that compete: templates of one shape, and templates that match a common path.

use std::collections::BTreeMap;

use gatewright_domain::operation::Method;

use crate::{
    model::{
        paths::{Described, Path},
        reading::Reading,
    },
    report::Quoted,
    rule::Rule,
    tree::node::Node,
};

/// Steps after which looking for overlaps ends. Real documents take some thousands; only templates made for it compete
/// by the million, and what is found by then is enough to mend.
const STEPS: usize = 200_000;

/// The most segments of a template that is compared.
const SEGMENTS: usize = 32;

/// A template in the list of those of one method, sorted by segments.
#[derive(Debug)]
struct Entry<'p, 'd> {
    /// The segments, `None` for one that is a parameter.
    segments: Vec<Option<&'p str>>,
    order: usize,
    written: &'p str,
    key: Node<'d>,
}

/// Whether one template is more specific than another in some segment, and less in some other one.
#[derive(Clone, Copy, Debug, Default)]
struct Specificity {
    more: bool,
    less: bool,
}

pub(crate) fn validate<'d>(reading: &mut Reading<'d>, paths: &[Path<'d>]) {
    let mut shapes = BTreeMap::new();
    let mut by_method: BTreeMap<Method, Vec<Entry<'_, 'd>>> = BTreeMap::new();
    for (order, path) in paths.iter().enumerate() {
        for operation in &path.operations {
            let shape = (operation.method, path.template.shape());
            if let Some(first) = shapes.insert(shape, path.template.written) {
                repeated(reading, operation.key, (path.template.written, first));
            } else if let Some(entry) = Entry::of(order, path, operation) {
                by_method.entry(operation.method).or_default().push(entry);
            }
        }
    }
    let mut left = STEPS;
    for mut entries in by_method.into_values() {
        entries.sort_by(|one, other| one.segments.cmp(&other.segments));
        for entry in &entries {
            let start = (0, Specificity::default());
            if let Some(other) = competitor(&entries, entry, start, &mut left) {
                overlap(reading, entry.key, (entry.written, other.written));
            }
        }
    }
}

fn repeated<'d>(reading: &mut Reading<'d>, at: Node<'d>, (path, first): (&str, &str)) {
    let message = format_args!(
        "the paths {} and {} match the same requests; keep one of them",
        Quoted(first),
        Quoted(path)
    );
    reading.report.add(Rule::PathRepeated, at, message);
}

fn overlap<'d>(reading: &mut Reading<'d>, at: Node<'d>, (path, other): (&str, &str)) {
    let message = format_args!(
        "{} and {} both match some paths, and neither is the more specific one",
        Quoted(other),
        Quoted(path)
    );
    reading.report.add(Rule::PathOverlap, at, message);
}

impl<'p, 'd> Entry<'p, 'd> {
    /// `None` for a template with a segment that is partly a parameter: which of two such segments is the more specific
    /// one is nobody's guess.
    fn of(order: usize, path: &'p Path<'d>, operation: &'p Described<'d>) -> Option<Self> {
        let segments = path.template.segments()?;
        if segments.len() > SEGMENTS {
            return None;
        }
        Some(Self {
            segments,
            order,
            written: path.template.written,
            key: operation.key,
        })
    }

    fn segment(&self, depth: usize) -> Option<Option<&'p str>> {
        self.segments.get(depth).copied()
    }
}

/// An earlier template among `entries` that matches paths of `wanted` and is more specific in one segment and less in
/// another. The entries are sorted and agree with `wanted` up to `depth`.
fn competitor<'e, 'p, 'd>(
    entries: &'e [Entry<'p, 'd>],
    wanted: &Entry<'p, 'd>,
    (depth, so_far): (usize, Specificity),
    left: &mut usize,
) -> Option<&'e Entry<'p, 'd>> {
    if *left == 0 {
        return None;
    }
    *left -= 1;
    let Some(segment) = wanted.segment(depth) else {
        let found = entries
            .first()
            .filter(|entry| entry.segment(depth).is_none());
        let both = so_far.more && so_far.less;
        return found.filter(|found| both && found.order < wanted.order);
    };
    let among = |segment: Option<&str>| {
        let from = entries.partition_point(|entry| entry.segment(depth) < Some(segment));
        let to = entries.partition_point(|entry| entry.segment(depth) <= Some(segment));
        entries.get(from..to).unwrap_or_default()
    };
    let same = among(segment);
    if let Some(found) = competitor(same, wanted, (depth + 1, so_far), left) {
        return Some(found);
    }
    match segment {
        Some(_) => {
            let more = Specificity {
                more: true,
                ..so_far
            };
            competitor(among(None), wanted, (depth + 1, more), left)
        }
        None => {
            let less = Specificity {
                less: true,
                ..so_far
            };
            let from = entries.partition_point(|entry| entry.segment(depth) <= Some(None));
            let literals = entries.get(from..).unwrap_or_default();
            let groups = literals.chunk_by(|one, other| one.segment(depth) == other.segment(depth));
            let mut found = groups.map(|group| competitor(group, wanted, (depth + 1, less), left));
            found.find_map(|found| found)
        }
    }
}
