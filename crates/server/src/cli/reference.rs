//! The reference pages of the book say what the program says; these tests compare them.

use std::{fs, path::PathBuf};

use clap::{Arg, Command, CommandFactory};

use super::Cli;

/// A page of the book whose end is worked out from the program.
pub(crate) struct Page {
    path: PathBuf,
    text: String,
}

impl Page {
    pub(crate) fn of(name: &str) -> Self {
        let book = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/book/src");
        let path = PathBuf::from(book).join(name);
        let text = fs::read_to_string(&path).unwrap();
        Self { path, text }
    }

    /// Demands that everything after a heading is this. Where it is not, the page as it has to be lies beside the program that
    /// found it out, to be copied.
    pub(crate) fn ends_with(&self, heading: &str, end: &str) {
        let (head, _) = self.text.split_once(heading).unwrap();
        let wanted = format!("{head}{heading}\n\n{end}");
        if wanted == self.text {
            return;
        }
        let name = self.path.file_name().unwrap();
        let beside = std::env::current_exe().unwrap().with_file_name(name);
        fs::write(&beside, wanted).unwrap();
        let (beside, page) = (beside.display(), self.path.display());
        panic!("the book says something else than the program; mend it with: cp {beside} {page}");
    }
}

#[test]
fn the_book_lists_every_command() {
    let mut root = Cli::command();
    root.build();
    let general: Vec<&Arg> = root
        .get_arguments()
        .filter(|arg| arg.is_global_set())
        .collect();
    let mut reference = String::from("What every command takes:\n\n");
    reference.push_str(&list(&general));
    for command in root.get_subcommands().filter(is_shown) {
        describe(command, "gatewright", &mut reference);
    }
    Page::of("commands.md").ends_with("## Every command", &format!("{}\n", reference.trim_end()));
}

fn is_shown(command: &&Command) -> bool {
    command.get_name() != "help"
}

/// Describes a command and those under it.
fn describe(command: &Command, above: &str, reference: &mut String) {
    let name = format!("{above} {}", command.get_name());
    let verbs: Vec<&Command> = command.get_subcommands().filter(is_shown).collect();
    let about = command.get_long_about().or_else(|| command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let sentence = if about.ends_with('.') { "" } else { "." };
    if verbs.is_empty() {
        reference.push_str(&format!(
            "\n### `{}`\n\n{about}{sentence}\n",
            usage(command, &name)
        ));
        let own: Vec<&Arg> = command
            .get_arguments()
            .filter(|arg| !arg.is_global_set())
            .collect();
        let own = list(&own);
        if !own.is_empty() {
            reference.push_str(&format!("\n{own}"));
        }
        if let Some(after) = command.get_after_help() {
            reference.push_str(&format!(
                "\n```text\n{}\n```\n",
                after.to_string().trim_end()
            ));
        }
    }
    for verb in verbs {
        describe(verb, &name, reference);
    }
}

/// The name, and the arguments that stand without a flag.
fn usage(command: &Command, name: &str) -> String {
    let positionals = command.get_positionals().map(|arg| {
        let value = arg.get_id().as_str().to_uppercase();
        if arg.is_required_set() {
            format!(" {value}")
        } else {
            format!(" [{value}]")
        }
    });
    positionals.fold(name.to_owned(), |usage, positional| usage + &positional)
}

/// A list of arguments, with what each is for.
fn list(arguments: &[&Arg]) -> String {
    let shown = arguments
        .iter()
        .filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version"));
    let item = |arg: &&Arg| {
        let value = arg.get_value_names().unwrap_or_default().first();
        let takes = arg.get_action().takes_values();
        let value = value
            .filter(|_| takes)
            .map(|value| format!(" {value}"))
            .unwrap_or_default();
        let name = arg.get_long().map_or_else(
            || arg.get_id().as_str().to_uppercase(),
            |long| format!("--{long}{value}"),
        );
        let default = arg.get_default_values().first().filter(|_| takes);
        let default = default
            .map(|value| format!(" (default: {})", value.display()))
            .unwrap_or_default();
        let required = if arg.is_required_set() && arg.get_long().is_some() {
            ", required"
        } else {
            ""
        };
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        format!("- `{name}`{required}: {help}{default}\n")
    };
    shown.map(item).collect()
}
