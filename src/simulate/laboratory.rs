//! What the laboratory makes of a sample: failed loci, partial kits, drop-out, drop-in, typing errors.
//!
//! Which alleles survive is drawn from the engine's own observation model ([`survivors`]).

use super::discrete::Discrete;
use super::gene_drop::DrawnGenotype;
use super::stream::uniform;
use crate::inheritance::observation::{AlleleIndex, Seen, survivors};
use crate::likelihood::LocusModel;
use rand::Rng;

/// How well a sample is typed.
#[derive(Clone, PartialEq, Debug)]
pub struct Quality {
    /// Probability that an allele drops out.
    pub drop_out: f64,
    /// Probability that an allele drops in, at each locus.
    pub drop_in: f64,
    /// Probability that a locus gives no result.
    pub locus_failure: f64,
    /// Probability that a reported allele is a typing error.
    pub typing_error: f64,
    /// Whether the kit types the locus, for each locus; none: it types them all.
    pub kit: Option<Vec<bool>>,
}

impl Quality {
    /// Everything typed, nothing lost.
    pub const WHOLE: Self = Self { drop_out: 0.0, drop_in: 0.0, locus_failure: 0.0, typing_error: 0.0, kit: None };
}

/// Alleles reported at one locus: at most two survivors and one that dropped in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reported {
    alleles: [AlleleIndex; 3],
    count: u8,
}

impl Reported {
    /// No result.
    pub const NOTHING: Self = Self { alleles: [AlleleIndex(0); 3], count: 0 };

    /// The reported alleles, sorted, each once.
    pub fn alleles(&self) -> &[AlleleIndex] {
        &self.alleles[..usize::from(self.count)]
    }

    fn add(&mut self, allele: AlleleIndex) {
        if !self.alleles().contains(&allele) {
            self.alleles[usize::from(self.count)] = allele;
            self.count += 1;
            self.alleles[..usize::from(self.count)].sort_unstable();
        }
    }
}

/// Types samples at a panel of loci.
#[derive(Clone, Debug)]
pub struct Laboratory {
    silent: Vec<AlleleIndex>,
    visible: Vec<Discrete>,
    genotyping_error: Vec<f64>,
}

impl Laboratory {
    /// A laboratory for these loci.
    pub fn new(models: &[LocusModel]) -> Self {
        Self {
            silent: models.iter().map(LocusModel::silent).collect(),
            visible: models.iter().map(|model| Discrete::new(model.drop_in_shares().iter().copied())).collect(),
            genotyping_error: models.iter().map(LocusModel::genotyping_error).collect(),
        }
    }

    /// Reports one sample: calls `report(locus, alleles, typing errors)` for each locus in order.
    pub fn type_sample(
        &self,
        genotypes: &[DrawnGenotype],
        quality: &Quality,
        random: &mut impl Rng,
        mut report: impl FnMut(usize, Reported, u32),
    ) {
        for (locus, &genotype) in genotypes.iter().enumerate() {
            let in_kit = quality.kit.as_ref().is_none_or(|kit| kit[locus]);
            let failed = quality.locus_failure > 0.0 && uniform(random) < quality.locus_failure;
            if !in_kit || failed {
                report(locus, Reported::NOTHING, 0);
                continue;
            }
            let mut seen = self.surviving(locus, genotype, quality.drop_out, random);
            if quality.drop_in > 0.0 && uniform(random) < quality.drop_in {
                seen.add(self.draw(locus, random));
            }
            let mut errors = 0;
            if self.genotyping_error[locus] > 0.0 && uniform(random) < self.genotyping_error[locus] {
                let called = self.random_call(locus, genotype.paternal.is_some(), random);
                errors += u32::from(called.alleles() != seen.alleles());
                seen = called;
            }
            if quality.typing_error > 0.0 {
                errors += self.mistype(locus, &mut seen, quality.typing_error, random);
            }
            report(locus, seen, errors);
        }
    }

    fn surviving(&self, locus: usize, genotype: DrawnGenotype, drop_out: f64, random: &mut impl Rng) -> Reported {
        let silent = self.silent[locus];
        let mut visible = [Some(genotype.maternal), genotype.paternal].into_iter().flatten().filter(|&a| a != silent);
        let mut reported = Reported::NOTHING;
        let Some(first) = visible.next() else { return reported };
        let seen = Seen::pair(first, visible.next().unwrap_or(first));
        let mut all = |seen: Seen| seen.alleles().for_each(|allele| reported.add(allele));
        if drop_out == 0.0 {
            all(seen);
            return reported;
        }
        let left = survivors(seen, genotype.maternal, genotype.paternal, silent, drop_out);
        let draw = uniform(random);
        match seen {
            _ if draw < left.all => all(seen),
            Seen::Two(first, _) if draw < left.all + left.first => all(Seen::One(first)),
            Seen::Two(_, second) if draw < left.all + left.first + left.second => all(Seen::One(second)),
            _ => {}
        }
        reported
    }

    /// The call of a genotype drawn from the population.
    fn random_call(&self, locus: usize, diploid: bool, random: &mut impl Rng) -> Reported {
        let mut called = Reported::NOTHING;
        (0..1 + usize::from(diploid)).for_each(|_| called.add(self.draw(locus, random)));
        called
    }

    fn draw(&self, locus: usize, random: &mut impl Rng) -> AlleleIndex {
        AlleleIndex(self.visible[locus].pick(uniform(random)) as u16)
    }

    /// Replaces alleles by others; the number that really changed.
    fn mistype(&self, locus: usize, seen: &mut Reported, rate: f64, random: &mut impl Rng) -> u32 {
        let mut errors = 0;
        let mut typed = Reported::NOTHING;
        for &allele in seen.alleles() {
            let read = if uniform(random) < rate { self.draw(locus, random) } else { allele };
            errors += u32::from(read != allele);
            typed.add(read);
        }
        *seen = typed;
        errors
    }
}
