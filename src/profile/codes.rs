//! The codes of a finished panel: in memory, or in a temporary file with the rows that are in use at hand.

use super::{Code, Dictionary, MISSING, PanelError, SampleIndex, code_file::CodeFile};
use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

/// The codes of all samples at all loci.
#[derive(Clone, Debug)]
pub(super) enum Codes {
    /// By locus, then by sample.
    Memory(Vec<Vec<Code>>),
    /// Sample by sample on the disk.
    Disk(Arc<DiskCodes>),
}

impl Default for Codes {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

/// The codes of one sample.
#[derive(Clone, Debug)]
pub struct Profile<'a>(ProfileCodes<'a>);

#[derive(Clone, Debug)]
enum ProfileCodes<'a> {
    Memory(&'a [Vec<Code>], usize),
    Kept(Arc<RowsInMemory>, usize),
    Read(Vec<Code>),
}

impl Profile<'_> {
    /// The code at one locus (0-based position in [`super::Panel::loci`]).
    pub fn code(&self, locus: usize) -> Code {
        match &self.0 {
            ProfileCodes::Memory(columns, sample) => columns[locus][*sample],
            ProfileCodes::Kept(kept, row) => kept.codes[row * kept.loci + locus],
            ProfileCodes::Read(codes) => codes[locus],
        }
    }
}

/// Codes on the disk.
#[derive(Debug)]
pub(super) struct DiskCodes {
    /// One row a sample, in the order of the ids.
    file: CodeFile,
    kept: RwLock<Arc<RowsInMemory>>,
    /// Codes that were made missing after the file was written: (sample, locus), sorted.
    cleared: RwLock<Vec<(u32, usize)>>,
}

/// Rows in memory.
#[derive(Debug, Default)]
struct RowsInMemory {
    /// Ascending.
    samples: Vec<u32>,
    loci: usize,
    /// Sample by sample.
    codes: Vec<Code>,
}

/// Bytes that the putting in order may take, beside 8 a sample.
const ARRANGING_BYTES: usize = 64 << 20;

impl DiskCodes {
    /// Puts rows in order (new position → old row): `new_codes` has for each locus, in the order of the old file's rows, its
    /// new position and its new codes. Shorter rows are missing at the loci that they lack.
    ///
    /// # Errors
    /// What the file system refuses.
    pub fn arrange(
        old: &CodeFile,
        folder: &Path,
        order: &[u32],
        new_codes: &[(usize, Vec<Code>)],
    ) -> Result<Self, PanelError> {
        let mut file = CodeFile::create(folder)?;
        let loci = new_codes.len();
        let at_once = ARRANGING_BYTES / (loci.max(1) * size_of::<Code>());
        for part in order.chunks(at_once.max(1)) {
            let mut from: Vec<(u32, u32)> = part.iter().copied().zip(0..).collect();
            from.sort_unstable();
            let rows: Vec<u32> = from.iter().map(|&(row, _)| row).collect();
            let mut columns = vec![vec![MISSING; part.len()]; loci];
            old.read(&rows, |position, codes| {
                let sample = from[position].1 as usize;
                for (&code, (locus, new)) in codes.iter().zip(new_codes) {
                    columns[*locus][sample] = new[usize::from(code)];
                }
            })?;
            file.append(&columns)?;
        }
        Ok(Self { file, kept: RwLock::default(), cleared: RwLock::default() })
    }

    fn read(&self, samples: &[u32], mut visit: impl FnMut(usize, &[Code])) -> Result<(), PanelError> {
        let cleared = self.cleared.read().unwrap_or_else(PoisonError::into_inner);
        if cleared.is_empty() {
            return self.file.read(samples, visit);
        }
        let mut changed = Vec::new();
        self.file.read(samples, |position, codes| {
            changed.clear();
            changed.extend_from_slice(codes);
            let start = cleared.partition_point(|&(sample, _)| sample < samples[position]);
            let of_sample = cleared[start..].iter().take_while(|(sample, _)| *sample == samples[position]);
            of_sample.for_each(|&(_, locus)| changed[locus] = MISSING);
            visit(position, &changed);
        })
    }
}

