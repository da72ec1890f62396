//! `match` with families: who of the candidates can be a missing person, what the relatives say of that, and the answer about bodies
//! and children at once.

use super::RunError;
use super::match_case::MatchCase;
use super::match_relatives::MatchRelatives;
use crate::identification::{
    Bodies, Body, Company, FamilyCase, FamilyWithSamples, Founders, Identification, IdentificationError, Models, Prior,
    SharedRows, ToIdentify, identify, join_samples, ln_singles,
};
use crate::inference::joint::Ratios;
use crate::likelihood::Chromosome;
use crate::matching::families::{Kin, KinFamily, KinTable};
use crate::matching::{Case, Found, MatchError};
use crate::profile::{Panel, Role, SampleIndex};
use crate::progress::Progress;

/// Whether a candidate can be a missing person: remains, somebody alive under a name that may be false, or somebody of whom it is not
/// said. A child is not looked for here, and a relative is known.
fn can_be_missing(panel: &Panel, sample: SampleIndex) -> bool {
    matches!(panel.role(sample), None | Some(Role::Corpse | Role::Detainee))
}

/// The ratios of bodies in families, with errors as a search has them.
struct OfSearch<'a, 'c>(Company<'a, 'c>);

impl Ratios for OfSearch<'_, '_> {
    type Error = MatchError;

    fn ln_ratios(&self, person: u32, placed: &[(u32, u32)]) -> Result<Vec<f64>, MatchError> {
        self.0.ln_ratios(person, placed).map_err(in_search)
    }

    fn go_on(&self) -> Result<(), MatchError> {
        self.0.go_on().map_err(in_search)
    }
}

fn in_search(error: IdentificationError) -> MatchError {
    match error {
        IdentificationError::Interrupted => MatchError::Cancelled,
        error => MatchError::Families(Box::new(error)),
    }
}

impl MatchCase {
    /// Weighs bodies, families and children at once.
    ///
    /// # Errors
    /// What the likelihood engine refuses; an interruption.
    pub(super) fn weigh_with_families(
        &self,
        case: &Case<'_>,
        relatives: &MatchRelatives,
        found: &mut Found,
        progress: &dyn Progress,
    ) -> Result<(), RunError> {
        let panel = self.panel();
        let families = &relatives.families;
        let typed = families.iter().flat_map(|family| family.typed.iter().map(|typed| typed.sample));
        panel.keep(typed.chain(self.bodies_of_one_sample()))?;
        let populations = self.populations(relatives);
        let bodies = self.bodies(relatives, populations[0], found)?;
        let prior = Prior::of(&self.settings().prior);
        let identify = |models: &Models<'_>| {
            let populations = &[*models];
            identify(ToIdentify { panel, populations, bodies: &bodies, families, prior, listed: 0 }, progress)
        };
        let by_relatives = populations.iter().map(identify).collect::<Result<Vec<_>, _>>()?;
        let founders: Vec<Founders<'_>> = populations.iter().map(|&models| Founders::new(models, &bodies)).collect();
        let shared: Vec<SharedRows> = populations.iter().map(|models| SharedRows::new(models.loci.len())).collect();
        let cases = populations.iter().zip(&shared).map(|(&models, shared)| companies(panel, models, families, shared));
        let cases = cases.collect::<Result<Vec<_>, IdentificationError>>()?;
        let cases: Vec<Vec<Option<&FamilyCase<'_>>>> =
            cases.iter().map(|cases| cases.iter().map(Option::as_ref).collect()).collect();
        let missing = relatives.missing();
        let family_of: Vec<u32> = missing.iter().map(|missing| missing.family as u32).collect();
        let ratios = cases.iter().zip(&founders).zip(&by_relatives).map(|((cases, founders), alone)| {
            OfSearch(Company::new(cases, &family_of, founders, &bodies, &alone.ln_odds, progress))
        });
        let ratios: Vec<OfSearch<'_, '_>> = ratios.collect();
        let persons = &found.parents.persons;
        let kin = Kin {
            families: families.iter().map(kin_family).collect(),
            bodies: bodies.bodies.iter().map(|body| persons.stands_for(body.samples[0])).collect(),
            log10_lrs: lowest_lrs(&by_relatives),
            tables: by_relatives.iter().zip(&ratios).map(|(alone, ratios)| kin_table(alone, ratios)).collect(),
            missing_parent: self.settings().prior.missing_parent,
            missing,
        };
        Ok(found.weigh_together(case, &self.roster, Some(&kin), progress)?)
    }

    fn populations<'a>(&'a self, relatives: &'a MatchRelatives) -> Vec<Models<'a>> {
        let drop_in = self.settings().observation.drop_in;
        let models = |population| Models::new(population, &self.models.loci, &relatives.groups, drop_in);
        self.models.populations.iter().map(models).collect()
    }

    /// The candidates who can be missing persons.
    fn bodies_of_one_sample(&self) -> impl Iterator<Item = SampleIndex> + '_ {
        self.roster.candidates.iter().copied().filter(|&sample| can_be_missing(self.panel(), sample))
    }

    /// The same as bodies: samples of one person are one.
    fn bodies(&self, relatives: &MatchRelatives, models: Models<'_>, found: &Found) -> Result<Bodies, RunError> {
        let panel = self.panel();
        let samples: Vec<SampleIndex> = self.bodies_of_one_sample().collect();
        let single = |&sample: &SampleIndex| Body {
            id: panel.full_id(sample).into_owned(),
            samples: vec![sample],
            sex: panel.sex(sample),
            set_aside: Vec::new(),
        };
        let groups = found.direct.groups(panel, &samples);
        let joined = join_samples(panel, models, samples.iter().map(single).collect(), &groups)?;
        let on_x = models.loci.iter().enumerate().filter(|(_, model)| model.chromosome() == Chromosome::X);
        let on_x = on_x.map(|(locus, _)| locus);
        let bodies = Bodies::new(panel, &self.models.loci, joined).map_err(IdentificationError::from)?;
        let bodies = bodies.with_sexes_at(on_x).map_err(IdentificationError::from)?;
        Ok(bodies.with_groups(&relatives.groups).map_err(IdentificationError::from)?)
    }
}

