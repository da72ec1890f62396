//! The network against the plain sum over all genotypes of everybody, for random small pedigrees and models.

use filia::inheritance::mutation::{MutationDefinition, MutationModel, MutationParameters};
use filia::inheritance::observation::{AlleleIndex, Evidence, Seen};
use filia::inheritance::pedigree::{Individual, Pedigree};
use filia::likelihood::{
    Chromosome, LocusDefinition, LocusEvidence, LocusModel, genotype_table, linked_ln_likelihood, ln_likelihood,
};
use filia::profile::Sex;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A locus with its matrices written out once more, by row of the parent's allele.
struct Locus {
    model: LocusModel,
    frequencies: Vec<f64>,
    maternal: Vec<Vec<f64>>,
    paternal: Vec<Vec<f64>>,
    silent: Option<usize>,
}

fn random_locus(random: &mut ChaCha8Rng, chromosome: Chromosome, alleles: usize) -> Locus {
    let silent_frequency = if random.random_bool(0.4) { 0.1 } else { 0.0 };
    let weights: Vec<f64> = (0..alleles).map(|_| random.random_range(0.1..1.0)).collect();
    let total: f64 = weights.iter().sum();
    let visible: Vec<f64> = weights.iter().map(|weight| weight / total * (1.0 - silent_frequency)).collect();
    let states = alleles + usize::from(silent_frequency > 0.0);
    let (mutation, maternal, paternal) = match random.random_range(0..4) {
        0 => (None, identity(states), identity(states)),
        1 => {
            let (female, male) = (0.05, 0.2);
            let parameters = |rate| MutationParameters { rate, ..Default::default() };
            let (female_parameters, male_parameters) = (parameters(female), parameters(male));
            let definition =
                MutationDefinition { model: MutationModel::Equal, female: female_parameters, male: male_parameters };
            (Some(definition), equal(female, alleles, states), equal(male, alleles, states))
        }
        2 => {
            let parameters = MutationParameters { rate: 0.1, ..Default::default() };
            let (model, female) = (MutationModel::GenotypingError, parameters.clone());
            (Some(MutationDefinition { model, female, male: parameters }), identity(states), identity(states))
        }
        _ => {
            let (female, male) = (random_rows(random, alleles), random_rows(random, alleles));
            let parameters =
                |rows: &Vec<Vec<f64>>| MutationParameters { matrix: Some(rows.clone()), ..Default::default() };
            let definition = MutationDefinition {
                model: MutationModel::Custom,
                female: parameters(&female),
                male: parameters(&male),
            };
            (Some(definition), with_silent(female, states), with_silent(male, states))
        }
    };
    let definition = LocusDefinition {
        name: "L".to_owned(),
        chromosome,
        alleles: (0..alleles).map(|allele| (10 + allele).to_string()).collect(),
        frequencies: visible.clone(),
        mutation,
        theta: if random.random_bool(0.5) { 0.08 } else { 0.0 },
        silent_frequency,
    };
    let silent = (silent_frequency > 0.0).then_some(alleles);
    let frequencies = visible.into_iter().chain(silent.map(|_| silent_frequency)).collect();
    Locus { model: LocusModel::new(definition).unwrap(), frequencies, maternal, paternal, silent }
}

fn identity(size: usize) -> Vec<Vec<f64>> {
    (0..size).map(|from| (0..size).map(|to| f64::from(u8::from(from == to))).collect()).collect()
}

fn equal(rate: f64, alleles: usize, states: usize) -> Vec<Vec<f64>> {
    let rows = (0..alleles)
        .map(|from| (0..alleles).map(|to| if from == to { 1.0 - rate } else { rate / (alleles - 1) as f64 }).collect())
        .collect();
    with_silent(if alleles == 1 { vec![vec![1.0]] } else { rows }, states)
}

fn with_silent(rows: Vec<Vec<f64>>, states: usize) -> Vec<Vec<f64>> {
    let mut full = identity(states);
    for (full_row, row) in full.iter_mut().zip(&rows) {
        full_row.fill(0.0);
        full_row[..row.len()].copy_from_slice(row);
    }
    full
}

fn random_rows(random: &mut ChaCha8Rng, size: usize) -> Vec<Vec<f64>> {
    let mut row = |_| {
        let weights: Vec<f64> =
            (0..size).map(|_| if random.random_bool(0.2) { 0.0 } else { random.random_range(0.1..1.0) }).collect();
        let total: f64 = weights.iter().sum();
        match total > 0.0 {
            true => weights.iter().map(|weight| weight / total).collect(),
            false => (0..size).map(|at| f64::from(u8::from(at == 0))).collect(),
        }
    };
    (0..size).map(&mut row).collect()
}

