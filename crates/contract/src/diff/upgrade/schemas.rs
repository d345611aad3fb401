//! Schemas and security schemes of 2.0.

use crate::{
    diff::upgrade::Upgrade,
    tree::{
        builder::Stop,
        node::{Kind, Node},
        slot::Form,
    },
};

/// Where schemas stood, and where they stand.
const SCHEMAS: (&str, &str) = ("#/definitions/", "#/components/schemas/");

impl<'d> Upgrade<'d, '_> {
    pub(super) fn schema(&mut self, schema: Node<'d>) -> Result<(), Stop> {
        if schema.kind() != Kind::Object {
            return self.out.data(schema);
        }
        self.out.open(schema, Form::Object)?;
        for (key, value) in schema.members() {
            match (key.written(), value.kind()) {
                ("properties", Kind::Object) => {
                    self.out.scalar(key)?;
                    self.out.open(value, Form::Object)?;
                    for (name, property) in value.members() {
                        self.out.scalar(name)?;
                        self.schema(property)?;
                    }
                    self.out.close(value);
                }
                ("items" | "additionalProperties" | "not", Kind::Object) => {
                    self.out.scalar(key)?;
                    self.schema(value)?;
                }
                ("allOf" | "anyOf" | "oneOf", Kind::List) => {
                    self.out.scalar(key)?;
                    self.out.open(value, Form::List)?;
                    for branch in value.items() {
                        self.schema(branch)?;
                    }
                    self.out.close(value);
                }
                _ => self.keyword(schema, key, value)?,
            }
        }
        self.out.close(schema);
        Ok(())
    }

    /// Writes a keyword that holds no schema.
    pub(super) fn keyword(
        &mut self,
        schema: Node<'d>,
        key: Node<'d>,
        value: Node<'d>,
    ) -> Result<(), Stop> {
        match (key.written(), value.text()) {
            ("$ref", Some(reference)) => {
                self.out.scalar(key)?;
                let (was, is) = SCHEMAS;
                match reference.strip_prefix(was) {
                    Some(name) => self.out.text(value, &format!("{is}{name}")),
                    None => self.out.scalar(value),
                }
            }
            ("type", Some("file")) => {
                self.out.scalar(key)?;
                self.out.text(value, "string")?;
                if schema.get("format").is_none() {
                    self.out.text(key, "format")?;
                    self.out.text(value, "binary")?;
                }
                Ok(())
            }
            ("discriminator", Some(_)) => {
                self.out.scalar(key)?;
                self.out.open(value, Form::Object)?;
                self.out.text(value, "propertyName")?;
                self.out.scalar(value)?;
                self.out.close(value);
                Ok(())
            }
            ("x-nullable", _) if schema.get("nullable").is_none() => {
                self.out.text(key, "nullable")?;
                self.out.data(value)
            }
            _ => self.out.member(key, value),
        }
    }

    pub(super) fn security_scheme(&mut self, scheme: Node<'d>) -> Result<(), Stop> {
        let kind = scheme.get("type").and_then(Node::text);
        match (kind, scheme.member("type")) {
            (Some("basic"), Some((key, value))) => {
                self.out.open(scheme, Form::Object)?;
                self.out.scalar(key)?;
                self.out.text(value, "http")?;
                self.out.text(key, "scheme")?;
                self.out.scalar(value)?;
                self.out.close(scheme);
                Ok(())
            }
            (Some("oauth2"), Some((key, value))) => {
                self.out.open(scheme, Form::Object)?;
                self.out.member(key, value)?;
                self.flows(scheme)?;
                self.out.close(scheme);
                Ok(())
            }
            _ => self.out.data(scheme),
        }
    }

    /// Writes the one flow that a scheme of 2.0 has, under the name that 3.0 gives it.
    fn flows(&mut self, scheme: Node<'d>) -> Result<(), Stop> {
        let Some((key, flow)) = scheme.member("flow") else {
            return Ok(());
        };
        self.out.text(key, "flows")?;
        self.out.open(flow, Form::Object)?;
        self.out.text(
            flow,
            match flow.written() {
                "application" => "clientCredentials",
                "accessCode" => "authorizationCode",
                other => other,
            },
        )?;
        self.out.open(flow, Form::Object)?;
        for keyword in ["authorizationUrl", "tokenUrl", "scopes"] {
            if let Some((key, value)) = scheme.member(keyword) {
                self.out.member(key, value)?;
            }
        }
        self.out.close(flow);
        self.out.close(flow);
        Ok(())
    }
}
