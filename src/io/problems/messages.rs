//! What is said of each problem: what is wrong, and what became of it.

use super::Reason;
use crate::profile::EXPECTED_ALLELE;
use std::fmt;

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OffLadder(_)
            | Self::OffLadderLeftOut(_)
            | Self::OneAlleleMissing(_)
            | Self::NotAnAllele(_)
            | Self::IsDate
            | Self::TooManyAlleles(_)
            | Self::AmbiguousComma(_)
            | Self::TypingsDiffer
            | Self::TypingsUndecided
            | Self::NotAGenotype(_)
            | Self::OtherTypingUsed(_) => self.write_call(out),
            Self::RepeatedHeader
            | Self::CommentRow
            | Self::RepeatedLocus(_)
            | Self::ConflictingLocus(_)
            | Self::ConflictingColumn(_)
            | Self::CellCount { .. }
            | Self::SwallowedRows(_)
            | Self::EmptyId
            | Self::UnusableId
            | Self::RepeatedRow(_)
            | Self::RepeatedInFile(_)
            | Self::NotOfRole { .. }
            | Self::UnusableRecord(_)
            | Self::LocusRepeated(_)
            | Self::ConflictingRows { .. } => self.write_row(out),
            Self::UnknownRole
            | Self::UnknownSex
            | Self::NotAYear
            | Self::YearsReversed
            | Self::NotADropOut
            | Self::UnknownLocus
            | Self::SexContradicted { .. } => self.write_stated(out),
            Self::ParentNotFound(_)
            | Self::ParentOfWrongSex(_)
            | Self::OwnParent(_)
            | Self::OneForBothParents
            | Self::ParentAmbiguous { .. }
            | Self::ParentInconsistent { .. }
            | Self::ParentTooYoung(_)
            | Self::OlderThanAllCandidates => self.write_parent(out),
            Self::FewLoci(_)
            | Self::TwoXAlleles
            | Self::NotInMatrix(_)
            | Self::NotInModel { .. }
            | Self::ImplausibleAllele { .. }
            | Self::CodedOtherwise { .. }
            | Self::LocusInSomeFiles(_)
            | Self::NoFrequencies => self.write_use(out),
        }
    }
}

impl Reason {
    /// Of what is wrong with the call of a locus.
    fn write_call(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
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
            Self::IsDate => write!(
                out,
                "a spreadsheet made a date of it (9.3 becomes 9 March): the locus is read as missing; write alleles as text"
            ),
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
            Self::NotAGenotype(alleles) => write!(
                out,
                "no genotype of two alleles (expected two numbers from 0 to {} with `/` or `|` between them, or `.`): the locus is \
                 read as missing",
                alleles - 1
            ),
            Self::OtherTypingUsed(reason) => write!(out, "{reason}; another column of this locus is used in its place"),
            other => out.write_str(other.kind()),
        }
    }

    /// Of a row, or rows of one sample.
    fn write_row(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommentRow => write!(out, "a comment: left out"),
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
            Self::UnusableRecord(why) => write!(out, "{why}: the locus is not used"),
            Self::LocusRepeated(line) => write!(
                out,
                "the locus of line {line} once more: neither is used; put all alleles of a locus into one record"
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
                "this id has several rows that differ too much to be of one person (also {others}): {differing}; all of them are left out, nobody knows which is right"
            ),
            other => out.write_str(other.kind()),
        }
    }

    /// Of what is stated beside the calls.
    fn write_stated(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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
            other => out.write_str(other.kind()),
        }
    }

    /// Of a stated mother or father.
    fn write_parent(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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
            other => out.write_str(other.kind()),
        }
    }

    /// Of what cannot be used with these tables.
    fn write_use(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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
            other => out.write_str(other.kind()),
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
