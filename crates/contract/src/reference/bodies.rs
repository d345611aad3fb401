//! Bodies: what is sent and answered, by media type.

use crate::{
    model::{edition::Edition, reading::one_line},
    tree::node::{Kind, Node},
};

use super::{
    LINE, ReferenceBody, ReferenceField, ReferenceMedia, Writer,
    example::{Value, copy},
};

/// The most media types of one body.
const MEDIA: usize = 20;

impl<'d> Writer<'d> {
    pub(super) fn body(&mut self, item: Node<'d>, operation: Node<'d>) -> Option<ReferenceBody> {
        if self.reading.edition == Edition::V2_0 {
            return self.old_body(item, operation);
        }
        let body = self.object(operation.get("requestBody")?)?;
        Some(ReferenceBody {
            required: body.get("required").and_then(Node::boolean) == Some(true),
            description: self.described(body),
            media: self.content(body),
        })
    }

    /// The media types of a body or response.
    pub(super) fn content(&mut self, holder: Node<'d>) -> Vec<ReferenceMedia> {
        let content = holder.get("content").into_iter().flat_map(Node::members);
        let mut all = Vec::new();
        for (key, value) in content.take(MEDIA) {
            let Some(media) = self.object(value) else {
                continue;
            };
            // Of a sequence (OpenAPI 3.2) each item is described, and one of them is shown.
            let schema = media.get("schema").or_else(|| media.get("itemSchema"));
            let given = self.given(media);
            all.push(self.media(key.written(), schema, given));
        }
        all
    }

    /// One media type.
    pub(super) fn media(
        &mut self,
        media_type: &str,
        schema: Option<Node<'d>>,
        given: Option<Node<'d>>,
    ) -> ReferenceMedia {
        let kind = schema.map_or_else(|| "anything".to_owned(), |schema| self.kind(schema));
        let fields = schema.map_or_else(Vec::new, |schema| self.fields(schema));
        let example = match given {
            Some(given) if given.kind() == Kind::Text && !is_json(media_type) => {
                let text: String = given.written().chars().take(2_000).collect();
                Some(text)
            }
            Some(given) => Some(copy(given).pretty()),
            None if is_json(media_type) || is_form(media_type) => {
                let made = schema.and_then(|schema| self.example(schema));
                made.map(|made| shown(media_type, &made))
            }
            None => None,
        };
        self.say(example.as_ref().map_or(0, String::len));
        ReferenceMedia {
            media_type: one_line(media_type, LINE),
            kind,
            fields,
            example,
        }
    }

    /// The body of OpenAPI 2.0: the parameter in `body`, or the fields in `formData`.
    fn old_body(&mut self, item: Node<'d>, operation: Node<'d>) -> Option<ReferenceBody> {
        let declared = self.declared(item, operation);
        let consumes = self.listed(operation, "consumes");
        if let Some((.., body)) = declared.iter().find(|(place, ..)| *place == "body") {
            let schema = body.get("schema");
            let media = consumes.iter().take(MEDIA);
            return Some(ReferenceBody {
                required: body.get("required").and_then(Node::boolean) == Some(true),
                description: self.described(*body),
                media: media.map(|media| self.media(media, schema, None)).collect(),
            });
        }
        let mut fields = Vec::new();
        let mut example = Vec::new();
        for (_, name, node) in declared.iter().filter(|(place, ..)| *place == "formData") {
            let field = self.parameter("formData", name, *node);
            example.push((name, field.example.unwrap_or_default()));
            fields.push(ReferenceField {
                name: field.name,
                kind: field.kind,
                required: field.required,
                description: field.description,
            });
        }
        if fields.is_empty() {
            return None;
        }
        let form = consumes.into_iter().find(|media| is_form(media));
        let lines = example
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let media = ReferenceMedia {
            media_type: form.unwrap_or_else(|| "application/x-www-form-urlencoded".to_owned()),
            kind: "form".to_owned(),
            example: Some(lines.collect::<Vec<_>>().join("\n")),
            fields,
        };
        Some(ReferenceBody {
            required: media.fields.iter().any(|field| field.required),
            description: None,
            media: vec![media],
        })
    }

    /// The media types that an operation of OpenAPI 2.0 consumes or produces.
    pub(super) fn listed(&self, operation: Node<'d>, key: &str) -> Vec<String> {
        let own = operation.get(key).or_else(|| self.root.get(key));
        let listed = own.into_iter().flat_map(Node::items).filter_map(Node::text);
        let listed: Vec<String> = listed.take(MEDIA).map(|it| one_line(it, LINE)).collect();
        if listed.is_empty() {
            vec!["application/json".to_owned()]
        } else {
            listed
        }
    }
}

fn shown(media_type: &str, made: &Value) -> String {
    match made {
        Value::Object(members) if is_form(media_type) => {
            let lines = members
                .iter()
                .map(|(name, value)| format!("{name}={}", value.bare()));
            lines.collect::<Vec<_>>().join("\n")
        }
        other => other.pretty(),
    }
}

/// Whether a media type is JSON.
pub(super) fn is_json(media_type: &str) -> bool {
    let plain = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    plain == "application/json" || plain.ends_with("+json") || plain == "*/*"
}

/// Whether a media type is that of a form.
pub(super) fn is_form(media_type: &str) -> bool {
    let form = ["application/x-www-form-urlencoded", "multipart/form-data"];
    form.into_iter()
        .any(|form| media_type.to_ascii_lowercase().starts_with(form))
}
