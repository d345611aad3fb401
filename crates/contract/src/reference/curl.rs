//! The command line that calls an operation, with placeholders for what only the caller knows.

use std::fmt::Write as _;

use super::{
    ReferenceOperation, ReferenceParameter,
    bodies::{is_form, is_json},
};

impl ReferenceOperation {
    /// A call by curl, under the address of the version, for instance `https://gateway.example/orders/v1`. The token is read
    /// from the variable `TOKEN`; parameters in the path, and those that must be there, have an example or their name in
    /// braces. Every word that comes from the document is quoted, so that pasting it runs nothing else.
    #[must_use]
    pub fn curl(&self, base: &str) -> String {
        let mut address = format!("{base}{}", self.path);
        for parameter in self.of("path") {
            if let Some(example) = parameter.example.as_deref().filter(|it| is_plain(it)) {
                address = address.replace(&format!("{{{}}}", parameter.name), example);
            }
        }
        let query: Vec<String> = self
            .of("query")
            .filter(|parameter| parameter.required)
            .map(|parameter| format!("{}={}", parameter.name, value(parameter)))
            .collect();
        if !query.is_empty() {
            let _ = write!(address, "?{}", query.join("&"));
        }
        // Braces in an address are lists to curl unless it is told that they are not.
        let globs = if address.contains(['{', '[']) {
            " --globoff"
        } else {
            ""
        };
        // Writing to a text does not fail.
        let mut line = format!("curl{globs} --request {} {}", self.method, quoted(&address));
        let _ = write!(line, " \\\n  --header \"Authorization: Bearer $TOKEN\"");
        for parameter in self.of("header").filter(|parameter| parameter.required) {
            let header = format!("{}: {}", parameter.name, value(parameter));
            let _ = write!(line, " \\\n  --header {}", quoted(&header));
        }
        self.body_to(&mut line);
        line
    }

    fn of(&self, place: &str) -> impl Iterator<Item = &ReferenceParameter> {
        let all = self.parameters.iter();
        all.filter(move |parameter| parameter.place == place)
    }

    fn body_to(&self, line: &mut String) {
        let Some(media) = self.body.as_ref().and_then(|body| body.media.first()) else {
            return;
        };
        let example = media.example.as_deref().unwrap_or_default();
        if is_form(&media.media_type) {
            let multipart = media.media_type.starts_with("multipart");
            let option = if multipart {
                "--form"
            } else {
                "--data-urlencode"
            };
            for field in example.lines() {
                let _ = write!(line, " \\\n  {option} {}", quoted(field));
            }
            return;
        }
        let kind = format!("Content-Type: {}", media.media_type);
        let _ = write!(line, " \\\n  --header {}", quoted(&kind));
        let data = if is_json(&media.media_type) && !example.is_empty() {
            quoted(example)
        } else {
            "@body".to_owned()
        };
        let _ = write!(line, " \\\n  --data-binary {data}");
    }
}

/// A parameter's example, percent-encoded where it has to be; its name in braces when it has none.
fn value(parameter: &ReferenceParameter) -> String {
    match &parameter.example {
        Some(example) if is_plain(example) => example.clone(),
        Some(_) | None => format!("{{{}}}", parameter.name),
    }
}

/// Whether a value may stand in an address as it is.
fn is_plain(value: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:@".contains(&byte);
    !value.is_empty() && value.bytes().all(plain)
}

/// A word for a shell, in single quotes, which end only where they are closed.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
