//! Which samples show alleles that the tables in use do not list: each rests on a frequency that nobody counted.

use crate::likelihood::LocusDefinition;
use crate::name_some::list_first;
use crate::population::FrequencyTable;
use crate::profile::{Allele, Call, LocusName, Panel, PanelError};
use serde::Serialize;

/// An allele that some table in use does not list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct UnseenAllele {
    /// The locus.
    pub locus: String,
    /// The allele.
    pub allele: String,
    /// The tables that have the locus and not the allele, or the marker file.
    pub tables: Vec<String>,
    /// How many samples show it.
    pub samples: u64,
    /// Who they are: the first of them, by id.
    pub sample_ids: Vec<String>,
}

/// Ids that are kept of each allele.
const IDS_KEPT: usize = 100;
/// Alleles that a note names.
const NAMED: usize = 5;
/// Samples that are looked at together.
const AT_ONCE: usize = 1 << 14;

/// The alleles that samples show and some table (or the marker file of this name) does not list, by locus and allele. Loci that no
/// table has are not looked at.
///
/// # Errors
/// A temporary file that can no longer be read.
pub fn unseen_by_sample(
    panel: &Panel,
    tables: &[FrequencyTable],
    markers: Option<(&str, &[LocusDefinition])>,
) -> Result<Vec<UnseenAllele>, PanelError> {
    let mut found = Vec::new();
    for (position, name) in panel.loci().iter().enumerate() {
        let dictionary = panel.dictionary(position);
        let seen = dictionary.alleles().into_iter();
        let unseen: Vec<(Allele, Vec<String>)> = seen
            .map(|allele| (allele, without(name, allele, tables, markers)))
            .filter(|(_, tables)| !tables.is_empty())
            .collect();
        if !unseen.is_empty() {
            let calls: Vec<Call> = dictionary.observations().iter().map(|seen| seen.call).collect();
            found.extend(who_shows(panel, position, &calls, unseen)?);
        }
    }
    Ok(found)
}

/// The tables that have the locus and do not list the allele.
fn without(
    name: &LocusName,
    allele: Allele,
    tables: &[FrequencyTable],
    markers: Option<(&str, &[LocusDefinition])>,
) -> Vec<String> {
    let lacks = |table: &&FrequencyTable| table.locus(name).is_some_and(|locus| locus.frequency(allele) == 0.0);
    let mut without: Vec<String> = tables.iter().filter(lacks).map(|table| table.name.clone()).collect();
    if let Some((file, markers)) = markers
        && let Some(marker) = markers.iter().find(|marker| LocusName::new(&marker.name) == *name)
    {
        let listed = marker.alleles.iter().zip(&marker.frequencies);
        let is_listed = |(label, frequency): (&String, &f64)| label.parse() == Ok(allele) && *frequency > 0.0;
        if !listed.into_iter().any(is_listed) {
            without.push(file.to_owned());
        }
    }
    without
}

fn who_shows(
    panel: &Panel,
    position: usize,
    calls: &[Call],
    unseen: Vec<(Allele, Vec<String>)>,
) -> Result<Vec<UnseenAllele>, PanelError> {
    let name = &panel.loci()[position];
    let shown_by = |call: &Call| -> Vec<usize> {
        let position = |shown| unseen.iter().position(|&(allele, _)| allele == shown);
        let mut shown: Vec<usize> = call.alleles().filter_map(position).collect();
        shown.dedup();
        shown
    };
    let of_code: Vec<Vec<usize>> = calls.iter().map(shown_by).collect();
    let entry = |(allele, tables): (Allele, Vec<String>)| UnseenAllele {
        locus: name.to_string(),
        allele: allele.to_string(),
        tables,
        samples: 0,
        sample_ids: Vec::new(),
    };
    let mut entries: Vec<UnseenAllele> = unseen.into_iter().map(entry).collect();
    let samples: Vec<_> = panel.indices().collect();
    for chunk in samples.chunks(AT_ONCE) {
        let numbers: Vec<u32> = chunk.iter().map(|sample| sample.0).collect();
        let codes = panel.gather(&numbers, &[position])?;
        for (&sample, &code) in chunk.iter().zip(&codes[0]) {
            for &shown in &of_code[usize::from(code)] {
                let entry = &mut entries[shown];
                entry.samples += 1;
                if entry.sample_ids.len() < IDS_KEPT {
                    entry.sample_ids.push(panel.full_id(sample).into_owned());
                }
            }
        }
    }
    Ok(entries.into_iter().filter(|entry| entry.samples > 0).collect())
}

/// A sentence on them: the first few with the samples that show them.
pub fn note_unseen(unseen: &[UnseenAllele]) -> Option<String> {
    let describe = |entry: &UnseenAllele| {
        let first = &entry.sample_ids[..entry.sample_ids.len().min(NAMED)];
        format!("{} {} ({})", entry.locus, entry.allele, list_first(first, entry.samples as usize - first.len()))
    };
    let mut named: Vec<String> = unseen.iter().take(NAMED).map(describe).collect();
    let more = unseen.len().saturating_sub(NAMED);
    named.extend((more > 0).then(|| format!("and {more} more alleles (all in `unseen_alleles` of manifest.json)")));
    (!unseen.is_empty()).then(|| {
        format!("alleles that a frequency table in use does not list, with who shows them: {}", named.join(", "))
    })
}
