//! From samples in any order to a panel in the order of the ids.

use super::{
    Call, Code, Dictionary, LocusName, MISSING, Observation, Panel, PanelError, Role, Sample,
    code_file::{CodeFile, WINDOW},
    codes::{Codes, DiskCodes, sort_dictionaries},
    sample_columns::SampleColumns,
};
use rayon::prelude::*;
use std::{collections::HashMap, path::PathBuf, sync::Arc};

/// Collects samples in any order; [`PanelBuilder::build`] puts them in order.
///
/// Samples are numbered in the order in which they came (0-based) until the panel is built.
#[derive(Debug, Default)]
pub struct PanelBuilder {
    loci: Vec<LocusName>,
    dictionaries: Vec<Dictionary>,
    /// The codes by locus, of the samples that are not spilled.
    columns: Vec<Vec<Code>>,
    samples: SampleColumns,
    spill: Option<Spill>,
}

/// Where codes go that memory has no room for.
#[derive(Clone, Debug)]
pub struct SpillTo {
    /// A folder on whose file system a nameless temporary file may grow.
    pub folder: PathBuf,
    /// Bytes of codes that are kept in memory; with more, all of them go to the disk.
    pub after_bytes: usize,
}

#[derive(Debug)]
struct Spill {
    to: SpillTo,
    /// The first samples.
    file: Option<CodeFile>,
}

impl PanelBuilder {
    /// An empty panel over these loci.
    pub fn new(loci: Vec<LocusName>) -> Self {
        let dictionaries = vec![Dictionary::default(); loci.len()];
        let columns = vec![Vec::new(); loci.len()];
        Self { loci, dictionaries, columns, ..Self::default() }
    }

    /// An empty panel without loci, whose codes go to the disk once they are too many.
    pub fn spilling(to: SpillTo) -> Self {
        Self { spill: Some(Spill { to, file: None }), ..Self::default() }
    }

    /// Number of samples so far.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there is no sample yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a sample with one observation for each locus.
    ///
    /// # Errors
    /// A full dictionary, or too much id text.
    pub fn push(&mut self, sample: Sample, observations: &[Observation]) -> Result<(), PanelError> {
        let codes = (0..self.loci.len())
            .map(|locus| observations.get(locus).map_or(Ok(MISSING), |&seen| self.encode(locus, seen)))
            .collect::<Result<Vec<_>, _>>()?;
        self.push_coded(&sample, &codes)
    }

    /// The code of this observation at a locus, for [`PanelBuilder::push_coded`].
    ///
    /// # Errors
    /// A full dictionary.
    pub fn encode(&mut self, locus: usize, observation: Observation) -> Result<Code, PanelError> {
        let dictionary = &mut self.dictionaries[locus];
        dictionary.encode(observation).ok_or_else(|| dictionary.too_many(&self.loci[locus]))
    }

    /// Adds a sample with one code for each locus.
    ///
    /// # Errors
    /// Too much id text.
    pub fn push_coded(&mut self, sample: &Sample, codes: &[Code]) -> Result<(), PanelError> {
        self.samples.push(sample)?;
        for (column, &code) in self.columns.iter_mut().zip(codes) {
            column.push(code);
        }
        Ok(())
    }

    /// Adds a sample whose codes [`PanelBuilder::set_columns`] will give.
    ///
    /// # Errors
    /// Too much id text.
    pub(crate) fn push_sample(&mut self, sample: &Sample) -> Result<(), PanelError> {
        self.samples.push(sample)
    }

    /// Sets the dictionary and the codes of every locus: one code, of that dictionary, for each sample.
    pub(crate) fn set_columns(&mut self, coded: Vec<(Dictionary, Vec<Code>)>) {
        debug_assert!(coded.iter().all(|(_, codes)| codes.len() == self.len()));
        (self.dictionaries, self.columns) = coded.into_iter().unzip();
    }

    /// Takes out the samples so far, with a copy of the dictionaries; the builder keeps the dictionaries, so that its
    /// codes go on meaning the same.
    pub fn take_samples(&mut self) -> Self {
        Self {
            loci: self.loci.clone(),
            dictionaries: self.dictionaries.clone(),
            columns: self
                .columns
                .iter_mut()
                .map(|column| std::mem::replace(column, Vec::with_capacity(column.len())))
                .collect(),
            samples: std::mem::take(&mut self.samples),
            spill: None,
        }
    }

