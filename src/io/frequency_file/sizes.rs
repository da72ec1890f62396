//! How many were counted at a locus: what the table says of it, and what its counts say.

use crate::profile::{LocusKind, LocusName};

/// What a table says of how many were counted at one locus.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Sizes {
    /// Called people.
    pub(super) people: Option<f64>,
    /// Called alleles.
    pub(super) alleles: Option<f64>,
    /// Called `N`, which may be either.
    pub(super) bare: Vec<f64>,
    /// Sums of the counts and of the frequencies of alleles for which both are given.
    pub(super) counted: (f64, f64),
}

/// How many people were counted, and how that is known.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Resolved {
    /// Half the number of alleles.
    pub(super) people: Option<f64>,
    pub(super) source: SizeSource,
}

/// How a number of people is known.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum SizeSource {
    /// The table says so, or its counts do.
    Said,
    /// It says `N`, read as people since nothing says otherwise.
    BareAsPeople,
    /// It says `N`, which the counts or a second `N` show to be alleles.
    BareAsAlleles,
    /// Alleles and people do not quite fit: the alleles.
    Contradictory,
}

/// Beyond this share of the number counted, numbers contradict each other: a few alleles may be left out or rounded away.
const TOLERANCE: f64 = 0.05;

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= TOLERANCE * other
}

/// Whether so many people have so many alleles: two each, of the X chromosome men have one.
fn fits(alleles: f64, people: f64, is_x: bool) -> bool {
    let from = if is_x { people } else { 2.0 * people };
    near(alleles, 2.0 * people) || near(alleles, from) || (from..=2.0 * people).contains(&alleles)
}

impl Sizes {
    /// How many people were counted; `sum` is the sum of the locus's counts where they stand in place of frequencies.
    ///
    /// # Errors
    /// Numbers that contradict each other: what was found and what was expected.
    pub(super) fn resolve(&self, locus: &LocusName, sum: Option<f64>) -> Result<Resolved, (String, String)> {
        let is_x = locus.chromosome() == Some(LocusKind::X);
        let implied = (self.counted.0 > 0.0 && self.counted.1 > 0.0).then(|| (self.counted.0 / self.counted.1).round());
        let counts = sum.or(implied);
        let contradiction = |counts: f64, size: String, expected: String| {
            Err((format!("counts of {locus} that stand for {counts} alleles beside {size}"), expected))
        };
        let resolved = |alleles: f64, source| Ok(Resolved { people: Some(alleles / 2.0), source });
        match (self.alleles, self.people, self.bare.as_slice(), counts) {
            (Some(alleles), _, _, Some(counts)) if !near(counts, alleles) => contradiction(
                counts,
                format!("{alleles} alleles"),
                "counts that sum to the number of alleles".to_owned(),
            ),
            (None, Some(people), _, Some(counts)) if !fits(counts, people, is_x) => {
                let expected = format!("two alleles a person ({})", 2.0 * people);
                contradiction(counts, format!("{people} people"), expected)
            }
            (Some(alleles), Some(people), ..) if !fits(alleles, people, is_x) => Err((
                format!("{alleles} alleles and {people} people counted at {locus}"),
                format!("two alleles a person ({})", 2.0 * people),
            )),
            (Some(alleles), Some(people), ..) if !is_x && alleles != 2.0 * people => {
                resolved(alleles, SizeSource::Contradictory)
            }
            (Some(alleles), ..) => resolved(alleles, SizeSource::Said),
            (None, Some(people), _, None) => resolved(2.0 * people, SizeSource::Said),
            (None, Some(people), _, Some(counts)) => {
                resolved(if is_x { counts } else { 2.0 * people }, SizeSource::Said)
            }
            (None, None, &[one, other], _) if near(one, 2.0 * other) || near(other, 2.0 * one) => {
                resolved(one.max(other), SizeSource::BareAsAlleles)
            }
            (None, None, &[one, other, ..], _) => Err((
                format!("two numbers N at {locus}, {one} and {other}"),
                "one, or people and twice as many alleles".to_owned(),
            )),
            (None, None, &[bare], Some(counts)) if near(counts, bare) && !is_x => {
                resolved(bare, SizeSource::BareAsAlleles)
            }
            (None, None, &[bare], Some(counts)) if fits(counts, bare, is_x) => resolved(counts, SizeSource::Said),
            (None, None, &[bare], Some(counts)) => {
                let expected = format!("N alleles ({bare}), or two a person ({})", 2.0 * bare);
                contradiction(counts, format!("N = {bare}"), expected)
            }
            (None, None, &[bare], None) => resolved(2.0 * bare, SizeSource::BareAsPeople),
            (None, None, [], Some(counts)) => resolved(counts, SizeSource::Said),
            (None, None, [], None) => Ok(Resolved { people: None, source: SizeSource::Said }),
        }
    }
}
