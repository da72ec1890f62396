//! The rare-allele policy: from a table's frequencies to an alphabet in which every allele of the case has one.

use super::LocusFrequencies;
use crate::profile::Allele;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// The least frequency where the policy is 5/(2N) and the table does not say how many people were typed.
pub const DEFAULT_MINIMUM_WITHOUT_PEOPLE: f64 = 0.001;

/// The frequency that an allele gets which the table has not seen.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum MinimumFrequency {
    /// 5/(2N) with N the people typed at the locus: five copies (National Research Council, *The Evaluation of Forensic
    /// DNA Evidence*, 1996, doi:10.17226/5141); [`DEFAULT_MINIMUM_WITHOUT_PEOPLE`] where N is unknown.
    #[default]
    FiveOverTwoN,
    /// This number, in (0, 1).
    Fixed(f64),
}

/// Which alleles get the minimum frequency.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MinimumAppliesTo {
    /// Every allele below it, so that none counts for more because it was seen.
    #[default]
    All,
    /// Those that the table has not seen; the others keep the frequency that was counted, however small.
    Unseen,
}

/// How rare alleles, and those that a table has not seen, get a frequency.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct RareAllelePolicy {
    /// The least frequency; of alleles that were not seen never below 1/(2N + 1).
    pub minimum: MinimumFrequency,
    /// Which alleles get it.
    pub applies_to: MinimumAppliesTo,
    /// Whether all frequencies are then divided by their sum; otherwise those of the table are left alone.
    pub renormalise: bool,
}

/// Every allele that matters at one locus, with its frequency.
#[derive(Clone, PartialEq, Debug)]
pub struct Alphabet {
    /// The alleles of the table and of the case, sorted, each once.
    pub alleles: Vec<Allele>,
    /// Their frequencies, all above 0, in the same order.
    pub frequencies: Vec<f64>,
    /// The alleles that the table has not seen, with the frequency they got.
    pub added: Vec<(Allele, f64)>,
}

impl RareAllelePolicy {
    /// The frequency of an allele that was seen among `people` people: what was counted, or the configured minimum.
    pub fn frequency_of_seen(&self, counted: f64, people: Option<f64>) -> f64 {
        match self.applies_to {
            MinimumAppliesTo::All => counted.max(self.minimum_among(people)).min(1.0),
            MinimumAppliesTo::Unseen => counted,
        }
    }

    fn minimum_among(&self, people: Option<f64>) -> f64 {
        match (self.minimum, people) {
            (MinimumFrequency::Fixed(minimum), _) => minimum,
            (MinimumFrequency::FiveOverTwoN, Some(people)) => 5.0 / (2.0 * people),
            (MinimumFrequency::FiveOverTwoN, None) => DEFAULT_MINIMUM_WITHOUT_PEOPLE,
        }
    }

    /// The frequency of an allele unseen among `people` people: the larger of the configured minimum and 1/(2N + 1),
    /// at most 1.
    pub fn frequency_of_unseen(&self, people: Option<f64>) -> f64 {
        let minimum = self.minimum_among(people);
        let floor = people.map_or(0.0, |people| 1.0 / (2.0 * people + 1.0));
        minimum.max(floor).min(1.0)
    }
}

impl LocusFrequencies {
    /// The alleles of the table together with those `seen` in the case (any order, repetitions allowed).
    pub fn alphabet(&self, seen: &[Allele], policy: &RareAllelePolicy) -> Alphabet {
        let rare = policy.frequency_of_unseen(self.people);
        let mut unseen: Vec<_> = seen.iter().copied().filter(|&allele| self.frequency(allele) == 0.0).collect();
        unseen.sort_unstable();
        unseen.dedup();
        let used = |&(allele, counted): &(Allele, f64)| (allele, policy.frequency_of_seen(counted, self.people));
        let mut entries: Vec<_> = self.frequencies.iter().map(used).collect();
        entries.extend(unseen.iter().map(|&allele| (allele, rare)));
        entries.sort_unstable_by_key(|entry| entry.0);
        if policy.renormalise {
            let total: f64 = entries.iter().map(|entry| entry.1).sum();
            entries.iter_mut().for_each(|entry| entry.1 /= total);
        }
        let added = entries.iter().copied().filter(|entry| unseen.binary_search(&entry.0).is_ok()).collect();
        let (alleles, frequencies) = entries.into_iter().unzip();
        Alphabet { alleles, frequencies, added }
    }
}

impl fmt::Display for MinimumFrequency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FiveOverTwoN => formatter.write_str("5/2N"),
            Self::Fixed(minimum) => minimum.fmt(formatter),
        }
    }
}

