//! Parameters of 2.0: those that stay, with their keywords in a schema, and those that became a body.

use std::collections::BTreeSet;

use crate::{
    diff::upgrade::{Media, MediaType, Upgrade, types},
    tree::{
        builder::Stop,
        node::{Kind, Node},
        slot::Form,
    },
};

/// The media types of forms.
const FORMS: [&str; 2] = ["multipart/form-data", "application/x-www-form-urlencoded"];

/// Keywords of parameters, headers and their items that belong to a schema.
const OF_SCHEMA: [&str; 17] = [
    "default",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
    "type",
    "uniqueItems",
    "x-nullable",
];

/// A parameter: where it is listed, and what that is or leads to.
#[derive(Clone, Copy)]
pub(super) struct Parameter<'d> {
    at: Node<'d>,
    node: Node<'d>,
}

impl<'d> Parameter<'d> {
    fn text(self, keyword: &str) -> Option<&'d str> {
        self.node.get(keyword).and_then(Node::text)
    }

    fn is_of_body(self) -> bool {
        matches!(self.text("in"), Some("body" | "formData"))
    }

    fn is_file(self) -> bool {
        self.text("type") == Some("file")
    }

    /// The member that says that it is required.
    fn required(self) -> Option<(Node<'d>, Node<'d>)> {
        let required = self.node.member("required");
        required.filter(|(_, value)| value.boolean() == Some(true))
    }
}

