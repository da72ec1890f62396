//! The main job: every child against every candidate.
//!
//! 1. [`roster`]: who is a child, who is a candidate, which parent of a child is known.
//! 2. [`one_person`]: samples that come from one person, which are no candidates for each other.
//! 3. [`parents`]: the ranked candidates of each child; [`scan_sex`]: what is scanned; [`evidence`]: columns of
//!    the scan beside the loci; [`ages`]: who was too young; [`close`]: who comes close.
//! 4. [`assess`]: each reported pair looked at closely: rivals, inconsistent loci, flags; [`intervals`]: how far its LR is certain.
//! 5. [`false_leads`]: how many strangers of the list would score as high by chance.
//! 6. [`weighing`]: the posteriors of each child, over father and mother at once ([`couples`], [`alike`], [`couple_bounds`]), and
//!    over what else a candidate can be ([`relatives`]); [`people`]: the candidates as persons; [`couple`]: a reported couple.
//! 7. [`families`]: the same for all children of the case at once.
//! 8. [`status`]: in one word what is known of each place.
//! 9. [`explain`]: one pair, locus by locus; [`closed_form`]: the same by a formula; [`loci_of_pairs`]: many pairs, in brief.
//!
//! [`rows`] keeps the score rows of a child at hand. [`share`] does the first scans, of 2. and 3., for all candidates or for a share of them;
//! [`memory`] says how much of this may be in memory at once, [`parts`] scans accordingly.

mod ages;
mod alike;
mod assess;
mod case_power;
mod close;
mod closed_form;
mod couple;
mod couple_bounds;
mod couple_sums;
mod couples;
mod evidence;
mod explain;
mod false_leads;
pub mod families;
mod intervals;
mod limits;
mod loci_of_pairs;
mod memory;
pub mod one_person;
mod parentage;
mod parents;
mod parts;
mod people;
mod relatives;
mod roster;
mod rows;
mod run;
mod scan_sex;
mod share;
mod status;
mod weighing;

pub use assess::{Assessment, Flag, RIVALS};
pub use case_power::{CasePower, ListPower, ListThreshold, case_power};
pub use closed_form::{AlleleTerms, ClosedForm, Draw, closed_forms};
pub use couple::Couple;
pub use explain::{
    ExplainedLine, Explanation, FrequencyUsed, LocusExplanation, explain, frequencies_used, log10_lrs, totals,
};
pub use false_leads::{ChildLeads, ListLeads, expect_false_leads, note_on_rounding};
pub use intervals::Intervals;
pub use loci_of_pairs::{LociOfPair, loci_of_pairs};
pub use memory::{AtOnce, MemoryNeeds, TooLittleMemory};
pub use parentage::{OtherRelative, Parentage};
pub use parents::{Candidacy, ParentSearch, find_parents};
pub use roster::{Asked, Child, Roster, RosterError, UnusedParent};
pub use run::{Found, search, search_each, search_each_from, search_from};
pub use share::{NoShare, ScannedShare, Share, scan_share};
pub use status::{ChildStatus, Named, PlaceStatus, Status};

use crate::likelihood::{Chromosome, LocusModel};
use crate::model::{CaseModels, ScoreTables, TableError};
use crate::power::NumberOfPeopleMissing;
use crate::profile::{Call, Code, Observation, Panel, PanelError};
use crate::search::{Cancelled, CodeFeatures, Features};
use crate::settings::Settings;
pub(crate) use parts::Task;
use roster::{LineRows, log10_lr};
pub(crate) use rows::RowsAtHand;

/// Why a search ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum MatchError {
    /// A score table cannot be computed.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A frequency table that does not say how many people were typed, where intervals are asked for.
    #[error("--lr-interval: {0}")]
    Interval(#[from] NumberOfPeopleMissing),
    /// The temporary file of profiles that do not fit in memory can no longer be read.
    #[error(transparent)]
    Panel(#[from] PanelError),
    /// What the families say of the bodies cannot be had.
    #[error(transparent)]
    Families(Box<dyn std::error::Error + Send + Sync>),
    /// The search was interrupted.
    #[error("interrupted")]
    Cancelled,
}

impl From<Cancelled> for MatchError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

/// What every step of a search needs: the profiles, the models, the settings, and the score tables made from them.
pub struct Case<'a> {
    /// Every sample of the run.
    pub panel: &'a Panel,
    /// The models of each population.
    pub models: &'a CaseModels,
    /// The settings in full.
    pub settings: &'a Settings,
    /// Score tables, one for each population.
    pub tables: Vec<ScoreTables<'a>>,
    /// Score tables without mutation, of the first population: which loci are consistent does not depend on frequencies.
    pub consistency: ScoreTables<'a>,
    /// How much may be in memory at once.
    pub at_once: AtOnce,
    /// By locus in use and code, the kind of its call.
    pub(crate) call_kinds: Vec<Vec<CallKind>>,
    /// By locus in use, where it lies, and whether mothers and fathers mutate alike there.
    pub(crate) transmission: Vec<(Chromosome, bool)>,
}

