//! Calls that cannot be used as they stand: the loci in use cannot have produced them, or nobody can have meant them.

use super::open_locus::chromosome_of;
use super::unseen_alleles::with_unseen;
use crate::io::problems::Reason;
use crate::likelihood::{Chromosome, LocusDefinition};
use crate::name_some::{LOCI_NAMED, name_some};
use crate::population::{FrequencyTable, PlausibleAlleles};
use crate::profile::{Allele, Call, Code, LocusName, Panel, PanelError, SampleIndex, Sex};

/// What decides which calls can be used.
#[derive(Clone, Copy, Debug)]
pub struct InUse<'s> {
    /// The loci of a marker file, where it says everything.
    pub markers: Option<&'s [LocusDefinition]>,
    /// The frequency tables, else.
    pub tables: &'s [FrequencyTable],
    /// The frequency of alleles that a marker file does not list.
    pub rare: f64,
    /// Whether alleles that cannot be meant are used all the same.
    pub accepts_implausible: bool,
}

/// The calls of a panel that cannot be used.
#[derive(Debug)]
pub struct UnusableCalls {
    loci: Vec<SuspectLocus>,
}

/// A locus with calls that cannot be used.
#[derive(Debug)]
struct SuspectLocus {
    /// Its position in the panel (0-based).
    position: usize,
    name: LocusName,
    chromosome: Chromosome,
    /// The call of each code, and why nobody can have it.
    calls: Vec<(Call, Option<Reason>)>,
}

/// A call of a sample that cannot be used.
#[derive(Clone, PartialEq, Debug)]
pub struct UnusableCall {
    /// Whose it is.
    pub sample: SampleIndex,
    /// Where: the locus's position in the panel (0-based), and its name.
    pub locus: (usize, LocusName),
    /// What it is.
    pub call: Call,
    /// Why it cannot be used.
    pub reason: Reason,
}

