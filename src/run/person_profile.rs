//! A profile written by hand.

use crate::profile::{Allele, AlleleError, Call, LocusName, Observation, Panel, PanelBuilder, PanelError, Sample, Sex};
use std::collections::BTreeSet;

/// Everything that is known of one person: an id, a sex, and calls.
///
/// ```
/// use filia::prelude::*;
///
/// let boy = PersonProfile::new("boy", [("D3S1358", "15,17"), ("vWA", "16"), ("TH01", "6/9.3")])?.of_sex(Sex::Male);
/// assert_eq!(boy.sample.id, "boy");
/// assert!(PersonProfile::new("boy", [("vWA", "16;x")]).is_err());
/// # Ok::<(), filia::run::ProfileTextError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct PersonProfile {
    /// Everything but the calls.
    pub sample: Sample,
    /// The calls, one for each locus that was typed.
    pub calls: Vec<(LocusName, Call)>,
}

/// A call that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProfileTextError {
    /// A text that is no allele.
    #[error("{person}, {locus}: {source}")]
    Allele {
        /// The person's id.
        person: String,
        /// The locus.
        locus: LocusName,
        /// What was found and what was expected.
        source: AlleleError,
    },
    /// A locus that stands twice.
    #[error("{person}: found the locus {locus} twice, expected each locus once")]
    RepeatedLocus {
        /// The person's id.
        person: String,
        /// The locus.
        locus: LocusName,
    },
}

impl PersonProfile {
    /// A person of unknown sex with these calls: locus and alleles, separated by `,` or `/` (`15,17`; `16`; empty where nothing was
    /// found). Names of loci may be spelt as laboratories do (`VWA`, `THO1`).
    ///
    /// # Errors
    /// A text that is no allele; a locus twice.
    pub fn new<'t>(id: &str, calls: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<Self, ProfileTextError> {
        let mut read: Vec<(LocusName, Call)> = Vec::new();
        for (locus, text) in calls {
            let locus = LocusName::new(locus);
            if read.iter().any(|(other, _)| *other == locus) {
                return Err(ProfileTextError::RepeatedLocus { person: id.to_owned(), locus });
            }
            let alleles = text.split([',', '/']).map(str::trim).filter(|allele| !allele.is_empty());
            match alleles.map(str::parse::<Allele>).collect::<Result<Vec<_>, _>>() {
                Ok(alleles) => read.push((locus, Call::from_alleles(&alleles))),
                Err(source) => return Err(ProfileTextError::Allele { person: id.to_owned(), locus, source }),
            }
        }
        Ok(Self { sample: Sample { id: id.to_owned(), ..Sample::default() }, calls: read })
    }

    /// The same person with this sex.
    pub fn of_sex(mut self, sex: Sex) -> Self {
        self.sample.sex = sex;
        self
    }

    fn call(&self, locus: &LocusName) -> Call {
        self.calls.iter().find(|(typed, _)| typed == locus).map_or(Call::Missing, |(_, call)| *call)
    }
}

/// These people as a panel, over every locus that any of them shows.
///
/// # Errors
/// An id twice.
pub(super) fn panel_of(people: &[&PersonProfile]) -> Result<Panel, PanelError> {
    let loci: BTreeSet<&LocusName> = people.iter().flat_map(|person| &person.calls).map(|(locus, _)| locus).collect();
    let mut builder = PanelBuilder::new(loci.iter().map(|&locus| locus.clone()).collect());
    for person in people {
        let seen = |locus: &&LocusName| Observation {
            call: person.call(locus),
            drop_out: person.sample.drop_out.unwrap_or_default(),
        };
        builder.push(person.sample.clone(), &loci.iter().map(seen).collect::<Vec<_>>())?;
    }
    builder.build()
}
