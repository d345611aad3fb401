//! Properties: which there are, which must be there, and who reads and writes them.

use std::collections::BTreeSet;

use crate::{
    diff::{
        schema::{Fact, Property, Step, What, branches, reading::Reading},
        side::Schema,
        teller::Spots,
    },
    tree::node::Node,
};

pub(crate) fn read(reading: &mut Reading<'_, '_>, wrapped: bool) {
    let (was, is) = (reading.was, reading.is);
    let (old, new) = (required(was), required(is));
    let moved = if wrapped {
        branches::inside_one_of(reading)
    } else {
        BTreeSet::new()
    };
    let find = |schema: Schema<'_>, name: &str| -> bool {
        schema
            .object("properties")
            .is_some_and(|all| all.get(name).is_some())
    };
    for (key, value) in was.members("properties") {
        let name = key.written();
        let revised = is.object("properties").and_then(|all| all.member(name));
        let Some((new_key, to)) = revised else {
            let schema = reading.pairs.base.schema(value);
            let what = What::Removed(property(schema, old.contains(name)));
            if !moved.contains(name) {
                push(reading, name, what, Spots::gone(key));
            }
            continue;
        };
        let obliged = (old.contains(name), new.contains(name));
        both(reading, name, obliged, ((key, value), (new_key, to)));
    }
    for (key, value) in is.members("properties") {
        let name = key.written();
        if !find(was, name) {
            let schema = reading.pairs.revision.schema(value);
            let what = What::Added(property(schema, new.contains(name)));
            push(reading, name, what, Spots::new(key));
        }
    }
}

/// The names of the properties that must be there.
fn required(schema: Schema<'_>) -> BTreeSet<&str> {
    schema.items("required").map(Node::written).collect()
}

fn property(schema: Schema<'_>, required: bool) -> Property {
    Property {
        required,
        default: schema.get("default").is_some(),
        read_only: schema.is("readOnly"),
        write_only: schema.is("writeOnly"),
    }
}

fn push<'d>(reading: &mut Reading<'_, 'd>, name: &'d str, what: What<'d>, spots: Spots<'d>) {
    reading.pair.facts.push(Fact {
        what,
        property: Some(name),
        spots,
    });
}

type Member<'d> = (Node<'d>, Node<'d>);

fn both<'d>(
    reading: &mut Reading<'_, 'd>,
    name: &'d str,
    (was_required, is_required): (bool, bool),
    ((key, value), (new_key, revised)): (Member<'d>, Member<'d>),
) {
    let was = reading.pairs.base.schema(value);
    let is = reading.pairs.revision.schema(revised);
    let spots = Spots::both(key, new_key);
    let property = property(is, is_required);
    if was_required != is_required {
        let what = What::Obliged(property, was.is("writeOnly"));
        push(reading, name, what, spots);
    }
    // Who may read and write it is told of the property that was relied on.
    let known = Property {
        required: was_required,
        ..property
    };
    let pair = reading.pairs.pair(value, revised);
    reading.pair.links.push((Step::Property(name), pair));
    if reading.pairs.written_alike(value, revised) {
        return;
    }
    for (keyword, became, became_not) in [
        ("readOnly", "became-read-only", "became-not-read-only"),
        ("writeOnly", "became-write-only", "became-not-write-only"),
    ] {
        let name_of_fact = match (was.is(keyword), is.is(keyword)) {
            (false, true) => became,
            (true, false) => became_not,
            (true, true) | (false, false) => continue,
        };
        let spots = Spots::both(
            was.get(keyword).unwrap_or(key),
            is.get(keyword).unwrap_or(new_key),
        );
        push(reading, name, What::Access(name_of_fact, known), spots);
    }
}
