//! The program as people meet it: what it prints, and with which number it ends.

#![cfg(test)]

mod book;
mod checkout;
mod commands;
mod demo;
mod document;
mod help;
mod program;
mod readme;
mod serving;
mod tour;
