//! The kinds of problems.

use crate::population::Implausible;
use crate::profile::{Allele, AlleleKind, StatedParentFault};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

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
    /// A date in place of alleles.
    IsDate,
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
    /// A row that is a comment.
    CommentRow,
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
    /// A number, a letter or several bases where the frequency tables have another kind.
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
    /// A record of a locus that cannot be used, in words.
    UnusableRecord(Cow<'static, str>),
    /// A locus that another record holds too: its line.
    LocusRepeated(u64),
    /// A text that is no genotype of two of so many alleles.
    NotAGenotype(usize),
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
            Implausible::OfOtherKind(kind) => {
                let tables_have = match kind {
                    AlleleKind::Number => "numbers",
                    AlleleKind::Letter => "letters",
                    AlleleKind::Bases => "several bases (one cell of two is two alleles of one base: write AG/AG)",
                };
                let tables_have = tables_have.into();
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
            Self::IsDate => "date in place of alleles",
            Self::TooManyAlleles(_) => "three or more alleles",
            Self::AmbiguousComma(_) => "ambiguous comma",
            Self::TypingsDiffer | Self::TypingsUndecided => "conflicting columns",
            Self::OtherTypingUsed(reason) => reason.kind(),
            Self::RepeatedHeader => "repeated header",
            Self::CommentRow => "comment row",
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
            Self::UnusableRecord(_) => "unusable locus",
            Self::LocusRepeated(_) => "locus in several records",
            Self::NotAGenotype(_) => "not a genotype",
        }
    }
}
