//! Likelihood ratios of small cases, worked out from pedigrees that are written down here by hand: what `filia match` must
//! report, without any of its tables, roster, rankings or bounds.

use filia::inheritance::{
    Evidence, Individual, MutationDefinition, MutationModel, MutationParameters, MutationRates, Pedigree, Seen,
};
use filia::io::{frequency_file::load_table, rates_file::load_rates, source::Inputs};
use filia::likelihood::{Chromosome, LocusDefinition, LocusModel, ln_likelihood};
use filia::population::FrequencyTable;
use filia::profile::{Allele, LocusName, Sex};
use filia::settings::RatesSource;

/// What a laboratory reported of one person at one locus: no allele, one or two.
pub type Cell = Vec<Allele>;

/// One row of a profile file.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub role: &'static str,
    pub sex: Sex,
    pub mother: Option<String>,
    pub father: Option<String>,
    /// The row's own drop-out probability.
    pub drop_out: Option<f64>,
    pub cells: Vec<Cell>,
}

/// The settings of a case, as they are written to its settings file.
#[derive(Clone, Debug)]
pub struct Statistics {
    pub tables: Vec<&'static str>,
    /// Whether frequencies are divided by their sum.
    pub renormalise: bool,
    pub theta: f64,
    pub model: MutationModel,
    pub rates: RatesSource,
    pub silent: f64,
    pub drop_in: f64,
    /// By role: corpse, detainee, child.
    pub drop_out: [f64; 3],
}

impl Statistics {
    /// With a bundled table as it stands, and calls that are never wrong.
    pub fn plain(model: MutationModel, theta: f64, rates: RatesSource) -> Self {
        Self {
            tables: vec!["nist1036:cauc"],
            renormalise: false,
            theta,
            model,
            rates,
            silent: 0.0,
            drop_in: 0.0,
            drop_out: [0.0; 3],
        }
    }

    /// The settings file.
    pub fn toml(&self) -> String {
        let tables: Vec<_> = self.tables.iter().map(|name| format!("\"{name}\"")).collect();
        let model = serde_json::to_string(&self.model).unwrap();
        let rates = match &self.rates {
            RatesSource::Pair { female, male } => format!("{{ female = {female}, male = {male} }}"),
            _ => "\"bundled\"".to_owned(),
        };
        let [corpse, detainee, child] = self.drop_out;
        format!(
            "[population]\ntables = [{}]\nrenormalise = {}\ntheta = {}\n[mutation]\nmodel = {model}\nrates = {rates}\n[observation]\n\
             silent_frequency = {}\ndrop_in = {}\ndrop_out = {{ corpse = {corpse}, detainee = {detainee}, child = {child} }}\n",
            tables.join(", "),
            self.renormalise,
            self.theta,
            self.silent,
            self.drop_in,
        )
    }

    /// The probability that an allele of this person drops out.
    pub fn drop_out_of(&self, person: &Person) -> f64 {
        let by_role = match person.role {
            "corpse" => self.drop_out[0],
            "detainee" => self.drop_out[1],
            "child" => self.drop_out[2],
            _ => 0.0,
        };
        person.drop_out.unwrap_or(by_role)
    }
}

/// What the likelihoods of a case rest on.
pub struct Oracle<'a> {
    pub statistics: &'a Statistics,
    loci: &'a [LocusName],
    tables: Vec<FrequencyTable>,
    rates: MutationRates,
}

/// A pedigree of a hypothesis: the typed people are the first ones, in the order in which they are given.
type Tree = Vec<Individual>;

/// A person with father and mother, by position.
pub fn child(id: &str, sex: Sex, father: Option<usize>, mother: Option<usize>) -> Individual {
    Individual::child(id, sex, father, mother)
}

pub fn founder(id: &str, sex: Sex) -> Individual {
    Individual::founder(id, sex)
}

impl<'a> Oracle<'a> {
    /// The tables and rates of these statistics.
    pub fn new(statistics: &'a Statistics, loci: &'a [LocusName]) -> Self {
        let rates = load_rates(&statistics.rates, &Inputs::default()).unwrap();
        let tables = statistics.tables.iter().map(|name| load_table(name, &Inputs::default()).unwrap()).collect();
        Self { statistics, loci, tables, rates }
    }

