//! All hypotheses about a child's parents, weighed: what the posteriors of persons and couples are made of.
//!
//! Where there are few enough pairs every candidate is scored here, as father, as mother and as another relative
//! ([`super::relatives`]), and couples of all candidates are joined ([`super::couples`]). In larger runs this is done for the
//! reported candidates; all others count with the LR that the scan found or that they cannot exceed.

use super::couple::Couple;
use super::couple_bounds::CoupleBounds;
use super::couples::{CoupleSearch, Sides};
use super::parentage::{Parentage, Weighed};
use super::parents::{ParentSearch, ScanTotals};
use super::people::PersonsOfSex;
use super::relatives::{NotParent, Relatives};
use super::roster::{Asked, Child, LineRows, Roster};
use super::scan_sex::SEXES;
use super::{Case, MatchError};
use crate::inference::{Place, log10_add, log10_subtract};
use crate::inheritance::Relationship;
use crate::matching::one_person::{DirectMatches, Persons};
use crate::profile::{SampleIndex, Sex};
use crate::progress::{Progress, Stage};
use crate::threads::EvenlyShared;
use rayon::prelude::*;

/// Candidates below this log10 LR change no posterior by more than that: they count with the LR that they cannot exceed.
const NEGLIGIBLE_LOG10_LR: f64 = -12.0;

/// Weighs the hypotheses of every child. One entry for each child of the roster: its parentage, and its couples, best first.
///
/// # Errors
/// A case that the likelihood engine refuses, or an interruption.
pub fn weigh_children(
    case: &Case<'_>,
    roster: &Roster,
    direct: &DirectMatches,
    parents: &ParentSearch,
    everyone: bool,
    progress: &dyn Progress,
) -> Result<Vec<(Parentage, Vec<Couple>)>, MatchError> {
    progress.begin(Stage::of("couples", "children", roster.children.len() as u64));
    let persons = &parents.persons;
    let people = |candidates: &[SampleIndex]| -> Result<[PersonsOfSex; 3], MatchError> {
        let of_sex = |sex| Ok::<_, MatchError>(PersonsOfSex::new(case, persons, candidates.iter().copied(), sex)?);
        Ok([of_sex(SEXES[0])?, of_sex(SEXES[1])?, of_sex(SEXES[2])?])
    };
    let shared = everyone.then(|| people(&roster.candidates)).transpose()?;
    let children: Vec<_> = roster.children.iter().map(|child| child.sample).collect();
    let bounds = CoupleBounds::new(case, &children);
    let candidates = CandidateCount::new(case, persons, &roster.candidates);
    let weigh = |(position, child): (usize, &Child)| {
        if progress.cancelled() {
            return Err(MatchError::Cancelled);
        }
        let mut reported: Vec<_> = parents.candidates_of(child.sample).map(|one| persons.stands_for(one)).collect();
        reported.sort_unstable();
        reported.dedup();
        let own;
        let people = match &shared {
            Some(people) => people,
            None => {
                own = people(&reported)?;
                &own
            }
        };
        let totals = shared.is_none().then(|| &parents.totals[position]);
        let weighing =
            Weighing { case, child, persons, direct, people, totals, candidates: &candidates, bounds: &bounds };
        let weighed = weighing.run(&reported);
        progress.advance(1);
        weighed
    };
    roster.children.par_iter().enumerate().evenly_shared().map(weigh).collect()
}

/// How many persons there are to be compared with a child.
struct CandidateCount<'a> {
    /// Ascending.
    samples: &'a [SampleIndex],
    persons: usize,
    /// Where ages leave some out: the earliest years of birth, ascending, of those for whom a year is known.
    births: Vec<i16>,
}

impl<'a> CandidateCount<'a> {
    fn new(case: &Case<'_>, persons: &Persons, samples: &'a [SampleIndex]) -> Self {
        let standing = || samples.iter().filter(|&&sample| !persons.is_further(sample));
        let earliest = |&sample: &SampleIndex| case.panel.birth_years(sample).map(|years| years.earliest);
        let mut births: Vec<_> =
            if case.leaves_out_by_age() { standing().filter_map(earliest).collect() } else { Vec::new() };
        births.sort_unstable();
        Self { samples, persons: standing().count(), births }
    }

    /// Those who are neither excluded (ascending) nor too young.
    fn compared_with(&self, case: &Case<'_>, persons: &Persons, child: SampleIndex, excluded: &[u32]) -> usize {
        let is_candidate = |sample: &SampleIndex| {
            self.samples.binary_search(sample).is_ok()
                && !persons.is_further(*sample)
                && !case.is_left_out_by_age(child, *sample)
        };
        let excluded = excluded.iter().map(|&sample| SampleIndex(sample)).filter(is_candidate).count();
        let possible = self.births.partition_point(|&earliest| !case.is_born_too_late(child, earliest));
        self.persons - excluded - (self.births.len() - possible)
    }
}

