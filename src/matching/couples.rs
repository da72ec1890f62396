//! A father and a mother at once: the couples among the candidates.
//!
//! A couple's LR is P(child, father, mother | they are the parents) against all three unrelated. Two true parents can be a
//! strong couple although one of them alone scores below the threshold (a mutation, few loci). The search therefore does
//! not start from the singles that pass but from a bound that holds for every couple:
//!
//! log10 LR(couple) ≤ K + B(father) + B(mother),
//!
//! where B sums a row of bounds over loci and K is a constant of the child ([`crate::likelihood::CoupleBound`] has the proof).
//! Fathers and mothers sorted by B are joined from the top; pairs whose bound lies below what is wanted are never looked at,
//! and every other pair is scored exactly: once for all candidates who show the same, so that many who show nothing (each of
//! LR 1 exactly) cost no more than one. Those never looked at count in the sum of all couples with their bounds.

use super::alike::{Alike, Bounded};
use super::couple_sums::{CoupleSums, RankedCouple, ScoredCouple, SummedCouples};
use super::limits::SPARE;
use super::people::{Columns, PersonsOfSex};
use super::relatives::Relatives;
use super::roster::{Asked, Child, LineRows, Roster, log10_lr};
use super::scan_sex::SEXES;
use super::{Case, MatchError};
use crate::inference::Place;
use crate::inheritance::Relationship;
use crate::likelihood::CoupleBound;
use crate::matching::one_person::Persons;
use crate::model::Question;
use crate::profile::{Code, MISSING, SampleIndex, Sex};

/// Below this log10 LR a couple changes no posterior by more than that: where all couples down to here can be scored, they are.
const NEGLIGIBLE_LOG10_LR: f64 = -10.0;

/// Up to this many couples a child, everything above [`NEGLIGIBLE_LOG10_LR`] is scored; beyond, only what can be reported.
const FEW_COUPLES: f64 = 250_000.0;

/// Where more couples could be reported than are wanted, they are scored from the top down, to log10 LR 0, −1, … as far as
/// minus this, until there are enough. Each step costs several times what the one before it did.
const STEPS: u8 = 12;

/// With more couples a child than this, and no least log10 LR asked for, only those that DNA speaks for are reported: to find
/// the best of the others takes minutes.
const MANY_COUPLES: f64 = 1_000_000.0;

/// The least log10 LR of a couple where none is asked for.
fn threshold_of_none(possible: f64) -> f64 {
    if possible <= MANY_COUPLES { f64::NEG_INFINITY } else { 0.0 }
}

/// A sentence on the couples that are reported where no least log10 LR is asked for.
pub(super) fn note_on_threshold(case: &Case<'_>, roster: &Roster) -> Option<String> {
    let search = &case.settings.search;
    let of_sex = |sex| roster.candidates.iter().filter(|&&candidate| case.panel.sex(candidate) == sex).count() as f64;
    let unknown = of_sex(Sex::Unknown);
    let possible = (of_sex(Sex::Male) + unknown) * (of_sex(Sex::Female) + unknown);
    let least = threshold_of_none(possible);
    let is_bounded = search.relationship == Relationship::Parent && search.min_log10_lr.is_none() && least.is_finite();
    is_bounded.then(|| {
        format!("{possible:.0} couples are possible for each child: reported are those of log10 LR {least:.0} or more")
    })
}

/// What a sum of logarithms may lose to rounding: a bound is never held against a couple more closely than this.
const ROUNDING: f64 = 1e-9;

/// A bound this far (log10) below what reaches the floor counts with what it cannot exceed there.
const FAR_BELOW: f64 = 10.0;

pub(super) struct CoupleSearch<'a> {
    pub case: &'a Case<'a>,
    pub child: &'a Child,
    pub persons: &'a Persons,
    /// By sex.
    pub people: &'a [PersonsOfSex; 3],
    pub bounds: Vec<&'a CoupleBound>,
    /// Samples that are not compared with this child, ascending.
    pub excluded: Vec<u32>,
    /// By sex.
    pub relatives: &'a [Relatives<'a>; 3],
}

/// The candidates of one place: by sex of the people, the bound of every couple that each is part of, without K.
struct Side {
    place: Place,
    bounds: Vec<(usize, Vec<f64>)>,
    greatest: f64,
    /// The bound of somebody without a call at any locus.
    without_call: f64,
}

