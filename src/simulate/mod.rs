//! Synthetic families and cases with known truth.
