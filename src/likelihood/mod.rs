//! The likelihood engine: one exact network for every hypothesis, and the score rows made from it.
//!
//! [`ln_likelihood`] is P(all that was seen | pedigree) at one locus; [`linked_ln_likelihood`] the same for several
//! linked loci together; [`genotype_table`] leaves one person's genotype open, so that the likelihood with anything
//! whatever seen of that person is a look-up; [`score_row`] makes of two such tables the log10 likelihood ratios of every
//! observation in a dictionary; [`FrequencyPolynomial`] is the likelihood as a function of the frequencies. The statistics meet here: founder alleles (with theta),
//! transmission with mutation, and what is observed of a genotype.

mod assembly;
pub mod case;
mod coancestry;
mod couple_bound;
mod descents;
mod elimination_order;
mod evidence;
mod family;
mod forest;
mod forest_node;
mod forest_sum;
mod founder_sum;
mod frame;
mod frequency_polynomial;
mod genotype_sum;
mod genotype_table;
mod inheritance_path;
mod linked_descents;
mod model;
mod network;
mod number;
mod open_table;
mod question;
mod score_row;
mod state_space;
mod urn_sum;
mod wide;

pub use bio::stats::LogProb;
pub use coancestry::PARTITION_LIMIT;
pub use couple_bound::{CoupleBound, PairBound};
pub use evidence::LocusEvidence;
pub use frequency_polynomial::FrequencyPolynomial;
pub use genotype_table::GenotypeTable;
pub use linked_descents::{LinkedTables, SeenByDescent};
pub use model::{Chromosome, LocusDefinition, LocusModel, ModelError};
pub use question::{genotype_table, linked_ln_likelihood, linked_tables, linked_theta_cost, ln_likelihood, theta_cost};
pub use score_row::{score_row, seen};
pub use state_space::frequencies_not_shown;
pub use wide::Wide;

/// Why a likelihood cannot be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LikelihoodError {
    /// Evidence on a person who is not in the pedigree.
    #[error("evidence names person {person} (counted from 0), but the pedigree has {members} individuals")]
    UnknownPerson {
        /// The position.
        person: usize,
        /// Number of individuals.
        members: usize,
    },
    /// Evidence with an allele that the locus does not have.
    #[error("evidence at {locus} names allele {allele} (counted from 0), but the locus has {alleles} alleles")]
    UnknownAllele {
        /// The locus.
        locus: String,
        /// The index.
        allele: u16,
        /// Number of visible alleles.
        alleles: usize,
    },
    /// An observation with an allele that is not in the locus's list.
    #[error("allele `{label}` is not among the alleles of {locus}")]
    UnlistedAllele {
        /// The locus.
        locus: String,
        /// The label.
        label: String,
    },
    /// A probability that is none.
    #[error("{name} is {value}, expected {expected}")]
    Parameter {
        /// `drop-out probability`, `drop-in probability`, `recombination fraction`.
        name: &'static str,
        /// What was found.
        value: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// An X locus needs the sex.
    #[error("the sex of `{0}` is unknown, but an X-chromosomal locus needs it")]
    UnknownSex(String),
    /// Two alleles seen of a male's X.
    #[error("two different alleles were seen at {locus} of `{person}`, but a male has one X chromosome")]
    TwoAllelesOfMaleX {
        /// The locus.
        locus: String,
        /// The person's id.
        person: String,
    },
    /// Loci that cannot be one group.
    #[error("{0} and {1} cannot be linked: they lie on different chromosomes (autosomal, X)")]
    MixedChromosomes(String, String),
    /// Numbers of loci and recombination fractions do not fit.
    #[error("{loci} linked loci need {} recombination fractions, found {found}", loci - 1)]
    RecombinationFractions {
        /// Number of loci.
        loci: usize,
        /// Number of fractions.
        found: usize,
    },
    /// Too many partitions of founder alleles.
    #[error(
        "theta is above 0 and {founder_alleles} founder alleles matter: they can be identical by descent in more than {limit} \
         ways; set theta to 0 here, or list fewer untyped people"
    )]
    TooManyFounderAlleles {
        /// How many founder alleles matter.
        founder_alleles: usize,
        /// The most partitions that are summed over.
        limit: usize,
    },
    /// The network's tables would be too large.
    #[error(
        "the pedigree is too complex for an exact sum: its largest table would have {cells:.3e} cells, at most {limit:.3e} are allowed"
    )]
    TooWide {
        /// Cells of the largest table.
        cells: f64,
        /// The limit.
        limit: f64,
    },
}