impl UnusableCalls {
    /// Those of this panel: two alleles on a man's X chromosome; an allele that a marker file does not list and that its mutation
    /// model refuses (any other gets the rare-allele frequency); and, unless they are accepted, alleles that no table lists and
    /// that cannot be meant ([`PlausibleAlleles`]). Without a marker file the names of the loci tell which lie on the X chromosome.
    pub fn find(panel: &Panel, in_use: &InUse<'_>) -> Self {
        let find = |(position, name): (usize, &LocusName)| {
            let marker = |markers: &'_ [LocusDefinition]| {
                markers.iter().position(|marker| LocusName::new(&marker.name) == *name)
            };
            let marker = match in_use.markers {
                Some(markers) => Some(&markers[marker(markers)?]),
                None => None,
            };
            let chromosome = marker.map_or_else(|| chromosome_of(name), |marker| marker.chromosome);
            let dictionary = panel.dictionary(position);
            let faults = faults(name, &dictionary.alleles(), marker, in_use);
            let why = |call: Call| {
                let mut alleles = call.alleles();
                alleles.find_map(|allele| faults.iter().find(|(other, _)| *other == allele).map(|(_, why)| why.clone()))
            };
            let calls = dictionary.observations().iter().map(|seen| (seen.call, why(seen.call)));
            let locus = SuspectLocus { position, name: name.clone(), chromosome, calls: calls.collect() };
            locus.is_suspect().then_some(locus)
        };
        Self { loci: panel.loci().iter().enumerate().filter_map(find).collect() }
    }

    /// Those of these samples; `sex_of` tells whose X is a man's.
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub fn of_samples(
        &self,
        panel: &Panel,
        samples: &[u32],
        sex_of: &dyn Fn(&Panel, SampleIndex) -> Sex,
    ) -> Result<Vec<UnusableCall>, PanelError> {
        let mut found = Vec::new();
        for locus in &self.loci {
            let codes = panel.gather(samples, &[locus.position])?;
            for (&sample, &code) in samples.iter().zip(&codes[0]) {
                let sample = SampleIndex(sample);
                let reason = locus.why_unusable(code, || sex_of(panel, sample));
                found.extend(reason.map(|reason| UnusableCall {
                    sample,
                    locus: (locus.position, locus.name.clone()),
                    call: locus.calls[usize::from(code)].0,
                    reason,
                }));
            }
        }
        Ok(found)
    }

    /// The codes that nobody has any more once these calls are missing, with the position of their locus.
    pub fn codes(&self) -> Vec<(usize, Code)> {
        let of_locus = |locus: &SuspectLocus| {
            let codes = locus.calls.iter().enumerate().filter(|(_, (_, fault))| fault.is_some());
            codes.map(|(code, _)| (locus.position, code as Code)).collect::<Vec<_>>()
        };
        self.loci.iter().flat_map(of_locus).collect()
    }

    /// Sentences on alleles that cannot be meant, for who reads the results.
    pub fn notes(&self) -> Vec<String> {
        let alleles = |kind: &dyn Fn(&Reason) -> Option<String>| {
            let of_locus = |locus: &SuspectLocus| {
                let mut alleles: Vec<String> =
                    locus.calls.iter().filter_map(|(_, fault)| kind(fault.as_ref()?)).collect();
                alleles.dedup();
                (!alleles.is_empty()).then(|| format!("{} {}", locus.name, alleles.join(" ")))
            };
            let list = name_some(self.loci.iter().filter_map(of_locus), LOCI_NAMED);
            (!list.is_empty()).then_some(list)
        };
        let implausible = alleles(&|fault| match fault {
            Reason::ImplausibleAllele { allele, .. } => Some(allele.clone()),
            _ => None,
        });
        let coded = alleles(&|fault| match fault {
            Reason::CodedOtherwise { allele, .. } => Some(allele.clone()),
            _ => None,
        });
        let implausible = implausible.map(|list| {
            format!("alleles that cannot be meant, read as missing (--accept-implausible uses them): {list}")
        });
        let coded = coded.map(|list| {
            format!("alleles coded otherwise than in the frequency table, read as missing: {list}; write them as the table does")
        });
        implausible.into_iter().chain(coded).collect()
    }
}

impl SuspectLocus {
    fn is_suspect(&self) -> bool {
        (0..self.calls.len()).any(|code| self.why_unusable(code as Code, || Sex::Male).is_some())
    }

    fn why_unusable(&self, code: Code, sex: impl Fn() -> Sex) -> Option<Reason> {
        let (call, fault) = &self.calls[usize::from(code)];
        if self.chromosome == Chromosome::X && matches!(call, Call::Two(..)) && sex() == Sex::Male {
            return Some(Reason::TwoXAlleles);
        }
        fault.clone()
    }
}

/// The alleles of these that nobody can have at a locus, and why.
fn faults(
    name: &LocusName,
    seen: &[Allele],
    marker: Option<&LocusDefinition>,
    in_use: &InUse<'_>,
) -> Vec<(Allele, Reason)> {
    let mut faults = marker.map(|marker| with_unseen(marker, seen, in_use.rare).refused).unwrap_or_default();
    let tables: Vec<_> = in_use.tables.iter().filter_map(|table| table.locus(name)).collect();
    // A locus that no table has is not used at all.
    let is_used = marker.is_some() || in_use.tables.is_empty() || !tables.is_empty();
    if in_use.accepts_implausible || !is_used {
        return faults;
    }
    let of_tables = tables.iter().flat_map(|locus| locus.frequencies.iter().map(|entry| entry.0));
    let of_marker = marker.into_iter().flat_map(|marker| marker.alleles.iter().filter_map(|label| label.parse().ok()));
    let plausible = PlausibleAlleles::new(name, of_tables.chain(of_marker).collect());
    for &allele in seen {
        if let Some(fault) = plausible.fault(allele) {
            faults.push((allele, Reason::of_implausible(allele, fault)));
        }
    }
    faults
}
