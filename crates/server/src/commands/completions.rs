//! `gatewright completions SHELL`.

use clap::Args;
use clap_complete::{Shell, generate};

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gatewright completions bash > ~/.local/share/bash-completion/completions/gatewright
  gatewright completions zsh > ~/.zfunc/_gatewright
  gatewright completions fish > ~/.config/fish/completions/gatewright.fish")]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints them.
pub(crate) fn run(arguments: &Arguments, command: &mut clap::Command) {
    generate(
        arguments.shell,
        command,
        "gatewright",
        &mut std::io::stdout(),
    );
}
