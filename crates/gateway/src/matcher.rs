//! Which operation of a contract a path addresses: a tree over path templates, built once per version.
//!
//! Invariant: the answer is that of trying every template in order of precedence (literals before parameters, segment by
//! segment), at a cost that grows with the path and not with the contract.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use gatewright_domain::{operation::Method, snapshot::RoutedOperation};

use crate::path;

/// What a path and a method address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The operation with this place in the version's list.
    Operation(usize),
    /// The path is known, with these methods only.
    OtherMethod(Vec<Method>),
    /// The contract has no such path.
    Nothing,
}

/// The templates of one version.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    root: Node,
}

/// A template that cannot be matched; the operation is left out, and all others serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a path template: expected /literals/and/{{parameters}}")]
pub(crate) struct NotATemplate;

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<Box<str>, Node>,
    /// In order of precedence.
    shapes: BTreeMap<Shape, Node>,
    here: Vec<(Method, usize)>,
}

/// A segment with parameters: what stands before the first, between two, and after the last. Those with more literal
/// characters come first; then spelling decides, so that the order of a contract does not matter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    literals: Reverse<usize>,
    first: String,
    between: Vec<String>,
    last: String,
}

impl Matcher {
    /// The matcher of these operations, and the places of those whose template cannot be matched.
    pub(crate) fn of(operations: &[RoutedOperation]) -> (Self, Vec<usize>) {
        let mut matcher = Self::default();
        let mut left_out = Vec::new();
        for (place, operation) in operations.iter().enumerate() {
            if matcher
                .root
                .add(&operation.path, operation.method, place)
                .is_err()
            {
                left_out.push(place);
            }
        }
        (matcher, left_out)
    }

    /// Finds the operation of a path as it will be forwarded.
    ///
    /// # Errors
    /// When a reader who decodes the path would find another operation than one who does not.
    pub(crate) fn find(&self, path: &str, method: Option<Method>) -> Result<Found, Ambiguous> {
        let found = self.look_up(path, method);
        if path.contains('%') && found != self.look_up(&path::decoded(path), method) {
            return Err(Ambiguous);
        }
        Ok(found)
    }

    fn look_up(&self, path: &str, method: Option<Method>) -> Found {
        let steps = path.strip_prefix('/').unwrap_or(path);
        let mut others = BTreeSet::new();
        match self.root.find(Some(steps), method, &mut others) {
            Some(place) => Found::Operation(place),
            None if others.is_empty() => Found::Nothing,
            None => Found::OtherMethod(others.into_iter().collect()),
        }
    }
}

/// A path that addresses one operation as it stands and another when decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous;

impl Node {
    fn add(&mut self, template: &str, method: Method, place: usize) -> Result<(), NotATemplate> {
        let steps = template.strip_prefix('/').ok_or(NotATemplate)?;
        let segments = steps
            .split('/')
            .map(Segment::of)
            .collect::<Result<Vec<_>, _>>()?;
        self.insert(&segments, method, place);
        Ok(())
    }

    fn insert(&mut self, segments: &[Segment], method: Method, place: usize) {
        let Some((segment, rest)) = segments.split_first() else {
            if self.here.iter().all(|(known, _)| *known != method) {
                self.here.push((method, place));
            }
            return;
        };
        match segment {
            Segment::Literal(literal) => {
                // Both spellings, so that a reader who decodes and one who does not find the same operation.
                let spellings = BTreeSet::from([path::encoded(literal), literal.clone()]);
                for spelling in spellings {
                    let next = self.literals.entry(spelling.into()).or_default();
                    next.insert(rest, method, place);
                }
            }
            Segment::Shape(shape) => {
                let next = self.shapes.entry(shape.clone()).or_default();
                next.insert(rest, method, place);
            }
        }
    }

    /// Visits each node of the tree at most once, since a node's depth is its place in the path.
    fn find(
        &self,
        steps: Option<&str>,
        method: Option<Method>,
        others: &mut BTreeSet<Method>,
    ) -> Option<usize> {
        let Some(steps) = steps else {
            others.extend(self.here.iter().map(|(known, _)| *known));
            let known = self.here.iter().find(|(known, _)| Some(*known) == method);
            return known.map(|(_, place)| *place);
        };
        let (segment, rest) = match steps.split_once('/') {
            Some((segment, rest)) => (segment, Some(rest)),
            None => (steps, None),
        };
        let literal = self.literals.get(segment);
        if let Some(place) = literal.and_then(|node| node.find(rest, method, others)) {
            return Some(place);
        }
        let mut fitting = self.shapes.iter().filter(|(shape, _)| shape.fits(segment));
        fitting.find_map(|(_, node)| node.find(rest, method, others))
    }
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Shape(Shape),
}

impl Segment {
    fn of(text: &str) -> Result<Self, NotATemplate> {
        let mut literals = Vec::new();
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or(NotATemplate)?;
            if name.is_empty() || name.contains('{') {
                return Err(NotATemplate);
            }
            literals.push(Self::literal(literal)?);
            rest = after;
        }
        let last = Self::literal(rest)?;
        if literals.is_empty() {
            return Ok(Self::Literal(last));
        }
        let size = last.len() + literals.iter().map(String::len).sum::<usize>();
        let first = literals.remove(0);
        let (literals, between) = (Reverse(size), literals);
        Ok(Self::Shape(Shape {
            literals,
            first,
            between,
            last,
        }))
    }

    fn literal(text: &str) -> Result<String, NotATemplate> {
        let literal = path::decoded(text).into_owned();
        if literal.contains(['}', '/', '\\', '?', '#', ';']) || literal.contains(char::is_control) {
            return Err(NotATemplate);
        }
        Ok(literal)
    }
}

