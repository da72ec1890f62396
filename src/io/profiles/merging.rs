//! Rows of one id put together: what one leaves blank is filled from another, and what they contradict each other about is
//! set aside.

use crate::profile::{BirthYears, Call, Sample, Sex};
use std::collections::BTreeSet;

/// What rows state together beside the calls.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Stated {
    /// Everything but the calls; columns about which the rows contradict each other are empty.
    pub sample: Sample,
    /// The headers of those columns.
    pub differing: Vec<&'static str>,
}

/// A column about which a row contradicts those before it.
#[derive(Clone, PartialEq, Debug)]
pub struct StatedDifference {
    /// The usual header of the column.
    pub column: &'static str,
    /// What the rows before say.
    pub before: String,
    /// What this row says.
    pub now: String,
}

/// The columns that tell people apart as well as a locus does. A site, a population or a drop-out may differ from one
/// sample of a person to the next.
const TELLING: [&str; 5] = [SEX, "birth_year", "family_id", "mother_id", "father_id"];

const SEX: &str = "sex";

impl Stated {
    /// What one row states.
    pub fn of(sample: Sample) -> Self {
        Self { sample, differing: Vec::new() }
    }

    /// Takes over what another row of the same sample states; where the two contradict each other neither is believed.
    pub fn merge(&mut self, other: &Sample) -> Vec<StatedDifference> {
        let Self { sample, differing } = self;
        let mut joining = JoinedStatements { differing, found: Vec::new() };
        let sex = |sex: Sex| (sex != Sex::Unknown).then_some(sex);
        let mut joined_sex = sex(sample.sex);
        joining.join(SEX, &mut joined_sex, &sex(other.sex), equal, Sex::to_string);
        joining.join("role", &mut sample.role, &other.role, equal, ToString::to_string);
        joining.join("birth_year", &mut sample.birth_years, &other.birth_years, common_years, |years| show(*years));
        for (column, here, there) in [
            ("site", &mut sample.site, &other.site),
            ("family_id", &mut sample.family_id, &other.family_id),
            ("mother_id", &mut sample.mother_id, &other.mother_id),
            ("father_id", &mut sample.father_id, &other.father_id),
            ("population", &mut sample.population, &other.population),
        ] {
            joining.join(column, here, there, equal, String::clone);
        }
        joining.join("drop_out", &mut sample.drop_out, &other.drop_out, equal, f64::to_string);
        let found = joining.found;
        sample.sex_conflict |= other.sex_conflict || differing.contains(&SEX);
        sample.sex = joined_sex.filter(|_| !sample.sex_conflict).unwrap_or_default();
        found
    }

    /// Believes no row about this column.
    pub fn set_aside(&mut self, column: &'static str) {
        if !self.differing.contains(&column) {
            self.differing.push(column);
        }
        let sample = &mut self.sample;
        match column {
            SEX => (sample.sex, sample.sex_conflict) = (Sex::Unknown, true),
            "role" => sample.role = None,
            "birth_year" => sample.birth_years = None,
            "site" => sample.site = None,
            "family_id" => sample.family_id = None,
            "mother_id" => sample.mother_id = None,
            "father_id" => sample.father_id = None,
            "population" => sample.population = None,
            _ => sample.drop_out = None,
        }
    }

    /// How many columns that tell people apart the rows contradict each other about.
    pub fn telling_differences(&self) -> usize {
        self.differing.iter().filter(|column| TELLING.contains(column)).count()
    }
}

/// Two statements of one column put together.
struct JoinedStatements<'a> {
    differing: &'a mut Vec<&'static str>,
    found: Vec<StatedDifference>,
}