impl Side {
    /// 10^(bound − greatest), 0 where nobody is possible.
    fn relative(&self, bound: f64) -> f64 {
        let is_impossible = bound == f64::NEG_INFINITY || self.greatest == f64::NEG_INFINITY;
        if is_impossible { 0.0 } else { 10_f64.powf(bound - self.greatest) }
    }
}

/// Both places.
pub(super) struct Sides {
    constant: f64,
    fathers: Side,
    mothers: Side,
}

impl Sides {
    /// The bounds of each of these people (by sex, 0-based) as the parent of a place beside nobody: a couple whose other person shows
    /// nothing has the LR of the one alone.
    pub fn singles(&self, place: Place, sex: usize) -> Option<SingleBounds<'_>> {
        let (side, other) = match place {
            Place::Father => (&self.fathers, &self.mothers),
            Place::Mother => (&self.mothers, &self.fathers),
        };
        let (_, bounds) = side.bounds.iter().find(|(at, _)| *at == sex)?;
        Some(SingleBounds { constant: self.constant + other.without_call + ROUNDING, bounds })
    }
}

/// log10 LRs that parents alone cannot exceed.
pub(super) struct SingleBounds<'s> {
    constant: f64,
    bounds: &'s [f64],
}

impl SingleBounds<'_> {
    /// Of the person at a position.
    pub fn of(&self, position: u32) -> f64 {
        self.constant + self.bounds[position as usize]
    }
}

