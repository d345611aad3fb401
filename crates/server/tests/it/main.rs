//! The program as people meet it: what it prints, and with which number it ends.

#![cfg(test)]

mod commands;
mod demo;
mod help;
mod program;
mod serving;