fn random_pedigree(random: &mut ChaCha8Rng, members: usize) -> Pedigree {
    let mut people: Vec<Individual> = Vec::new();
    for member in 0..members {
        let sex = if random.random_bool(0.5) { Sex::Male } else { Sex::Female };
        let mut parent = |sex: Sex| {
            let able: Vec<usize> = (0..member).filter(|&at| people[at].sex == sex).collect();
            (!able.is_empty() && random.random_bool(0.75)).then(|| able[random.random_range(0..able.len())])
        };
        let (father, mother) = (parent(Sex::Male), parent(Sex::Female));
        people.push(Individual::child(&member.to_string(), sex, father, mother));
    }
    Pedigree::new(people).unwrap()
}

fn random_seen(random: &mut ChaCha8Rng, alleles: usize) -> Seen {
    let mut allele = || AlleleIndex(random.random_range(0..alleles) as u16);
    Seen::pair(allele(), allele())
}

/// What is seen of a true genotype, copy by copy: every copy is lost or not, then an allele drops in or not. Both copies
/// of a homozygote count as one allele that is lost with probability d².
fn probability_of_seen(seen: Seen, copies: &[usize], locus: &Locus, drop_out: f64, drop_in: f64) -> f64 {
    let mut wanted: Vec<usize> = seen.alleles().map(AlleleIndex::position).collect();
    wanted.sort_unstable();
    let visible: Vec<usize> = copies.iter().copied().filter(|&copy| Some(copy) != locus.silent).collect();
    let alleles = locus.model.alleles().len();
    let total: f64 = locus.frequencies[..alleles].iter().sum();
    let mut probability = 0.0;
    for lost in 0..1_usize << visible.len() {
        let mut left = Vec::new();
        let mut weight = 1.0;
        for (at, &allele) in visible.iter().enumerate() {
            let is_lost = lost >> at & 1 == 1;
            weight *= if is_lost { drop_out } else { 1.0 - drop_out };
            if !is_lost {
                left.push(allele);
            }
        }
        for extra in std::iter::once(None).chain((0..alleles).map(Some)) {
            let mut shown: Vec<usize> = left.iter().copied().chain(extra).collect();
            shown.sort_unstable();
            shown.dedup();
            if shown == wanted {
                let chance = extra.map_or(1.0 - drop_in, |allele| drop_in * locus.frequencies[allele] / total);
                probability += weight * chance;
            }
        }
    }
    // with the probability of a genotyping error the call is that of somebody drawn from the population
    let error = locus.model.genotyping_error();
    let share = |allele: usize| locus.frequencies[allele] / total;
    let drawn = |(one, other): (usize, usize)| {
        let mut shown = vec![one, other];
        shown.sort_unstable();
        shown.dedup();
        if shown == wanted { share(one) * share(other) } else { 0.0 }
    };
    let random_call: f64 = match copies.len() {
        1 => (0..alleles).filter(|&one| wanted == [one]).map(share).sum(),
        _ => (0..alleles).flat_map(|one| (0..alleles).map(move |other| (one, other))).map(drawn).sum(),
    };
    (1.0 - error) * probability + error * random_call
}

/// Every way to fill `slots` slots with `states` states.
fn fillings(slots: usize, states: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..states.pow(slots as u32)).map(move |mut code| {
        (0..slots)
            .map(|_| {
                let state = code % states;
                code /= states;
                state
            })
            .collect()
    })
}

/// The slots of each person: first the mother's, then the father's (not there on a male's X).
fn slots_of(pedigree: &Pedigree, chromosome: Chromosome) -> (Vec<Vec<usize>>, usize) {
    let mut next = 0;
    let slots = pedigree
        .individuals()
        .iter()
        .map(|person| {
            let count = if chromosome == Chromosome::X && person.sex == Sex::Male { 1 } else { 2 };
            next += count;
            (next - count..next).collect()
        })
        .collect();
    (slots, next)
}