impl Shape {
    /// Whether every parameter can be given at least one character.
    fn fits(&self, segment: &str) -> bool {
        let inner = segment.strip_prefix(self.first.as_str());
        let Some(mut inner) = inner.and_then(|rest| rest.strip_suffix(self.last.as_str())) else {
            return false;
        };
        for literal in &self.between {
            let Some(after_one) = after_first(inner) else {
                return false;
            };
            let Some((_, rest)) = after_one.split_once(literal.as_str()) else {
                return false;
            };
            inner = rest;
        }
        !inner.is_empty()
    }
}

fn after_first(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next()?;
    Some(characters.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn operations(paths: &[&str]) -> Vec<RoutedOperation> {
        let operation = |path: &&str| RoutedOperation {
            method: Method::Get,
            path: (*path).to_owned(),
            requires: Vec::new(),
        };
        paths.iter().map(operation).collect()
    }

    fn find(paths: &[&str], path: &str) -> Option<usize> {
        let (matcher, left_out) = Matcher::of(&operations(paths));
        assert!(left_out.is_empty());
        match matcher.find(path, Some(Method::Get)) {
            Ok(Found::Operation(place)) => Some(place),
            Ok(Found::OtherMethod(_) | Found::Nothing) | Err(Ambiguous) => None,
        }
    }

    #[test]
    fn a_literal_comes_before_a_parameter_and_more_literal_before_less() {
        let paths = [
            "/{a}",
            "/mine",
            "/{a}.json",
            "/v{a}.json",
            "/{a}/x",
            "/mine/{b}",
        ];
        assert_eq!(find(&paths, "/mine"), Some(1));
        assert_eq!(find(&paths, "/other"), Some(0));
        assert_eq!(find(&paths, "/a.json"), Some(2));
        assert_eq!(find(&paths, "/v1.json"), Some(3));
        assert_eq!(find(&paths, "/mine/x"), Some(5));
        assert_eq!(find(&paths, "/yours/x"), Some(4));
    }

    #[test]
    fn a_literal_that_leads_nowhere_is_left_for_a_parameter() {
        assert_eq!(find(&["/mine/a", "/{x}/b"], "/mine/b"), Some(1));
    }

    #[test]
    fn several_parameters_share_a_segment() {
        let paths = ["/compare/{base}...{head}", "/{name}:cancel", "/{a}-{b}-{c}"];
        assert_eq!(find(&paths, "/compare/v1...v2"), Some(0));
        assert_eq!(find(&paths, "/compare/v1.."), None);
        assert_eq!(find(&paths, "/7:cancel"), Some(1));
        assert_eq!(find(&paths, "/:cancel"), None);
        assert_eq!(find(&paths, "/a-b-c"), Some(2));
        assert_eq!(find(&paths, "/a--c"), None);
    }

    #[test]
    fn a_parameter_is_never_empty_and_a_trailing_slash_is_a_segment() {
        assert_eq!(find(&["/a/{b}"], "/a/"), None);
        assert_eq!(find(&["/a", "/a/"], "/a/"), Some(1));
        assert_eq!(find(&["/"], "/"), Some(0));
    }

    #[test]
    fn a_literal_of_the_contract_is_found_in_either_spelling() {
        for template in ["/caf%C3%A9/{a}", "/café/{a}"] {
            assert_eq!(find(&[template], "/caf%C3%A9/x"), Some(0), "{template}");
        }
    }

    #[test]
    fn a_template_that_is_none_is_left_out() {
        for bad in [
            "a", "/{", "/{}", "/}", "/{a}}", "/{{a}}", "/a?b", "/a#b", "/a%2fb", "/a;b", "",
        ] {
            let (_, left_out) = Matcher::of(&operations(&["/fine", bad]));
            assert_eq!(left_out, [1], "{bad}");
        }
    }

    /// Every template in turn, segment by segment, without a tree.
    fn naive(paths: &[String], path: &str) -> Option<usize> {
        let segments = |path: &str| path[1..].split('/').map(str::to_owned).collect::<Vec<_>>();
        let asked = segments(path);
        let rank = |template: &String| -> Option<Vec<(u8, Reverse<usize>)>> {
            let known = segments(template);
            let fits = |(known, asked): (&String, &String)| match known.as_str() {
                "{p}" => (!asked.is_empty()).then_some((1, Reverse(0))),
                "{p}z" => (asked.len() > 1 && asked.ends_with('z')).then_some((1, Reverse(1))),
                literal => (literal == asked).then_some((0, Reverse(0))),
            };
            (known.len() == asked.len()).then_some(())?;
            known.iter().zip(&asked).map(fits).collect()
        };
        let ranked = paths
            .iter()
            .enumerate()
            .filter_map(|(place, path)| Some((rank(path)?, place)));
        ranked.min().map(|(_, place)| place)
    }

    proptest! {
        #[test]
        fn the_tree_finds_what_trying_every_template_finds(
            templates in proptest::collection::vec(
                proptest::collection::vec("(a|b|z|az|\\{p\\}|\\{p\\}z)", 1..4), 1..30),
            asked in proptest::collection::vec("(a|b|z|az|bz|c)", 1..4),
        ) {
            let paths: Vec<String> = templates.iter().map(|steps| format!("/{}", steps.join("/"))).collect();
            let path = format!("/{}", asked.join("/"));
            let borrowed: Vec<&str> = paths.iter().map(String::as_str).collect();
            prop_assert_eq!(find(&borrowed, &path), naive(&paths, &path));
        }
    }
}
