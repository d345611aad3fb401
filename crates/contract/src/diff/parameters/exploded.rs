//! Exploded objects: a parameter that holds an object and is written as one parameter for each of its properties, so
//! that callers cannot tell it from parameters of those names.

use crate::diff::{
    parameters::{Listed, Parameter},
    schema::{kinds, pairs::Pairs},
    side::{Schema, Side},
};

/// Takes out the parameters that became a property of an exploded object, or were one, and pairs each with it.
pub(crate) fn take<'d>(
    pairs: &mut Pairs<'d>,
    old: &mut Listed<'d>,
    new: &mut Listed<'d>,
) -> Vec<(Parameter<'d>, Parameter<'d>)> {
    let mut taken = matched(&mut pairs.base, &mut pairs.revision, old, new);
    let back = matched(&mut pairs.revision, &mut pairs.base, new, old);
    taken.extend(back.into_iter().map(|(alone, inside)| (inside, alone)));
    taken
}

/// The parameters of one side that are properties of an exploded object of the other side, which has no other partner
/// then.
fn matched<'d>(
    side: &mut Side<'d>,
    other: &mut Side<'d>,
    alone: &mut Listed<'d>,
    objects: &mut Listed<'d>,
) -> Vec<(Parameter<'d>, Parameter<'d>)> {
    let mut found = Vec::new();
    objects.retain(|_, object| {
        let Some(schema) = exploded(other, object) else {
            return true;
        };
        let before = found.len();
        alone.retain(|_, parameter| {
            let property = schema
                .object("properties")
                .and_then(|all| all.get(parameter.name))
                .filter(|_| parameter.place == object.place);
            match property {
                Some(property) if exploded(side, parameter).is_none() => {
                    let inside = Parameter {
                        name: parameter.name,
                        part: Some(property),
                        ..*object
                    };
                    found.push((*parameter, inside));
                    false
                }
                Some(_) | None => true,
            }
        });
        found.len() == before
    });
    found
}

/// The schema of a parameter that is an exploded object. It must say itself that it is exploded.
fn exploded<'d>(side: &mut Side<'d>, parameter: &Parameter<'d>) -> Option<Schema<'d>> {
    let explodes = parameter.node.get("explode").and_then(|it| it.boolean()) == Some(true);
    if !explodes || !parameter.repeats() || !matches!(parameter.place, "query" | "cookie") {
        return None;
    }
    let schema = side.schema(parameter.schema()?);
    let object = kinds::names(schema.get("type")) == ["object"];
    (object && schema.members("properties").next().is_some()).then_some(schema)
}
