//! Calls that the loci in use cannot have produced: they are taken out, and listed.

use super::case_models::chromosome_of;
use crate::inheritance::MutationModel;
use crate::io::problems::Reason;
use crate::likelihood::{Chromosome, LocusDefinition};
use crate::profile::{Call, LocusName, Panel, PanelError, SampleIndex, Sex};

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

/// Makes missing what the loci cannot explain: two alleles on a man's X chromosome, and an allele for which
/// custom mutation matrices have no row (under every other model it gets the rare-allele frequency). Without a marker file the
/// names of the loci tell which lie on the X chromosome.
///
/// # Errors
/// A temporary file that can no longer be read.
pub fn take_out_unusable_calls(
    panel: &mut Panel,
    markers: Option<&[LocusDefinition]>,
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
        let why_unusable = |sex, call| why_unusable(chromosome, marker, sex, call);
        let calls: Vec<Call> = panel.dictionary(position).observations().iter().map(|seen| seen.call).collect();
        let is_suspect = |&call: &Call| why_unusable(Sex::Male, call).is_some();
        if !calls.iter().any(is_suspect) {
            continue;
        }
        let samples: Vec<u32> = panel.indices().map(|sample| sample.0).collect();
        for samples in samples.chunks(AT_ONCE) {
            let codes = panel.gather(samples, &[position])?;
            for (&sample, &code) in samples.iter().zip(&codes[0]) {
                let (sample, call) = (SampleIndex(sample), calls[usize::from(code)]);
                if let Some(reason) = why_unusable(panel.sex(sample), call) {
                    cells.push((sample, position));
                    taken_out.push(UnusableCall { sample, locus: name.clone(), call, reason });
                }
            }
        }
    }
    panel.clear(&cells);
    Ok(taken_out)
}

fn why_unusable(chromosome: Chromosome, marker: Option<&LocusDefinition>, sex: Sex, call: Call) -> Option<Reason> {
    if chromosome == Chromosome::X && sex == Sex::Male && matches!(call, Call::Two(..)) {
        return Some(Reason::TwoXAlleles);
    }
    let marker = marker?;
    let has_matrices = marker.mutation.as_ref().is_some_and(|mutation| mutation.model == MutationModel::Custom);
    let is_listed = |allele| marker.alleles.iter().any(|label| label.parse() == Ok(allele));
    call.alleles()
        .find(|&allele| has_matrices && !is_listed(allele))
        .map(|allele| Reason::NotInMatrix(allele.to_string()))
}