/// P(genotypes of everybody) for one locus: the urn for founder alleles, in the order of the list, then transmissions.
fn prior(pedigree: &Pedigree, locus: &Locus, slots: &[Vec<usize>], filling: &[usize]) -> f64 {
    let theta = locus.model.theta();
    let mut drawn: Vec<usize> = Vec::new();
    let mut probability = 1.0;
    for (person, individual) in pedigree.individuals().iter().enumerate() {
        for (which, &slot) in slots[person].iter().enumerate() {
            let (parent, matrix) = match which {
                0 => (individual.mother, &locus.maternal),
                _ => (individual.father, &locus.paternal),
            };
            let to = filling[slot];
            probability *= match parent {
                None => {
                    let same = drawn.iter().filter(|&&allele| allele == to).count() as f64;
                    let before = drawn.len() as f64;
                    drawn.push(to);
                    match before == 0.0 {
                        true => locus.frequencies[to],
                        false => {
                            (same * theta + (1.0 - theta) * locus.frequencies[to]) / (1.0 + (before - 1.0) * theta)
                        }
                    }
                }
                Some(parent) => {
                    let from = &slots[parent];
                    from.iter().map(|&source| matrix[filling[source]][to]).sum::<f64>() / from.len() as f64
                }
            };
        }
    }
    probability
}

fn seen_probability(locus: &Locus, slots: &[Vec<usize>], filling: &[usize], evidence: &[Evidence]) -> f64 {
    let one = |piece: &Evidence| {
        let copies: Vec<usize> = slots[piece.person].iter().map(|&slot| filling[slot]).collect();
        probability_of_seen(piece.seen, &copies, locus, piece.drop_out, piece.drop_in)
    };
    evidence.iter().map(one).product()
}

fn assert_close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-11 * expected.max(1e-12), "{what}: found {found:e}, expected {expected:e}");
}

fn random_evidence(random: &mut ChaCha8Rng, locus: &Locus, slots: &[Vec<usize>]) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    let (drop_out, drop_in) = [(0.0, 0.0), (0.0, 0.0), (0.2, 0.0), (0.1, 0.05)][random.random_range(0..4)];
    for (person, slots) in slots.iter().enumerate() {
        for _ in 0..2 {
            if random.random_bool(0.35) {
                let seen = match random_seen(random, locus.model.alleles().len()) {
                    Seen::Two(one, _) if slots.len() == 1 => Seen::One(one),
                    seen => seen,
                };
                evidence.push(Evidence { person, seen, drop_out, drop_in });
            }
        }
    }
    evidence
}

#[test]
fn one_locus_equals_the_sum_over_all_genotypes() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut possible = 0;
    for round in 0..250 {
        let chromosome = if random.random_bool(0.3) { Chromosome::X } else { Chromosome::Autosomal };
        let (alleles, members) = [(1, 4), (2, 5), (2, 4), (3, 4), (4, 3), (5, 2)][random.random_range(0..6)];
        let locus = random_locus(&mut random, chromosome, alleles);
        let pedigree = random_pedigree(&mut random, members);
        let (slots, count) = slots_of(&pedigree, chromosome);
        let evidence = random_evidence(&mut random, &locus, &slots);
        let kept = random.random_range(0..members);
        let states = locus.frequencies.len();
        let mut total = 0.0;
        let mut table = vec![0.0; states * states];
        for filling in fillings(count, states) {
            let probability =
                prior(&pedigree, &locus, &slots, &filling) * seen_probability(&locus, &slots, &filling, &evidence);
            total += probability;
            let column = slots[kept].get(1).map_or(0, |&slot| filling[slot]);
            table[filling[slots[kept][0]] * states + column] += probability;
        }
        possible += usize::from(total > 0.0);
        let found = ln_likelihood(&locus.model, &pedigree, &evidence).unwrap();
        assert_close(found.exp(), total, &format!("round {round}"));
        let found = genotype_table(&locus.model, &pedigree, &evidence, kept).unwrap();
        let diploid = slots[kept].len() == 2;
        for (cell, &expected) in table.iter().enumerate() {
            let (first, second) = (AlleleIndex((cell / states) as u16), AlleleIndex((cell % states) as u16));
            if diploid || second.0 == 0 {
                assert_close(found.ln_probability(first, second).exp(), expected, &format!("round {round}, {cell}"));
            }
        }
        check_look_up(&found, &table, &locus, diploid, round);
    }
    assert!(possible > 125, "{possible}");
}

