//! A synthetic case: any sample of it, and the truth about it, made on demand.

use super::discrete::Discrete;
use super::gene_drop::{FamilyGenotypes, GeneDrop, Linkage, draw_sexes};
use super::laboratory::{Laboratory, Quality, Reported};
use super::layout::{CaseLayout, ROLES, SamplePlace, Whose};
use super::relations::relationship;
use super::shape::{CaseShape, FamilyShape, KnownParentShape, QualityShape, RoleShape, ShapeError};
use super::stream::{Purpose, Streams, below, uniform};
use crate::inheritance::relationship::Relationship;
use crate::likelihood::LocusModel;
use crate::profile::{BirthYears, LocusName, Role, Sex};

/// A case of known truth. Every part of it follows from the shape, the models and the seed alone.
#[derive(Clone, Debug)]
pub struct SyntheticCase {
    shape: CaseShape,
    layout: CaseLayout,
    drop: GeneDrop,
    laboratory: Laboratory,
    roles: [RoleDraws; 4],
    family_streams: Streams,
    laboratory_streams: Streams,
}

/// How samples of one role are drawn.
#[derive(Clone, Debug)]
struct RoleDraws {
    shape: RoleShape,
    shares: Discrete,
    qualities: Vec<Quality>,
}

/// The truth about one family.
#[derive(Clone, Debug)]
pub struct FamilyTruth {
    /// Everybody's sex.
    pub sexes: Vec<Sex>,
    /// Everybody's year of birth, where the shape gives years.
    pub born: Vec<Option<i16>>,
    /// Everybody's genotypes, and the mutations on the way.
    pub genotypes: FamilyGenotypes,
}

/// One sample as the laboratory reports it.
#[derive(Clone, Debug)]
pub struct SyntheticSample {
    /// Whose it is.
    pub whose: Whose,
    /// Sex as recorded.
    pub sex: Sex,
    /// Possible years of birth.
    pub birth_years: Option<BirthYears>,
    /// Where it was taken: position in the role's list of sites.
    pub site: Option<usize>,
    /// The sample of the mother, where this one names it.
    pub mother: Option<SamplePlace>,
    /// The sample of the father, where this one names it.
    pub father: Option<SamplePlace>,
    /// Probability that an allele dropped out.
    pub drop_out: f64,
    /// The alleles reported at each locus.
    pub reported: Vec<Reported>,
    /// Loci (0-based) with typing errors.
    pub mistyped: Vec<usize>,
}

/// A child's parents: their samples on the lists of candidates (corpses and detainees), the first of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parents {
    /// The child's sample.
    pub child: SamplePlace,
    /// The father's sample.
    pub father: Option<SamplePlace>,
    /// The mother's sample.
    pub mother: Option<SamplePlace>,
}

impl SyntheticCase {
    /// Prepares a case. `models` are the loci that the laboratory types, in the order of the columns.
    ///
    /// # Errors
    /// A shape that contradicts itself or names loci that are not among the models.
    pub fn new(shape: CaseShape, models: &[LocusModel], seed: u64) -> Result<Self, ShapeError> {
        shape.check()?;
        let layout = CaseLayout::new(&shape, seed)?;
        let names: Vec<_> = models.iter().map(|model| LocusName::new(model.name())).collect();
        let drop = GeneDrop::new(models, &linkage(&shape, &names)?, seed);
        let mut roles = Vec::with_capacity(ROLES.len());
        for role in ROLES {
            roles.push(RoleDraws::new(&shape, role, &names)?);
        }
        let roles = roles.try_into().map_err(|_| ShapeError::NoSamples)?;
        Ok(Self {
            layout,
            drop,
            laboratory: Laboratory::new(models),
            roles,
            family_streams: Streams::new(seed, Purpose::Family),
            laboratory_streams: Streams::new(seed, Purpose::Laboratory),
            shape,
        })
    }

    /// Who is where.
    pub fn layout(&self) -> &CaseLayout {
        &self.layout
    }

    /// The shape this was made from.
    pub fn shape(&self) -> &CaseShape {
        &self.shape
    }

    /// The names of the sites of one list.
    pub fn sites(&self, list: usize) -> &[String] {
        &self.roles[list].shape.sites
    }

