//! The scan: every query against every candidate by table look-up. It knows no genetics.
//!
//! The score of a pair is a sum over loci of `row[code]`: the row comes from the query, the code from the candidate. What hangs
//! together over loci comes in several lines of rows: the score is then the log10 of a weighted mean of products over loci.
//! [`scan`] reports for each query the best candidates at or above a threshold, exactly: what is reported is the f64
//! sum in the order of the loci, bit for bit, whichever kernel found the pair and on any number of threads.
//!
//! - [`Candidates`] holds the codes in tiles; [`Query`] the rows; [`Wanted`] what to report; [`QueryResult`] the answer.
//! - [`Plan`] says how the work is done; it never changes a hit.
//! - [`scan_part`] takes part of the candidates, and [`ScanPart`] puts parts together, with the results of one scan of all.
//!
//! Three kernels do the work. *Look-up* multiplies likelihood ratios, four queries at a time, for every pair; it gives the
//! total over all candidates too. *Exclusion* counts, for hundreds of candidates at a time, at how many loci a candidate lacks
//! all of what the query's row rewards; where a proven bound (in `bound.rs`) says that so many are too many, the pair is
//! dropped. The few that survive are looked at once more by a sharper bound (in `penalty.rs`), and only then by their rows.
//! What lacks and rewards mean comes from the caller as [`Features`] of the codes and from the rows themselves. *Agreement*
//! (in `agreement.rs`) looks every candidate up in an index of what the queries show, where few codes are worth anything to a query.

mod agreeing_row;
mod agreement;
mod agreement_cut;
mod agreement_plan;
mod agreement_scan;
mod bitmap;
mod bound;
mod candidates;
mod collect;
mod composition;
mod envelope;
mod exact_sum;
mod exclusion;
mod exclusion_plan;
mod exclusion_scan;
mod features;
mod linear;
mod lookup;
mod lookup_scan;
mod part;
mod penalty;
mod plan;
mod prospect;
mod query;
mod ranking;
mod rows;
mod scan;
mod score_all;
mod survivors;
mod watch;
mod word;

pub use crate::progress::{NoProgress, Progress};
pub use candidates::{Candidates, TILE};
pub use composition::Composition;
pub use features::{CodeFeatures, Features};
pub use lookup_scan::PART;
pub use part::ScanPart;
pub use plan::{Plan, PlanSummary};
pub use query::{Coverage, Hit, LogSum, Query, QueryResult, QueryRows, QueryTable, Wanted, log10_sum};
pub use scan::{scan, scan_part};
pub use score_all::score_all;
pub use watch::Cancelled;

#[cfg(test)]
mod tests;