    /// Adds all samples of another builder, after those of this one. Loci that only one of the two has are missing
    /// for the samples of the other.
    ///
    /// # Errors
    /// A full dictionary, too much id text, or a temporary file that cannot be written.
    pub fn append(&mut self, other: Self) -> Result<(), PanelError> {
        if self.is_empty() && self.loci.is_empty() && self.spill.is_none() {
            *self = other;
            return Ok(());
        }
        let before = self.len() - self.spilled();
        self.samples.append(&other.samples)?;
        let by_name: HashMap<LocusName, usize> = match other.loci.starts_with(&self.loci) {
            true => HashMap::new(),
            false => self.loci.iter().cloned().zip(0..).collect(),
        };
        for (locus, name) in other.loci.iter().enumerate() {
            let known = (self.loci.get(locus) == Some(name)).then_some(locus);
            let known = known.or_else(|| by_name.get(name).copied());
            let here = known.unwrap_or_else(|| self.add_locus(name, before));
            let dictionary = &mut self.dictionaries[here];
            let new_codes = dictionary.absorb(&other.dictionaries[locus]).ok_or_else(|| dictionary.too_many(name))?;
            self.columns[here].extend(other.columns[locus].iter().map(|&code| new_codes[usize::from(code)]));
        }
        let total = self.len() - self.spilled();
        self.columns.iter_mut().for_each(|column| column.resize(total, MISSING));
        self.spill_if_many(total)
    }

    /// How many of the samples have their codes on the disk.
    fn spilled(&self) -> usize {
        self.spill.as_ref().and_then(|spill| spill.file.as_ref()).map_or(0, CodeFile::len)
    }

    /// Writes the codes in memory (of so many samples) to the disk if they are too many.
    fn spill_if_many(&mut self, samples: usize) -> Result<(), PanelError> {
        let Some(spill) = &mut self.spill else { return Ok(()) };
        let bytes = samples * self.columns.len() * size_of::<Code>();
        match &spill.file {
            Some(_) if samples < WINDOW => Ok(()),
            None if bytes <= spill.to.after_bytes => Ok(()),
            _ => spill.write(&mut self.columns),
        }
    }

    /// The position of a new locus, missing for the samples so far.
    fn add_locus(&mut self, name: &LocusName, samples: usize) -> usize {
        self.loci.push(name.clone());
        self.dictionaries.push(Dictionary::default());
        self.columns.push(vec![MISSING; samples]);
        self.loci.len() - 1
    }

    /// The loci so far.
    pub fn loci(&self) -> &[LocusName] {
        &self.loci
    }

    /// The id of a sample, by order of arrival.
    pub fn id(&self, at: u32) -> &str {
        self.samples.id(at as usize)
    }

    /// Role of a sample, by order of arrival.
    pub fn role(&self, at: u32) -> Option<Role> {
        self.samples.role(at as usize)
    }

    /// Whether two samples, by order of arrival, have the same calls and the same metadata (id and role apart).
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub fn is_same_profile(&self, left: u32, right: u32) -> Result<bool, PanelError> {
        let metadata = |at: u32| Sample { id: String::new(), role: None, ..self.samples.sample(at as usize) };
        let (left_codes, right_codes) = (self.codes_of(left)?, self.codes_of(right)?);
        let mut codes = self.dictionaries.iter().zip(left_codes.iter().zip(&right_codes));
        let same = |(dictionary, (&left, &right)): (&Dictionary, (&Code, &Code))| {
            dictionary.observation(left).call == dictionary.observation(right).call
        };
        Ok(codes.all(same) && metadata(left) == metadata(right))
    }

    /// Everything but the calls of a sample, by order of arrival.
    pub fn sample(&self, at: u32) -> Sample {
        self.samples.sample(at as usize)
    }

    /// The calls of a sample at all loci, by order of arrival.
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub fn calls_of(&self, at: u32) -> Result<Vec<Call>, PanelError> {
        let codes = self.codes_of(at)?;
        let calls = self.dictionaries.iter().zip(codes).map(|(dictionary, code)| dictionary.observation(code).call);
        Ok(calls.collect())
    }

