//! One small code for each distinct thing that was seen at a locus.

use super::{Allele, Call, LocusName, PanelError};
use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
};

/// The code of an observation at one locus: an index into that locus's [`Dictionary`].
pub type Code = u16;

/// The code that means "no information" at every locus ([`Call::Missing`], drop-out 0).
pub const MISSING: Code = 0;

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

    /// The observation as a dictionary keeps it: a drop-out probability matters only where something was seen.
    fn normal(self) -> Self {
        Self { call: self.call, drop_out: if self.call.is_informative() { self.drop_out } else { 0.0 } }
    }

    fn key(self) -> (Call, u64) {
        (self.call, self.drop_out.to_bits())
    }

    fn total_order(&self, other: &Self) -> Ordering {
        self.call.cmp(&other.call).then(self.drop_out.total_cmp(&other.drop_out))
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
        let missing = Observation::MISSING;
        Self { observations: vec![missing], codes: HashMap::from([(missing.key(), MISSING)]) }
    }
}

impl Dictionary {
    /// The code of this observation, a new one if it was not seen before; `None` where all 65,536 codes are taken.
    pub fn encode(&mut self, observation: Observation) -> Option<Code> {
        let observation = observation.normal();
        if let Some(&code) = self.codes.get(&observation.key()) {
            return Some(code);
        }
        let code = Code::try_from(self.observations.len()).ok()?;
        self.observations.push(observation);
        self.codes.insert(observation.key(), code);
        Some(code)
    }

    /// Forgets what this code, which nobody has, stands for.
    pub(super) fn forget(&mut self, code: Code) {
        self.codes.remove(&self.observation(code).key());
        self.observations[usize::from(code)] = Observation::MISSING;
    }

    /// What a full dictionary says.
    pub(crate) fn too_many(&self, locus: &LocusName) -> PanelError {
        let calls: HashSet<Call> = self.observations.iter().map(|seen| seen.call).collect();
        let drop_outs: HashSet<u64> = self.observations.iter().map(|seen| seen.drop_out.to_bits()).collect();
        PanelError::TooManyObservations { locus: locus.clone(), calls: calls.len(), drop_outs: drop_outs.len() }
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

    /// Takes over another dictionary's observations: for each of its codes, the code here; `None` where there are not
    /// enough codes.
    pub(super) fn absorb(&mut self, other: &Self) -> Option<Vec<Code>> {
        other.observations.iter().map(|&observation| self.encode(observation)).collect()
    }

    /// The dictionary of the used observations alone, sorted, so that codes do not depend on the order of the input;
    /// and for each old code the new one ([`MISSING`] for those not used).
    pub(super) fn sorted(&self, used: &[bool]) -> (Self, Vec<Code>) {
        let mut kept: Vec<Code> =
            (0..self.observations.len()).filter(|&code| used[code]).map(|code| code as Code).collect();
        kept.retain(|&code| code != MISSING);
        kept.sort_unstable_by(|&left, &right| self.observation(left).total_order(&self.observation(right)));
        let mut sorted = Self::default();
        let mut new_codes = vec![MISSING; self.observations.len()];
        for (rank, &old) in kept.iter().enumerate() {
            let (observation, new) = (self.observation(old), rank as Code + 1);
            sorted.observations.push(observation);
            sorted.codes.insert(observation.key(), new);
            new_codes[usize::from(old)] = new;
        }
        (sorted, new_codes)
    }
}