/// The text `5/2N`, or a number.
impl Serialize for MinimumFrequency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::FiveOverTwoN => serializer.collect_str(self),
            Self::Fixed(minimum) => serializer.serialize_f64(*minimum),
        }
    }
}

impl<'de> Deserialize<'de> for MinimumFrequency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MinimumFrequencyVisitor)
    }
}

struct MinimumFrequencyVisitor;

impl de::Visitor<'_> for MinimumFrequencyVisitor {
    type Value = MinimumFrequency;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, or \"5/2N\"")
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<MinimumFrequency, E> {
        Ok(MinimumFrequency::Fixed(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<MinimumFrequency, E> {
        Ok(MinimumFrequency::Fixed(number as f64))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<MinimumFrequency, E> {
        Ok(MinimumFrequency::Fixed(number as f64))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<MinimumFrequency, E> {
        if text.eq_ignore_ascii_case("5/2n") {
            return Ok(MinimumFrequency::FiveOverTwoN);
        }
        Err(E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::LocusName;

    fn allele(text: &str) -> Allele {
        text.parse().unwrap()
    }

    fn locus(people: Option<f64>) -> LocusFrequencies {
        let frequencies = vec![(allele("6"), 0.25), (allele("9.3"), 0.75)];
        LocusFrequencies { locus: LocusName::new("TH01"), frequencies, people }
    }

    #[test]
    fn five_over_two_n_in_closed_form() {
        let policy = RareAllelePolicy::default();
        assert_eq!(policy.frequency_of_unseen(Some(361.0)), 5.0 / 722.0);
        assert_eq!(policy.frequency_of_unseen(None), 0.001);
        assert_eq!(policy.frequency_of_unseen(Some(2.0)), 1.0);
    }

    #[test]
    fn a_fixed_minimum_is_never_below_one_unseen_copy() {
        let policy = RareAllelePolicy { minimum: MinimumFrequency::Fixed(0.001), ..RareAllelePolicy::default() };
        assert_eq!(policy.frequency_of_unseen(Some(50.0)), 1.0 / 101.0);
        assert_eq!(policy.frequency_of_unseen(Some(5000.0)), 0.001);
        assert_eq!(policy.frequency_of_unseen(None), 0.001);
    }

    #[test]
    fn unseen_alleles_join_in_order_and_the_others_are_left_alone() {
        let seen = [allele("9"), allele("6"), allele("9"), allele("5")];
        let alphabet = locus(Some(100.0)).alphabet(&seen, &RareAllelePolicy::default());
        assert_eq!(alphabet.alleles, ["5", "6", "9", "9.3"].map(allele));
        assert_eq!(alphabet.frequencies, [0.025, 0.25, 0.025, 0.75]);
        assert_eq!(alphabet.added, [(allele("5"), 0.025), (allele("9"), 0.025)]);
    }

    #[test]
    fn renormalised_frequencies_sum_to_one() {
        let policy = RareAllelePolicy { renormalise: true, ..RareAllelePolicy::default() };
        let alphabet = locus(Some(100.0)).alphabet(&[allele("7")], &policy);
        assert_eq!(alphabet.frequencies, [0.25 / 1.025, 0.025 / 1.025, 0.75 / 1.025]);
        assert_eq!(alphabet.added, [(allele("7"), 0.025 / 1.025)]);
    }

    #[test]
    fn an_allele_seen_once_counts_no_more_than_one_never_seen() {
        // 1 of 200 alleles: 0.005 is below 5/200
        let frequencies = vec![(allele("6"), 0.005), (allele("9.3"), 0.995)];
        let table = LocusFrequencies { locus: LocusName::new("TH01"), frequencies, people: Some(100.0) };
        let of = |policy: RareAllelePolicy| table.alphabet(&[allele("7")], &policy).frequencies;
        assert_eq!(of(RareAllelePolicy::default()), [0.025, 0.025, 0.995]);
        let unseen = RareAllelePolicy { applies_to: MinimumAppliesTo::Unseen, ..RareAllelePolicy::default() };
        assert_eq!(of(unseen), [0.005, 0.025, 0.995]);
        let fixed = RareAllelePolicy { minimum: MinimumFrequency::Fixed(0.006), ..RareAllelePolicy::default() };
        assert_eq!(of(fixed), [0.006, 0.006, 0.995]);
        let normed = RareAllelePolicy { renormalise: true, ..RareAllelePolicy::default() };
        assert_eq!(of(normed), [0.025 / 1.045, 0.025 / 1.045, 0.995 / 1.045]);
    }

    #[test]
    fn nothing_unseen_nothing_added() {
        let alphabet = locus(None).alphabet(&[allele("6")], &RareAllelePolicy::default());
        assert_eq!((alphabet.frequencies.as_slice(), alphabet.added.len()), (&[0.25, 0.75][..], 0));
    }
}
