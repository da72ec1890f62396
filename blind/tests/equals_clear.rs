//! What the exchange opens is what the same integers give in the clear.

mod common;

use common::{Draw, Exchange, random_case};
use filia_blind::{Rule, clear_hits};

/// How many random cases of each rule, 1,000 in all; `FILIA_BLIND_CASES` asks for another number.
fn cases() -> u64 {
    std::env::var("FILIA_BLIND_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(500)
}

fn compare(seed: u64, rule: impl Fn(&mut Draw) -> Rule) -> (usize, usize) {
    let case = random_case(&mut Draw::new(seed), rule);
    let expected = clear_hits(&case.terms, &case.children, &case.adults);
    let pairs = case.children.len() * case.adults.adults.len();
    assert_eq!(Exchange::run(&case, seed).hits(), expected, "case {seed}");
    (expected.len(), pairs)
}

/// Both hits and others have to occur, or nothing was compared.
fn assert_mixed(counts: impl Iterator<Item = (usize, usize)>) {
    let (hits, pairs) = counts.fold((0, 0), |(hits, pairs), (more, of)| (hits + more, pairs + of));
    assert!(hits > pairs / 50 && hits < pairs * 49 / 50, "{hits} hits of {pairs} pairs");
}

#[test]
fn scores_against_a_threshold() {
    assert_mixed((0..cases()).map(|seed| compare(seed, |draw| Rule::AtLeast(draw.between(-4, 2)))));
}

#[test]
fn counts_of_inconsistent_loci() {
    assert_mixed((1_000_000..1_000_000 + cases()).map(|seed| compare(seed, |draw| Rule::AtMost(draw.below(3)))));
}
