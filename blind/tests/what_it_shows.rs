//! What files and opened values show of the people.

mod common;

use common::{Case, Draw, Exchange, fill};
use filia_blind::{Adult, LocusTerms, Rule, Terms, clear_hits, decrypted, read_header};
use std::collections::HashSet;

fn terms(children: u32, adults: u32, rule: Rule) -> Terms {
    let locus = |number| LocusTerms { name: format!("L{number}"), classes: 4, lowest: -6, highest: 3 };
    Terms { agreement: [1; 32], loci: (0..3).map(locus).collect(), rule, children, adults, least_loci: 1 }
}

fn full_case(draw: &mut Draw, terms: Terms) -> Case {
    let mut case = fill(draw, terms);
    for child in &mut case.children {
        child.classes.iter_mut().for_each(|class| *class = Some(class.unwrap_or(0)));
    }
    case
}

/// 16 bytes from the middle of each encoding: those of a uniform element are uniform but for the lowest and the highest bit.
fn chi_square(encodings: &[[u8; 32]]) -> f64 {
    let mut counts = [0.0; 256];
    encodings.iter().flat_map(|bytes| &bytes[8..24]).for_each(|&byte| counts[usize::from(byte)] += 1.0);
    let expected = encodings.len() as f64 * 16.0 / 256.0;
    counts.iter().map(|count| (count - expected).powi(2) / expected).sum()
}

#[test]
fn others_than_hits_open_to_uniform_elements() {
    let case = full_case(&mut Draw::new(3), terms(8, 20, Rule::AtLeast(2)));
    let exchange = Exchange::run(&case, 4);
    let opened = decrypted(&exchange.session, exchange.course(), &exchange.shares[0], &exchange.shares[1]).unwrap();
    let (zeros, others): (Vec<_>, Vec<_>) = opened.into_iter().partition(|bytes| *bytes == [0; 32]);
    assert_eq!(zeros.len(), clear_hits(&case.terms, &case.children, &case.adults).len());
    assert!(others.len() > 1000, "{}", others.len());
    // 255 degrees of freedom: mean 255, standard deviation 22.6
    let statistic = chi_square(&others);
    assert!((255.0 - 6.0 * 22.6..255.0 + 6.0 * 22.6).contains(&statistic), "{statistic}");
    assert_eq!(others.iter().collect::<HashSet<_>>().len(), others.len());
    // the same statistic sees values that are not uniform
    let small: Vec<[u8; 32]> = (0..others.len()).map(|number| [(number % 250) as u8; 32]).collect();
    assert!(chi_square(&small) > 255.0 + 6.0 * 22.6);
}

/// The 32-byte strings of a file's body, wherever they begin.
fn strings(file: &[u8]) -> HashSet<&[u8]> {
    read_header(file).unwrap().1.windows(32).filter(|bytes| bytes.iter().any(|byte| *byte > 1)).collect()
}

#[test]
fn two_runs_share_no_ciphertext() {
    let case = full_case(&mut Draw::new(5), terms(2, 3, Rule::AtLeast(0)));
    let (one, other) = (Exchange::run(&case, 6), Exchange::run(&case, 7));
    for ((name, one), (_, other)) in one.files().into_iter().zip(other.files()) {
        assert!(strings(one).is_disjoint(&strings(other)), "{name}");
    }
    assert_eq!(one.hits(), other.hits());
    // the same seed gives the same bytes
    assert_eq!(one.files(), Exchange::run(&case, 6).files());
}

#[test]
fn sizes_do_not_depend_on_the_profiles() {
    let size = |case: &Case| Exchange::run(case, 9).files().iter().map(|(_, file)| file.len()).collect::<Vec<_>>();
    let one = full_case(&mut Draw::new(8), terms(3, 4, Rule::AtLeast(1)));
    let mut other = full_case(&mut Draw::new(80), terms(3, 4, Rule::AtLeast(1)));
    assert_ne!((&one.children, &one.adults), (&other.children, &other.adults));
    // an adult without any typed locus, which nobody is told
    other.adults.adults[0] = Adult { rows: vec![None; 3] };
    assert_eq!(size(&one), size(&other));
}