impl JoinedStatements<'_> {
    /// Fills `here` from `there`, or empties it where the two cannot both be true; `both` says what they mean together.
    fn join<T: Clone>(
        &mut self,
        column: &'static str,
        here: &mut Option<T>,
        there: &Option<T>,
        both: impl Fn(&T, &T) -> Option<T>,
        show: impl Fn(&T) -> String,
    ) {
        let Some(now) = there else { return };
        if self.differing.contains(&column) {
            return;
        }
        *here = match here.as_ref() {
            None => Some(now.clone()),
            Some(before) => {
                let joined = both(before, now);
                if joined.is_none() {
                    self.differing.push(column);
                    self.found.push(StatedDifference { column, before: show(before), now: show(now) });
                }
                joined
            }
        };
    }
}

fn equal<T: PartialEq + Clone>(left: &T, right: &T) -> Option<T> {
    (left == right).then(|| left.clone())
}

/// The years that both leave possible.
fn common_years(left: &BirthYears, right: &BirthYears) -> Option<BirthYears> {
    let years = BirthYears { earliest: left.earliest.max(right.earliest), latest: left.latest.min(right.latest) };
    (years.earliest <= years.latest).then_some(years)
}

fn show(years: BirthYears) -> String {
    match (years.earliest, years.latest) {
        (earliest, latest) if earliest == latest => earliest.to_string(),
        (i16::MIN, latest) => format!("{latest} or before"),
        (earliest, i16::MAX) => format!("{earliest} or later"),
        (earliest, latest) => format!("{earliest} to {latest}"),
    }
}

/// What a row says in one of the columns that [`Stated::merge`] names.
pub fn text_of(sample: &Sample, column: &str) -> Option<String> {
    match column {
        SEX => (sample.sex != Sex::Unknown).then(|| sample.sex.to_string()),
        "role" => sample.role.map(|role| role.to_string()),
        "birth_year" => sample.birth_years.map(show),
        "site" => sample.site.clone(),
        "family_id" => sample.family_id.clone(),
        "mother_id" => sample.mother_id.clone(),
        "father_id" => sample.father_id.clone(),
        "population" => sample.population.clone(),
        "drop_out" => sample.drop_out.map(|drop_out| drop_out.to_string()),
        _ => None,
    }
}

/// Loci at which two profiles say the same and those at which they contradict each other. Where one of them has no call
/// they do neither.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LocusAgreement {
    /// Loci that agree.
    pub agreeing: usize,
    /// Loci, and columns that tell people apart, that differ.
    pub differing: usize,
}

impl LocusAgreement {
    /// Whether three of four loci agree: typing errors and alleles that drop out are rarer than that, and two people, brothers
    /// too, hardly ever agree so often.
    pub fn most_agree(self) -> bool {
        3 * self.differing <= self.agreeing
    }

    /// Loci of so many that may differ where most agree.
    pub fn most_differing(loci: usize) -> usize {
        loci / 4
    }

    /// Whether rows of one id and file are not of one person. One slip says nothing yet: the id says that they are.
    pub fn is_nobody(self) -> bool {
        self.differing > 1 && !self.most_agree()
    }
}

/// The calls of rows put together.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Calls {
    /// By locus; missing where the rows contradict each other.
    pub calls: Vec<Call>,
    /// The loci (0-based) at which they do.
    pub differing: BTreeSet<usize>,
    /// The loci at which several rows say the same.
    agreeing: BTreeSet<usize>,
}

impl Calls {
    /// The calls of one row.
    pub fn of(calls: Vec<Call>) -> Self {
        Self { calls, ..Self::default() }
    }

    /// Takes over the calls of other rows of the same sample.
    pub fn merge(&mut self, other: &Self) {
        self.differing.extend(&other.differing);
        self.agreeing.extend(&other.agreeing);
        for (locus, (here, &there)) in self.calls.iter_mut().zip(&other.calls).enumerate() {
            match (*here, there) {
                (_, Call::Missing) => {}
                (Call::Missing, _) if !self.differing.contains(&locus) => *here = there,
                (before, now) if before == now => {
                    self.agreeing.insert(locus);
                }
                _ => {
                    self.differing.insert(locus);
                }
            }
        }
        let Self { calls, differing, agreeing } = self;
        for locus in differing.iter() {
            calls[*locus] = Call::Missing;
            agreeing.remove(locus);
        }
    }

