//! The program as people meet it: what it prints, with which number it ends, and what it answers over HTTP.

#![cfg(test)]

mod apart;
mod bad_bodies;
mod bad_names;
mod bad_places;
mod bad_settings;
mod bombs;
mod book;
mod calls;
mod checkout;
mod client;
mod client_certificates;
mod commands;
mod contract_changes;
mod contracts;
mod demo;
mod detour;
mod document;
mod forge;
mod full_disk;
mod help;
mod http;
mod instance;
mod issuers;
mod keks;
mod kill;
mod kill_tokens;
mod leaks;
mod lost_answers;
mod ports;
mod program;
mod readme;
mod receipts;
mod registering;
mod repeats;
mod restored;
mod rings;
mod routes;
mod serving;
mod shop;
mod signing;
mod staleness;
mod tour;
mod verifier;
mod whole_path;
