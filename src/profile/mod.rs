//! DNA profiles: loci, alleles, calls, samples, and the panel that holds millions of them as coded columns.

mod allele;
mod call;
mod code_file;
mod codes;
mod dictionary;
mod drop_out;
mod id_arena;
mod known_loci;
mod locus;
mod panel;
mod panel_builder;
mod sample;
mod sample_columns;
mod stated_parent;
mod text_column;

pub use allele::{Allele, AlleleError, AlleleKind, EXPECTED_ALLELE};
pub use call::Call;
pub use codes::Profile;
pub use dictionary::{Code, Dictionary, MISSING, Observation};
pub use drop_out::{DropOut, DropOutByRole};
pub use locus::{LocusKind, LocusName, fold_name};
pub use panel::{Panel, PanelError, SampleIndex};
pub use panel_builder::{PanelBuilder, SpillTo};
pub use sample::{BirthYears, Role, Sample, Sex};
pub use stated_parent::StatedParentFault;