impl<'d> Upgrade<'d, '_> {
    pub(super) fn listed(&mut self, list: Option<Node<'d>>) -> Vec<Parameter<'d>> {
        let items = list.into_iter().flat_map(Node::items);
        let parameter = |at| Parameter {
            at,
            node: self.follow(at),
        };
        items.map(parameter).collect()
    }

    /// Writes a list of parameters without those of bodies.
    pub(super) fn parameters(
        &mut self,
        (key, list): (Node<'d>, Node<'d>),
        listed: &[Parameter<'d>],
    ) -> Result<(), Stop> {
        if list.kind() != Kind::List {
            return self.out.member(key, list);
        }
        self.out.scalar(key)?;
        self.out.open(list, Form::List)?;
        for parameter in listed.iter().filter(|it| !it.is_of_body()) {
            self.described(parameter.at, parameter.node)?;
        }
        self.out.close(list);
        Ok(())
    }

    /// Writes a parameter or header, with a schema of the keywords it has.
    pub(super) fn described(&mut self, at: Node<'d>, node: Node<'d>) -> Result<(), Stop> {
        if node.kind() != Kind::Object {
            return self.out.data(node);
        }
        self.out.open(at, Form::Object)?;
        for (key, value) in node.members() {
            let name = key.written();
            match name {
                "collectionFormat" => self.style(node, (key, value))?,
                "schema" | "style" | "explode" | "content" | "$ref" => {}
                _ if OF_SCHEMA.contains(&name) => {}
                _ => self.out.member(key, value)?,
            }
        }
        let query = node.get("in").and_then(Node::text) == Some("query");
        if query && is_list(node) && node.get("collectionFormat").is_none() {
            self.out.text(at, "explode")?;
            self.out.false_for(at)?;
        }
        self.out.text(at, "schema")?;
        self.keywords(at, node)?;
        self.out.close(at);
        Ok(())
    }

    /// Writes how the values of a list are parted, which only a query has a choice in.
    fn style(
        &mut self,
        parameter: Node<'d>,
        (key, value): (Node<'d>, Node<'d>),
    ) -> Result<(), Stop> {
        let query = parameter.get("in").and_then(Node::text) == Some("query");
        if !query || !is_list(parameter) {
            return Ok(());
        }
        let style = match value.written() {
            "multi" => return Ok(()),
            "ssv" => Some("spaceDelimited"),
            "pipes" => Some("pipeDelimited"),
            _ => None,
        };
        if let Some(style) = style {
            self.out.text(key, "style")?;
            self.out.text(value, style)?;
        }
        self.out.text(key, "explode")?;
        self.out.false_for(value)
    }

    /// Writes the schema that the keywords of a node make.
    fn keywords(&mut self, at: Node<'d>, node: Node<'d>) -> Result<(), Stop> {
        self.out.open(at, Form::Object)?;
        let of_schema = |key: &Node<'_>| OF_SCHEMA.contains(&key.written());
        for (key, value) in node.members().filter(|(key, _)| of_schema(key)) {
            if key.written() == "items" && value.kind() == Kind::Object {
                self.out.scalar(key)?;
                self.keywords(value, value)?;
            } else {
                self.keyword(node, key, value)?;
            }
        }
        self.out.close(at);
        Ok(())
    }

    /// Writes the body that the parameters of an operation make, its own before those that its path shares.
    pub(super) fn body(
        &mut self,
        own: &[Parameter<'d>],
        shared: &[Parameter<'d>],
        consumes: Media<'d>,
    ) -> Result<(), Stop> {
        let all = || own.iter().chain(shared).copied();
        if let Some(whole) = all().find(|it| it.text("in") == Some("body")) {
            return self.whole_body(whole, consumes);
        }
        let mut names = BTreeSet::new();
        let fields = all().filter(|it| it.text("in") == Some("formData"));
        let fields: Vec<_> = fields
            .filter(|it| it.text("name").is_some_and(|name| names.insert(name)))
            .collect();
        match fields.first() {
            Some(first) => self.form(first.at, &fields, consumes),
            None => Ok(()),
        }
    }

    fn whole_body(&mut self, body: Parameter<'d>, consumes: Media<'d>) -> Result<(), Stop> {
        let at = body.at;
        self.out.text(at, "requestBody")?;
        self.out.open(at, Form::Object)?;
        if let Some((key, value)) = body.node.member("required") {
            self.out.member(key, value)?;
        }
        if let Some(schema) = body.node.member("schema") {
            self.content(at, &types(consumes), schema)?;
        }
        self.out.close(at);
        Ok(())
    }

    fn form(
        &mut self,
        at: Node<'d>,
        fields: &[Parameter<'d>],
        consumes: Media<'d>,
    ) -> Result<(), Stop> {
        self.out.text(at, "requestBody")?;
        self.out.open(at, Form::Object)?;
        if let Some((key, value)) = fields.iter().find_map(|field| field.required()) {
            self.out.member(key, value)?;
        }
        self.out.text(at, "content")?;
        self.out.open(at, Form::Object)?;
        for media_type in forms(fields, consumes) {
            self.media_type(at, &media_type)?;
            self.out.open(at, Form::Object)?;
            self.out.text(at, "schema")?;
            self.fields(at, fields)?;
            self.out.close(at);
        }
        self.out.close(at);
        self.out.close(at);
        Ok(())
    }

    /// Writes the schema of a form: an object of its fields.
    fn fields(&mut self, at: Node<'d>, fields: &[Parameter<'d>]) -> Result<(), Stop> {
        self.out.open(at, Form::Object)?;
        self.out.text(at, "type")?;
        self.out.text(at, "object")?;
        self.out.text(at, "properties")?;
        self.out.open(at, Form::Object)?;
        for field in fields {
            self.out
                .text(field.at, field.text("name").unwrap_or_default())?;
            self.keywords(field.at, field.node)?;
        }
        self.out.close(at);
        self.out.text(at, "required")?;
        self.out.open(at, Form::List)?;
        for (field, (key, _)) in fields
            .iter()
            .filter_map(|field| Some((field, field.required()?)))
        {
            self.out.text(key, field.text("name").unwrap_or_default())?;
        }
        self.out.close(at);
        self.out.close(at);
        Ok(())
    }
}

/// Whether the value of a parameter is a list.
fn is_list(parameter: Node<'_>) -> bool {
    parameter.get("type").and_then(Node::text) == Some("array")
}

/// The media types of a form: those of forms that are listed, and what its fields need where none is.
fn forms<'d>(fields: &[Parameter<'d>], consumes: Media<'d>) -> Vec<MediaType<'d>> {
    let mut forms: Vec<_> = types(consumes)
        .into_iter()
        .filter(|it| matches!(it, MediaType::Listed(node) if FORMS.contains(&node.written())))
        .collect();
    if forms.is_empty() {
        let [parts, encoded] = FORMS;
        let file = fields.iter().any(|field| field.is_file());
        forms.push(MediaType::Assumed(if file { parts } else { encoded }));
    }
    forms
}
