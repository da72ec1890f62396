//! Calls that the loci of a marker file cannot have produced: they are taken out, and listed.

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

/// Makes missing what these loci cannot explain: two alleles on a man's X chromosome, and an allele that is not listed and
/// that the mutation model refuses (any other gets the rare-allele frequency, `rare`). `sex_of` tells whose X is a man's.
///
/// # Errors
/// A temporary file that can no longer be read.
pub fn take_out_unusable_calls(
    panel: &mut Panel,
    markers: &[LocusDefinition],
    rare: f64,
    sex_of: &dyn Fn(&Panel, SampleIndex) -> Sex,
) -> Result<Vec<UnusableCall>, PanelError> {
    let mut taken_out = Vec::new();
    let mut cells = Vec::new();
    for marker in markers {
        let name = LocusName::new(&marker.name);
        let Some(position) = panel.locus_position(&name) else { continue };
        let calls: Vec<Call> = panel.dictionary(position).observations().iter().map(|seen| seen.call).collect();
        let refused = with_unseen(marker, &panel.dictionary(position).alleles(), rare).refused;
        let is_suspect = |&call: &Call| why_unusable(marker, &refused, Sex::Male, call).is_some();
        if !calls.iter().any(is_suspect) {
            continue;
        }
        let samples: Vec<u32> = panel.indices().map(|sample| sample.0).collect();
        for samples in samples.chunks(AT_ONCE) {
            let codes = panel.gather(samples, &[position])?;
            for (&sample, &code) in samples.iter().zip(&codes[0]) {
                let (sample, call) = (SampleIndex(sample), calls[usize::from(code)]);
                if let Some(reason) = why_unusable(marker, &refused, sex_of(panel, sample), call) {
                    cells.push((sample, position));
                    taken_out.push(UnusableCall { sample, locus: name.clone(), call, reason });
                }
            }
        }
    }
    panel.clear(&cells);
    Ok(taken_out)
}

fn why_unusable(marker: &LocusDefinition, refused: &[(Allele, Reason)], sex: Sex, call: Call) -> Option<Reason> {
    if marker.chromosome == Chromosome::X && sex == Sex::Male && matches!(call, Call::Two(..)) {
        return Some(Reason::TwoXAlleles);
    }
    let reason = |allele: Allele| refused.iter().find(|(other, _)| *other == allele).map(|(_, reason)| reason.clone());
    call.alleles().find_map(reason)
}
