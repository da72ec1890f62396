//! The main job through the library: a folder of profiles (the bundled case, unless one is named) searched, and the best candidate
//! of each child printed. `cargo run --example match_folder [FOLDER]`

use filia::prelude::*;
use std::path::PathBuf;

fn main() -> Result<(), RunError> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or("data/demo".to_owned()));
    let file = |name: &str| folder.join(name);
    let candidates = [file("corpses.csv"), file("detainees.csv")];
    let case = MatchCase::read([file("children.csv")], candidates, &Settings::default())?;
    let found = case.search()?;
    for best in found.parents.candidacies.iter().filter(|candidacy| candidacy.rank == 1) {
        let (child, candidate) = (case.panel().full_id(best.child), case.panel().full_id(best.candidate));
        println!("{child}  {candidate}  log10 LR {:.2}  posterior {:.4}", best.log10_lr, best.posterior);
    }
    Ok(())
}