    /// Adds a sample when all others are there, and says its number.
    ///
    /// # Errors
    /// Too much id text, or a temporary file that cannot be written.
    pub(crate) fn push_late(&mut self, sample: &Sample, codes: &[Code]) -> Result<u32, PanelError> {
        let at = self.len() as u32;
        self.push_coded(sample, codes)?;
        self.spill_if_many(self.len() - self.spilled())?;
        Ok(at)
    }

    /// The codes of one sample, by order of arrival.
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub(crate) fn codes_of(&self, at: u32) -> Result<Vec<Code>, PanelError> {
        let file = self.spill.as_ref().and_then(|spill| spill.file.as_ref());
        match ((at as usize).checked_sub(self.spilled()), file) {
            (None, Some(file)) => {
                let mut read = Vec::with_capacity(self.loci.len());
                file.read(&[at], |_, codes| read.extend_from_slice(codes))?;
                read.resize(self.loci.len(), MISSING);
                Ok(read)
            }
            (at, _) => Ok(self.columns.iter().map(|column| column[at.unwrap_or_default()]).collect()),
        }
    }

    /// Arrival numbers in the order of the ids; equal ids in the order of arrival.
    pub fn order_by_id(&self) -> Vec<u32> {
        self.samples.sorted_order()
    }

    /// The finished panel, in the order of the ids.
    ///
    /// # Errors
    /// An id that occurs twice, or a temporary file that cannot be written.
    pub fn build(self) -> Result<Panel, PanelError> {
        let order = self.order_by_id();
        match order.windows(2).find(|pair| self.id(pair[0]) == self.id(pair[1])) {
            Some(pair) => Err(PanelError::DuplicateId(self.id(pair[0]).to_owned())),
            None => Ok(self.build_in_memory(&order)),
        }
    }

    /// The panel of these samples (arrival numbers, in the order of their ids; see [`Panel::set_labels`] where one stands
    /// twice), with the loci in the order of
    /// their names. Codes are numbered in the order of the observations, those that no sample shows left out. So neither
    /// depends on the order of arrival.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn build_in_order(mut self, order: &[u32]) -> Result<Panel, PanelError> {
        let Some(Spill { to, file: Some(mut file) }) = self.spill.take() else {
            return Ok(self.sort_loci().build_in_memory(order));
        };
        file.append(&self.columns)?;
        self.columns = Vec::new();
        let mut rows = order.to_vec();
        rows.sort_unstable();
        let coded = sort_dictionaries(&file, &self.dictionaries, &rows)?;
        drop(rows);
        let mut by_name: Vec<usize> = (0..self.loci.len()).collect();
        by_name.sort_by(|&left, &right| self.loci[left].cmp(&self.loci[right]));
        let (dictionaries, new_codes): (Vec<_>, Vec<_>) = coded.into_iter().unzip();
        let mut place = vec![0; by_name.len()];
        by_name.iter().enumerate().for_each(|(at, &locus)| place[locus] = at);
        let new_codes: Vec<_> = place.into_iter().zip(new_codes).collect();
        let codes = DiskCodes::arrange(&file, &to.folder, order, &new_codes)?;
        Ok(Panel {
            loci: by_name.iter().map(|&locus| self.loci[locus].clone()).collect(),
            dictionaries: by_name.iter().map(|&locus| dictionaries[locus].clone()).collect(),
            codes: Codes::Disk(Arc::new(codes)),
            samples: self.samples.arrange(order),
            labels: Vec::new(),
        })
    }

    fn build_in_memory(self, order: &[u32]) -> Panel {
        let in_place = order.len() == self.len() && order.iter().enumerate().all(|(at, &old)| at == old as usize);
        let arrange = |(dictionary, mut column): (Dictionary, Vec<Code>)| {
            let mut used = vec![false; dictionary.observations().len()];
            order.iter().for_each(|&old| used[usize::from(column[old as usize])] = true);
            let (dictionary, new_codes) = dictionary.sorted(&used);
            if in_place {
                column.iter_mut().for_each(|code| *code = new_codes[usize::from(*code)]);
                column.shrink_to_fit();
            } else {
                column = order.iter().map(|&old| new_codes[usize::from(column[old as usize])]).collect();
            }
            (dictionary, column)
        };
        let samples = self.samples.arrange(order);
        let coded: Vec<_> = self.dictionaries.into_iter().zip(self.columns).collect();
        let (dictionaries, columns) = coded.into_par_iter().map(arrange).unzip();
        Panel { loci: self.loci, dictionaries, codes: Codes::Memory(columns), samples, labels: Vec::new() }
    }

    /// The builder with its loci in the order of their names.
    fn sort_loci(self) -> Self {
        let Self { loci, dictionaries, columns, samples, spill } = self;
        let mut coded: Vec<_> = loci.into_iter().zip(dictionaries).zip(columns).collect();
        coded.sort_by(|left, right| left.0.0.cmp(&right.0.0));
        let mut sorted = Self { samples, spill, ..Self::default() };
        for ((locus, dictionary), column) in coded {
            sorted.loci.push(locus);
            sorted.dictionaries.push(dictionary);
            sorted.columns.push(column);
        }
        sorted
    }
}

