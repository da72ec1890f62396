//! How much of a search is exact, and how much is looked at beyond what is wanted.

/// Up to so many pairs of children and candidates, posteriors are over all candidates, each scored, and couples are joined from
/// all. Beyond it those who are not reported count with what the scan found, and couples are joined from the reported ones.
pub(super) const EXACT_LIMIT: u64 = 1_000_000_000;

/// Up to so many pairs every LR is summed up, also of candidates who cannot reach the threshold: half a minute on two cores. Beyond
/// it each of these counts with what it cannot exceed, and the scan leaves out whom it can.
pub(super) const SUMMED_LIMIT: u64 = 20_000_000_000;

/// Beyond what is wanted, so many are looked at for ties: first they are ranked by every bit of a score.
pub(super) const SPARE: usize = 8;
