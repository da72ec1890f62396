//! Calls that the loci in use cannot have produced: they are taken out, and listed.

use super::case_models::chromosome_of;
use super::unseen_alleles::with_unseen;
use crate::io::problems::Reason;
use crate::likelihood::{Chromosome, LocusDefinition};
use crate::profile::{Allele, Call, LocusName, Panel, PanelError, SampleIndex, Sex};

/// A call that was taken out of the panel.
#[derive(Clone, PartialEq, Debug)]
pub struct UnusableCall {
    /// Whose it was.
    pub sample: SampleIndex,
    /// Where.
    pub locus: LocusName,
    /// What it was.
    pub call: Call,
    /// Why it cannot be used.
    pub reason: Reason,
}

/// Samples that are looked at together.
const AT_ONCE: usize = 1 << 14;

/// Makes missing what the loci cannot explain: two alleles on a man's X chromosome, and an allele that a marker file does not list
/// and that its mutation model refuses (any other gets the rare-allele frequency, `rare`). Without a marker file the names of the
/// loci tell which lie on the X chromosome. `sex_of` tells whose X is a man's.
///
/// # Errors
/// A temporary file that can no longer be read.
pub fn take_out_unusable_calls(
    panel: &mut Panel,
    markers: Option<&[LocusDefinition]>,
    rare: f64,
    sex_of: &dyn Fn(&Panel, SampleIndex) -> Sex,
) -> Result<Vec<UnusableCall>, PanelError> {
    let mut taken_out = Vec::new();
    let mut cells = Vec::new();
    for (position, name) in panel.loci().to_vec().iter().enumerate() {
        let marker = markers.and_then(|markers| markers.iter().find(|marker| LocusName::new(&marker.name) == *name));
        let chromosome = match (markers, marker) {
            (None, _) => chromosome_of(name),
            (Some(_), Some(marker)) => marker.chromosome,
            (Some(_), None) => continue,
        };
        let calls: Vec<Call> = panel.dictionary(position).observations().iter().map(|seen| seen.call).collect();
        let alleles = panel.dictionary(position).alleles();
        let refused = marker.map(|marker| with_unseen(marker, &alleles, rare).refused).unwrap_or_default();
        let why_unusable = |sex, call| why_unusable(chromosome, &refused, sex, call);
        let is_suspect = |&call: &Call| why_unusable(Sex::Male, call).is_some();
        if !calls.iter().any(is_suspect) {
            continue;
        }
        let samples: Vec<u32> = panel.indices().map(|sample| sample.0).collect();
        for samples in samples.chunks(AT_ONCE) {
            let codes = panel.gather(samples, &[position])?;
            for (&sample, &code) in samples.iter().zip(&codes[0]) {
                let (sample, call) = (SampleIndex(sample), calls[usize::from(code)]);
                if let Some(reason) = why_unusable(sex_of(panel, sample), call) {
                    cells.push((sample, position));
                    taken_out.push(UnusableCall { sample, locus: name.clone(), call, reason });
                }
            }
        }
    }
    panel.clear(&cells);
    Ok(taken_out)
}

fn why_unusable(chromosome: Chromosome, refused: &[(Allele, Reason)], sex: Sex, call: Call) -> Option<Reason> {
    if chromosome == Chromosome::X && sex == Sex::Male && matches!(call, Call::Two(..)) {
        return Some(Reason::TwoXAlleles);
    }
    let reason = |allele: Allele| refused.iter().find(|(other, _)| *other == allele).map(|(_, reason)| reason.clone());
    call.alleles().find_map(reason)
}