impl Codes {
    /// The codes of one sample.
    ///
    /// # Panics
    /// A temporary file that can no longer be read.
    pub fn profile(&self, sample: SampleIndex) -> Profile<'_> {
        match self {
            Self::Memory(columns) => Profile(ProfileCodes::Memory(columns, sample.0 as usize)),
            Self::Disk(disk) => {
                let kept = Arc::clone(&disk.kept.read().unwrap_or_else(PoisonError::into_inner));
                match kept.samples.binary_search(&sample.0) {
                    Ok(row) => Profile(ProfileCodes::Kept(kept, row)),
                    Err(_) => {
                        let mut read = Vec::new();
                        let done = disk.read(&[sample.0], |_, codes| read.extend_from_slice(codes));
                        done.expect("a temporary file of this process stays readable");
                        Profile(ProfileCodes::Read(read))
                    }
                }
            }
        }
    }

    /// The codes of these samples (ascending) at these loci: for each locus one code a sample.
    pub fn gather(&self, samples: &[u32], loci: &[usize]) -> Result<Vec<Vec<Code>>, PanelError> {
        match self {
            Self::Memory(columns) => {
                let of_locus = |&locus: &usize| samples.iter().map(|&sample| columns[locus][sample as usize]).collect();
                Ok(loci.iter().map(of_locus).collect())
            }
            Self::Disk(disk) => {
                let mut gathered = vec![vec![MISSING; samples.len()]; loci.len()];
                disk.read(samples, |position, codes| {
                    for (column, &locus) in gathered.iter_mut().zip(loci) {
                        column[position] = codes[locus];
                    }
                })?;
                Ok(gathered)
            }
        }
    }

    /// Keeps these samples' codes in memory from now on, beside those kept already.
    pub fn keep(&self, samples: impl Iterator<Item = u32>) -> Result<(), PanelError> {
        let Self::Disk(disk) = self else { return Ok(()) };
        let mut kept = disk.kept.write().unwrap_or_else(PoisonError::into_inner);
        let mut wanted: Vec<u32> = kept.samples.iter().copied().chain(samples).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut codes = Vec::new();
        disk.read(&wanted, |_, of_sample| codes.extend_from_slice(of_sample))?;
        let loci = codes.len().checked_div(wanted.len()).unwrap_or(0);
        *kept = Arc::new(RowsInMemory { samples: wanted, loci, codes });
        Ok(())
    }

    /// Makes codes missing: (sample, locus).
    pub fn clear(&mut self, cells: &[(u32, usize)]) {
        match self {
            Self::Memory(columns) => {
                cells.iter().for_each(|&(sample, locus)| columns[locus][sample as usize] = MISSING);
            }
            Self::Disk(disk) => {
                let mut cleared = disk.cleared.write().unwrap_or_else(PoisonError::into_inner);
                cleared.extend_from_slice(cells);
                cleared.sort_unstable();
                *disk.kept.write().unwrap_or_else(PoisonError::into_inner) = Arc::default();
            }
        }
    }

    /// Bytes in memory, the kept rows apart.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Memory(columns) => columns.iter().map(|column| column.capacity() * size_of::<Code>()).sum(),
            Self::Disk(_) => 0,
        }
    }
}

/// For each locus the dictionary of the codes that any of these rows (ascending) has, and for each old code the new one.
/// Shorter rows lack the last loci.
pub(super) fn sort_dictionaries(
    file: &CodeFile,
    dictionaries: &[Dictionary],
    rows: &[u32],
) -> Result<Vec<(Dictionary, Vec<Code>)>, PanelError> {
    let mut used: Vec<_> = dictionaries.iter().map(|dictionary| vec![false; dictionary.observations().len()]).collect();
    file.read(rows, |_, codes| codes.iter().zip(&mut used).for_each(|(&code, used)| used[usize::from(code)] = true))?;
    Ok(dictionaries.iter().zip(&used).map(|(dictionary, used)| dictionary.sorted(used)).collect())
}