    /// Whether the samples of one list can be incomplete, so that each states its drop-out probability.
    pub fn states_drop_out(&self, list: usize) -> bool {
        self.roles[list].qualities.iter().any(|quality| quality.drop_out > 0.0)
    }

    /// The truth about one family.
    pub fn family(&self, kind: usize, instance: u64) -> FamilyTruth {
        let family = &self.layout.families[kind];
        let mut random = self.family_streams.stream(family.first + instance);
        let sexes = draw_sexes(&family.pedigree, &mut random);
        let years = self.shape.families[kind].people.iter().map(|person| person.born);
        let born = years.map(|born| born.map(|[from, to]| from + below(&mut random, (to - from) as usize + 1) as i16));
        let born = born.collect();
        let genotypes = self.drop.drop(&family.pedigree, &sexes, &mut random);
        FamilyTruth { sexes, born, genotypes }
    }

    /// The sample at this place.
    pub fn sample(&self, place: SamplePlace) -> SyntheticSample {
        let whose = self.layout.whose(place);
        let truth = self.family(whose.kind, whose.instance);
        let draws = &self.roles[place.list];
        let mut random = self.laboratory_streams.stream((place.list as u64) << 60 | place.row);
        let quality = &draws.qualities[draws.shares.pick(uniform(&mut random))];
        let sites = draws.shape.sites.len();
        let site = (sites > 0).then(|| below(&mut random, sites));
        let sex_known = uniform(&mut random) < draws.shape.sex_known;
        let offset = below(&mut random, usize::try_from(draws.shape.age_span).unwrap_or(1)) as i16;
        let birth_years = truth.born[whose.person].map(|born| BirthYears {
            earliest: born - offset,
            latest: born - offset + draws.shape.age_span.max(1) - 1,
        });
        let genotypes = truth.genotypes.of(whose.person);
        let mut reported = Vec::with_capacity(genotypes.len());
        let mut mistyped = Vec::new();
        self.laboratory.type_sample(genotypes, quality, &mut random, |locus, alleles, errors| {
            reported.push(alleles);
            if errors > 0 {
                mistyped.push(locus);
            }
        });
        SyntheticSample {
            whose,
            sex: if sex_known { truth.sexes[whose.person] } else { Sex::Unknown },
            birth_years,
            site,
            mother: self.named_parent(whose, KnownParentShape::Mother),
            father: self.named_parent(whose, KnownParentShape::Father),
            drop_out: quality.drop_out,
            reported,
            mistyped,
        }
    }

    fn named_parent(&self, whose: Whose, parent: KnownParentShape) -> Option<SamplePlace> {
        let person = &self.family_shape(whose.kind).people[whose.person];
        if !person.names.contains(&parent) {
            return None;
        }
        let individual = &self.layout.families[whose.kind].pedigree.individuals()[whose.person];
        let position = if parent == KnownParentShape::Mother { individual.mother } else { individual.father }?;
        let samples = self.layout.samples_of(whose.kind, whose.instance);
        samples.into_iter().find(|(person, _)| *person == position).map(|(_, place)| place)
    }

    /// The shape of one kind of family.
    pub fn family_shape(&self, kind: usize) -> &FamilyShape {
        &self.shape.families[kind]
    }

    /// The parents of the child in this row of the children's list.
    pub fn parents(&self, row: u64) -> Parents {
        let child = SamplePlace { list: 0, row };
        let whose = self.layout.whose(child);
        let samples = self.layout.samples_of(whose.kind, whose.instance);
        let individual = &self.layout.families[whose.kind].pedigree.individuals()[whose.person];
        let listed = |parent: Option<usize>| {
            let of_parent = samples.iter().filter(|(person, place)| Some(*person) == parent && is_candidate(*place));
            of_parent.map(|&(_, place)| place).min()
        };
        Parents { child, father: listed(individual.father), mother: listed(individual.mother) }
    }

    /// What two samples are to each other; nothing where they are unrelated, or related in no way that has a name.
    pub fn relation(&self, one: SamplePlace, other: SamplePlace) -> Option<Relationship> {
        let (one, other) = (self.layout.whose(one), self.layout.whose(other));
        let one_family = (one.kind, one.instance) == (other.kind, other.instance);
        let pedigree = &self.layout.families[one.kind].pedigree;
        one_family.then(|| relationship(pedigree, one.person, other.person)).flatten()
    }