struct Weighing<'a> {
    case: &'a Case<'a>,
    child: &'a Child,
    persons: &'a Persons,
    direct: &'a DirectMatches,
    /// By sex.
    people: &'a [PersonsOfSex; 3],
    /// Where not everybody is among the people: what the scans found, by sex.
    totals: Option<&'a [Option<ScanTotals>; 3]>,
    candidates: &'a CandidateCount<'a>,
    bounds: &'a CoupleBounds,
}

/// One sex asked about for one place.
struct Seat {
    place: Place,
    /// Position among [`SEXES`].
    sex: usize,
    asked: Asked,
    /// The probability that a person of this recorded sex is of the sex that the place asks for.
    share: f64,
}

/// The candidates of a seat who were scored one by one.
struct ScoredCandidates {
    members: Vec<SampleIndex>,
    /// By population and member.
    log10_lrs: Vec<Vec<f64>>,
    not_parent: Vec<Vec<NotParent>>,
    /// log10 of what all others come to at most,
    log10_rest: f64,
    /// and of that part of it which is a bound.
    log10_bound: f64,
    /// How many candidates there are, listed or not.
    size: f64,
}

impl Weighing<'_> {
    /// `reported` are the persons of whom a posterior is asked, ascending.
    fn run(&self, reported: &[SampleIndex]) -> Result<(Parentage, Vec<Couple>), MatchError> {
        let (case, child) = (self.case, self.child);
        let seats = self.seats();
        let is_parent = case.settings.search.relationship == Relationship::Parent;
        if is_parent && child.mother.is_none() && child.father.is_none() {
            return self.run_both(&seats, reported);
        }
        let places = if is_parent { &Place::BOTH[..] } else { &[Place::Father] };
        let questions = places.iter().map(|&place| {
            let seats = seats.iter().filter(|seat| seat.place == place);
            let listed = self.list(seats, reported, None)?;
            let of_interest = if is_parent { named(&listed, reported) } else { reported.to_vec() };
            Ok::<_, MatchError>(self.summed(&listed, &of_interest))
        });
        Ok((Parentage { questions: questions.collect::<Result<_, _>>()? }, Vec::new()))
    }

    /// Both parents are in question.
    fn run_both(&self, seats: &[Seat], reported: &[SampleIndex]) -> Result<(Parentage, Vec<Couple>), MatchError> {
        let (case, child) = (self.case, self.child);
        let relatives = |at: usize| self.relatives(child.asked_with(case, Relationship::Parent, SEXES[at], None), at);
        let relatives = [relatives(0)?, relatives(1)?, relatives(2)?];
        let search = CoupleSearch {
            case,
            child,
            persons: self.persons,
            people: self.people,
            excluded: case.excluded(child.sample, None, self.direct),
            bounds: self.bounds.of(case, child.sample),
            relatives: &relatives,
        };
        let sides = search.sides()?;
        let beside = Some((&sides, &relatives));
        let mut listed = self.list(seats, reported, beside)?;
        let joined = search.join(&sides, &named(&listed, reported))?;
        let of_interest: Vec<_> = joined.of_persons.keys().copied().collect();
        if of_interest.iter().any(|&person| !is_listed(&listed, person)) {
            listed = self.list(seats, &of_interest, beside)?;
        }
        let mut weighed = self.summed(&listed, &of_interest);
        weighed.add_couples(&joined);
        let parentage = Parentage { questions: vec![weighed] };
        let couples = search.describe(&joined, &parentage, self.direct)?;
        Ok((parentage, couples))
    }

    /// Who is asked about for which place.
    fn seats(&self) -> Vec<Seat> {
        let (case, child) = (self.case, self.child);
        let relationship = case.settings.search.relationship;
        let mut seats = Vec::new();
        for (position, &sex) in SEXES.iter().enumerate() {
            let Some(asked) = child.asked(case, relationship, sex) else { continue };
            if relationship != Relationship::Parent {
                seats.push(Seat { place: Place::Father, sex: position, asked, share: 1.0 });
                continue;
            }
            let male = case.settings.prior.male;
            for (place, if_unknown) in [(Place::Father, male), (Place::Mother, 1.0 - male)] {
                let share = if sex == Sex::Unknown { if_unknown } else { 1.0 };
                if [place.sex(), Sex::Unknown].contains(&asked.candidate_sex()) {
                    seats.push(Seat { place, sex: position, asked, share });
                }
            }
        }
        seats
    }

    /// The candidates of each of these seats; those `reported` however low they are. `beside` has what is known already where both
    /// parents are in question: the sides of the couples, and what else candidates can be, by sex.
    fn list<'s>(
        &self,
        seats: impl IntoIterator<Item = &'s Seat>,
        reported: &[SampleIndex],
        beside: Option<(&Sides, &[Relatives<'_>; 3])>,
    ) -> Result<Vec<(&'s Seat, ScoredCandidates)>, MatchError> {
        let listed = |seat: &'s Seat| {
            let listed = match beside {
                Some((sides, relatives)) => self.listed(seat, reported, Some(sides), &relatives[seat.sex]),
                None => self.listed(seat, reported, None, &self.relatives(seat.asked, seat.sex)?),
            };
            Ok((seat, listed?))
        };
        seats.into_iter().map(listed).collect()
    }

    /// The hypotheses with one parent in the lists; `of_interest` (ascending) are the persons who are kept apart.
    fn summed(&self, listed: &[(&Seat, ScoredCandidates)], of_interest: &[SampleIndex]) -> Weighed {
        let populations = self.case.tables.len();
        let mut weighed = Weighed::new(populations);
        let mut whole_lists = [0.0; 2];
        for (seat, listed) in listed {
            whole_lists[seat.place.index()] += self.whole_list(seat);
            let log10_share = seat.share.log10();
            let place = seat.place.index();
            for population in 0..populations {
                let sums = &mut weighed.sums[population];
                sums.sizes[place] += seat.share * listed.size;
                let weights = listed.weights(population);
                let total = log10_share + log10_add(log10_of_sum(&weights), listed.log10_rest);
                sums.singles[place] = log10_add(sums.singles[place], total);
                let bound = log10_share + listed.log10_bound;
                sums.unscored_singles[place] = log10_add(sums.unscored_singles[place], bound);
                for (at, &member) in listed.members.iter().enumerate() {
                    if of_interest.binary_search(&member).is_ok() {
                        let person = weighed.person(member, populations);
                        person.sums[population].single[place] = log10_share + weights[at];
                        person.not_parent[population] = listed.not_parent[population][at];
                    }
                }
            }
        }
        for sums in &mut weighed.sums {
            sums.sizes.iter_mut().zip(whole_lists).for_each(|(size, whole)| *size = size.max(whole));
        }
        weighed
    }

    /// How many of a seat's sex were screened for it, where the candidates are what a screening left.
    fn whole_list(&self, seat: &Seat) -> f64 {
        self.case.settings.prior.listed.of(SEXES[seat.sex])
    }

    /// The rows of a seat, by population: of somebody of unknown sex who is asked about as either parent, those of this one.
    fn rows(&self, seat: &Seat) -> Result<Vec<Vec<LineRows<'_>>>, MatchError> {
        let mut rows = self.case.rows(&seat.asked)?;
        if (seat.asked.candidate_sex(), seat.asked.relationship()) == (Sex::Unknown, Some(Relationship::Parent)) {
            let lines = Relationship::Parent.lines(Sex::Unknown, None);
            for rows in rows.iter_mut().filter(|rows| rows.len() == lines.len()) {
                let mut of_place = lines.iter().map(|line| line.parent_sex() == seat.place.sex());
                rows.retain(|_| of_place.next().unwrap_or(true));
                rows.iter_mut().for_each(|line| line.log10_weight = 0.0);
            }
        }
        Ok(rows)
    }

    /// Scores the candidates of a seat: all who can matter, by the bounds where there are any.
    fn listed(
        &self,
        seat: &Seat,
        reported: &[SampleIndex],
        sides: Option<&Sides>,
        relatives: &Relatives<'_>,
    ) -> Result<ScoredCandidates, MatchError> {
        let (case, people) = (self.case, &self.people[seat.sex]);
        let excluded = case.excluded(self.child.sample, seat.asked.known, self.direct);
        let is_compared = |member: SampleIndex| {
            excluded.binary_search(&member.0).is_err() && !case.is_left_out_by_age(self.child.sample, member)
        };
        let bounds = sides.and_then(|sides| sides.singles(seat.place, seat.sex));
        let can_matter =
            |position: &u32| bounds.as_ref().is_none_or(|bounds| bounds.of(*position) >= NEGLIGIBLE_LOG10_LR);
        let position_of = |person: &SampleIndex| Some(people.members.binary_search(person).ok()? as u32);
        let reported: Vec<u32> = reported.iter().filter_map(position_of).collect();
        let mut positions: Vec<u32> = (0..people.members.len() as u32).filter(can_matter).collect();
        positions.extend(&reported);
        positions.sort_unstable();
        positions.dedup();
        positions.retain(|&position| is_compared(people.members[position as usize]));
        let rows = self.rows(seat)?;
        let scored = people.log10_lrs(case, self.persons, &rows, &positions)?;
        let matters = |at: &usize| {
            scored.iter().any(|lrs| lrs[*at] >= NEGLIGIBLE_LOG10_LR) || reported.binary_search(&positions[*at]).is_ok()
        };
        let listed: Vec<usize> = (0..positions.len()).filter(matters).collect();
        let positions: Vec<u32> = listed.iter().map(|&at| positions[at]).collect();
        let columns = people.columns_of(case, self.persons, &positions)?;
        let of_listed = |lrs: &Vec<f64>| listed.iter().map(|&at| lrs[at]).collect();
        let not_parent = (0..rows.len()).map(|population| relatives.of(population, &columns, positions.len()));
        let members: Vec<_> = positions.iter().map(|&position| people.members[position as usize]).collect();
        let (rest, bound, size) = match self.totals {
            None => {
                let size = match case.leaves_out_by_age() {
                    true => people.members.iter().filter(|&&member| is_compared(member)).count(),
                    false => {
                        let is_member = |sample: &&u32| people.members.binary_search(&SampleIndex(**sample)).is_ok();
                        people.members.len() - excluded.iter().filter(is_member).count()
                    }
                };
                let bound = ((size - members.len()) as f64).log10() + NEGLIGIBLE_LOG10_LR;
                (bound, bound, size as f64)
            }
            Some(totals) => match &totals[seat.sex] {
                Some(totals) => (self.unlisted(seat, totals, &members)?, totals.log10_bound, totals.compared as f64),
                None => (f64::NEG_INFINITY, f64::NEG_INFINITY, 0.0),
            },
        };
        Ok(ScoredCandidates {
            log10_lrs: scored.iter().map(of_listed).collect(),
            not_parent: not_parent.collect(),
            log10_rest: rest - relatives.log10_least(),
            log10_bound: bound - relatives.log10_least(),
            members,
            size,
        })
    }

    /// log10 of what a scan found for those who are not listed, at most.
    fn unlisted(&self, seat: &Seat, totals: &ScanTotals, listed: &[SampleIndex]) -> Result<f64, MatchError> {
        let rows = self.case.rows(&seat.asked)?;
        let mut rest = totals.log10_lr;
        for &member in listed {
            let own = self.case.score(&rows, self.case.codes(member).into_iter());
            if self.case.settings.search.min_log10_lr.is_none_or(|least| own >= least) {
                rest = log10_subtract(rest, own);
            }
        }
        Ok(rest)
    }

    /// What else a candidate of this sex (position) can be.
    fn relatives(&self, asked: Asked, sex: usize) -> Result<Relatives<'_>, MatchError> {
        let excluded = self.case.excluded(self.child.sample, asked.known, self.direct);
        let number = self.candidates.compared_with(self.case, self.persons, self.child.sample, &excluded);
        let number = (number as f64).max(self.case.settings.prior.listed.all());
        Relatives::new(self.case, self.child, asked, SEXES[sex], number)
    }
}

