//! The files of a scan, in order of their names, so that two scans of the same tree read the same.
//!
//! Symbolic links, pipes, sockets and devices inside directories are passed over. What was named itself is read whatever it
//! is, because whoever names `/dev/fd/63` means it.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Read, stdin},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rustix::fs::OFlags;

/// Something to be read.
#[derive(Debug)]
pub(super) enum Source {
    /// Standard input.
    Stdin,
    /// A file that was named.
    Named(PathBuf),
    /// A file that was found in a directory.
    Found(PathBuf),
    /// What could not be opened; only its name is known.
    Unopened(PathBuf),
}

impl Source {
    /// What it is called in reports.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::Named(path) | Self::Found(path) | Self::Unopened(path) => {
                path.to_string_lossy().into_owned()
            }
        }
    }

    /// Opens it; nothing for what has become something else than a file meanwhile.
    pub(super) fn open(&self) -> io::Result<Option<Box<dyn Read>>> {
        match self {
            Self::Stdin => Ok(Some(Box::new(stdin().lock()))),
            Self::Named(path) => Ok(Some(Box::new(File::open(path)?))),
            Self::Found(path) => {
                let Some(file) = open_plain(path)? else {
                    return Ok(None);
                };
                Ok(Some(Box::new(file)))
            }
            Self::Unopened(_) => Ok(None),
        }
    }
}

/// Opens a file without following a link, and without waiting for anybody to write into a pipe.
fn open_plain(path: &Path) -> io::Result<Option<File>> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
    Ok(file.metadata()?.is_file().then_some(file))
}

/// Walks over paths, deepest last.
pub(super) struct Walk {
    /// What is still to be looked at, the next one last.
    rest: Vec<Step>,
}

enum Step {
    Source(Source),
    Directory(PathBuf),
    Fault(PathBuf, io::Error),
}

impl Walk {
    /// Over these paths, in this order.
    pub(super) fn over(paths: &[PathBuf]) -> Self {
        let rest = paths.iter().rev().map(|path| named(path)).collect();
        Self { rest }
    }

    /// What is in a directory, by name.
    fn enter(&mut self, directory: &Path) {
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) => return self.rest.push(Step::Fault(directory.to_owned(), error)),
        };
        let mut found: Vec<(OsString, Step)> = Vec::new();
        for entry in entries {
            let step = entry.and_then(|entry| {
                let (path, kind) = (entry.path(), entry.file_type()?);
                let step = if kind.is_dir() {
                    Some(Step::Directory(path))
                } else if kind.is_file() {
                    Some(Step::Source(Source::Found(path)))
                } else {
                    None
                };
                Ok((entry.file_name(), step))
            });
            match step {
                Ok((name, Some(step))) => found.push((name, step)),
                Ok((_, None)) => {}
                Err(error) => {
                    let fault = Step::Fault(directory.to_owned(), error);
                    found.push((OsString::new(), fault));
                }
            }
        }
        found.sort_by(|(one, _), (other, _)| other.cmp(one));
        self.rest.extend(found.into_iter().map(|(_, step)| step));
    }
}

fn named(path: &Path) -> Step {
    if path.as_os_str() == "-" {
        return Step::Source(Source::Stdin);
    }
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => Step::Directory(path.to_owned()),
        Ok(_) => Step::Source(Source::Named(path.to_owned())),
        Err(error) => Step::Fault(path.to_owned(), error),
    }
}

impl Iterator for Walk {
    type Item = Result<Source, (PathBuf, io::Error)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.rest.pop()? {
                Step::Source(source) => return Some(Ok(source)),
                Step::Fault(path, error) => return Some(Err((path, error))),
                Step::Directory(path) => self.enter(&path),
            }
        }
    }
}