    /// The model of a locus in one table, the alleles of these people added at 5/(2N).
    fn model(&self, table: usize, at: usize, people: &[(usize, &Person)]) -> LocusModel {
        let entry = self.tables[table].locus(&self.loci[at]).unwrap();
        let minimum = 5.0 / (2.0 * entry.people.unwrap());
        let used = |&(allele, counted): &(Allele, f64)| (allele, counted.max(minimum));
        let mut alleles: Vec<_> = entry.frequencies.iter().map(used).collect();
        for allele in people.iter().flat_map(|(_, person)| &person.cells[at]) {
            if alleles.iter().all(|(known, _)| known != allele) {
                alleles.push((*allele, minimum));
            }
        }
        alleles.sort_by_key(|entry| entry.0);
        let total: f64 = alleles.iter().map(|entry| entry.1).sum();
        alleles.iter_mut().filter(|_| self.statistics.renormalise).for_each(|entry| entry.1 /= total);
        LocusModel::new(self.statistics.definition(&self.loci[at], &alleles, &self.rates)).unwrap()
    }

    fn evidence(&self, model: &LocusModel, position: usize, person: &Person, locus: usize) -> Evidence {
        let index = |allele: &Allele| model.label_index(&allele.to_string()).unwrap();
        let seen = match person.cells[locus].as_slice() {
            [] => Seen::Nothing,
            [one] => Seen::One(index(one)),
            [one, other] => Seen::Two(index(one), index(other)),
            more => panic!("{more:?}"),
        };
        let (drop_out, drop_in) = (self.statistics.drop_out_of(person), self.statistics.drop_in);
        Evidence { person: position, seen, drop_out, drop_in }
    }

    /// The mean likelihood over these pedigrees at one locus of one table; `typed` are people by position.
    fn likelihood(&self, table: usize, locus: usize, trees: &[Tree], typed: &[(usize, &Person)]) -> f64 {
        let model = &self.model(table, locus, typed);
        let evidence: Vec<_> =
            typed.iter().map(|&(position, person)| self.evidence(model, position, person, locus)).collect();
        let of_tree = |tree: &Tree| {
            let pedigree = Pedigree::new(tree.clone()).unwrap();
            ln_likelihood(model, &pedigree, &evidence).unwrap().exp()
        };
        trees.iter().map(of_tree).sum::<f64>() / trees.len() as f64
    }

    /// log10 LR at one locus; 0 where both hypotheses are impossible.
    fn log10_ratio(
        &self,
        table: usize,
        locus: usize,
        one: (&[Tree], &[(usize, &Person)]),
        two: (&[Tree], &[(usize, &Person)]),
    ) -> f64 {
        let (above, below) = (self.likelihood(table, locus, one.0, one.1), self.likelihood(table, locus, two.0, two.1));
        if above == 0.0 && below == 0.0 { 0.0 } else { (above / below).log10() }
    }

    /// For each table the log10 LR of these pedigrees against others, over all loci where child and candidate have a result: what
    /// lies between the two is the same at every locus, so it is the mean over the pedigrees of whole products.
    ///
    /// Positions: child 0, candidate 1 (0 under identity), known parent 2.
    pub fn by_table(
        &self,
        child: &Person,
        candidate: &Person,
        known: Option<&Person>,
        trees: &[Tree],
        identity: bool,
        unrelated: &Tree,
    ) -> Vec<f64> {
        let typed = |candidate_position| {
            let mut typed = vec![(0, child), (candidate_position, candidate)];
            typed.extend(known.map(|known| (2, known)));
            typed
        };
        let (one, two) = (typed(usize::from(!identity)), typed(1));
        let loci = (0..child.cells.len())
            .filter(|&locus| !child.cells[locus].is_empty() && !candidate.cells[locus].is_empty())
            .collect::<Vec<_>>();
        let ratio = |table, locus, tree: &Tree| {
            self.log10_ratio(table, locus, (std::slice::from_ref(tree), &one), (std::slice::from_ref(unrelated), &two))
        };
        let product = |table, tree| 10_f64.powf(loci.iter().map(|&locus| ratio(table, locus, tree)).sum());
        let mean = |table| trees.iter().map(|tree| product(table, tree)).sum::<f64>() / trees.len() as f64;
        (0..self.tables.len()).map(|table| mean(table).log10()).collect()
    }

