//! The tree of a document: every value and key with the bytes it was written with, made once and only read afterwards.

pub(crate) mod builder;
pub(crate) mod document;
pub(crate) mod index;
pub(crate) mod node;
pub(crate) mod places;
pub(crate) mod pointer;
pub(crate) mod resolve;
pub(crate) mod slot;
pub(crate) mod view;
