//! Evidence beside the loci: one more column of the scan, whatever it knows of.
//!
//! A column has a code for each candidate, and for each child a row with the log10 LR of every code: ages, a haplotype of the Y
//! chromosome, what bones say. To add one, implement [`EvidenceColumn`] and put it into [`ScanList::columns`](super::scan_sex::List::columns).

use super::Case;
use crate::profile::{Code, SampleIndex};
use std::sync::Arc;

/// One kind of evidence about candidates.
pub(crate) trait EvidenceColumn: Sync {
    /// What is known of each sample of the panel, as a code below [`EvidenceColumn::size`].
    fn codes(&self) -> &[Code];

    /// Number of codes.
    fn size(&self) -> usize;

    /// A child's row: log10 LR by the candidate's code; minus infinity for what is impossible.
    fn row_of(&self, case: &Case<'_>, child: SampleIndex) -> &Arc<[f64]>;
}