    /// log10 LR at a locus of a pedigree of these people (who come first in it) against another; what is impossible under the
    /// second decides nothing. `optional`: the parents (positions) who are not listed where they have no result.
    pub fn log10_group(
        &self,
        table: usize,
        locus: usize,
        people: &[&Person],
        [related, apart]: [&Tree; 2],
        optional: &[usize],
    ) -> f64 {
        let typed: Vec<(usize, &Person)> = people.iter().copied().enumerate().collect();
        let is_listed = |&parent: &usize| !optional.contains(&parent) || !people[parent].cells[locus].is_empty();
        let of = |tree: &Tree| {
            let mut tree = tree.clone();
            for person in &mut tree {
                person.father = person.father.filter(is_listed);
                person.mother = person.mother.filter(is_listed);
            }
            self.likelihood(table, locus, &[tree], &typed)
        };
        let (above, below) = (of(related), of(apart));
        if below == 0.0 { 0.0 } else { (above / below).log10() }
    }

    /// The lowest log10 LR of "these two are the parents" against "all three unrelated".
    pub fn couple(&self, of: &Person, father: &Person, mother: &Person) -> f64 {
        self.couple_by_table(of, father, mother).into_iter().fold(f64::INFINITY, f64::min)
    }

    /// The same in each table. At a locus where a parent has no result, that parent is not listed.
    pub fn couple_by_table(&self, of: &Person, father: &Person, mother: &Person) -> Vec<f64> {
        let at_locus = |table: usize, locus: usize| {
            let has = |person: &Person| !person.cells[locus].is_empty();
            if !has(of) || !(has(father) || has(mother)) {
                return 0.0;
            }
            let parents = (has(father).then_some(1), has(mother).then_some(2));
            let family =
                vec![child("C", of.sex, parents.0, parents.1), founder("F", Sex::Male), founder("M", Sex::Female)];
            let strangers = vec![founder("C", of.sex), founder("F", Sex::Male), founder("M", Sex::Female)];
            let typed = [(0, of), (1, father), (2, mother)];
            self.log10_ratio(table, locus, (&[family], &typed), (&[strangers], &typed))
        };
        let total = |table| (0..of.cells.len()).map(|locus| at_locus(table, locus)).sum::<f64>();
        (0..self.tables.len()).map(total).collect()
    }
}

impl Statistics {
    fn definition(&self, locus: &LocusName, alleles: &[(Allele, f64)], rates: &MutationRates) -> LocusDefinition {
        let rate = rates.of(locus).rates;
        let parameters = |rate| MutationParameters { rate, rate2: 1e-6, range: 0.1, matrix: None };
        let mutation =
            MutationDefinition { model: self.model, female: parameters(rate.female), male: parameters(rate.male) };
        LocusDefinition {
            name: locus.to_string(),
            chromosome: Chromosome::Autosomal,
            alleles: alleles.iter().map(|(allele, _)| allele.to_string()).collect(),
            frequencies: alleles.iter().map(|(_, frequency)| frequency * (1.0 - self.silent)).collect(),
            mutation: (self.model != MutationModel::None).then_some(mutation),
            theta: self.theta,
            silent_frequency: self.silent,
        }
    }
}

/// Which of the child's parents are known, and who.
#[derive(Clone, Copy, Debug)]
pub enum Known<'a> {
    Nobody,
    Mother(&'a Person),
    Father(&'a Person),
}

impl<'a> Known<'a> {
    pub fn person(self) -> Option<&'a Person> {
        match self {
            Self::Nobody => None,
            Self::Mother(person) | Self::Father(person) => Some(person),
        }
    }

    fn parents(self) -> (Option<usize>, Option<usize>) {
        match self {
            Self::Nobody => (None, None),
            Self::Mother(_) => (None, Some(2)),
            Self::Father(_) => (Some(2), None),
        }
    }

    /// Child, candidate and known parent, the candidate a stranger.
    fn strangers(self, candidate_sex: Sex) -> Tree {
        let (father, mother) = self.parents();
        let mut tree = vec![child("C", Sex::Unknown, father, mother), founder("X", candidate_sex)];
        let sex = if father.is_some() { Sex::Male } else { Sex::Female };
        tree.push(founder("K", sex));
        tree
    }

    /// The ways in which the relationship can run: through the father or the mother, but not through a known parent.
    fn sides(self) -> &'static [Sex] {
        match self {
            Self::Nobody => &[Sex::Male, Sex::Female],
            Self::Mother(_) => &[Sex::Male],
            Self::Father(_) => &[Sex::Female],
        }
    }
}

