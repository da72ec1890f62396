//! What was read and not used, or is wrong with what was read: one line of `rejected.csv` each.

use super::safe_csv::SafeCsvWriter;
use crate::population::Implausible;
use crate::profile::{Allele, EXPECTED_ALLELE, LocusName, StatedParentFault};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, sync::Arc};

/// One cell, row or sample that was not used, or that contradicts another.
#[derive(Clone, PartialEq, Debug)]
pub struct Rejected {
    /// The file, as it was named by the user.
    pub file: Arc<str>,
    /// 1-based line in the file where the row starts; 0 where no single line is at fault.
    pub line: u64,
    /// The column's header; empty where the whole row is at fault.
    pub column: Arc<str>,
    /// The sample's id, as far as it could be read.
    pub sample_id: String,
    /// The locus, where a locus is at fault.
    pub locus: Option<LocusName>,
    /// The cell as it stands in the file.
    pub value: String,
    /// What is wrong, and what became of it.
    pub reason: Reason,
}

/// Characters of a cell that a message shows.
const LONGEST_SHOWN: usize = 200;

impl fmt::Display for Rejected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        if self.line > 0 {
            write!(formatter, ", line {}", self.line)?;
        }
        if !self.column.is_empty() {
            write!(formatter, ", column `{}`", self.column)?;
        }
        if !self.sample_id.is_empty() {
            write!(formatter, " (sample {})", self.sample_id)?;
        }
        write!(formatter, ": ")?;
        match self.value.char_indices().nth(LONGEST_SHOWN) {
            _ if self.value.is_empty() => {}
            Some((end, _)) => write!(formatter, "`{}…`: ", &self.value[..end])?,
            None => write!(formatter, "`{}`: ", self.value)?,
        }
        write!(formatter, "{}", self.reason)
    }
}

