//! OpenAPI documents: parse them losslessly, check them, and list what they offer and require.
//! Forbids I/O, clocks, and every other room of the house except `domain`: bytes in, findings out.
//! Start with `examine`, the front door, and follow a document through `read`, `document`, `model` and `validate`.

mod budget;
mod examine;
mod finding;
mod report;
mod rule;

mod read;

mod builder;
mod json;
mod json_text;
mod yaml;
mod yaml_input;
mod yaml_offset;
mod yaml_scalar;

mod document;
mod index;
mod node;
mod places;
mod pointer;
mod slot;

mod model;
mod model_paths;
mod model_security;
mod reading;
mod resolve;
mod template;

mod validate;
mod validate_overlaps;
mod validate_parameters;
mod validate_references;

pub use budget::Budgets;
pub use document::Document;
pub use examine::{Examined, Format, Summary, describe, examine};
pub use finding::{Finding, Findings};
pub use node::{Kind, Node};
pub use places::Place;
pub use read::read;
pub use rule::{Level, Rule};
