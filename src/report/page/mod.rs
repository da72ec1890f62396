//! The page and the workbook that people read: made from a finished run folder alone, so that an old run can be shown too.
//!
//! [`Report`] holds the tables and the manifest as they were written; [`Genotypes`] is what the profiles add, where they are at
//! hand. [`html`] shows both as one file that makes no request; [`workbook`] writes the tables as sheets; both in one of the languages of
//! [`messages`](super::messages). The same run gives the same bytes: nothing here depends on the time, and the timings of the manifest are not shown.

mod charts;
mod embedded;
mod family_drawing;
mod genotypes;
mod html;
mod identify_data;
mod listed_lrs;
mod match_data;
mod overview;
mod report;
mod run_tally;
mod stored_table;
mod strangers;
mod tally;
mod texts;
mod workbook;

pub use family_drawing::{DrawnPerson, FamilyDrawing};
pub use genotypes::{Genotypes, PairLoci, Typing};
pub use html::{PageError, html};
pub use identify_data::identity_status;
pub use listed_lrs::range;
pub use report::{Limits, Report, ReportError};
pub use stored_table::{StoredRow, StoredTable};
pub use strangers::{Strangers, some_of};
pub use tally::{Tally, verdict};
pub use workbook::{WorkbookError, workbook};
