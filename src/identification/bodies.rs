//! The bodies: who is looked at, and what each shows, as coded columns that the scan reads.

use crate::inference::joint::OneOrTwo;
use crate::likelihood::case::LinkageGroup;
use crate::model::single_loci;
use crate::profile::{Code, Observation, Panel, SampleIndex, Sex};
use std::collections::BTreeMap;

/// One body: the samples that are of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Body {
    /// The id of the first of its samples.
    pub id: String,
    /// Its samples, in the order of their ids.
    pub samples: Vec<SampleIndex>,
    /// Sex, as any of its samples tells.
    pub sex: Sex,
    /// Loci (0-based among those in use) that are not used of it: its samples contradict each other there.
    pub set_aside: Vec<usize>,
}

impl Body {
    /// The body that these are together; no locus is set aside.
    pub(super) fn together(parts: &[&Self]) -> Self {
        let mut samples: Vec<SampleIndex> = parts.iter().flat_map(|part| part.samples.clone()).collect();
        samples.sort_unstable();
        Self {
            id: parts.iter().map(|part| part.id.clone()).min().unwrap_or_default(),
            samples,
            sex: parts.iter().map(|part| part.sex).find(|&sex| sex != Sex::Unknown).unwrap_or_default(),
            set_aside: Vec::new(),
        }
    }
}

/// Two bodies that may be one person, as the joint answer weighs them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct WeighedPair {
    /// Who, and the odds of one person against two who are not identified.
    pub pair: OneOrTwo,
    /// ln of the mean LR, over what two people of a list can be to each other, against unrelated. Two bodies placed in one family weigh so
    /// much less: there the pedigree says how they are related.
    pub ln_relatives: f64,
}

/// All bodies of a run; the last of them can be pairs of others, joined ([`Self::with_pairs`]).
///
/// At each locus, what a body shows is the list of what its samples show, those without information left out; equal lists have
/// one code. Code 0 is the empty list.
#[derive(Clone, Debug)]
pub struct Bodies {
    /// The bodies.
    pub bodies: Vec<Body>,
    columns: Vec<Vec<Code>>,
    shown: Vec<Vec<Vec<Observation>>>,
    /// The sex of the bodies that have each code, where the locus tells them apart.
    sexes: Vec<Vec<Sex>>,
    groups: Vec<GroupColumn>,
    /// The pairs that the last bodies are.
    pub(super) pairs: Vec<WeighedPair>,
}

/// What bodies show at one group of linked loci (most often of one).
#[derive(Clone, Debug)]
struct GroupColumn {
    codes: Vec<Code>,
    /// What the codes stand for: one code for each locus of the group. Code 0: nothing at any of them.
    combinations: Vec<Vec<Code>>,
}

/// More different things are seen at one locus than codes can tell apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("more than 65,536 distinct observations at one locus of the remains")]
pub struct TooManyObservations;

impl Bodies {
    /// Codes what these bodies show at these loci of the panel (0-based positions), each a group of its own.
    ///
    /// # Errors
    /// [`TooManyObservations`].
    pub fn new(panel: &Panel, loci: &[usize], bodies: Vec<Body>) -> Result<Self, TooManyObservations> {
        let mut columns = Vec::with_capacity(loci.len());
        let mut shown = Vec::with_capacity(loci.len());
        for (number, &locus) in loci.iter().enumerate() {
            let codes = |body: &Body| match body.set_aside.contains(&number) {
                true => Vec::new(),
                false => informative_codes(panel, locus, body),
            };
            let keys: Vec<Vec<Code>> = bodies.iter().map(codes).collect();
            let mut distinct: BTreeMap<&[Code], Code> = BTreeMap::from([(&[][..], 0)]);
            keys.iter().for_each(|key| {
                distinct.insert(key, 0);
            });
            for (code, assigned) in distinct.values_mut().enumerate() {
                *assigned = Code::try_from(code).map_err(|_| TooManyObservations)?;
            }
            columns.push(keys.iter().map(|key| distinct[key.as_slice()]).collect());
            let dictionary = panel.dictionary(locus);
            let observations = |key: &&[Code]| key.iter().map(|&code| dictionary.observation(code)).collect();
            shown.push(distinct.keys().map(observations).collect());
        }
        let sexes = shown.iter().map(|shown: &Vec<Vec<Observation>>| vec![Sex::Unknown; shown.len()]).collect();
        let coded = Self { bodies, columns, shown, sexes, groups: Vec::new(), pairs: Vec::new() };
        coded.with_groups(&single_loci(loci.len()))
    }

