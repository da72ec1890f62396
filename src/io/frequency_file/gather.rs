//! What the layouts have in common: loci that fill up, and the checks when they are full.

use super::labels::Label;
use super::sizes::{Resolved, SizeSource, Sizes};
use crate::io::missing::is_missing;
use crate::io::table_file::{TableError, TextRow, TextTable, parse_number};
use crate::name_some::{LOCI_NAMED, name_some};
use crate::population::{FrequencyTable, LocusFrequencies};
use crate::profile::{Allele, EXPECTED_ALLELE, LocusName};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Beyond this distance from 1 a sum of frequencies is an error.
const SUM_ERROR: f64 = 0.05;
/// Beyond this distance from 1 a sum of frequencies is worth a note.
const SUM_NOTE: f64 = 0.005;

/// One locus on its way to a [`LocusFrequencies`].
pub(super) struct Filling {
    locus: LocusName,
    line: u64,
    alleles: BTreeMap<Allele, (u64, f64)>,
    binned: f64,
    /// How many were counted.
    pub(super) sizes: Sizes,
    /// Whether counts stand in place of frequencies.
    pub(super) counts: bool,
}

/// The loci of a table as they fill up.
pub(super) struct GatheredLoci<'t> {
    text: &'t TextTable,
    loci: Vec<Filling>,
    by_name: HashMap<LocusName, usize>,
    /// The sex test and Y-chromosomal loci.
    left_out: BTreeSet<LocusName>,
    /// Rows and columns that are about whole loci.
    summaries: BTreeSet<String>,
    /// Loci without an allele that was seen.
    empty: Vec<String>,
    notes: Vec<String>,
}

/// A label, and the row and the column (0-based) where it stands.
pub(super) type LabelAt<'r> = (&'r str, &'r TextRow, usize);

