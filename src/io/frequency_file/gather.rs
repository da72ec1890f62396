//! What the layouts have in common: loci that fill up, and the checks when they are full.

use crate::io::table_file::{TableError, TextRow, TextTable};
use crate::population::{FrequencyTable, LocusFrequencies};
use crate::profile::{Allele, EXPECTED_ALLELE, LocusName};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Beyond this distance from 1 a sum of frequencies is an error.
const SUM_ERROR: f64 = 0.05;
/// Beyond this distance from 1 a sum of frequencies is worth a note.
const SUM_NOTE: f64 = 0.005;

/// What is expected of a frequency.
pub(super) const FREQUENCY: &str = "a frequency between 0 and 1";
/// How many were counted at a locus.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum SampleSize {
    People(f64),
    Alleles(f64),
}

impl SampleSize {
    fn people(self) -> f64 {
        match self {
            Self::People(people) => people,
            Self::Alleles(alleles) => alleles / 2.0,
        }
    }
}

/// One locus on its way to a [`LocusFrequencies`].
pub(super) struct Filling {
    locus: LocusName,
    line: u64,
    alleles: BTreeMap<Allele, (u64, f64)>,
    binned: f64,
    /// Sums of the counts and the frequencies of alleles for which both are given.
    pub(super) counted: (f64, f64),
    pub(super) size: Option<SampleSize>,
    pub(super) counts: bool,
}

/// The loci of a table as they fill up.
pub(super) struct Gathered<'t> {
    text: &'t TextTable,
    loci: Vec<Filling>,
    by_name: HashMap<LocusName, usize>,
    /// The sex test and Y-chromosomal loci.
    left_out: BTreeSet<LocusName>,
    pub(super) notes: Vec<String>,
}

impl<'t> Gathered<'t> {
    pub(super) fn new(text: &'t TextTable) -> Self {
        Self { text, loci: Vec::new(), by_name: HashMap::new(), left_out: BTreeSet::new(), notes: Vec::new() }
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
            let filling = Filling {
                locus,
                line,
                alleles: BTreeMap::new(),
                binned: 0.0,
                counted: (0.0, 0.0),
                size: None,
                counts: false,
            };
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

    /// The name of a locus.
    pub(super) fn name(&self, locus: usize) -> LocusName {
        self.loci[locus].locus.clone()
    }

    pub(super) fn filling(&mut self, locus: usize) -> &mut Filling {
        &mut self.loci[locus]
    }

    /// Adds the allele and the frequency in these columns (0-based) of a row.
    pub(super) fn add_cell(
        &mut self,
        locus: usize,
        row: &TextRow,
        allele: usize,
        frequency: usize,
    ) -> Result<(), TableError> {
        match self.text.number(row, frequency, 0.0..=1.0, FREQUENCY)? {
            Some(number) => self.add(locus, row, allele, number),
            None => Ok(()),
        }
    }

    /// Adds an allele (column 0-based) with a frequency or a count; 0 means not seen.
    pub(super) fn add(&mut self, locus: usize, row: &TextRow, column: usize, number: f64) -> Result<(), TableError> {
        if number == 0.0 {
            return Ok(());
        }
        let label = row.cell(column);
        if label.starts_with(['<', '>']) {
            let name = &self.loci[locus].locus;
            self.notes.push(format!("{}: `{label}` at {name} is a range, not an allele: not used", self.text.path));
            self.loci[locus].binned += number;
            return Ok(());
        }
        let allele: Allele =
            label.parse().map_err(|_| self.text.cell_error(row, column, &format!("an allele: {EXPECTED_ALLELE}")))?;
        let filling = &mut self.loci[locus];
        if let Some((line, _)) = filling.alleles.insert(allele, (row.line, number)) {
            let found = format!("allele {allele} of {} for the second time (first on line {line})", filling.locus);
            return Err(self.text.row_error(row.line, found, "each allele of a locus once"));
        }
        Ok(())
    }

    /// The finished table, with every locus checked.
    pub(super) fn finish(mut self) -> Result<FrequencyTable, TableError> {
        let mut loci = Vec::new();
        let mut nameless = Vec::new();
        for filling in std::mem::take(&mut self.loci) {
            if let Some(entry) = self.finish_locus(filling)? {
                if entry.people.is_none() {
                    nameless.push(entry.locus.to_string());
                }
                loci.push(entry);
            }
        }
        if !self.left_out.is_empty() {
            let names: Vec<_> = self.left_out.iter().map(LocusName::as_str).collect();
            self.notes.push(format!(
                "{}: no factors in the product of loci, so not used: {}",
                self.text.path,
                names.join(", ")
            ));
        }
        if loci.is_empty() {
            let line = self.text.rows[0].line;
            return Err(self.text.row_error(line, "no locus with a frequency", "at least one"));
        }
        if !nameless.is_empty() {
            self.notes.push(format!(
                "{}: the number of people is not given ({}): with minimum_frequency = \"5/2N\" unseen alleles get {}",
                self.text.path,
                if nameless.len() == loci.len() { "any locus".to_owned() } else { nameless.join(", ") },
                crate::population::DEFAULT_MINIMUM_WITHOUT_PEOPLE,
            ));
        }
        Ok(FrequencyTable { name: self.text.path.clone(), loci, notes: self.notes })
    }

    fn finish_locus(&mut self, filling: Filling) -> Result<Option<LocusFrequencies>, TableError> {
        let Filling { locus, line, alleles, binned, counted, mut size, counts } = filling;
        if alleles.is_empty() {
            self.notes.push(format!("{}: {locus} has no allele that was seen: not used", self.text.path));
            return Ok(None);
        }
        let sum = alleles.values().map(|entry| entry.1).sum::<f64>() + binned;
        if counts {
            size = size.or(Some(SampleSize::Alleles(sum)));
        } else if (sum - 1.0).abs() > SUM_ERROR {
            let found = format!("frequencies of {locus} that sum to {sum:.4}");
            return Err(self.text.row_error(line, found, "a sum within 0.05 of 1"));
        } else if (sum - 1.0).abs() > SUM_NOTE {
            self.notes.push(format!("{}: the frequencies of {locus} sum to {sum:.4}, used as given", self.text.path));
        }
        if size.is_none() && counted.0 > 0.0 && counted.1 > 0.0 {
            size = Some(SampleSize::Alleles((counted.0 / counted.1).round()));
        }
        let scale = if counts { sum } else { 1.0 };
        let frequencies = alleles.into_iter().map(|(allele, (_, number))| (allele, number / scale)).collect();
        Ok(Some(LocusFrequencies { locus, frequencies, people: size.map(SampleSize::people) }))
    }
}