fn set_parent(tree: &mut Tree, person: usize, parent: usize, sex: Sex) {
    if sex == Sex::Male { tree[person].father = Some(parent) } else { tree[person].mother = Some(parent) }
}

fn add(tree: &mut Tree, sex: Sex) -> usize {
    tree.push(founder(&format!("u{}", tree.len()), sex));
    tree.len() - 1
}

/// Every relationship that a reported pair is compared with, as pedigrees to be averaged.
pub fn trees(relationship: &str, known: Known<'_>, candidate_sex: Sex) -> Vec<Tree> {
    let base = known.strangers(if relationship == "parent" { candidate_sex } else { Sex::Unknown });
    match relationship {
        "identity" | "unrelated" => vec![base],
        "parent" => {
            let sides: Vec<_> =
                known.sides().iter().filter(|side| candidate_sex == Sex::Unknown || **side == candidate_sex).collect();
            let parent = |side: &&Sex| {
                let mut tree = base.clone();
                tree[1].sex = **side;
                set_parent(&mut tree, 0, 1, **side);
                tree
            };
            sides.iter().map(parent).collect()
        }
        "full-sibling" => {
            let mut tree = base;
            for sex in [Sex::Male, Sex::Female] {
                let listed = if sex == Sex::Male { tree[0].father } else { tree[0].mother };
                let parent = listed.unwrap_or_else(|| add(&mut tree, sex));
                set_parent(&mut tree, 0, parent, sex);
                set_parent(&mut tree, 1, parent, sex);
            }
            vec![tree]
        }
        "half-sibling" => {
            let half = |&side: &Sex| {
                let mut tree = base.clone();
                let parent = add(&mut tree, side);
                set_parent(&mut tree, 0, parent, side);
                set_parent(&mut tree, 1, parent, side);
                tree
            };
            known.sides().iter().map(half).collect()
        }
        "first-cousin" => {
            let cousins = |(side, other): (Sex, Sex)| {
                let mut tree = base.clone();
                let (near, far) = (add(&mut tree, side), add(&mut tree, other));
                set_parent(&mut tree, 0, near, side);
                set_parent(&mut tree, 1, far, other);
                for sex in [Sex::Male, Sex::Female] {
                    let grandparent = add(&mut tree, sex);
                    set_parent(&mut tree, near, grandparent, sex);
                    set_parent(&mut tree, far, grandparent, sex);
                }
                tree
            };
            let others = [Sex::Male, Sex::Female];
            known.sides().iter().flat_map(|&side| others.map(|other| cousins((side, other)))).collect()
        }
        other => panic!("{other}"),
    }
}

/// The lowest over the tables, and each table's own, of the log10 LR of a relationship against "unrelated".
pub fn log10_lr(
    oracle: &Oracle<'_>,
    relationship: &str,
    of: &Person,
    candidate: &Person,
    known: Known<'_>,
) -> (f64, Vec<f64>) {
    let by_table = by_table_as(oracle, relationship, of, candidate, candidate.sex, known);
    (by_table.iter().copied().fold(f64::INFINITY, f64::min), by_table)
}

/// Each table's own log10 LR, the candidate being of this sex.
pub fn by_table_as(
    oracle: &Oracle<'_>,
    relationship: &str,
    of: &Person,
    candidate: &Person,
    sex: Sex,
    known: Known<'_>,
) -> Vec<f64> {
    let identity = relationship == "identity";
    let trees = trees(relationship, known, sex);
    oracle.by_table(of, candidate, known.person(), &trees, identity, &known.strangers(Sex::Unknown))
}
