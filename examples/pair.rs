//! The likelihood ratio of one pair of profiles written by hand.

use filia::prelude::*;

fn main() -> Result<(), RunError> {
    let statistics = Statistics::bundled("nist1036:cauc")?;
    let child = PersonProfile::new("child", [("D3S1358", "15,17"), ("vWA", "16,18"), ("TH01", "6,9.3")])?;
    let man = PersonProfile::new("man", [("D3S1358", "14,15"), ("vWA", "16,17"), ("TH01", "9.3")])?.of_sex(Sex::Male);
    let pair = Pair::new(&statistics, &child, &man)?;
    println!("as father    log10 LR {:.4}", pair.log10_lr(Relationship::Parent)?);
    println!("as an uncle  log10 LR {:.4}", pair.log10_lr(Relationship::Avuncular)?);
    Ok(())
}
