//! From likelihood ratios to answers: posteriors, words, and the bound that makes the search for couples exact.

mod as_shown;
mod posterior;
mod verbal;

pub use as_shown::as_shown;
pub use posterior::{InList, Pool, log10_add};
pub use verbal::verbal;