/// Whatever is seen of the kept person: the look-up equals the sum over the table.
fn check_look_up(found: &filia::likelihood::GenotypeTable, table: &[f64], locus: &Locus, diploid: bool, round: usize) {
    let states = locus.frequencies.len();
    let alleles = locus.model.alleles().len() as u16;
    for (drop_out, drop_in) in [(0.0, 0.0), (0.3, 0.0), (0.2, 0.1)] {
        for first in 0..alleles {
            for second in first..alleles {
                let seen = Seen::pair(AlleleIndex(first), AlleleIndex(second));
                let expected: f64 = table
                    .iter()
                    .enumerate()
                    .map(|(cell, value)| {
                        let copies = [cell / states, cell % states];
                        let copies = if diploid { &copies[..] } else { &copies[..1] };
                        value * probability_of_seen(seen, copies, locus, drop_out, drop_in)
                    })
                    .sum();
                let found = found.ln_probability_of(seen, drop_out, drop_in).exp();
                assert_close(found, expected, &format!("round {round}, {seen:?}, {drop_out}, {drop_in}"));
            }
        }
    }
    assert_close(found.ln_probability_of(Seen::Nothing, 0.1, 0.1).exp(), table.iter().sum(), "nothing seen");
}

/// P(genotypes at two linked loci of everybody): meiosis by meiosis, summing over the slots that were passed on.
fn linked_prior(
    pedigree: &Pedigree,
    loci: &[Locus; 2],
    slots: &[Vec<usize>],
    fillings: [&[usize]; 2],
    fraction: f64,
) -> f64 {
    let mut probability = 1.0;
    let mut drawn: [Vec<usize>; 2] = Default::default();
    for (person, individual) in pedigree.individuals().iter().enumerate() {
        for (which, &slot) in slots[person].iter().enumerate() {
            let parent = if which == 0 { individual.mother } else { individual.father };
            let Some(parent) = parent else {
                for (at, locus) in loci.iter().enumerate() {
                    let (to, theta) = (fillings[at][slot], locus.model.theta());
                    let same = drawn[at].iter().filter(|&&allele| allele == to).count() as f64;
                    let before = drawn[at].len() as f64;
                    let mixed = same * theta + (1.0 - theta) * locus.frequencies[to];
                    probability *=
                        if before == 0.0 { locus.frequencies[to] } else { mixed / (1.0 + (before - 1.0) * theta) };
                    drawn[at].push(to);
                }
                continue;
            };
            let passed = |at: usize, source: usize| {
                let matrix = if which == 0 { &loci[at].maternal } else { &loci[at].paternal };
                matrix[fillings[at][slots[parent][source]]][fillings[at][slot]]
            };
            let sources = slots[parent].len();
            let mut sum = 0.0;
            for one in 0..sources {
                for other in 0..sources {
                    let crossing = if one == other { 1.0 - fraction } else { fraction };
                    let chance = if sources == 1 { 1.0 } else { 0.5 * crossing };
                    sum += chance * passed(0, one) * passed(1, other);
                }
            }
            probability *= sum;
        }
    }
    probability
}

#[test]
fn two_linked_loci_equal_the_sum_over_all_genotypes() {
    let mut random = ChaCha8Rng::seed_from_u64(8);
    for round in 0..30 {
        let chromosome = if random.random_bool(0.3) { Chromosome::X } else { Chromosome::Autosomal };
        let loci: [Locus; 2] = std::array::from_fn(|_| {
            loop {
                let locus = random_locus(&mut random, chromosome, 2);
                if locus.silent.is_none() {
                    break locus;
                }
            }
        });
        let pedigree = random_pedigree(&mut random, 4);
        let (slots, count) = slots_of(&pedigree, chromosome);
        let evidence: Vec<Vec<Evidence>> =
            loci.iter().map(|locus| random_evidence(&mut random, locus, &slots)).collect();
        let fraction = [0.0, 0.1, 0.5][random.random_range(0..3)];
        let mut total = 0.0;
        for first in fillings(count, 2) {
            let seen = seen_probability(&loci[0], &slots, &first, &evidence[0]);
            if seen == 0.0 {
                continue;
            }
            for second in fillings(count, 2) {
                let seen = seen * seen_probability(&loci[1], &slots, &second, &evidence[1]);
                if seen > 0.0 {
                    total += seen * linked_prior(&pedigree, &loci, &slots, [&first, &second], fraction);
                }
            }
        }
        let parts: Vec<LocusEvidence> = loci
            .iter()
            .zip(&evidence)
            .map(|(locus, evidence)| LocusEvidence { model: &locus.model, evidence })
            .collect();
        let found = linked_ln_likelihood(&parts, &[fraction], &pedigree).unwrap();
        assert_close(found.exp(), total, &format!("round {round}"));
    }
}