    /// What the rows say of each other.
    pub fn tally(&self) -> LocusAgreement {
        LocusAgreement { agreeing: self.agreeing.len(), differing: self.differing.len() }
    }

    /// What these calls and others say of each other; stops once more than `most` loci differ.
    pub fn compare(&self, other: &Self, most: usize) -> LocusAgreement {
        let mut tally = LocusAgreement::default();
        for (&here, &there) in self.calls.iter().zip(&other.calls) {
            match (here, there) {
                (Call::Missing, _) | (_, Call::Missing) => {}
                _ if here == there => tally.agreeing += 1,
                _ => {
                    tally.differing += 1;
                    if tally.differing > most {
                        break;
                    }
                }
            }
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Role;

    fn calls(texts: &[&str]) -> Calls {
        let call = |text: &&str| {
            let alleles: Vec<_> = text.split(',').filter_map(|allele| allele.parse().ok()).collect();
            Call::from_alleles(&alleles)
        };
        Calls::of(texts.iter().map(call).collect())
    }

    #[test]
    fn blanks_are_filled_and_contradictions_set_aside() {
        let mut merged = calls(&["14,15", "", "6", "21,24", ""]);
        merged.merge(&calls(&["14,15", "16,18", "6,9.3", "", ""]));
        assert_eq!(merged.calls, calls(&["14,15", "16,18", "", "21,24", ""]).calls);
        assert_eq!(
            (merged.tally(), merged.differing.contains(&2)),
            (LocusAgreement { agreeing: 1, differing: 1 }, true)
        );
        // A third row does not decide between the two.
        merged.merge(&calls(&["", "16,18", "6", "", "9"]));
        assert_eq!(merged.calls, calls(&["14,15", "16,18", "", "21,24", "9"]).calls);
        assert_eq!(merged.tally(), LocusAgreement { agreeing: 2, differing: 1 });
    }

    #[test]
    fn three_of_four_loci_make_one_person() {
        for (agreeing, differing, is_one) in [(0, 0, true), (0, 1, false), (2, 1, false), (3, 1, true), (5, 2, false)] {
            assert_eq!(LocusAgreement { agreeing, differing }.most_agree(), is_one, "{agreeing} {differing}");
        }
    }

    #[test]
    fn what_one_row_leaves_out_another_states() {
        let years = |earliest, latest| Some(BirthYears { earliest, latest });
        let text = |text: &str| Some(text.to_owned());
        let mut stated = Stated::of(Sample { sex: Sex::Male, birth_years: years(1970, 1980), ..Sample::default() });
        let other = Sample { birth_years: years(1975, i16::MAX), site: text("north"), ..Sample::default() };
        assert_eq!(stated.merge(&other), []);
        assert_eq!(stated.merge(&Sample { role: Some(Role::Corpse), ..Sample::default() }), []);
        let expected = Sample {
            sex: Sex::Male,
            birth_years: years(1975, 1980),
            site: text("north"),
            role: Some(Role::Corpse),
            ..Sample::default()
        };
        assert_eq!(stated.sample, expected);
    }

    #[test]
    fn of_two_statements_that_differ_neither_is_believed_nor_a_third() {
        let row = |sex, site: &str| Sample { sex, site: Some(site.to_owned()), ..Sample::default() };
        let mut stated = Stated::of(row(Sex::Male, "north"));
        let found = stated.merge(&row(Sex::Female, "south"));
        let shown: Vec<_> = found.iter().map(|it| (it.column, it.before.as_str(), it.now.as_str())).collect();
        assert_eq!(shown, [("sex", "male", "female"), ("site", "north", "south")]);
        assert_eq!(stated.merge(&row(Sex::Male, "north")), []);
        assert_eq!((stated.sample.sex, stated.sample.sex_conflict, &stated.sample.site), (Sex::Unknown, true, &None));
        assert_eq!(stated.telling_differences(), 1);
    }
}
