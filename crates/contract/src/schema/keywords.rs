//! The keywords of one schema, found in one pass over its members.

use crate::tree::node::Node;

macro_rules! keywords {
    ($($field:ident $name:literal,)*) => {
        /// What a schema says, keyword by keyword.
        #[derive(Clone, Copy, Debug, Default)]
        pub(crate) struct Keywords<'s> {$(pub(crate) $field: Option<Node<'s>>,)*}

        impl<'s> Keywords<'s> {
            /// Whether a keyword is among those that are looked at.
            #[cfg(test)]
            pub(crate) fn knows(keyword: &str) -> bool {
                [$($name,)*].contains(&keyword)
            }

            pub(crate) fn of(schema: Node<'s>) -> Self {
                let mut keywords = Self::default();
                for (key, value) in schema.members() {
                    match key.written() {
                        $($name => keywords.$field = Some(value),)*
                        _ => {}
                    }
                }
                keywords
            }
        }
    };
}

keywords! {
    reference "$ref",
    dynamic_reference "$dynamicRef",
    kind "type",
    nullable "nullable",
    x_nullable "x-nullable",
    constant "const",
    allowed "enum",
    not "not",
    any_of "anyOf",
    one_of "oneOf",
    all_of "allOf",
    condition "if",
    then "then",
    otherwise "else",
    minimum "minimum",
    maximum "maximum",
    exclusive_minimum "exclusiveMinimum",
    exclusive_maximum "exclusiveMaximum",
    multiple_of "multipleOf",
    min_length "minLength",
    max_length "maxLength",
    pattern "pattern",
    format "format",
    min_items "minItems",
    max_items "maxItems",
    unique_items "uniqueItems",
    prefix_items "prefixItems",
    items "items",
    additional_items "additionalItems",
    contains "contains",
    min_contains "minContains",
    max_contains "maxContains",
    unevaluated_items "unevaluatedItems",
    min_properties "minProperties",
    max_properties "maxProperties",
    required "required",
    property_names "propertyNames",
    properties "properties",
    pattern_properties "patternProperties",
    additional_properties "additionalProperties",
    dependencies "dependencies",
    dependent_required "dependentRequired",
    dependent_schemas "dependentSchemas",
    unevaluated_properties "unevaluatedProperties",
}
