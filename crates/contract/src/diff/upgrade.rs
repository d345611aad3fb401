//! Upgrading: a document of OpenAPI 2.0 as 3.0 would say the same, so that there is one comparison, and a document can be
//! compared with its own successor.
//!
//! Only what is compared is upgraded. Parameters and responses that are referred to stand where they are used, because the
//! media types of a body are those of the operation.

mod parameters;
mod schemas;

use std::collections::BTreeSet;

use crate::{
    budget::Budgets,
    diff::{
        rewrite::{self, Rewriter, Rewritten, TooLarge},
        upgrade::parameters::Parameter,
    },
    tree::{
        builder::Stop,
        document::Document,
        node::{Kind, Node},
        resolve::Resolver,
        slot::Form,
    },
};

/// The most media types of a body that are looked at: every operation asks for them anew.
const MOST_TYPES: usize = 100;

/// The document upgraded, when it is one of 2.0 and that takes no more than so many steps.
pub(crate) fn upgrade<'d>(
    document: &'d Document<'d>,
    steps: usize,
) -> Result<Rewritten<'d>, TooLarge> {
    let root = document.root();
    if root.get("openapi").is_some() || root.get("swagger").is_none() {
        return Ok(Rewritten::unchanged(document));
    }
    let budgets = rewrite::budgets(document, steps);
    let mut upgrade = Upgrade {
        document,
        resolver: Resolver::default(),
        out: Rewriter::new(document, &budgets),
    };
    upgrade.root(root).map_err(|Stop| TooLarge)?;
    Ok(upgrade.out.finish())
}

struct Upgrade<'d, 'b> {
    document: &'d Document<'d>,
    resolver: Resolver,
    out: Rewriter<'d, 'b>,
}

/// The media types of a body: the list that is nearest.
type Media<'d> = Option<Node<'d>>;

impl<'d> Upgrade<'d, '_> {
    fn root(&mut self, root: Node<'d>) -> Result<(), Stop> {
        self.out.open(root, Form::Object)?;
        for (key, value) in root.members() {
            match key.written() {
                "swagger" => {
                    self.out.text(key, "openapi")?;
                    self.out.text(value, "3.0.3")?;
                }
                "paths" => {
                    self.out.scalar(key)?;
                    self.each(value, Self::path)?;
                }
                // They stand in `components`, in each operation, or nowhere, because they are not compared.
                "components"
                | "consumes"
                | "definitions"
                | "parameters"
                | "produces"
                | "responses"
                | "securityDefinitions"
                | "webhooks" => {}
                _ => self.out.member(key, value)?,
            }
        }
        self.out.text(root, "components")?;
        self.out.open(root, Form::Object)?;
        if let Some((key, schemas)) = root.member("definitions") {
            self.out.text(key, "schemas")?;
            self.each(schemas, Self::schema)?;
        }
        if let Some((key, schemes)) = root.member("securityDefinitions") {
            self.out.text(key, "securitySchemes")?;
            self.each(schemes, Self::security_scheme)?;
        }
        self.out.close(root);
        self.out.close(root);
        Ok(())
    }

    /// Writes an object of names, with what each stands for.
    fn each(
        &mut self,
        names: Node<'d>,
        mut value_of: impl FnMut(&mut Self, Node<'d>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        if names.kind() != Kind::Object {
            return self.out.data(names);
        }
        self.out.open(names, Form::Object)?;
        for (name, value) in names.members() {
            self.out.scalar(name)?;
            value_of(self, value)?;
        }
        self.out.close(names);
        Ok(())
    }

    fn path(&mut self, at: Node<'d>) -> Result<(), Stop> {
        let path = self.follow(at);
        if path.kind() != Kind::Object {
            return self.out.data(path);
        }
        let shared = self.listed(path.get("parameters"));
        self.out.open(at, Form::Object)?;
        for (key, value) in path.members() {
            match key.written() {
                "get" | "put" | "post" | "delete" | "options" | "head" | "patch" => {
                    self.out.scalar(key)?;
                    self.operation(value, &shared)?;
                }
                "parameters" => self.parameters((key, value), &shared)?,
                "$ref" => {}
                _ => self.out.member(key, value)?,
            }
        }
        self.out.close(at);
        Ok(())
    }

    fn operation(&mut self, operation: Node<'d>, shared: &[Parameter<'d>]) -> Result<(), Stop> {
        if operation.kind() != Kind::Object {
            return self.out.data(operation);
        }
        let root = self.document.root();
        let own = self.listed(operation.get("parameters"));
        let media = |keyword| operation.get(keyword).or_else(|| root.get(keyword));
        self.out.open(operation, Form::Object)?;
        for (key, value) in operation.members() {
            match key.written() {
                "responses" => {
                    self.out.scalar(key)?;
                    let produces = media("produces");
                    self.each(value, |it, response| it.response(response, produces))?;
                }
                "parameters" => self.parameters((key, value), &own)?,
                "consumes" | "produces" | "requestBody" | "callbacks" => {}
                _ => self.out.member(key, value)?,
            }
        }
        self.body(&own, shared, media("consumes"))?;
        self.out.close(operation);
        Ok(())
    }

    fn response(&mut self, at: Node<'d>, produces: Media<'d>) -> Result<(), Stop> {
        let response = self.follow(at);
        if response.kind() != Kind::Object {
            return self.out.data(response);
        }
        self.out.open(at, Form::Object)?;
        for (key, value) in response.members() {
            match key.written() {
                "schema" => self.content(at, &types(produces), (key, value))?,
                "headers" => {
                    self.out.scalar(key)?;
                    self.each(value, |it, header| it.described(header, header))?;
                }
                "examples" | "content" | "$ref" => {}
                _ => self.out.member(key, value)?,
            }
        }
        self.out.close(at);
        Ok(())
    }

    /// Writes the media types of a body, each with the same schema.
    fn content(
        &mut self,
        at: Node<'d>,
        types: &[MediaType<'d>],
        (key, schema): (Node<'d>, Node<'d>),
    ) -> Result<(), Stop> {
        self.out.text(key, "content")?;
        self.out.open(at, Form::Object)?;
        for media_type in types {
            self.media_type(at, media_type)?;
            self.out.open(at, Form::Object)?;
            self.out.scalar(key)?;
            self.schema(schema)?;
            self.out.close(at);
        }
        self.out.close(at);
        Ok(())
    }

    fn media_type(&mut self, at: Node<'d>, media_type: &MediaType<'d>) -> Result<(), Stop> {
        match media_type {
            MediaType::Listed(node) => self.out.scalar(*node),
            MediaType::Assumed(name) => self.out.text(at, name),
        }
    }

    fn follow(&mut self, node: Node<'d>) -> Node<'d> {
        let most = Budgets::default().reference_chain;
        let end = self.resolver.follow(self.document, node, most);
        end.unwrap_or(node)
    }
}

/// A media type of a body.
#[derive(Clone, Copy)]
enum MediaType<'d> {
    /// As the document lists it.
    Listed(Node<'d>),
    /// What is meant where none is listed.
    Assumed(&'static str),
}

/// The media types that are listed first, each once; JSON where none is.
fn types(media: Media<'_>) -> Vec<MediaType<'_>> {
    let mut names = BTreeSet::new();
    let listed = media.into_iter().flat_map(Node::items).take(MOST_TYPES);
    let listed = listed.filter(|it| it.kind() == Kind::Text && names.insert(it.written()));
    let mut types: Vec<_> = listed.map(MediaType::Listed).collect();
    if types.is_empty() {
        types.push(MediaType::Assumed("application/json"));
    }
    types
}