    /// The same where these loci (0-based among those in use) have one code for what women show, another for the same of men,
    /// and a third where the sex is not known; each locus a group of its own.
    ///
    /// # Errors
    /// [`TooManyObservations`].
    pub fn with_sexes_at(mut self, loci: impl IntoIterator<Item = usize>) -> Result<Self, TooManyObservations> {
        for locus in loci {
            let keys = self.columns[locus].iter().zip(&self.bodies).map(|(&code, body)| match code {
                0 => (0, Sex::Unknown),
                code => (code, body.sex),
            });
            let keys: Vec<(Code, Sex)> = keys.collect();
            let mut distinct: Vec<(Code, Sex)> = keys.iter().copied().chain([(0, Sex::Unknown)]).collect();
            distinct.sort_unstable();
            distinct.dedup();
            let position = |key: &(Code, Sex)| distinct.partition_point(|other| other < key);
            let codes = keys.iter().map(|key| Code::try_from(position(key)).map_err(|_| TooManyObservations));
            self.columns[locus] = codes.collect::<Result<_, _>>()?;
            let shown = &self.shown[locus];
            self.shown[locus] = distinct.iter().map(|&(code, _)| shown[usize::from(code)].clone()).collect();
            self.sexes[locus] = distinct.iter().map(|&(_, sex)| sex).collect();
        }
        let groups = single_loci(self.locus_count());
        self.with_groups(&groups)
    }

    /// The same with the loci in these groups.
    ///
    /// # Errors
    /// [`TooManyObservations`].
    pub fn with_groups(mut self, groups: &[LinkageGroup]) -> Result<Self, TooManyObservations> {
        let column = |group: &LinkageGroup| {
            let combination =
                |body: usize| group.loci.iter().map(|&locus| self.columns[locus][body]).collect::<Vec<Code>>();
            let shown: Vec<Vec<Code>> = (0..self.len()).map(combination).collect();
            let mut combinations = shown.clone();
            combinations.push(vec![0; group.loci.len()]);
            combinations.sort_unstable();
            combinations.dedup();
            let code = |shown: &Vec<Code>| Code::try_from(combinations.partition_point(|other| other < shown));
            let codes = shown.iter().map(code).collect::<Result<_, _>>().map_err(|_| TooManyObservations)?;
            Ok(GroupColumn { codes, combinations })
        };
        self.groups = groups.iter().map(column).collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// The same where the last bodies are these pairs of others, joined: an assignment has either the two or the one.
    pub(super) fn with_pairs(self, pairs: Vec<WeighedPair>) -> Self {
        Self { pairs, ..self }
    }

    /// The pairs, as a sum over assignments has them.
    pub(super) fn one_or_two(&self) -> Vec<OneOrTwo> {
        self.pairs.iter().map(|weighed| weighed.pair).collect()
    }

    /// Number of bodies, joined ones not among them.
    pub(super) fn parts(&self) -> usize {
        self.len() - self.pairs.len()
    }

    /// The codes of one group of loci, one for each body.
    pub fn group_column(&self, group: usize) -> &[Code] {
        &self.groups[group].codes
    }

    /// What the codes of one group stand for: one code for each of its loci.
    pub fn combinations(&self, group: usize) -> &[Vec<Code>] {
        &self.groups[group].combinations
    }

    /// The sex of the bodies that show this at one locus, where the locus tells them apart ([`Self::with_sexes_at`]).
    pub fn sex_shown(&self, locus: usize, code: Code) -> Sex {
        self.sexes[locus][usize::from(code)]
    }

    /// Number of groups of loci.
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// Number of bodies.
    pub fn len(&self) -> usize {
        self.bodies.len()
    }

    /// Whether there is no body.
    pub fn is_empty(&self) -> bool {
        self.bodies.is_empty()
    }

    /// The codes of one locus (0-based among the loci in use), one for each body.
    pub fn column(&self, locus: usize) -> &[Code] {
        &self.columns[locus]
    }

    /// What the codes of one locus stand for.
    pub fn shown(&self, locus: usize) -> &[Vec<Observation>] {
        &self.shown[locus]
    }

    /// Number of loci.
    pub fn locus_count(&self) -> usize {
        self.columns.len()
    }
}

fn informative_codes(panel: &Panel, locus: usize, body: &Body) -> Vec<Code> {
    let codes = body.samples.iter().map(|&sample| panel.profile(sample).code(locus));
    let mut codes: Vec<_> =
        codes.filter(|&code| panel.dictionary(locus).observation(code).call.is_informative()).collect();
    codes.sort_unstable();
    codes
}
