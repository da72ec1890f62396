//! DNA profiles: loci, alleles, calls, samples, and the panel that holds millions of them as coded columns.

mod allele;
mod call;
mod locus;
mod panel;
mod sample;

pub use allele::{Allele, AlleleError};
pub use call::Call;
pub use locus::LocusName;
pub use panel::{Code, Dictionary, MISSING, Observation, Panel, PanelBuilder, PanelError, SampleIndex};
pub use sample::{BirthYears, Role, Sample, Sex};
