//! The panel: every profile of a run as dictionary-coded columns, one narrow column of codes a locus.

use super::{
    BirthYears, Code, Dictionary, LocusName, Observation, Profile, Role, Sample, Sex,
    codes::Codes,
    sample_columns::{SampleColumns, TextField},
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, ops::Range, sync::Arc};

/// A sample's position in a panel (0-based). Samples are in the order of their ids, so ties broken by index are
/// broken by id, whatever the order of the input.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct SampleIndex(pub u32);

/// What a panel cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PanelError {
    /// One id names two samples.
    #[error("the id `{0}` names two samples")]
    DuplicateId(String),
    /// The dictionary of one locus is full.
    #[error(
        "{locus}: more than 65,536 distinct observations ({calls} calls with {drop_outs} drop-out probabilities); \
         round the drop_out column, to 2 decimals for example"
    )]
    TooManyObservations {
        /// The locus.
        locus: LocusName,
        /// Distinct calls among the first 65,536 observations.
        calls: usize,
        /// Distinct drop-out probabilities among them.
        drop_outs: usize,
    },
    /// An id beyond 65,535 bytes: its start.
    #[error("the id `{0}…` is longer than 65,535 bytes")]
    IdTooLong(String),
    /// The ids together are too long.
    #[error("the sample ids together are longer than 4 GiB")]
    TooMuchIdText,
    /// The temporary file of a panel that does not fit in memory.
    #[error("the temporary file for profiles: {0}")]
    TemporaryFile(String),
}

/// All samples of a run, in the order of their ids, with a column of codes for each locus. An id may be that of several
/// people, where lists were numbered each on its own ([`Panel::full_id`]).
///
/// Memory: 2 bytes a locus and 8 bytes a sample, beside the text of the ids; birth years 4 more where any are known,
/// other metadata only for the samples that have it. The codes may be in a temporary file ([`super::SpillTo`]).
#[derive(Clone, Debug, Default)]
pub struct Panel {
    pub(super) loci: Vec<LocusName>,
    pub(super) dictionaries: Vec<Dictionary>,
    pub(super) codes: Codes,
    pub(super) samples: SampleColumns,
    /// What tells samples of one id apart, for those alone, by sample.
    pub(super) labels: Vec<(u32, Arc<str>)>,
}

impl Panel {
    /// The loci, in the order of the columns (by canonical name where the panel was read from files).
    pub fn loci(&self) -> &[LocusName] {
        &self.loci
    }

    /// The position of this locus in [`Panel::loci`].
    pub fn locus_position(&self, locus: &LocusName) -> Option<usize> {
        self.loci.iter().position(|name| name == locus)
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.samples.len() == 0
    }

    /// Every sample's position, in the order of the ids.
    pub fn indices(&self) -> impl Iterator<Item = SampleIndex> + use<> {
        (0..self.samples.len() as u32).map(SampleIndex)
    }

    /// The codes of each locus, one for each sample; nothing where they are in a temporary file ([`Panel::gather`] and
    /// [`Panel::profile`] work for any).
    pub fn columns(&self) -> Option<&[Vec<Code>]> {
        match &self.codes {
            Codes::Memory(columns) => Some(columns),
            Codes::Disk(_) => None,
        }
    }

    /// Whether the codes are in a temporary file.
    pub fn is_on_disk(&self) -> bool {
        matches!(self.codes, Codes::Disk(_))
    }

    /// Bytes of memory that the panel takes, the profiles kept at hand apart.
    pub fn bytes(&self) -> usize {
        self.codes.bytes() + self.samples.bytes()
    }