impl<'t> GatheredLoci<'t> {
    pub(super) fn new(text: &'t TextTable) -> Self {
        Self {
            text,
            loci: Vec::new(),
            by_name: HashMap::new(),
            left_out: BTreeSet::new(),
            summaries: BTreeSet::new(),
            empty: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds a sentence for who reads the results.
    pub(super) fn note(&mut self, note: String) {
        self.notes.push(format!("{}: {note}", self.text.path));
    }

    /// Takes note of a row or column that holds no allele.
    pub(super) fn note_summary(&mut self, label: &str) {
        self.summaries.insert(label.to_owned());
    }

    /// Whether a locus is no factor in the product of loci (the sex test, the Y chromosome): it is left out, with a note.
    pub(super) fn leaves_out(&mut self, spelling: &str) -> bool {
        let locus = LocusName::new(spelling);
        let leaves_out = !locus.is_recombining();
        if leaves_out {
            self.left_out.insert(locus);
        }
        leaves_out
    }

    /// The position of this locus, which may have come before.
    pub(super) fn locus(&mut self, spelling: &str, line: u64) -> usize {
        let locus = LocusName::new(spelling);
        *self.by_name.entry(locus.clone()).or_insert_with(|| {
            let filling =
                Filling { locus, line, alleles: BTreeMap::new(), binned: 0.0, sizes: Sizes::default(), counts: false };
            self.loci.push(filling);
            self.loci.len() - 1
        })
    }

    /// The position of a locus that must not have come before.
    pub(super) fn begin_locus(&mut self, spelling: &str, line: u64) -> Result<usize, TableError> {
        let before = self.loci.len();
        let position = self.locus(spelling, line);
        if position < before {
            let found = format!("locus `{spelling}` for the second time (as {})", self.loci[position].locus);
            return Err(self.text.row_error(line, found, "each locus once"));
        }
        Ok(position)
    }

    pub(super) fn filling(&mut self, locus: usize) -> &mut Filling {
        &mut self.loci[locus]
    }

    /// Takes the number in one cell, by what the cell with its label says (rows, and columns 0-based).
    pub(super) fn gather_cell(
        &mut self,
        locus: usize,
        (label_row, label_column): (&TextRow, usize),
        number: (&TextRow, usize),
    ) -> Result<(), TableError> {
        self.gather_labelled(locus, (label_row.cell(label_column), label_row, label_column), number)
    }

    /// The same with a label of which only a part may stand in its cell.
    pub(super) fn gather_labelled(
        &mut self,
        locus: usize,
        label: LabelAt<'_>,
        (row, column): (&TextRow, usize),
    ) -> Result<(), TableError> {
        let kind = Label::of(label.0);
        match kind {
            Label::Summary => {
                self.note_summary(label.0);
                Ok(())
            }
            Label::BareN | Label::People | Label::Alleles => {
                if let Some(number) = self.size(row, column)? {
                    self.add_size(locus, kind, number);
                }
                Ok(())
            }
            _ => match self.share(locus, row, column)? {
                Some(share) => self.add(locus, label, share),
                None => Ok(()),
            },
        }
    }

    /// The frequency or, where the locus has counts, the count in this cell; `None` where it says nothing.
    pub(super) fn share(&self, locus: usize, row: &TextRow, column: usize) -> Result<Option<f64>, TableError> {
        match self.loci[locus].counts {
            true => self.count(row, column),
            false => self.frequency(row, column),
        }
    }

    /// The count in this cell; `None` where it says nothing.
    pub(super) fn count(&self, row: &TextRow, column: usize) -> Result<Option<f64>, TableError> {
        self.stated(row, column, 0.0..=f64::MAX, "a count of at least 0")
    }

    /// The frequency in this cell; `None` where it says nothing.
    pub(super) fn frequency(&self, row: &TextRow, column: usize) -> Result<Option<f64>, TableError> {
        let cell = row.cell(column);
        let expected = match (cell.strip_suffix('%'), parse_number(cell)) {
            (Some(_), _) => "a frequency between 0 and 1 (per cent are to be divided by 100)",
            (None, Some(number)) if number > 1.0 => {
                "a frequency between 0 and 1 (per cent are to be divided by 100; counts go into the long layout, in a column `count`)"
            }
            _ => "a frequency between 0 and 1",
        };
        self.stated(row, column, 0.0..=1.0, expected)
    }

    /// How many were counted, in this cell; `None` where it says nothing.
    pub(super) fn size(&self, row: &TextRow, column: usize) -> Result<Option<f64>, TableError> {
        self.stated(row, column, f64::MIN_POSITIVE..=f64::MAX, "how many were counted, a number above 0")
    }

    /// The number in this cell; `None` where it is blank or holds a word for nothing.
    fn stated(
        &self,
        row: &TextRow,
        column: usize,
        range: std::ops::RangeInclusive<f64>,
        expected: &str,
    ) -> Result<Option<f64>, TableError> {
        if is_missing(row.cell(column)) {
            return Ok(None);
        }
        self.text.number(row, column, range, expected)
    }

    /// Takes how many were counted at a locus, by the kind of its label; whether that contradicts what came before.
    pub(super) fn add_size(&mut self, locus: usize, kind: Label, number: f64) -> bool {
        let sizes = &mut self.loci[locus].sizes;
        match kind {
            Label::People => sizes.people.replace(number).is_some_and(|before| before != number),
            Label::Alleles => sizes.alleles.replace(number).is_some_and(|before| before != number),
            _ if sizes.bare.contains(&number) => false,
            _ => {
                sizes.bare.push(number);
                sizes.bare.len() > 1
            }
        }
    }

    /// Adds a frequency or a count of an allele; 0 means not seen.
    fn add(&mut self, locus: usize, (label, row, column): LabelAt<'_>, share: f64) -> Result<(), TableError> {
        if share == 0.0 {
            return Ok(());
        }
        let expected = match Label::of(label) {
            Label::Allele(allele) => return self.add_allele(locus, row.line, allele, share),
            Label::Binned => {
                let name = self.loci[locus].locus.clone();
                self.note(format!("`{label}` at {name} stands for alleles that it does not name: not used"));
                self.loci[locus].binned += share;
                return Ok(());
            }
            Label::Several => "one allele: give each of them a row of its own, with its own frequency".to_owned(),
            Label::Date => {
                "an allele: a spreadsheet made a date of it (9.3 becomes 9. March); write alleles as text".to_owned()
            }
            _ => format!("an allele: {EXPECTED_ALLELE}"),
        };
        Err(self.text.cell_error(row, column, &expected))
    }

    fn add_allele(&mut self, locus: usize, line: u64, allele: Allele, share: f64) -> Result<(), TableError> {
        let filling = &mut self.loci[locus];
        match filling.alleles.insert(allele, (line, share)) {
            None => Ok(()),
            Some((first, _)) => {
                let found = format!("allele {allele} of {} for the second time (first on line {first})", filling.locus);
                Err(self.text.row_error(line, found, "each allele of a locus once"))
            }
        }
    }

    /// The finished table, with every locus checked.
    pub(super) fn finish(mut self) -> Result<FrequencyTable, TableError> {
        let (mut loci, mut sources, mut nameless) = (Vec::new(), Vec::new(), Vec::new());
        for filling in std::mem::take(&mut self.loci) {
            if let Some((entry, source)) = self.finish_locus(filling)? {
                if entry.people.is_none() {
                    nameless.push(entry.locus.to_string());
                }
                loci.push(entry);
                sources.push(source);
            }
        }
        self.note_bare_n(&sources);
        if !self.empty.is_empty() {
            let empty = name_some(std::mem::take(&mut self.empty), LOCI_NAMED);
            self.note(format!("no allele was seen at these loci, so not used: {empty}"));
        }
        if !self.summaries.is_empty() {
            let labels: Vec<_> = std::mem::take(&mut self.summaries).into_iter().collect();
            self.note(format!("no alleles, so not read: {}", labels.join(", ")));
        }
        if !self.left_out.is_empty() {
            let names = name_some(std::mem::take(&mut self.left_out), LOCI_NAMED);
            self.note(format!("no factors in the product of loci, so not used: {names}"));
        }
        if loci.is_empty() {
            let line = self.text.rows[0].line;
            return Err(self.text.row_error(line, "no locus with a frequency", "at least one"));
        }
        if !nameless.is_empty() {
            self.note(format!(
                "the number of people is not given ({}): with minimum_frequency = \"5/2N\" unseen alleles get {}",
                if nameless.len() == loci.len() { "any locus".to_owned() } else { name_some(&nameless, LOCI_NAMED) },
                crate::population::DEFAULT_MINIMUM_WITHOUT_PEOPLE,
            ));
        }
        Ok(FrequencyTable { name: self.text.path.clone(), loci: loci.into_iter().collect(), notes: self.notes })
    }

    fn finish_locus(&mut self, filling: Filling) -> Result<Option<(LocusFrequencies, SizeSource)>, TableError> {
        let Filling { locus, line, alleles, binned, sizes, counts } = filling;
        if alleles.is_empty() {
            self.empty.push(locus.to_string());
            return Ok(None);
        }
        let sum = alleles.values().map(|entry| entry.1).sum::<f64>() + binned;
        if !counts && (sum - 1.0).abs() > SUM_ERROR {
            let found = format!("frequencies of {locus} that sum to {sum:.4}");
            return Err(self.text.row_error(line, found, "a sum within 0.05 of 1"));
        } else if !counts && (sum - 1.0).abs() > SUM_NOTE {
            self.note(format!("the frequencies of {locus} sum to {sum:.4}, used as given"));
        }
        let resolved = sizes.resolve(&locus, counts.then_some(sum));
        let Resolved { people, source } =
            resolved.map_err(|(found, expected)| self.text.row_error(line, found, &expected))?;
        if source == SizeSource::Contradictory {
            let start = "n_alleles and n_people contradict each other";
            let (alleles, people) = (sizes.alleles.unwrap_or_default(), sizes.people.unwrap_or_default());
            if !self.notes.iter().any(|note| note.contains(start)) {
                self.note(format!(
                    "{start} ({alleles} alleles, {people} people at {locus}, perhaps elsewhere): n_alleles is used"
                ));
            }
        }
        let scale = if counts { sum } else { 1.0 };
        let frequencies = alleles.into_iter().map(|(allele, (_, number))| (allele, number / scale)).collect();
        Ok(Some((LocusFrequencies { locus, frequencies, people }, source)))
    }

    /// What a table's `N` was read as.
    fn note_bare_n(&mut self, sources: &[SizeSource]) {
        let has = |source| sources.contains(&source);
        if has(SizeSource::BareAsPeople) {
            self.note(
                "N is read as people (where it counts alleles, call it n_alleles: 5/(2N) is then twice as large)"
                    .to_owned(),
            );
        }
        if has(SizeSource::BareAsAlleles) {
            self.note("N is read as alleles, as the counts or a second N of half its size show".to_owned());
        }
    }
}
