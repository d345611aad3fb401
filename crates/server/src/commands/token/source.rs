//! Where a token that is looked at comes from.

use std::{fmt, fs, io::Read, path::PathBuf};

use anyhow::{Context, Result};
use zeroize::Zeroizing;

use crate::{
    failure::{Code, Failure},
    say,
};

/// The most that is read of a file with a token: ten times what any token may have.
const LARGEST: u64 = 160 * 1024;

/// Standard input, a file, or the token itself. Errors never say what was given, because it may be the token.
#[derive(Clone)]
pub(crate) struct TokenSource(String);

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[a file or a token]")
    }
}

impl From<String> for TokenSource {
    fn from(argument: String) -> Self {
        Self(argument)
    }
}

impl TokenSource {
    /// The token.
    pub(crate) fn read(self) -> Result<Zeroizing<String>> {
        let Self(argument) = self;
        let mut text = Zeroizing::new(String::new());
        let path = PathBuf::from(&argument);
        if argument == "-" {
            std::io::stdin().take(LARGEST).read_to_string(&mut text)?;
        } else if path.exists() {
            let file = fs::File::open(&path).context("could not open the file with the token")?;
            let read = file.take(LARGEST).read_to_string(&mut text);
            read.context("could not read the file with the token")?;
        } else if argument.split('.').count() == 3 {
            say!(
                "The token stands on the command line, where others on this machine can read it; `-` reads standard input."
            );
            text.push_str(&argument);
        } else {
            let neither = "the argument is neither a file nor a token of three parts";
            return Err(Failure::new(Code::NotFound, neither)
                .next("give the token on standard input: gatewright token inspect -")
                .into());
        }
        Ok(Zeroizing::new(text.trim().to_owned()))
    }
}