/// What kind of call a code stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CallKind {
    /// There is no call.
    Missing,
    /// There are more alleles than a person has.
    SetAside,
    /// There is a call.
    Typed,
}

impl<'a> Case<'a> {
    /// Binds profiles, models and settings; tables fill as they are used.
    pub fn new(panel: &'a Panel, models: &'a CaseModels, settings: &'a Settings) -> Self {
        let drop_in = settings.observation.drop_in;
        let tables = models
            .populations
            .iter()
            .map(|population| ScoreTables::new(panel, &models.loci, population, drop_in))
            .collect();
        let consistency = ScoreTables::without_mutation(panel, &models.loci, &models.populations[0], drop_in);
        let kind_of = |seen: &Observation| match seen.call {
            Call::SetAside => CallKind::SetAside,
            call if call.is_informative() => CallKind::Typed,
            _ => CallKind::Missing,
        };
        let call_kinds = |&locus: &usize| panel.dictionary(locus).observations().iter().map(kind_of).collect();
        let call_kinds = models.loci.iter().map(call_kinds).collect();
        let of_populations = |locus: usize| models.populations.iter().map(move |population| &population.loci[locus]);
        let alike = |locus: usize| of_populations(locus).all(LocusModel::sexes_mutate_alike);
        let chromosomes = models.populations[0].loci.iter().map(LocusModel::chromosome).enumerate();
        let transmission = chromosomes.map(|(locus, chromosome)| (chromosome, alike(locus))).collect();
        let at_once = AtOnce::default();
        Self { panel, models, settings, tables, consistency, at_once, call_kinds, transmission }
    }

    /// Alleles as what codes have in common, for the scan's exclusions: a call that says nothing, or whose other allele may
    /// have dropped out, goes with every allele.
    fn features(&self) -> Features {
        let of_locus = |&locus: &usize| {
            let dictionary = self.panel.dictionary(locus);
            let alleles = dictionary.alleles();
            let number =
                |allele| alleles.binary_search(&allele).map_or(CodeFeatures::Any, |at| CodeFeatures::One(at as u16));
            let of_code = |seen: &Observation| match (seen.call, seen.drop_out) {
                (Call::One(allele), 0.0) => number(allele),
                (Call::Two(first, second), 0.0) => match (number(first), number(second)) {
                    (CodeFeatures::One(first), CodeFeatures::One(second)) => CodeFeatures::Two(first, second),
                    _ => CodeFeatures::Any,
                },
                _ => CodeFeatures::Any,
            };
            dictionary.observations().iter().map(of_code).collect()
        };
        Features { loci: self.models.loci.iter().map(of_locus).collect() }
    }

    /// How many codes each locus in use has.
    fn dictionary_sizes(&self) -> Vec<usize> {
        self.models.loci.iter().map(|&locus| self.panel.dictionary(locus).observations().len()).collect()
    }

    /// The score of a candidate by these rows: the lowest of the populations' log10 LR. `codes` are the candidate's, one for each
    /// locus in use.
    fn score(&self, populations: &[Vec<LineRows<'_>>], codes: impl Iterator<Item = Code> + Clone) -> f64 {
        populations.iter().map(|lines| log10_lr(lines, codes.clone())).fold(f64::INFINITY, f64::min)
    }

    /// The score rows of one question in every population.
    fn rows(&self, asked: &Asked) -> Result<Vec<Vec<LineRows<'_>>>, TableError> {
        self.rows_beside(asked, asked.known_codes(self).as_deref())
    }

    /// The same beside a known parent who shows this.
    fn rows_beside(&self, asked: &Asked, known: Option<&[Code]>) -> Result<Vec<Vec<LineRows<'_>>>, TableError> {
        self.tables.iter().map(|tables| asked.rows(self, tables, known)).collect()
    }

    /// Whether a code of a locus in use (0-based) is a call.
    fn has_call(&self, at: usize, code: Code) -> bool {
        self.call_kinds[at][usize::from(code)] == CallKind::Typed
    }
}
