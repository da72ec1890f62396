//! The panel: every profile of a run as dictionary-coded columns, one narrow column of codes a locus.

use super::{Allele, Call, LocusName, Role, Sample, Sex};
use std::collections::HashMap;

/// The code of an observation at one locus: an index into that locus's [`Dictionary`].
pub type Code = u16;

/// The code that means "no information" at every locus ([`Call::Missing`], drop-out 0).
pub const MISSING: Code = 0;

/// A sample's position in a panel (0-based). Samples are in the order of their ids, so ties broken by index are
/// broken by id, whatever the order of the input.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SampleIndex(pub u32);

/// One distinct thing that was seen at a locus: the call, and how likely an allele of that sample drops out.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct Observation {
    /// The reported alleles.
    pub call: Call,
    /// Probability that an allele of this sample dropped out, in [0, 1).
    pub drop_out: f64,
}

impl Observation {
    const MISSING: Self = Self { call: Call::Missing, drop_out: 0.0 };

    /// The key that makes two observations one: a drop-out probability matters only where something was seen.
    fn key(self) -> (Call, u64) {
        let drop_out = if self.call.is_informative() { self.drop_out } else { 0.0 };
        (self.call, drop_out.to_bits())
    }
}

/// The distinct observations of one locus, by code. Code 0 is always "missing".
#[derive(Clone, Debug)]
pub struct Dictionary {
    observations: Vec<Observation>,
    codes: HashMap<(Call, u64), Code>,
}

impl Default for Dictionary {
    fn default() -> Self {
        let mut dictionary = Self { observations: Vec::new(), codes: HashMap::new() };
        dictionary.observations.push(Observation::MISSING);
        dictionary.codes.insert(Observation::MISSING.key(), MISSING);
        dictionary
    }
}

impl Dictionary {
    /// The code of this observation, a new one if it was not seen before.
    ///
    /// # Errors
    /// More than 65,536 distinct observations at one locus.
    pub fn encode(&mut self, observation: Observation) -> Result<Code, PanelError> {
        let key = observation.key();
        if let Some(&code) = self.codes.get(&key) {
            return Ok(code);
        }
        let code = Code::try_from(self.observations.len()).map_err(|_| PanelError::TooManyObservations)?;
        self.observations.push(observation);
        self.codes.insert(key, code);
        Ok(code)
    }

    /// What this code stands for.
    pub fn observation(&self, code: Code) -> Observation {
        self.observations[usize::from(code)]
    }

    /// All distinct observations, by code.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// Every allele seen at this locus, sorted, each once.
    pub fn alleles(&self) -> Vec<Allele> {
        let mut alleles: Vec<_> = self.observations.iter().flat_map(|seen| seen.call.alleles()).collect();
        alleles.sort_unstable();
        alleles.dedup();
        alleles
    }
}

/// What a panel cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PanelError {
    /// One id names two samples.
    #[error("the id `{0}` names two samples")]
    DuplicateId(String),
    /// The dictionary of one locus is full.
    #[error("more than 65,536 distinct observations at one locus (calls times drop-out probabilities)")]
    TooManyObservations,
}

/// All samples of a run, in the order of their ids, with a column of codes for each locus.
#[derive(Clone, Debug, Default)]
pub struct Panel {
    loci: Vec<LocusName>,
    dictionaries: Vec<Dictionary>,
    columns: Vec<Vec<Code>>,
    samples: Vec<Sample>,
}

impl Panel {
    /// The loci, in the order of the columns.
    pub fn loci(&self) -> &[LocusName] {
        &self.loci
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Every sample's position, in the order of the ids.
    pub fn indices(&self) -> impl Iterator<Item = SampleIndex> + use<> {
        (0..self.samples.len() as u32).map(SampleIndex)
    }

    /// The codes of one locus (0-based position in [`Panel::loci`]), one for each sample.
    pub fn column(&self, locus: usize) -> &[Code] {
        &self.columns[locus]
    }

    /// What the codes of one locus stand for.
    pub fn dictionary(&self, locus: usize) -> &Dictionary {
        &self.dictionaries[locus]
    }

    /// What was seen of one sample at one locus.
    pub fn observation(&self, sample: SampleIndex, locus: usize) -> Observation {
        self.dictionaries[locus].observation(self.columns[locus][sample.0 as usize])
    }

    /// The sample's id.
    pub fn id(&self, sample: SampleIndex) -> &str {
        &self.samples[sample.0 as usize].id
    }

    /// The sample's role.
    pub fn role(&self, sample: SampleIndex) -> Option<Role> {
        self.samples[sample.0 as usize].role
    }

    /// The sample's sex.
    pub fn sex(&self, sample: SampleIndex) -> Sex {
        self.samples[sample.0 as usize].sex
    }

    /// Everything else known of the sample.
    pub fn sample(&self, sample: SampleIndex) -> &Sample {
        &self.samples[sample.0 as usize]
    }

    /// The sample of this id.
    pub fn find(&self, id: &str) -> Option<SampleIndex> {
        self.samples.binary_search_by(|sample| sample.id.as_str().cmp(id)).ok().map(|at| SampleIndex(at as u32))
    }
}

/// Collects samples in any order; [`PanelBuilder::build`] puts them in order.
#[derive(Clone, Debug)]
pub struct PanelBuilder {
    loci: Vec<LocusName>,
    dictionaries: Vec<Dictionary>,
    rows: Vec<(Sample, Vec<Code>)>,
}

impl PanelBuilder {
    /// An empty panel over these loci.
    pub fn new(loci: Vec<LocusName>) -> Self {
        let dictionaries = vec![Dictionary::default(); loci.len()];
        Self { loci, dictionaries, rows: Vec::new() }
    }

    /// Adds a sample with one observation for each locus.
    ///
    /// # Errors
    /// A full dictionary.
    pub fn push(&mut self, sample: Sample, observations: &[Observation]) -> Result<(), PanelError> {
        let codes = self
            .dictionaries
            .iter_mut()
            .zip(observations)
            .map(|(dictionary, &seen)| dictionary.encode(seen))
            .collect::<Result<_, _>>()?;
        self.rows.push((sample, codes));
        Ok(())
    }

    /// The finished panel, in the order of the ids.
    ///
    /// # Errors
    /// An id that occurs twice.
    pub fn build(mut self) -> Result<Panel, PanelError> {
        self.rows.sort_by(|left, right| left.0.id.cmp(&right.0.id));
        if let Some(pair) = self.rows.windows(2).find(|pair| pair[0].0.id == pair[1].0.id) {
            return Err(PanelError::DuplicateId(pair[0].0.id.clone()));
        }
        let columns = (0..self.loci.len()).map(|locus| self.rows.iter().map(|row| row.1[locus]).collect()).collect();
        let samples = self.rows.into_iter().map(|row| row.0).collect();
        Ok(Panel { loci: self.loci, dictionaries: self.dictionaries, columns, samples })
    }
}
