//! What stands where an allele is expected: an allele, or one of the other things that tables have in that place.

use crate::io::dates::is_date;
use crate::io::table_file::parse_number;
use crate::profile::Allele;

/// What the label of a row (in the long layout: of a cell) says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Label {
    /// An allele.
    Allele(Allele),
    /// All alleles below or above one (`<6`), or the rest of them: they have a share, but nobody knows which they are.
    Binned,
    /// How many were counted, which may be people or alleles.
    BareN,
    /// How many people were counted.
    People,
    /// How many alleles were counted.
    Alleles,
    /// A number about the whole locus (heterozygosity, a total …).
    Summary,
    /// Several alleles that share one number (`7/7.2`).
    Several,
    /// A date that a spreadsheet made of an allele.
    Date,
    /// Nothing.
    Blank,
    /// Any other text.
    Other,
}

const TOTALS: [&str; 5] = ["total", "sum", "summe", "suma", "somme"];

/// Numbers about a whole locus, as the usual programs and papers call them.
const SUMMARIES: [&str; 52] = [
    "h",
    "ho",
    "he",
    "hobs",
    "hexp",
    "hob",
    "hex",
    "obshet",
    "exphet",
    "hetobs",
    "hetexp",
    "het",
    "het(obs)",
    "het(exp)",
    "h(obs)",
    "h(exp)",
    "heterozygosity",
    "observedheterozygosity",
    "expectedheterozygosity",
    "homozygosity",
    "hom",
    "gd",
    "genediversity",
    "pic",
    "pd",
    "dp",
    "pe",
    "ppe",
    "pm",
    "mp",
    "pi",
    "pmatch",
    "tpi",
    "typicalpi",
    "mec",
    "mep",
    "hwe",
    "hwep",
    "p",
    "pvalue",
    "phwe",
    "hw",
    "exact",
    "exacttest",
    "sd",
    "se",
    "fis",
    "fst",
    "fs",
    "in",
    "ht",
    "minfreq",
];

/// More of them, which are about the table rather than the people.
const OTHERS: [&str; 8] =
    ["min", "minimum", "minimumfrequency", "minimumallelefrequency", "numberofalleles", "na", "k", "alleles(n)"];

const REST: [&str; 13] = [
    "rest",
    "rest allele",
    "restallele",
    "other",
    "others",
    "otheralleles",
    "rare",
    "rarealleles",
    "remaining",
    "andere",
    "resto",
    "otros",
    "autres",
];

impl Label {
    /// What this text says; blanks around it and case do not matter.
    pub(super) fn of(text: &str) -> Self {
        let text = text.trim();
        let folded: String = text.to_lowercase().chars().filter(|letter| !" -_.²".contains(*letter)).collect();
        match folded.as_str() {
            "" => return Self::Blank,
            "n" => return Self::BareN,
            "npeople" | "people" | "individuals" | "persons" | "samplesize" => return Self::People,
            "nalleles" | "2n" | "chromosomes" => return Self::Alleles,
            _ => {}
        }
        if text.starts_with(['<', '>', '≤', '≥']) || REST.contains(&folded.as_str()) {
            return Self::Binned;
        }
        let is_summary = [&TOTALS[..], &SUMMARIES, &OTHERS].iter().any(|words| words.contains(&folded.as_str()));
        if is_summary || folded.contains('σ') {
            Self::Summary
        } else if let Ok(allele) = text.parse() {
            Self::Allele(allele)
        } else if is_several(text) {
            Self::Several
        } else if is_date(text) {
            Self::Date
        } else {
            Self::Other
        }
    }

    /// Whether rows with such a label hold frequencies, so that the header ends before the first of them.
    pub(super) fn is_of_body(self) -> bool {
        matches!(self, Self::Allele(_) | Self::Binned | Self::Several | Self::Date)
    }

    /// Whether the number beside it tells how many were counted.
    pub(super) fn is_size(self) -> bool {
        matches!(self, Self::BareN | Self::People | Self::Alleles)
    }
}

/// Whether a cell holds a whole number that is no frequency: beside a blank label it tells how many were counted.
pub(super) fn is_whole_number(cell: &str) -> bool {
    parse_number(cell).is_some_and(|number| number > 1.0 && number.fract() == 0.0)
}

/// Alleles with a slash, a hyphen or `+` between them.
fn is_several(text: &str) -> bool {
    let mut parts = text.split(['/', '-', '–', '+', ';']).map(str::trim);
    text.contains(['/', '-', '–', '+', ';']) && parts.all(|part| part.parse::<Allele>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_the_field() {
        for (text, label) in [
            ("9.3", Label::Allele("9.3".parse().unwrap())),
            ("a", Label::Allele("A".parse().unwrap())),
            ("14.0", Label::Allele("14".parse().unwrap())),
            ("<6", Label::Binned),
            ("Rest", Label::Binned),
            ("N", Label::BareN),
            ("n", Label::BareN),
            ("2N", Label::Alleles),
            ("Total", Label::Summary),
            ("H exp", Label::Summary),
            ("PIC", Label::Summary),
            ("p-value", Label::Summary),
            ("7/7.2", Label::Several),
            ("10/11", Label::Several),
            ("06. Mrz", Label::Date),
            ("15.Feb", Label::Date),
            ("07.07.2002", Label::Date),
            ("Mar-06", Label::Date),
            (" ", Label::Blank),
            ("Europe", Label::Other),
            ("OL", Label::Other),
        ] {
            assert_eq!(Label::of(text), label, "{text}");
        }
    }
}
