//! Linked loci: from the settings to groups, and in words.

use super::RunError;
use crate::inheritance::Relationship;
use crate::io::recombination::{LinkedLoci, bundled_recombination, load_recombination};
use crate::io::source::Inputs;
use crate::likelihood::case::LinkageGroup;
use crate::model::{self, CaseModels, single_loci};
use crate::profile::{LocusName, Panel};
use crate::settings::{LinkageSettings, Settings};

/// The loci in use in groups, as the settings ask for it; the models get a note of how distances were used.
pub fn linkage_groups(
    panel: &Panel,
    models: &mut CaseModels,
    settings: &LinkageSettings,
    inputs: &Inputs,
) -> Result<Vec<LinkageGroup>, RunError> {
    if !settings.is_used {
        return Ok(single_loci(models.loci.len()));
    }
    let names: Vec<LocusName> = models.locus_names(panel).cloned().collect();
    let linked = load_recombination(&settings.pairs, &names, inputs)?;
    if linked.iter().any(|pair| pair.is_from_distance) {
        models
            .notes
            .push("recombination fractions of linked loci: from centimorgans by Kosambi's map function".to_owned());
    }
    Ok(model::linkage_groups(&names, &models.populations[0].loci, &linked)?)
}

/// What a search of pairs has to say of linked loci: it takes them as independent, which is exact for one person and for parent and
/// child, but not for other relationships, rivals among them.
pub fn independence_note(
    panel: &Panel,
    models: &CaseModels,
    settings: &Settings,
    inputs: &Inputs,
) -> Result<Option<String>, RunError> {
    let names: Vec<LocusName> = models.locus_names(panel).cloned().collect();
    let pairs = match settings.linkage.is_used {
        true => load_recombination(&settings.linkage.pairs, &names, inputs)?,
        false => bundled_recombination()?,
    };
    let pairs = describe_pairs(&pairs, &names);
    let relationship = settings.search.relationship;
    let of = match relationship {
        Relationship::Parent | Relationship::Identity => "rival relationships".to_owned(),
        other => format!("{other} and rival relationships"),
    };
    let asked = if settings.linkage.is_used { " ([linkage] is for identify)" } else { "" };
    Ok((!pairs.is_empty())
        .then(|| format!("linked loci are taken as independent{asked}: {pairs}; this matters for scores of {of}")))
}

/// The groups of more than one locus, in words.
pub fn describe_groups(groups: &[LinkageGroup], loci: &[LocusName]) -> String {
    let describe = |group: &LinkageGroup| {
        let names: Vec<_> = group.loci.iter().map(|&locus| loci[locus].as_str()).collect();
        let fractions: Vec<_> = group.recombination.iter().copied().map(four_decimals).collect();
        format!("{} (recombination {})", names.join("-"), fractions.join(", "))
    };
    groups.iter().filter(|group| group.loci.len() > 1).map(describe).collect::<Vec<_>>().join(", ")
}

/// The pairs of which both loci are in use, in words.
pub fn describe_pairs(linked: &[LinkedLoci], loci: &[LocusName]) -> String {
    let both = linked.iter().filter(|pair| pair.loci.iter().all(|locus| loci.contains(locus)));
    let describe = |pair: &LinkedLoci| {
        format!("{}-{} (recombination {})", pair.loci[0], pair.loci[1], four_decimals(pair.recombination))
    };
    both.map(describe).collect::<Vec<_>>().join(", ")
}

fn four_decimals(fraction: f64) -> String {
    ((fraction * 1e4).round() / 1e4).to_string()
}
