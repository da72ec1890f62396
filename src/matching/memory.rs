//! How much of a search may be in memory at once, so that a limit holds.
//!
//! What always is: the ids and what else is known of each sample, the score rows, and what is found. The rest, the codes of
//! the candidates and the making of the queries, is cut into parts of the size that the limit leaves room for. The
//! figures are upper estimates, found by measuring runs of up to ten million candidates and a hundred thousand children.

use super::{Case, Roster, limits::EXACT_LIMIT};
use crate::profile::Code;
use crate::search::PART;

/// How many of what may be in memory at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AtOnce {
    /// Candidates, a multiple of [`PART`].
    pub candidates: usize,
    /// Children with their queries.
    pub queries: usize,
}

impl Default for AtOnce {
    /// All of them.
    fn default() -> Self {
        Self { candidates: usize::MAX, queries: usize::MAX }
    }
}

/// A limit that leaves no room for the least part.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "--max-memory: found {}, expected at least {} for {samples} samples and {children} children",
    in_mebibytes(*limit), in_mebibytes(*least)
)]
pub struct TooLittleMemory {
    /// The limit, in bytes.
    pub limit: u64,
    /// The least limit that would do.
    pub least: u64,
    /// Samples of the run.
    pub samples: usize,
    /// Children of the run.
    pub children: usize,
}

/// Rounded up to a tenth.
fn in_mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", (bytes as f64 / f64::from(1 << 20) * 10.0).ceil() / 10.0)
}

/// The program itself, its threads, the chunks of the files being read, the frequency tables and models.
const PROGRAM: usize = 56 << 20;
/// A sample's place in the lists of candidates, by sex, in order, and in those of the scan that is under way; before that, in the lists by which samples are put in order (4 bytes each for
/// order, rows on the disk and the column being moved: 40 bytes a sample in all with an id of 10, as measured).
const LISTED: usize = 6 * size_of::<u32>();
/// A child's place in the roster and its pools.
const CHILD: usize = 400;
/// A reported candidate: the hit, its candidacy with what it holds, a couple, and the room that their making leaves behind
/// (750 bytes measured with 957,626 of them).
const REPORTED: usize = 1000;
/// A child while its candidates are scanned, its loci apart: best candidates so far, counts, plan.
const QUERY: usize = 3600;
/// One locus of it: the row, the bound, the penalties, for each population.
const QUERY_LOCUS: usize = 96;
/// Questions for which score rows are made: by sex of the candidate, rivals, direct matches, without mutation.
const QUESTIONS: usize = 12;
/// Each candidate while the hypotheses about a child are weighed: its LR, its bounds, and (where it matters) its codes and what
/// else it can be.
const WEIGHED: usize = 128;
/// The fewest children (or samples that are compared with all others) whose queries are made together.
const LEAST_QUERIES: usize = 2048;

/// What a search needs, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemoryNeeds {
    /// Whatever the size of the parts.
    fixed: usize,
    /// For each candidate of a part.
    candidate: usize,
    /// For each child of a batch.
    query: usize,
    samples: usize,
    children: usize,
}

impl MemoryNeeds {
    /// The needs of this search; `beside` are bytes that the caller holds for the run beside the panel.
    pub fn of(case: &Case<'_>, roster: &Roster, beside: usize) -> Self {
        let (samples, children, candidates) = (case.panel.len(), roster.children.len(), roster.candidates.len());
        let (loci, populations) = (case.models.loci.len(), case.models.populations.len());
        let threads = rayon::current_num_threads();
        let reported = children * case.settings.search.top.min(candidates);
        let are_weighed = (children as u64).saturating_mul(candidates as u64) <= EXACT_LIMIT;
        let weighed = if are_weighed { threads * candidates * WEIGHED } else { 0 };
        let ages = usize::from(case.leaves_out_by_age());
        let at_hand = size_of::<Code>() * case.panel.loci().len();
        let fixed = PROGRAM
            + case.panel.bytes()
            + beside
            + samples * LISTED
            + children * (CHILD + at_hand)
            + reported * (REPORTED + at_hand)
            + case.score_row_bytes(children) * QUESTIONS * populations
            + weighed
            + ages * case.panel.len() * size_of::<Code>();
        let codes = (loci + ages) * size_of::<Code>();
        // Read and put into tiles, or read by every thread on its own.
        let candidate = codes * threads.max(2) + 2 * size_of::<u32>();
        Self { fixed, candidate, query: QUERY + populations * (loci + ages) * QUERY_LOCUS, samples, children }
    }

    /// The sizes of parts that keep within this limit: queries take up to a third of the room, candidates the rest.
    ///
    /// # Errors
    /// A limit that leaves no room for the least part.
    pub fn within(&self, limit: u64) -> Result<AtOnce, TooLittleMemory> {
        let askers = self.children.max(self.samples.min(LEAST_QUERIES));
        let least_queries = LEAST_QUERIES.min(askers);
        let least = (self.fixed + least_queries * self.query + PART * self.candidate) as u64;
        if limit < least {
            return Err(TooLittleMemory { limit, least, samples: self.samples, children: self.children });
        }
        let room = usize::try_from(limit).unwrap_or(usize::MAX) - self.fixed;
        let queries = (room / 3 / self.query).clamp(least_queries.max(1), askers.max(1));
        let candidates = (room - queries * self.query) / self.candidate / PART * PART;
        Ok(AtOnce { candidates: candidates.max(PART), queries })
    }
}

impl Case<'_> {
    /// The score rows of one question in one population, at most: for each code that children can show, all codes.
    fn score_row_bytes(&self, children: usize) -> usize {
        let of_locus = |size: usize| size.min(children + 1) * size * size_of::<f64>();
        self.dictionary_sizes().into_iter().map(of_locus).sum()
    }
}
