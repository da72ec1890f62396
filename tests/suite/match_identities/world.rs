//! Frequencies, mutation and pedigrees, each weighed by a sum over the genotypes of everybody.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The alleles of every locus.
pub const ALLELES: usize = 4;

/// Two alleles, ascending.
pub type Genotype = [usize; 2];
/// By locus.
pub type Profile = Vec<Option<Genotype>>;

/// Frequencies and mutation.
pub struct World {
    /// By locus and allele.
    pub frequencies: Vec<[f64; ALLELES]>,
    /// The rate of the model `equal`.
    pub rate: f64,
}

impl World {
    pub fn new(loci: usize, rate: f64) -> Self {
        let rotated = |locus: usize| {
            let mut row = [0.1, 0.2, 0.3, 0.4];
            row.rotate_left(locus % ALLELES);
            row
        };
        Self { frequencies: (0..loci).map(rotated).collect(), rate }
    }

    pub fn loci(&self) -> usize {
        self.frequencies.len()
    }

    pub fn founder(&self, locus: usize, [one, other]: Genotype) -> f64 {
        let p = &self.frequencies[locus];
        if one == other { p[one] * p[one] } else { 2.0 * p[one] * p[other] }
    }

    /// The probability that a parent of this genotype (or the population) passes an allele on.
    pub fn passes(&self, locus: usize, parent: Option<Genotype>, allele: usize) -> f64 {
        let arrives = |from: usize| match from == allele {
            true => 1.0 - self.rate,
            false => self.rate / (ALLELES - 1) as f64,
        };
        match parent {
            None => self.frequencies[locus][allele],
            Some(genotype) => genotype.into_iter().map(arrives).sum::<f64>() / 2.0,
        }
    }

    pub fn child(&self, locus: usize, parents: [Option<Genotype>; 2], [one, other]: Genotype) -> f64 {
        let [father, mother] = parents;
        let both = |his, hers| self.passes(locus, father, his) * self.passes(locus, mother, hers);
        if one == other { both(one, one) } else { both(one, other) + both(other, one) }
    }
}

/// One person of a pedigree: label, parents' labels.
pub type Node = (String, [Option<String>; 2]);

/// Sums over all genotypes of everybody who is not typed.
pub struct Likelihoods<'a> {
    pub world: &'a World,
    pub profiles: BTreeMap<String, Profile>,
    pub known: HashMap<Vec<Node>, f64>,
}

impl Likelihoods<'_> {
    /// P(all that is seen | the pedigree), by its connected parts; at a locus where `optional` people show nothing they are no parents.
    pub fn of(&mut self, nodes: &[Node], optional: &BTreeSet<String>) -> f64 {
        parts(nodes).into_iter().map(|part| self.of_part(part, optional)).product()
    }

    pub fn of_part(&mut self, part: Vec<Node>, optional: &BTreeSet<String>) -> f64 {
        let is_optional = |part: &[Node]| part.iter().any(|(label, _)| optional.contains(label));
        let mut key = part.clone();
        if is_optional(&part) {
            key.push(("optional".to_owned(), [None, None]));
        }
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let at_locus = |locus: usize| {
            let nothing = |label: &String| self.profiles.get(label).is_none_or(|profile| profile[locus].is_none());
            let mut nodes = part.clone();
            for (_, parents) in &mut nodes {
                for parent in parents.iter_mut() {
                    *parent = parent.take().filter(|label| !(optional.contains(label) && nothing(label)));
                }
            }
            let nodes = parents_first(without_childless(nodes, &nothing));
            self.sum(locus, &nodes, &mut HashMap::new())
        };
        let found = (0..self.world.loci()).map(at_locus).product();
        self.known.insert(key, found);
        found
    }

    pub fn sum(&self, locus: usize, nodes: &[Node], above: &mut HashMap<String, Genotype>) -> f64 {
        let Some(((label, parents), rest)) = nodes.split_first() else { return 1.0 };
        let seen = self.profiles.get(label).and_then(|profile| profile[locus]);
        let mut total = 0.0;
        for one in 0..ALLELES {
            for other in one..ALLELES {
                let genotype = [one, other];
                if seen.is_some_and(|seen| seen != genotype) {
                    continue;
                }
                let of = parents.each_ref().map(|parent| parent.as_ref().map(|parent| above[parent]));
                let own = match of {
                    [None, None] => self.world.founder(locus, genotype),
                    parents => self.world.child(locus, parents, genotype),
                };
                if own > 0.0 {
                    above.insert(label.clone(), genotype);
                    total += own * self.sum(locus, rest, above);
                }
            }
        }
        total
    }
}

/// The connected parts, each in the order of its labels.
pub fn parts(nodes: &[Node]) -> Vec<Vec<Node>> {
    let mut of: BTreeMap<&String, usize> = nodes.iter().enumerate().map(|(at, (label, _))| (label, at)).collect();
    for (label, parents) in nodes {
        for parent in parents.iter().flatten() {
            let (from, to) = (of[label], of[parent]);
            of.values_mut().filter(|part| **part == from).for_each(|part| *part = to);
        }
    }
    let names: BTreeSet<usize> = of.values().copied().collect();
    let part = |name| {
        let mut part: Vec<Node> = nodes.iter().filter(|(label, _)| of[label] == name).cloned().collect();
        part.sort();
        part
    };
    names.into_iter().map(part).collect()
}

/// Those of whom nothing is seen and who have no children sum to 1.
pub fn without_childless(mut nodes: Vec<Node>, nothing: &dyn Fn(&String) -> bool) -> Vec<Node> {
    loop {
        let is_parent =
            |label: &String| nodes.iter().any(|(_, parents)| parents.iter().flatten().any(|of| of == label));
        let kept: Vec<Node> = nodes.iter().filter(|(label, _)| !nothing(label) || is_parent(label)).cloned().collect();
        if kept.len() == nodes.len() {
            return kept;
        }
        nodes = kept;
    }
}

pub fn parents_first(nodes: Vec<Node>) -> Vec<Node> {
    let (mut open, mut ordered): (Vec<Node>, Vec<Node>) = (nodes, Vec::new());
    while !open.is_empty() {
        let is_ready = |(_, parents): &Node| {
            parents.iter().flatten().all(|parent| ordered.iter().any(|(label, _)| label == parent))
        };
        let (ready, left): (Vec<Node>, Vec<Node>) = open.into_iter().partition(is_ready);
        assert!(!ready.is_empty(), "a circle");
        ordered.extend(ready);
        open = left;
    }
    ordered
}

pub fn founder(label: &str) -> Node {
    (label.to_owned(), [None, None])
}
