//! From likelihood ratios to answers: posteriors, words, and the joint answer over bodies and missing persons.

mod as_shown;
pub mod joint;
mod posterior;
mod verbal;

pub use as_shown::as_shown;
pub use posterior::{InList, Pool, log10_add, log10_subtract};
pub use verbal::verbal;