    /// The codes of one sample. From the disk that is slow, unless they were [kept](Panel::keep).
    ///
    /// # Panics
    /// A temporary file that can no longer be read.
    pub fn profile(&self, sample: SampleIndex) -> Profile<'_> {
        self.codes.profile(sample)
    }

    /// The codes of these samples (ascending indices) at these loci: for each locus one code a sample.
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub fn gather(&self, samples: &[u32], loci: &[usize]) -> Result<Vec<Vec<Code>>, PanelError> {
        self.codes.gather(samples, loci)
    }

    /// Keeps the codes of these samples at hand, where the others are on the disk.
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub fn keep(&self, samples: impl Iterator<Item = SampleIndex>) -> Result<(), PanelError> {
        self.codes.keep(samples.map(|sample| sample.0))
    }

    /// What the codes of one locus stand for.
    pub fn dictionary(&self, locus: usize) -> &Dictionary {
        &self.dictionaries[locus]
    }

    /// What was seen of one sample at one locus.
    pub fn observation(&self, sample: SampleIndex, locus: usize) -> Observation {
        self.dictionaries[locus].observation(self.profile(sample).code(locus))
    }

    /// The number of loci at which this sample shows something.
    pub fn typed_loci(&self, sample: SampleIndex) -> usize {
        (0..self.loci.len()).filter(|&locus| self.observation(sample, locus).call.is_informative()).count()
    }

    /// The sample's id.
    pub fn id(&self, sample: SampleIndex) -> &str {
        self.samples.id(sample.0 as usize)
    }

    /// The sample's role.
    pub fn role(&self, sample: SampleIndex) -> Option<Role> {
        self.samples.role(sample.0 as usize)
    }

    /// The sample's sex.
    pub fn sex(&self, sample: SampleIndex) -> Sex {
        self.samples.sex(sample.0 as usize)
    }

    /// Whether the sample's recorded sex and amelogenin contradict each other; its sex is then unknown.
    pub fn sex_conflict(&self, sample: SampleIndex) -> bool {
        self.samples.sex_conflict(sample.0 as usize)
    }

    /// The samples of which that is true, in the order of their ids.
    pub fn sex_conflicts(&self) -> impl ExactSizeIterator<Item = SampleIndex> + '_ {
        self.samples.sex_conflicts().iter().map(|&sample| SampleIndex(sample))
    }

    /// Whether any sample states a population.
    pub fn states_populations(&self) -> bool {
        self.samples.has_any(TextField::Population)
    }

    /// The sample's possible years of birth.
    pub fn birth_years(&self, sample: SampleIndex) -> Option<BirthYears> {
        self.samples.birth_years(sample.0 as usize)
    }

    /// Probability that an allele drops out, where the sample states its own.
    pub fn drop_out(&self, sample: SampleIndex) -> Option<f64> {
        self.samples.drop_out(sample.0 as usize)
    }

    /// Where the sample was taken.
    pub fn site(&self, sample: SampleIndex) -> Option<&str> {
        self.samples.text(sample.0 as usize, TextField::Site)
    }

    /// The family that the person belongs to.
    pub fn family_id(&self, sample: SampleIndex) -> Option<&str> {
        self.samples.text(sample.0 as usize, TextField::Family)
    }

    /// The id of the known mother's sample.
    pub fn mother_id(&self, sample: SampleIndex) -> Option<&str> {
        self.samples.text(sample.0 as usize, TextField::Mother)
    }

    /// The id of the known father's sample.
    pub fn father_id(&self, sample: SampleIndex) -> Option<&str> {
        self.samples.text(sample.0 as usize, TextField::Father)
    }

    /// The population that the person is said to come from.
    pub fn population(&self, sample: SampleIndex) -> Option<&str> {
        self.samples.text(sample.0 as usize, TextField::Population)
    }

    /// A copy of everything known of the sample but its calls.
    pub fn sample(&self, sample: SampleIndex) -> Sample {
        self.samples.sample(sample.0 as usize)
    }

    /// Sets the sample's role.
    pub(crate) fn set_role(&mut self, sample: SampleIndex, role: Option<Role>) {
        self.samples.set_role(sample.0 as usize, role);
    }

    /// Makes calls missing: (sample, locus).
    pub(crate) fn clear(&mut self, cells: &[(SampleIndex, usize)]) {
        self.codes.clear(&cells.iter().map(|&(sample, locus)| (sample.0, locus)).collect::<Vec<_>>());
    }

    /// Forgets calls that nobody has any more, by locus and code, so that their alleles are no alleles of the case.
    pub(crate) fn forget(&mut self, codes: &[(usize, Code)]) {
        codes.iter().for_each(|&(locus, code)| self.dictionaries[locus].forget(code));
    }

    /// The samples of this id, or else the one of this [full id](Panel::full_id).
    pub fn find_all(&self, name: &str) -> impl Iterator<Item = SampleIndex> + use<> {
        let of_id = self.range_of(name);
        let found = if of_id.is_empty() { self.find_full(name).map_or(0..0, |at| at..at + 1) } else { of_id };
        found.map(SampleIndex)
    }

    /// The only sample of this name, where there is exactly one.
    pub fn find(&self, name: &str) -> Option<SampleIndex> {
        let mut found = self.find_all(name);
        found.next().filter(|_| found.next().is_none())
    }

    /// The positions of this id.
    fn range_of(&self, id: &str) -> Range<u32> {
        let start = self.first_from(0, |other| other < id);
        start..self.first_from(start, |other| other <= id)
    }

    /// The first position, not before `start`, whose id is not before what is looked for.
    fn first_from(&self, start: u32, is_before: impl Fn(&str) -> bool) -> u32 {
        let (mut low, mut high) = (start as usize, self.samples.len());
        while low < high {
            let middle = low.midpoint(high);
            if is_before(self.samples.id(middle)) { low = middle + 1 } else { high = middle }
        }
        low as u32
    }

    /// The id where it is one person's, else with the name of its list in front: `corpses:1`.
    pub fn full_id(&self, sample: SampleIndex) -> Cow<'_, str> {
        match self.label(sample) {
            None => Cow::Borrowed(self.id(sample)),
            Some(label) => Cow::Owned(format!("{label}:{}", self.id(sample))),
        }
    }

    /// What tells the sample from others of the same id, where there are any.
    fn label(&self, sample: SampleIndex) -> Option<&str> {
        let at = self.labels.binary_search_by_key(&sample.0, |label| label.0).ok()?;
        Some(&self.labels[at].1)
    }

    /// Says what tells samples of one id apart: for each of them a label, ascending.
    pub(crate) fn set_labels(&mut self, labels: Vec<(u32, Arc<str>)>) {
        debug_assert!(labels.is_sorted_by_key(|label| label.0));
        self.labels = labels;
    }

    fn find_full(&self, name: &str) -> Option<u32> {
        let splits = name.match_indices(':').map(|(at, _)| (&name[..at], &name[at + 1..]));
        splits
            .flat_map(|(label, id)| self.range_of(id).filter(move |&at| self.label(SampleIndex(at)) == Some(label)))
            .next()
    }
}