    /// Whether the one sample is of the father (male) or the mother (female) of the other; nothing where it is of neither.
    pub fn parent_sex(&self, candidate: SamplePlace, child: SamplePlace) -> Option<Sex> {
        let (candidate, child) = (self.layout.whose(candidate), self.layout.whose(child));
        if (candidate.kind, candidate.instance) != (child.kind, child.instance) {
            return None;
        }
        let individual = &self.layout.families[child.kind].pedigree.individuals()[child.person];
        match Some(candidate.person) {
            person if person == individual.father => Some(Sex::Male),
            person if person == individual.mother => Some(Sex::Female),
            _ => None,
        }
    }

    /// Every pair of samples of one family that has a name for what they are to each other.
    pub fn relations(&self, kind: usize, instance: u64) -> Vec<(SamplePlace, SamplePlace, Relationship)> {
        let samples = self.layout.samples_of(kind, instance);
        let pedigree = &self.layout.families[kind].pedigree;
        let mut relations = Vec::new();
        for (at, &(one, first)) in samples.iter().enumerate() {
            for &(other, second) in &samples[at + 1..] {
                if let Some(related) = relationship(pedigree, one, other) {
                    relations.push((first.min(second), first.max(second), related));
                }
            }
        }
        relations
    }
}

fn is_candidate(place: SamplePlace) -> bool {
    matches!(ROLES[place.list], Role::Corpse | Role::Detainee)
}

fn find_locus(names: &[LocusName], name: &str, place: impl FnOnce() -> String) -> Result<usize, ShapeError> {
    let wanted = LocusName::new(name);
    let found = names.iter().position(|known| *known == wanted);
    found.ok_or_else(|| ShapeError::UnknownLocus { place: place(), locus: name.to_owned() })
}

fn linkage(shape: &CaseShape, names: &[LocusName]) -> Result<Vec<Linkage>, ShapeError> {
    let mut linkage: Vec<Linkage> = Vec::new();
    for pair in &shape.linkage {
        let find = |name: &str| find_locus(names, name, || "linkage".into());
        let loci = [find(&pair.loci[0])?, find(&pair.loci[1])?];
        let later = loci[0].max(loci[1]);
        if loci[0] == loci[1] || linkage.iter().any(|known| known.loci[0].max(known.loci[1]) == later) {
            return Err(ShapeError::LinkedTwice(names[later].to_string()));
        }
        linkage.push(Linkage { loci, rho: pair.rho });
    }
    Ok(linkage)
}

impl RoleDraws {
    fn new(shape: &CaseShape, role: Role, names: &[LocusName]) -> Result<Self, ShapeError> {
        let mut role_shape = shape.roles.get(&role).cloned().unwrap_or_default();
        if role_shape.quality.is_empty() {
            let observation = &shape.settings.observation;
            let (drop_out, drop_in) = (observation.drop_out.of(Some(role)), observation.drop_in);
            role_shape.quality.push(QualityShape { drop_out, drop_in, ..QualityShape::default() });
        }
        let mut qualities = Vec::with_capacity(role_shape.quality.len());
        for kind in &role_shape.quality {
            qualities.push(Quality {
                drop_out: kind.drop_out,
                drop_in: kind.drop_in,
                locus_failure: kind.locus_failure,
                typing_error: role_shape.typing_error,
                kit: kind.kit.as_ref().map(|kit| kit_loci(shape, kit, names)).transpose()?,
            });
        }
        let shares = Discrete::new(role_shape.quality.iter().map(|kind| kind.share));
        Ok(Self { shape: role_shape, shares, qualities })
    }
}

fn kit_loci(shape: &CaseShape, kit: &str, names: &[LocusName]) -> Result<Vec<bool>, ShapeError> {
    let loci = shape.kits.get(kit).ok_or_else(|| ShapeError::UnknownKit(kit.to_owned()))?;
    let mut typed = vec![false; names.len()];
    for locus in loci {
        typed[find_locus(names, locus, || format!("the kit `{kit}`"))?] = true;
    }
    Ok(typed)
}
