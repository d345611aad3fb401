//! Responses: by status, with their headers and what they hold.

use crate::{
    model::{edition::Edition, reading::one_line},
    tree::node::{Kind, Node},
};

use super::{LINE, ReferenceResponse, Writer};

/// The most responses, and the most headers of one.
const MOST: usize = 60;

impl<'d> Writer<'d> {
    pub(super) fn responses(&mut self, operation: Node<'d>) -> Vec<ReferenceResponse> {
        let responses = operation
            .get("responses")
            .into_iter()
            .flat_map(Node::members);
        let described = responses.filter(|(key, _)| !key.written().starts_with("x-"));
        let mut all = Vec::new();
        for (key, value) in described.take(MOST) {
            let Some(response) = self.object(value) else {
                continue;
            };
            let mut headers = Vec::new();
            let listed = response.get("headers").into_iter().flat_map(Node::members);
            for (name, header) in listed.take(MOST) {
                if let Some(header) = self.object(header) {
                    headers.push(self.parameter("header", name.written(), header));
                }
            }
            let media = match self.reading.edition {
                Edition::V2_0 => self.old_content(operation, response),
                Edition::V3_0 | Edition::V3_1 | Edition::V3_2 => self.content(response),
            };
            all.push(ReferenceResponse {
                status: one_line(key.written(), LINE),
                description: self.described(response),
                headers,
                media,
            });
        }
        all
    }

    /// What a response of OpenAPI 2.0 holds: one schema, in every media type that the operation produces.
    fn old_content(
        &mut self,
        operation: Node<'d>,
        response: Node<'d>,
    ) -> Vec<super::ReferenceMedia> {
        let Some(schema) = response.get("schema") else {
            return Vec::new();
        };
        let examples = response
            .get("examples")
            .filter(|it| it.kind() == Kind::Object);
        let produces = self.listed(operation, "produces");
        let media = produces.iter().map(|media| {
            let given = examples.and_then(|examples| examples.get(media));
            self.media(media, Some(schema), given)
        });
        media.collect()
    }
}
