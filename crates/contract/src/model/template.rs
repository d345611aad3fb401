//! Path templates: `/orders/{id}`.

/// A path template, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template<'t> {
    /// As the document writes it.
    pub(crate) written: &'t str,
    parts: Vec<Part<'t>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'t> {
    Literal(&'t str),
    Parameter(&'t str),
}

impl<'t> Template<'t> {
    /// The longest template, in bytes.
    pub(crate) const LONGEST: usize = 1_000;

    /// Takes a template apart.
    ///
    /// # Errors
    /// What is wrong with its braces or characters.
    pub(crate) fn parse(written: &'t str) -> Result<Self, &'static str> {
        let mut parts = Vec::new();
        let mut rest = written;
        while let Some(at) = rest.find(['{', '}']) {
            let (literal, brace) = rest.split_at(at);
            if !literal.is_empty() {
                parts.push(Part::Literal(literal));
            }
            let inside = brace
                .strip_prefix('{')
                .ok_or("a `}` closes nothing; write `{name}`")?;
            let (name, after) = inside
                .split_once('}')
                .ok_or("a `{` is not closed; write `{name}`")?;
            if name.contains(['{', '/']) {
                return Err("a `{` is not closed before the next `{` or `/`; write `{name}`");
            }
            if name.is_empty() {
                return Err("a parameter has no name; write `{name}`");
            }
            parts.push(Part::Parameter(name));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest));
        }
        if written.chars().any(char::is_control) {
            return Err("it holds a control character");
        }
        Ok(Self { written, parts })
    }

    /// The names of its parameters, in its order.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'t str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Parameter(name) => Some(*name),
            Part::Literal(_) => None,
        })
    }

    /// The template without the names of its parameters: two templates of one shape match the same paths.
    pub(crate) fn shape(&self) -> String {
        let part = |part: &Part<'t>| match part {
            Part::Literal(literal) => *literal,
            Part::Parameter(_) => "{}",
        };
        self.parts.iter().map(part).collect()
    }

    /// Its segments, `None` for one that is a parameter; nothing when one is only partly a parameter.
    pub(crate) fn segments(&self) -> Option<Vec<Option<&'t str>>> {
        let segment = |segment: &'t str| {
            let whole = segment.starts_with('{') && segment.find('}') == Some(segment.len() - 1);
            match (whole, segment.contains('{')) {
                (true, _) => Some(None),
                (false, true) => None,
                (false, false) => Some(Some(segment)),
            }
        };
        self.written.split('/').skip(1).map(segment).collect()
    }

    /// Why no request path ever matches it, if none does: the gateway decides on one canonical path and refuses what
    /// could be read in two ways.
    pub(crate) fn unreachable(&self) -> Option<&'static str> {
        let shape = self.shape();
        let refused = |encoded: &str| shape.to_ascii_lowercase().contains(encoded);
        if shape.contains('?') || shape.contains('#') {
            Some(
                "a path has no query and no fragment; describe query parameters under `parameters`",
            )
        } else if shape.contains("//") {
            Some("a path with an empty segment is refused")
        } else if shape
            .split('/')
            .any(|segment| segment == "." || segment == "..")
        {
            Some("a path with `.` or `..` as a segment is refused")
        } else if [';', '\\'].into_iter().any(|c| shape.contains(c))
            || ["%2f", "%5c", "%00"].into_iter().any(refused)
        {
            Some("a path with `;`, `\\`, or an encoded slash, backslash or NUL is refused")
        } else if !shape.bytes().all(is_of_a_path) {
            Some("a request writes these characters percent-encoded (RFC 3986 section 3.3)")
        } else {
            None
        }
    }
}

/// Whether a byte may stand in the path of a request (RFC 3986), or is a brace of the shape.
fn is_of_a_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%{}".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_has_parameters_and_a_shape() {
        let template = Template::parse("/repos/{owner}/{repo}/compare/{base}...{head}");
        let template = template.expect("a template");
        let names: Vec<&str> = template.parameters().collect();
        assert_eq!(names, ["owner", "repo", "base", "head"]);
        assert_eq!(template.shape(), "/repos/{}/{}/compare/{}...{}");
        assert_eq!(template.unreachable(), None);
    }

    #[test]
    fn braces_that_do_not_pair_are_malformed() {
        for bad in [
            "/{", "/}", "/{}", "/{a", "/{a/b}", "/{a{b}}", "/a}b", "/{a}}", "/\u{0}",
        ] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_template_that_no_request_path_matches_is_known() {
        for bad in [
            "/a?b=c", "/#a", "/a//b", "/a/../b", "/a;b", "/a%2Fb", "/a b", "/ä",
        ] {
            let template = Template::parse(bad).expect("a template");
            assert!(template.unreachable().is_some(), "{bad}");
        }
        for good in [
            "/",
            "/a/",
            "/a.b/~c/{d}:run",
            "/users/{id}/$value",
            "/f(x='{y}')",
        ] {
            let template = Template::parse(good).expect("a template");
            assert_eq!(template.unreachable(), None, "{good}");
        }
    }
}