impl CoupleSearch<'_> {
    /// Scores all couples that can matter. `asked` (ascending) are the persons whose couples are summed up one by one.
    pub fn join(&self, sides: &Sides, asked: &[SampleIndex]) -> Result<SummedCouples, MatchError> {
        let number = |side: &Side| side.bounds.iter().map(|(_, bounds)| bounds.len() as f64).sum::<f64>();
        let possible = number(&sides.fathers) * number(&sides.mothers);
        let threshold = self.case.settings.search.min_log10_lr.unwrap_or(threshold_of_none(possible));
        let joining = self.joined_as_needed(sides, threshold, possible)?;
        joining.finish(self.case.settings.search.top, asked, |ranked| self.scored(ranked))
    }

    /// A couple under each population.
    fn scored(&self, ranked: &RankedCouple) -> Result<ScoredCouple, MatchError> {
        let both = [ranked.father, ranked.mother];
        let codes = both.map(|person| self.case.codes_of_person(self.persons, person));
        let rows = self.rows(codes[0].clone())?;
        let log10_lrs: Vec<f64> = rows.iter().map(|lines| log10_lr(lines, codes[1].iter().copied())).collect();
        let mut log10_weights = log10_lrs.clone();
        for (place, (person, codes)) in Place::BOTH.into_iter().zip(both.into_iter().zip(&codes)) {
            let sex = self.persons.sex(self.case.panel, person);
            let column: Columns = codes.iter().map(|&code| vec![code]).collect();
            let relatives = SEXES.iter().zip(self.relatives).find(|(other, _)| **other == sex);
            for (population, weight) in log10_weights.iter_mut().enumerate() {
                let ratios = relatives.map(|(_, relatives)| relatives.of(population, &column, 1));
                *weight -= ratios.iter().flatten().map(|other| other.log10_ratio).sum::<f64>();
                *weight += self.share_of(sex, place).log10();
            }
        }
        Ok(ScoredCouple { father: ranked.father, mother: ranked.mother, log10_lrs, log10_weights })
    }

    /// The best couples at or above the threshold, with all others as far down as is needed.
    fn joined_as_needed(&self, sides: &Sides, threshold: f64, possible: f64) -> Result<CoupleSums, MatchError> {
        if possible <= FEW_COUPLES {
            return self.joined_from(sides, threshold.min(NEGLIGIBLE_LOG10_LR), threshold);
        }
        for floor in (0..=STEPS).map(|step| -f64::from(step)).take_while(|&floor| floor > threshold) {
            let joining = self.joined_from(sides, floor, threshold)?;
            if joining.couples.len() >= self.case.settings.search.top {
                return Ok(joining);
            }
        }
        self.joined_from(sides, threshold, threshold)
    }

    /// The bounds of everybody, which serve every floor.
    pub fn sides(&self) -> Result<Sides, MatchError> {
        let side = |place: Place| -> Result<Side, MatchError> {
            let rows = self.bounds.iter().map(|bound| match place {
                Place::Father => &bound.father[..],
                Place::Mother => &bound.mother[..],
            });
            let rows = [rows.collect::<Vec<_>>()];
            let mut bounds = Vec::new();
            for (at, people) in self.people.iter().enumerate() {
                if self.share(at, place) > 0.0 && !people.members.is_empty() {
                    let sums = people.sums(self.case, self.persons, &rows)?;
                    bounds.extend(sums.into_iter().map(|sums| (at, sums)));
                }
            }
            let greatest = bounds.iter().flat_map(|(_, bounds)| bounds).copied().fold(f64::NEG_INFINITY, f64::max);
            let without_call = rows[0].iter().map(|row| row[usize::from(MISSING)]).sum();
            Ok(Side { place, bounds, greatest, without_call })
        };
        let constant = self.bounds.iter().map(|bound| bound.constant).sum();
        Ok(Sides { constant, fathers: side(Place::Father)?, mothers: side(Place::Mother)? })
    }

    /// The probability that a person of this recorded sex (position) is of the sex that a place asks for.
    fn share(&self, sex: usize, place: Place) -> f64 {
        let male = self.case.settings.prior.male;
        match (SEXES[sex], place) {
            (Sex::Unknown, Place::Father) => male,
            (Sex::Unknown, Place::Mother) => 1.0 - male,
            (sex, place) => f64::from(u8::from(sex == place.sex())),
        }
    }

    fn share_of(&self, sex: Sex, place: Place) -> f64 {
        SEXES.iter().position(|&other| other == sex).map_or(0.0, |at| self.share(at, place))
    }

    /// Those of a side whose bound reaches this far and who may be compared with the child; and the sum of 10^(bound − greatest)
    /// over all others, with the probabilities of their sexes.
    fn reaching(&self, side: &Side, least: f64) -> Result<(Alike, f64), MatchError> {
        let mut others = 0.0;
        let mut lists = Vec::new();
        let far = least - FAR_BELOW;
        // beside nobody possible no couple is
        let of_far = if far.is_finite() { side.relative(far) } else { 0.0 };
        for (at, bounds) in &side.bounds {
            let people = &self.people[*at];
            let mut sum = 0.0;
            let mut reaching = Vec::new();
            for (position, &bound) in (0_u32..).zip(bounds) {
                if bound < least {
                    sum += if bound < far { of_far } else { side.relative(bound) };
                    continue;
                }
                let member = people.members[position as usize];
                let is_excluded = self.excluded.binary_search(&member.0).is_ok();
                if !is_excluded && !self.case.is_left_out_by_age(self.child.sample, member) {
                    reaching.push(Bounded { position, bound });
                }
            }
            others += self.share(*at, side.place) * sum;
            lists.push((people, reaching));
        }
        Ok((Alike::new(self.case, self.persons, &lists)?, others))
    }

    /// Every couple whose LR can reach `floor`, and bounds of the others.
    fn joined_from(&self, sides: &Sides, floor: f64, threshold: f64) -> Result<CoupleSums, MatchError> {
        let Sides { constant, fathers, mothers } = sides;
        let least = floor - constant - ROUNDING;
        let beside = |best: f64| if least == f64::NEG_INFINITY { least } else { least - best };
        let (of_fathers, other_fathers) = self.reaching(fathers, beside(mothers.greatest))?;
        let (of_mothers, other_mothers) = self.reaching(mothers, beside(fathers.greatest))?;
        let ratios = [self.ratios(&of_fathers), self.ratios(&of_mothers)];
        let mut joining = CoupleSums::new(of_fathers, of_mothers, ratios);
        let weight = |alike: &Alike, at: usize, side: &Side| {
            self.share_of(alike.sex(at), side.place) * alike.members(at).len() as f64 * side.relative(alike.bound(at))
        };
        let weights: Vec<_> = (0..joining.mothers.len()).map(|at| weight(&joining.mothers, at, mothers)).collect();
        // by number of mothers left out of account, what the others come to
        let mut behind = vec![0.0; weights.len() + 1];
        for at in (0..weights.len()).rev() {
            behind[at] = behind[at + 1] + weights[at];
        }
        let mut unscored = other_fathers * (behind[0] + other_mothers);
        for at in 0..joining.fathers.len() {
            let bound = joining.fathers.bound(at);
            let within = joining.mothers.partition_point(|other| other >= beside(bound));
            unscored += weight(&joining.fathers, at, fathers) * (behind[within] + other_mothers);
            self.score_with(&mut joining, at, within, floor, threshold)?;
            if joining.couples.len() as f64 > FEW_COUPLES {
                joining.keep_best(self.case.settings.search.top);
            }
        }
        if unscored > 0.0 {
            let greatest = constant + fathers.greatest + mothers.greatest;
            joining.unscored += 10_f64.powf(unscored.log10() + greatest - joining.scale);
        }
        let least_ratio = self.relatives.iter().map(Relatives::log10_least).fold(0.0, f64::min);
        joining.unscored *= 10_f64.powf(-2.0 * least_ratio);
        Ok(joining)
    }

    /// Scores the fathers of one group with those of the first `within` groups of mothers who can reach `floor` with them.
    fn score_with(
        &self,
        joining: &mut CoupleSums,
        father: usize,
        within: usize,
        floor: f64,
        threshold: f64,
    ) -> Result<(), MatchError> {
        let least_ratio = 10_f64.powf(floor - ROUNDING);
        let of_father = self.bounds.iter().zip(joining.fathers.codes(father));
        let features: Vec<_> = of_father.map(|(bound, code)| bound.pair.father[usize::from(code)]).collect();
        let most_listed = self.case.settings.search.top.saturating_add(SPARE);
        let his_share = self.share_of(joining.fathers.sex(father), Place::Father);
        let mut rows = None;
        for mother in 0..within {
            let couples = joining.fathers.couples_with(father, &joining.mothers, mother);
            let number = couples.number();
            if number == 0.0 {
                continue;
            }
            let shares = [his_share, self.share_of(joining.mothers.sex(mother), Place::Mother)];
            let by_locus = self.bounds.iter().zip(&features).zip(joining.mothers.codes(mother));
            let largest: f64 =
                by_locus.map(|((bound, &of), code)| bound.pair.of(of, bound.pair.mother[usize::from(code)])).product();
            if largest < least_ratio {
                joining.unscored += largest * number * shares[0] * shares[1] * 10_f64.powf(-joining.scale);
                continue;
            }
            let rows = match &mut rows {
                Some(rows) => rows,
                None => rows.insert(self.rows(joining.fathers.codes(father).collect())?),
            };
            let of_each = [couples.of_each_father(), couples.of_each_mother()];
            let log10_lr = joining.add([father, mother], rows, shares, of_each, number);
            if log10_lr >= threshold {
                let listed = joining.fathers.couples_with(father, &joining.mothers, mother).first(most_listed);
                joining.couples.extend(listed.map(|(father, mother)| RankedCouple { father, mother, log10_lr }));
            }
        }
        Ok(())
    }

    /// By population and group, log10 R.
    fn ratios(&self, alike: &Alike) -> Vec<Vec<f64>> {
        let mut ratios = vec![vec![0.0; alike.len()]; self.case.tables.len()];
        for (sex, relatives) in SEXES.iter().zip(self.relatives) {
            let groups: Vec<usize> = (0..alike.len()).filter(|&at| alike.sex(at) == *sex).collect();
            let columns = alike.columns_of(&groups);
            for (population, ratios) in ratios.iter_mut().enumerate() {
                let of_groups = relatives.of(population, &columns, groups.len());
                groups.iter().zip(of_groups).for_each(|(&at, other)| ratios[at] = other.log10_ratio);
            }
        }
        ratios
    }

    /// The rows of a mother's question beside a father who shows this, by population.
    fn rows(&self, father: Vec<Code>) -> Result<Vec<Vec<LineRows<'_>>>, MatchError> {
        Ok(self.case.rows_beside(&self.asked(), Some(&father))?)
    }

    /// What is asked of a couple, whoever the father is.
    pub fn asked(&self) -> Asked {
        let question = Question::Couple { child_sex: self.case.child_sex(self.child.sample) };
        Asked { question, child: self.child.sample, known: None }
    }
}