/// Why something was not used.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Reason {
    /// An allele outside the ladder or not determined, the only one or one of two.
    OffLadder(String),
    /// An off-ladder peak beside two good alleles.
    OffLadderLeftOut(String),
    /// A sign for no result beside one allele.
    OneAlleleMissing(String),
    /// A text that is no allele.
    NotAnAllele(String),
    /// Three or more alleles.
    TooManyAlleles(usize),
    /// Commas of which it cannot be told whether they are decimal.
    AmbiguousComma(String),
    /// Columns of one locus that contradict each other.
    TypingsDiffer,
    /// Columns of one locus that contradict each other, unless they are its two alleles.
    TypingsUndecided,
    /// What one column of a locus says is not used, another is.
    OtherTypingUsed(Box<Reason>),
    /// A row that is the header once more.
    RepeatedHeader,
    /// One sample and locus twice in a long table, with the same alleles.
    RepeatedLocus(u64),
    /// Rows of one sample with different alleles at one locus: what another says, and where.
    ConflictingLocus(String),
    /// Rows of one sample that say different things in a column: what another says, and where.
    ConflictingColumn(String),
    /// A row with too many or too few cells.
    CellCount {
        /// Cells in the row.
        found: usize,
        /// Cells in the header.
        expected: usize,
        /// Whether allele pairs that are not quoted can have shifted the columns.
        commas: bool,
        /// Last line of the row, where a quoted cell makes it longer than one line.
        last_line: Option<u64>,
    },
    /// A quoted cell with what looks like other rows in it: its last line.
    SwallowedRows(u64),
    /// A row without a sample id.
    EmptyId,
    /// A sample id that is too long, or holds a NUL byte.
    UnusableId,
    /// A row that repeats another one: the line of the first.
    RepeatedRow(u64),
    /// A row that repeats that of another file: its file and line.
    RepeatedInFile(String),
    /// A sample whose role is not what its file is searched for.
    NotOfRole {
        /// Its role.
        role: Cow<'static, str>,
        /// The list that it stands in.
        list: Cow<'static, str>,
    },
    /// Several rows with one id that cannot be of one person.
    ConflictingRows {
        /// Places of the other rows.
        others: String,
        /// Loci and columns that differ, with what the rows say.
        differing: String,
    },
    /// A role that is none.
    UnknownRole,
    /// A sex that is none.
    UnknownSex,
    /// A year of birth that is none.
    NotAYear,
    /// The earliest year of birth is after the latest.
    YearsReversed,
    /// A drop-out probability outside [0, 1).
    NotADropOut,
    /// A locus in the marker column that is not known: number of rows.
    UnknownLocus,
    /// Amelogenin shows another sex than the sex column.
    SexContradicted {
        /// The sex as recorded.
        recorded: Cow<'static, str>,
        /// The sex that amelogenin shows.
        shown: Cow<'static, str>,
    },
    /// The stated mother or father is not among the samples.
    ParentNotFound(Cow<'static, str>),
    /// The stated mother is male, or the stated father female.
    ParentOfWrongSex(Cow<'static, str>),
    /// A sample that names itself as its mother or father.
    OwnParent(Cow<'static, str>),
    /// A sample that names one other as its mother and as its father.
    OneForBothParents,
    /// A stated mother or father whose id is that of several people.
    ParentAmbiguous {
        /// Mother or father.
        parent: Cow<'static, str>,
        /// The people, by their full ids.
        names: String,
    },
    /// The profiles of child and stated parent share no allele at some loci.
    ParentInconsistent {
        /// Mother or father.
        parent: Cow<'static, str>,
        /// Loci without a shared allele.
        loci: usize,
        /// Loci at which both have a call.
        compared: usize,
    },
    /// The stated parent cannot have been born early enough.
    ParentTooYoung(Cow<'static, str>),
    /// Every candidate was born after the child.
    OlderThanAllCandidates,
    /// Too few loci to tell anything.
    FewLoci(usize),
    /// A man with two alleles at an X-chromosomal locus.
    TwoXAlleles,
    /// An allele that a marker file's custom mutation matrices have no row for.
    NotInMatrix(String),
    /// An allele that a marker file does not list, and that its mutation model refuses.
    NotInModel {
        /// The allele.
        allele: String,
        /// What the model says.
        cause: String,
    },
    /// An allele that its locus cannot have.
    ImplausibleAllele {
        /// The allele.
        allele: String,
        /// Why not.
        cause: String,
    },
    /// A number where the frequency tables have letters, or a letter where they have numbers.
    CodedOtherwise {
        /// The allele.
        allele: String,
        /// What the tables have.
        tables_have: Cow<'static, str>,
    },
    /// A locus that some of the files lack: those that have it.
    LocusInSomeFiles(String),
    /// A locus for which there are no allele frequencies.
    NoFrequencies,
}

impl Reason {
    /// What is wrong with a stated mother or father.
    pub fn of_parent(parent: &'static str, fault: StatedParentFault) -> Self {
        match fault {
            StatedParentFault::NotFound => Self::ParentNotFound(parent.into()),
            StatedParentFault::Itself => Self::OwnParent(parent.into()),
            StatedParentFault::OfSex(_) => Self::ParentOfWrongSex(parent.into()),
            StatedParentFault::BothParents => Self::OneForBothParents,
            StatedParentFault::Several(names) => {
                Self::ParentAmbiguous { parent: parent.into(), names: names.join(", ") }
            }
        }
    }

    /// Why an allele cannot be meant.
    pub fn of_implausible(allele: Allele, fault: Implausible) -> Self {
        let cause = match fault {
            Implausible::NumberForLetter | Implausible::LetterForNumber => {
                let letters = fault == Implausible::NumberForLetter;
                let tables_have = if letters { "letters" } else { "numbers" }.into();
                return Self::CodedOtherwise { allele: allele.to_string(), tables_have };
            }
            Implausible::OutOfRange(shortest, longest) => {
                format!("the alleles known there go from {shortest} to {longest}")
            }
            Implausible::SpareBases(bases) => {
                format!("its repeats have {bases} bases, so that at most {} can be spare", bases - 1)
            }
        };
        Self::ImplausibleAllele { allele: allele.to_string(), cause }
    }

    /// A short name of the kind of problem, for counts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OffLadder(_) | Self::OffLadderLeftOut(_) => "off-ladder allele",
            Self::OneAlleleMissing(_) => "allele not determined",
            Self::NotAnAllele(_) => "not an allele",
            Self::TooManyAlleles(_) => "three or more alleles",
            Self::AmbiguousComma(_) => "ambiguous comma",
            Self::TypingsDiffer | Self::TypingsUndecided => "conflicting columns",
            Self::OtherTypingUsed(reason) => reason.kind(),
            Self::RepeatedHeader => "repeated header",
            Self::RepeatedLocus(_) | Self::RepeatedRow(_) | Self::RepeatedInFile(_) => "repeated row",
            Self::NotOfRole { .. } => "row left out by its role",
            Self::ConflictingLocus(_) | Self::ConflictingColumn(_) | Self::ConflictingRows { .. } => "conflicting rows",
            Self::CellCount { .. } => "wrong number of cells",
            Self::SwallowedRows(_) => "quote not closed",
            Self::EmptyId => "no sample id",
            Self::UnusableId => "unusable sample id",
            Self::UnknownRole => "unknown role",
            Self::UnknownSex => "unknown sex",
            Self::NotAYear | Self::YearsReversed => "unusable birth year",
            Self::NotADropOut => "unusable drop-out probability",
            Self::UnknownLocus => "unknown locus",
            Self::SexContradicted { .. } => "sex contradicts amelogenin",
            Self::ParentNotFound(_) => "stated parent not found",
            Self::ParentOfWrongSex(_) => "stated parent of the wrong sex",
            Self::OwnParent(_) => "sample that is its own parent",
            Self::OneForBothParents => "one sample named as both parents",
            Self::ParentAmbiguous { .. } => "stated parent ambiguous",
            Self::ParentInconsistent { .. } => "stated parent inconsistent",
            Self::ParentTooYoung(_) | Self::OlderThanAllCandidates => "child older than its parent",
            Self::FewLoci(_) => "few loci",
            Self::TwoXAlleles => "two X alleles in a man",
            Self::NotInMatrix(_) => "allele without a row in the mutation matrix",
            Self::NotInModel { .. } => "allele that the mutation model refuses",
            Self::ImplausibleAllele { .. } => "implausible allele",
            Self::CodedOtherwise { .. } => "allele coded otherwise than in the frequency table",
            Self::LocusInSomeFiles(_) => "locus not in all files",
            Self::NoFrequencies => "locus without frequencies",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OffLadder(token) => {
                write!(out, "allele `{token}` is off-ladder or not determined: the locus is read as missing")
            }
            Self::OffLadderLeftOut(token) => {
                write!(out, "`{token}` beside two alleles: `{token}` is left out, the two are kept")
            }
            Self::OneAlleleMissing(token) => write!(
                out,
                "`{token}` beside one allele: one of two is not determined, so the locus is read as missing (a blank cell \
                 beside it says that there is no second one)"
            ),
            Self::NotAnAllele(token) => {
                write!(out, "`{token}` is no allele (expected {EXPECTED_ALLELE}): the locus is read as missing")
            }
            Self::TooManyAlleles(count) => write!(out, "{count} alleles: the locus is set aside for this sample"),
            Self::AmbiguousComma(cell) => write!(
                out,
                "the commas of `{cell}` can stand between alleles or be decimal, and the locus does not tell which: it is read as \
                 missing; write decimal points, or a slash between alleles"
            ),
            Self::TypingsDiffer => {
                write!(out, "the columns of this locus contradict each other: the locus is read as missing")
            }
            Self::TypingsUndecided => write!(
                out,
                "the columns of this locus differ, and it cannot be told whether they are two typings or two alleles: the locus is \
                 read as missing; write both alleles in one cell"
            ),
            Self::OtherTypingUsed(reason) => write!(out, "{reason}; another column of this locus is used in its place"),
            Self::RepeatedHeader => write!(out, "the header once more: left out"),
            Self::RepeatedLocus(line) => write!(out, "repeats line {line}: left out"),
            Self::ConflictingLocus(other) => {
                write!(out, "several rows of this sample and locus differ ({other}): the locus is read as missing")
            }
            Self::ConflictingColumn(other) => {
                write!(out, "several rows of this sample differ here ({other}): the column is read as empty")
            }
            &Self::CellCount { found, expected, commas, last_line } => {
                write_cell_count(out, (found, expected), commas, last_line)
            }
            Self::SwallowedRows(last) => write!(
                out,
                "a quote that is opened here runs to line {last}, over what looks like other rows: it is left out with all that is in \
                 it; close the quote"
            ),
            Self::EmptyId => write!(out, "no sample id: row left out"),
            Self::UnusableId => {
                write!(out, "the sample id is 65,535 bytes or longer, or holds a NUL byte: row left out")
            }
            Self::RepeatedRow(line) => write!(out, "repeats the row of this id in line {line}: row left out"),
            Self::RepeatedInFile(place) => write!(out, "repeats the row of this id in {place}: one sample, read once"),
            Self::NotOfRole { role, list } if role == "child" => write!(
                out,
                "a child among the {list}: not used (--candidates-include-children makes children candidates)"
            ),
            Self::NotOfRole { role, list } => {
                write!(out, "role {role} among the {list}: not used (candidates belong in --candidates)")
            }
            Self::ConflictingRows { others, differing } => write!(
                out,
                "this id has several rows that differ too much to be of one person (also {others}): {differing}; all of them                  are left out, nobody knows which is right"
            ),
            Self::UnknownRole => write!(out, "no role (expected corpse, detainee, child or relative): not used"),
            Self::UnknownSex => write!(out, "no sex (expected F or M): read as unknown"),
            Self::NotAYear => write!(out, "no year (expected four digits, 1850 to 2100): not used"),
            Self::YearsReversed => write!(out, "the earliest birth year is after the latest: neither is used"),
            Self::NotADropOut => {
                write!(out, "no probability from 0 up to, not including, 1: the role's drop-out is used")
            }
            Self::UnknownLocus => write!(
                out,
                "no locus that is known or has frequencies: its rows are not used (only the first is listed)"
            ),
            Self::SexContradicted { recorded, shown } => {
                write!(
                    out,
                    "amelogenin shows {shown}, the sex column says {recorded}: neither is believed, read as unknown"
                )
            }
            Self::ParentNotFound(parent) => write!(out, "the stated {parent} is not among the samples"),
            Self::ParentOfWrongSex(parent) => {
                write!(out, "the stated {parent} is not of that sex: the statement is not used")
            }
            Self::OwnParent(parent) => write!(out, "names itself as its {parent}: not used"),
            Self::OneForBothParents => write!(out, "one sample is named as mother and as father: neither is used"),
            Self::ParentAmbiguous { parent, names } => {
                write!(
                    out,
                    "several people have the id of the stated {parent} ({names}): not used; write one of these names"
                )
            }
            Self::ParentInconsistent { parent, loci, compared } => write!(
                out,
                "shares no allele with the stated {parent} at {loci} of {compared} loci: a mutation where it is one, else \
                 perhaps a carer or a swapped sample"
            ),
            Self::ParentTooYoung(parent) => write!(out, "the stated {parent} was not born before the child"),
            Self::OlderThanAllCandidates => write!(out, "born before every candidate whose year of birth is known"),
            Self::FewLoci(1) => write!(out, "only 1 locus typed"),
            Self::FewLoci(count) => write!(out, "only {count} loci typed"),
            Self::TwoXAlleles => {
                write!(out, "a man has one X chromosome, two alleles are reported: the locus is not used")
            }
            Self::NotInMatrix(allele) => write!(
                out,
                "allele `{allele}` is not in the marker file, and its mutation matrices have no row for it: the locus is read as missing"
            ),
            Self::NotInModel { allele, cause } => {
                write!(
                    out,
                    "allele `{allele}` is not in the marker file, and its mutation model refuses it ({cause}): the locus is read as missing"
                )
            }
            Self::ImplausibleAllele { allele, cause } => write!(
                out,
                "allele `{allele}` cannot be meant at this locus ({cause}): the locus is read as missing (--accept-implausible uses it)"
            ),
            Self::CodedOtherwise { allele, tables_have } => write!(
                out,
                "`{allele}`, but the frequency table has {tables_have} at this locus: the locus is read as missing; write alleles as the \
                 table does"
            ),
            Self::LocusInSomeFiles(files) => write!(out, "only in {files}"),
            Self::NoFrequencies => write!(out, "no allele frequencies: the locus is not used"),
        }
    }
}

/// What [`Reason::CellCount`] says.
fn write_cell_count(
    formatter: &mut fmt::Formatter<'_>,
    (found, expected): (usize, usize),
    commas: bool,
    last_line: Option<u64>,
) -> fmt::Result {
    write!(formatter, "row of {found} cells, the header has {expected}: row left out")?;
    if let Some(last) = last_line {
        write!(formatter, "; it runs to line {last}: is a quote not closed?")?;
    }
    if commas && found > expected {
        write!(formatter, "; put cells with a comma in quotes (\"13,14\"), or write 13/14")?;
    }
    Ok(())
}

/// The columns of `rejected.csv`.
const HEADER: [&str; 7] = ["file", "line", "column", "sample_id", "locus", "value", "reason"];

/// Writes `rejected.csv`: `file,line,column,sample_id,locus,value,reason`, one line each, in the order given. Cells that a
/// spreadsheet would run as a formula are preceded by an apostrophe.
///
/// # Errors
/// What the writer refuses.
pub fn write_rejected<'r>(
    rejected: impl IntoIterator<Item = std::io::Result<Cow<'r, Rejected>>>,
    writer: impl std::io::Write,
) -> csv::Result<()> {
    let mut table = SafeCsvWriter::new(writer);
    table.write_row(HEADER)?;
    for entry in rejected {
        let entry = entry?;
        let line = if entry.line > 0 { entry.line.to_string() } else { String::new() };
        let locus = entry.locus.as_ref().map_or("", LocusName::as_str);
        let reason = entry.reason.to_string();
        let cells = [&*entry.file, &line, &*entry.column, &entry.sample_id, locus, &entry.value, &reason];
        table.write_row(cells)?;
    }
    table.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_written_harmless() {
        let entry = Rejected {
            file: "a.csv".into(),
            line: 3,
            column: "vWA".into(),
            sample_id: "=cmd()".into(),
            locus: Some(LocusName::new("VWA")),
            value: "-1+1".into(),
            reason: Reason::NotAnAllele("-1+1".into()),
        };
        let mut written = Vec::new();
        write_rejected([Ok(Cow::Owned(entry))], &mut written).unwrap();
        let text = String::from_utf8(written).unwrap();
        assert!(
            text.starts_with("file,line,column,sample_id,locus,value,reason\na.csv,3,vWA,'=cmd(),vWA,'-1+1,"),
            "{text}"
        );
    }
}