impl Spill {
    /// Writes these codes behind those in the file, and empties them.
    fn write(&mut self, columns: &mut [Vec<Code>]) -> Result<(), PanelError> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(CodeFile::create(&self.to.folder)?),
        };
        file.append(columns)?;
        columns.iter_mut().for_each(|column| *column = Vec::with_capacity(WINDOW));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::SampleIndex;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Samples in random order of their ids, in builders of a few thousand; later builders have a locus more.
    fn parts(random: &mut ChaCha8Rng) -> Vec<PanelBuilder> {
        let mut builders = Vec::new();
        for part in 0..12 {
            let names = ["TH01", "FGA", "CSF1PO"];
            let loci = names[..if part < 5 { 2 } else { 3 }].iter().map(|name| LocusName::new(name)).collect();
            let mut builder = PanelBuilder::new(loci);
            for number in 0..3000 {
                let id = format!("{:08}-{part}-{number}", random.random_range(0..1_000_000));
                let mut call = || {
                    let alleles = [0; 2].map(|_| random.random_range(6..20).to_string().parse().unwrap());
                    Observation { call: Call::from_alleles(&alleles), drop_out: 0.0 }
                };
                let calls = [call(), call(), call()];
                builder.push(Sample { id, ..Sample::default() }, &calls[..builder.loci().len()]).unwrap();
            }
            builders.push(builder);
        }
        builders
    }

    fn panel(mut builder: PanelBuilder) -> Panel {
        parts(&mut ChaCha8Rng::seed_from_u64(11)).into_iter().try_for_each(|part| builder.append(part)).unwrap();
        let mut order = builder.order_by_id();
        order.retain(|at| at % 7 != 0);
        builder.build_in_order(&order).unwrap()
    }

    #[test]
    fn a_panel_on_the_disk_is_that_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        for after_bytes in [0, 150_000] {
            let mut in_memory = panel(PanelBuilder::default());
            let mut on_disk = panel(PanelBuilder::spilling(SpillTo { folder: folder.path().into(), after_bytes }));
            assert!(on_disk.is_on_disk() && !in_memory.is_on_disk());
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
            assert_eq!(on_disk.loci(), in_memory.loci());
            let samples: Vec<u32> = (0..in_memory.len() as u32).filter(|sample| sample % 5 != 1).collect();
            let same = |on_disk: &Panel, in_memory: &Panel| {
                let gathered = on_disk.gather(&samples, &[2, 0, 1]).unwrap();
                assert!(gathered == in_memory.gather(&samples, &[2, 0, 1]).unwrap());
                for sample in [0, 7, 16_400, in_memory.len() as u32 - 1].map(SampleIndex) {
                    assert_eq!(on_disk.id(sample), in_memory.id(sample));
                    for locus in 0..3 {
                        assert_eq!(on_disk.observation(sample, locus), in_memory.observation(sample, locus));
                    }
                }
            };
            same(&on_disk, &in_memory);
            on_disk.keep([3, 7, 16_400].map(SampleIndex).into_iter()).unwrap();
            same(&on_disk, &in_memory);
            let cells = [(SampleIndex(7), 1), (SampleIndex(16_400), 0)];
            on_disk.clear(&cells);
            in_memory.clear(&cells);
            same(&on_disk, &in_memory);
            assert_eq!(on_disk.observation(SampleIndex(7), 1).call, Call::Missing);
        }
        let small = panel(PanelBuilder::spilling(SpillTo { folder: folder.path().into(), after_bytes: 1 << 20 }));
        assert!(!small.is_on_disk());
    }
}
