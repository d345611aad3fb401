//! Renders every page with made-up data into a directory, to look at: `cargo run --example gallery -- DIR`,
//! then `python3 -m http.server --bind 127.0.0.1 --directory DIR`.

mod apis;
mod audit;
mod consumers;
mod entry;
mod house;
mod issuers;
mod keys;
mod sample;
mod tokens;
mod traffic;
mod versions;

use std::{error::Error, fs, path::Path};

use askama::Template;
use gatewright_portal::assets;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args_os()
        .nth(1)
        .ok_or("say which directory to write to")?;
    let directory = Path::new(&directory);
    fs::create_dir_all(directory.join("assets"))?;
    for asset in assets::ALL {
        fs::write(directory.join("assets").join(asset.name), asset.text)?;
    }
    for (name, page) in pages()? {
        fs::write(directory.join(name).with_extension("html"), page)?;
    }
    Ok(())
}

type Rendered = Result<(&'static str, String), askama::Error>;

fn pages() -> Result<Vec<(&'static str, String)>, askama::Error> {
    let rooms = [
        traffic::pages(),
        apis::pages(),
        versions::pages(),
        consumers::pages(),
        tokens::pages(),
        issuers::pages(),
        keys::pages(),
        audit::pages(),
        house::pages(),
        entry::pages(),
    ];
    rooms.into_iter().flatten().collect()
}

fn page(name: &'static str, page: impl Template) -> Rendered {
    Ok((name, page.render()?))
}
