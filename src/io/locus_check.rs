//! What every description of loci is checked for, whatever file it stands in.

use crate::likelihood::{LocusDefinition, LocusModel};
use crate::profile::{Allele, LocusName};

/// How far the frequencies of a locus may miss 1: published tables are rounded to three or four decimals.
const SUM_TOLERANCE: f64 = 0.01;

/// The model of a locus, whose frequencies sum to 1 less the silent one.
///
/// # Errors
/// What is wrong with it, with its name.
pub(super) fn checked_model(definition: LocusDefinition) -> Result<LocusModel, String> {
    let name = definition.name.clone();
    let model = LocusModel::new(definition).map_err(|error| format!("locus `{name}`: {error}"))?;
    let sum: f64 = model.frequencies().iter().sum();
    let silent_frequency = model.definition().silent_frequency;
    if (sum + silent_frequency - 1.0).abs() > SUM_TOLERANCE {
        let expected = match silent_frequency > 0.0 {
            true => format!("about {} (1 minus the silent frequency)", 1.0 - silent_frequency),
            false => "about 1".to_owned(),
        };
        return Err(format!("locus `{name}`: the frequencies sum to {sum}, expected {expected}"));
    }
    Ok(model)
}

/// Refuses two spellings of one locus (`TH01` and `THO1`): one of them would be lost.
///
/// # Errors
/// A locus that is among those before it.
pub(super) fn check_name(name: &str, before: &[LocusModel]) -> Result<(), String> {
    let locus = LocusName::new(name);
    match before.iter().find(|model| LocusName::new(model.name()) == locus).map(LocusModel::name) {
        None => Ok(()),
        Some(same) if same == name => Err(format!("the locus `{name}` is listed twice")),
        Some(other) => Err(format!("the locus `{name}` is listed twice: `{other}` is another name of it")),
    }
}

/// Refuses numbers that no allele of a profile can have.
///
/// # Errors
/// Such a label.
pub(super) fn check_label(label: &str) -> Result<(), String> {
    match (label.parse::<f64>(), label.parse::<Allele>()) {
        (Ok(0.0), _) => {
            let why = "in a profile 0 means no result, so nobody can show it; call the alleles 1 and 2, or A and B";
            Err(format!("allele `{label}`: {why}"))
        }
        (Ok(_), Err(error)) => Err(error.to_string()),
        _ => Ok(()),
    }
}