impl ScoredCandidates {
    /// log10 LR / R of each member, under one population.
    fn weights(&self, population: usize) -> Vec<f64> {
        let by_member = self.log10_lrs[population].iter().zip(&self.not_parent[population]);
        by_member.map(|(log10_lr, other)| log10_lr - other.log10_ratio).collect()
    }
}

/// Candidates whose part of the hypotheses with one parent is this small (log10) are nobody to be kept apart.
const NAMED_LOG10: f64 = -9.0;

/// So many candidates of a seat are kept apart, at most.
const NAMED: usize = 32;

/// Those reported, and whoever else may have a posterior worth knowing; ascending.
fn named(listed: &[(&Seat, ScoredCandidates)], reported: &[SampleIndex]) -> Vec<SampleIndex> {
    let mut named = reported.to_vec();
    for (_, listed) in listed {
        for population in 0..listed.log10_lrs.len() {
            let weights = listed.weights(population);
            let least = log10_of_sum(&weights).max(listed.size.log10()) + NAMED_LOG10;
            let mut heavy: Vec<usize> = (0..weights.len()).filter(|&at| weights[at] >= least).collect();
            heavy.sort_by(|&left, &right| weights[right].total_cmp(&weights[left]).then(left.cmp(&right)));
            named.extend(heavy.iter().take(NAMED).map(|&at| listed.members[at]));
        }
    }
    named.sort_unstable();
    named.dedup();
    named
}

/// Whether a person was scored for some seat.
fn is_listed(listed: &[(&Seat, ScoredCandidates)], person: SampleIndex) -> bool {
    listed.iter().any(|(_, listed)| listed.members.binary_search(&person).is_ok())
}

/// log10 Σ 10^term.
fn log10_of_sum(terms: &[f64]) -> f64 {
    crate::search::log10_sum(terms.iter().copied())
}