/// The families that miss several people, whose bodies say something of each other.
fn companies<'a>(
    panel: &Panel,
    models: Models<'a>,
    families: &'a [FamilyWithSamples],
    shared: &'a SharedRows,
) -> Result<Vec<Option<FamilyCase<'a>>>, IdentificationError> {
    let of_family = |with: &'a FamilyWithSamples| {
        let is_company = with.family.missing.len() > 1;
        is_company.then(|| FamilyCase::new(panel, models, &with.family, &with.typed, shared)).transpose()
    };
    families.iter().map(of_family).collect()
}

fn kin_family(with: &FamilyWithSamples) -> KinFamily<'_> {
    let typed = with.typed.iter().map(|typed| (typed.person, typed.sample)).collect();
    KinFamily { pedigree: &with.family.pedigree, typed }
}

fn kin_table<'a>(alone: &'a Identification, ratios: &'a OfSearch<'_, '_>) -> KinTable<'a> {
    let scores = alone.families.iter().flat_map(|family| &family.scores);
    let singles = scores.map(|scores| ln_singles(scores, &alone.ln_odds)).collect();
    KinTable { singles, ratios, alone: &alone.joint }
}

/// By missing person, then by body: the lowest log10 LR of the tables.
fn lowest_lrs(tables: &[Identification]) -> Vec<Vec<Option<f64>>> {
    let of_table = |alone: &Identification| -> Vec<Vec<Option<f64>>> {
        alone.families.iter().flat_map(|family| &family.scores).map(|scores| scores.log10_lr.clone()).collect()
    };
    let mut tables = tables.iter().map(of_table);
    let mut lowest = tables.next().unwrap_or_default();
    for table in tables {
        for (lowest, log10_lr) in lowest.iter_mut().flatten().zip(table.into_iter().flatten()) {
            *lowest = lowest.zip(log10_lr).map(|(one, other)| one.min(other));
        }
    }
    lowest
}
