//! From samples in any order to a panel in the order of the ids.

use super::{
    Code, Dictionary, LocusName, MISSING, Observation, Panel, PanelError, Role, Sample, sample_columns::SampleColumns,
};
use rayon::prelude::*;

/// Collects samples in any order; [`PanelBuilder::build`] puts them in order.
///
/// Samples are numbered in the order in which they came (0-based) until the panel is built.
#[derive(Clone, Debug, Default)]
pub struct PanelBuilder {
    loci: Vec<LocusName>,
    dictionaries: Vec<Dictionary>,
    columns: Vec<Vec<Code>>,
    samples: SampleColumns,
}

impl PanelBuilder {
    /// An empty panel over these loci.
    pub fn new(loci: Vec<LocusName>) -> Self {
        let dictionaries = vec![Dictionary::default(); loci.len()];
        let columns = vec![Vec::new(); loci.len()];
        Self { loci, dictionaries, columns, samples: SampleColumns::default() }
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
        }
    }

    /// Adds all samples of another builder, after those of this one. Loci that only one of the two has are missing
    /// for the samples of the other.
    ///
    /// # Errors
    /// A full dictionary, or too much id text.
    pub fn append(&mut self, other: Self) -> Result<(), PanelError> {
        if self.is_empty() && self.loci.is_empty() {
            *self = other;
            return Ok(());
        }
        let before = self.len();
        self.samples.append(&other.samples)?;
        for (locus, name) in other.loci.iter().enumerate() {
            let here = self.locus_position(name, before);
            let dictionary = &mut self.dictionaries[here];
            let new_codes = dictionary.absorb(&other.dictionaries[locus]).ok_or_else(|| dictionary.too_many(name))?;
            self.columns[here].extend(other.columns[locus].iter().map(|&code| new_codes[usize::from(code)]));
        }
        let total = self.len();
        self.columns.iter_mut().for_each(|column| column.resize(total, MISSING));
        Ok(())
    }

    /// The position of a locus, new and missing for the samples so far where it was not known yet.
    fn locus_position(&mut self, name: &LocusName, samples: usize) -> usize {
        if let Some(at) = self.loci.iter().position(|locus| locus == name) {
            return at;
        }
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
    pub fn is_same_profile(&self, left: u32, right: u32) -> bool {
        let call = |locus: usize, at: u32| self.dictionaries[locus].observation(self.columns[locus][at as usize]).call;
        let metadata = |at: u32| Sample { id: String::new(), role: None, ..self.samples.sample(at as usize) };
        (0..self.loci.len()).all(|locus| call(locus, left) == call(locus, right)) && metadata(left) == metadata(right)
    }

    /// Arrival numbers in the order of the ids; equal ids in the order of arrival.
    pub fn order_by_id(&self) -> Vec<u32> {
        self.samples.sorted_order()
    }

    /// The finished panel, in the order of the ids.
    ///
    /// # Errors
    /// An id that occurs twice.
    pub fn build(self) -> Result<Panel, PanelError> {
        let order = self.order_by_id();
        match order.windows(2).find(|pair| self.id(pair[0]) == self.id(pair[1])) {
            Some(pair) => Err(PanelError::DuplicateId(self.id(pair[0]).to_owned())),
            None => Ok(self.build_in_order(&order)),
        }
    }

    /// The panel of these samples (arrival numbers, in the order of their ids, no id twice). Codes are numbered
    /// in the order of the observations, those that no sample shows left out, so that they do not depend on the order
    /// of arrival.
    pub fn build_in_order(self, order: &[u32]) -> Panel {
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
        Panel { loci: self.loci, dictionaries, columns, samples }
    }

    /// The builder with its loci in the order of their names.
    pub fn sort_loci(self) -> Self {
        let Self { loci, dictionaries, columns, samples } = self;
        let mut coded: Vec<_> = loci.into_iter().zip(dictionaries).zip(columns).collect();
        coded.sort_by(|left, right| left.0.0.cmp(&right.0.0));
        let mut sorted = Self { samples, ..Self::default() };
        for ((locus, dictionary), column) in coded {
            sorted.loci.push(locus);
            sorted.dictionaries.push(dictionary);
            sorted.columns.push(column);
        }
        sorted
    }
}
