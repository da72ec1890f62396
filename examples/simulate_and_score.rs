//! What two relationships score on a panel: children are simulated with their fathers and with unrelated men, and every pair is
//! scored as father and child.

use filia::io::case_shape::parse_case_shape;
use filia::prelude::*;
use filia::profile::DropOut;
use filia::simulate::{CasePanel, SamplePlace};

/// Fifty children and their fathers, typed at eight loci.
const SHAPE: &str = r#"
    seed = 7
    loci = ["D3S1358", "vWA", "FGA", "D8S1179", "D21S11", "D18S51", "TH01", "D16S539"]
    [[families]]
    count = 50
    people = [
        { id = "F", samples = ["detainee"] },
        { id = "M" },
        { id = "C", father = "F", mother = "M", samples = ["child"] },
    ]
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let shape = parse_case_shape("fathers", SHAPE)?;
    let statistics = Statistics::from_settings(&shape.settings)?;
    let (case, models) = SimulateInput::new("fathers", shape).make()?;
    let panel = CasePanel::new(std::slice::from_ref(&case), &models, DropOut::default())?.panel;
    let scorer = Scorer::new(&statistics, panel)?;
    let sample = |place: SamplePlace| scorer.panel.find(&case.layout().id(place)).ok_or("not in the panel");
    let children = case.layout().len(0);
    let (mut fathers, mut strangers) = (0.0, 0.0);
    for row in 0..children {
        let child = sample(case.parents(row).child)?;
        let father = |row: u64| case.parents(row).father.ok_or("no father in the list");
        fathers += scorer.log10_lr(Relationship::Parent, child, sample(father(row)?)?)?;
        strangers += scorer.log10_lr(Relationship::Parent, child, sample(father((row + 1) % children)?)?)?;
    }
    let count = children as f64;
    println!("mean log10 LR of {children} fathers {:.2}, of strangers {:.2}", fathers / count, strangers / count);
    Ok(())
}
