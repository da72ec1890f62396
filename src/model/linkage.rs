//! The loci in use, those that are linked put together.

use crate::io::recombination::LinkedLoci;
use crate::likelihood::LocusModel;
use crate::likelihood::case::LinkageGroup;
use crate::profile::LocusName;

/// Pairs of loci that make no order on a chromosome.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LinkageError {
    /// One pair twice, or a locus with itself.
    #[error("linkage: {0} and {1} are listed as linked twice, or as one locus")]
    Repeated(LocusName, LocusName),
    /// A locus with three neighbours.
    #[error("linkage: {0} is linked with more than two loci: list neighbours on the chromosome only")]
    ThreeNeighbours(LocusName),
    /// Loci linked in a ring.
    #[error("linkage: the loci linked with {0} form a ring: list neighbours on the chromosome only")]
    Ring(LocusName),
    /// An autosomal and an X-chromosomal locus.
    #[error("linkage: {0} and {1} lie on different chromosomes (autosomal, X)")]
    MixedChromosomes(LocusName, LocusName),
}

/// Every locus alone.
pub fn single_loci(loci: usize) -> Vec<LinkageGroup> {
    (0..loci).map(alone).collect()
}

fn alone(locus: usize) -> LinkageGroup {
    LinkageGroup { loci: vec![locus], recombination: Vec::new() }
}

/// The loci (0-based, with their names and models) in groups, in the order of their first locus; pairs with a locus that is not
/// in use are let be.
///
/// # Errors
/// Pairs that do not line up.
pub fn linkage_groups(
    loci: &[LocusName],
    models: &[LocusModel],
    linked: &[LinkedLoci],
) -> Result<Vec<LinkageGroup>, LinkageError> {
    let position = |name: &LocusName| loci.iter().position(|locus| locus == name);
    let mut neighbours: Vec<Vec<(usize, f64)>> = vec![Vec::new(); loci.len()];
    for pair in linked {
        let [Some(one), Some(other)] = pair.loci.each_ref().map(position) else { continue };
        if one == other || neighbours[one].iter().any(|&(known, _)| known == other) {
            return Err(LinkageError::Repeated(loci[one].clone(), loci[other].clone()));
        }
        if models[one].chromosome() != models[other].chromosome() {
            return Err(LinkageError::MixedChromosomes(loci[one].clone(), loci[other].clone()));
        }
        neighbours[one].push((other, pair.recombination));
        neighbours[other].push((one, pair.recombination));
    }
    if let Some(locus) = neighbours.iter().position(|of| of.len() > 2) {
        return Err(LinkageError::ThreeNeighbours(loci[locus].clone()));
    }
    let mut is_placed = vec![false; loci.len()];
    let mut groups = Vec::new();
    for end in (0..loci.len()).filter(|&locus| neighbours[locus].len() < 2) {
        if is_placed[end] {
            continue;
        }
        let mut group = alone(end);
        is_placed[end] = true;
        let mut last = end;
        while let Some(&(next, recombination)) = neighbours[last].iter().find(|&&(next, _)| !is_placed[next]) {
            group.loci.push(next);
            group.recombination.push(recombination);
            is_placed[next] = true;
            last = next;
        }
        groups.push(group);
    }
    match is_placed.iter().position(|placed| !placed) {
        Some(locus) => Err(LinkageError::Ring(loci[locus].clone())),
        None => {
            groups.sort_by_key(|group| group.loci.iter().min().copied());
            Ok(groups)
        }
    }
}

/// The loci of a group that are kept, with the recombination fractions between them: crossovers in neighbouring intervals are
/// independent, so over two intervals the fraction is r (1 − s) + s (1 − r).
pub fn kept_loci(group: &LinkageGroup, is_kept: impl Fn(usize) -> bool) -> LinkageGroup {
    let mut kept = LinkageGroup { loci: Vec::new(), recombination: Vec::new() };
    let mut since = 0.0;
    for (at, &locus) in group.loci.iter().enumerate() {
        if at > 0 {
            let step = group.recombination[at - 1];
            since = since * (1.0 - step) + step * (1.0 - since);
        }
        if is_kept(locus) {
            if !kept.loci.is_empty() {
                kept.recombination.push(since);
            }
            kept.loci.push(locus);
            since = 0.0;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likelihood::{Chromosome, LocusDefinition};

    fn group(pairs: &[(&str, &str, f64)]) -> Result<Vec<LinkageGroup>, LinkageError> {
        let names = ["A", "B", "C", "D"].map(LocusName::new);
        let model = |name: &LocusName| {
            let definition = LocusDefinition {
                name: name.to_string(),
                chromosome: Chromosome::Autosomal,
                alleles: vec!["1".to_owned()],
                frequencies: vec![1.0],
                mutation: None,
                theta: 0.0,
                silent_frequency: 0.0,
            };
            LocusModel::new(definition).unwrap()
        };
        let linked = pairs.iter().map(|&(one, other, recombination)| LinkedLoci {
            loci: [one, other].map(LocusName::new),
            recombination,
            is_from_distance: false,
        });
        linkage_groups(&names, &names.each_ref().map(model), &linked.collect::<Vec<_>>())
    }

    #[test]
    fn pairs_become_groups_in_the_order_of_the_chromosome() {
        let groups = group(&[("D", "B", 0.1), ("B", "A", 0.2), ("C", "X", 0.3)]).unwrap();
        let expected = [(vec![0, 1, 3], vec![0.2, 0.1]), (vec![2], vec![])];
        let expected = expected.map(|(loci, recombination)| LinkageGroup { loci, recombination });
        assert_eq!(groups, expected);
        let kept = kept_loci(&groups[0], |locus| locus != 1);
        assert_eq!(kept.loci, [0, 3]);
        assert!((kept.recombination[0] - (0.2 * 0.9 + 0.1 * 0.8)).abs() < 1e-15);
    }

    #[test]
    fn what_does_not_line_up_is_refused() {
        for (pairs, expected) in [
            (vec![("A", "B", 0.1), ("B", "A", 0.1)], "twice"),
            (vec![("A", "A", 0.1)], "twice"),
            (vec![("A", "B", 0.1), ("A", "C", 0.1), ("A", "D", 0.1)], "more than two"),
            (vec![("A", "B", 0.1), ("B", "C", 0.1), ("C", "A", 0.1)], "ring"),
        ] {
            let message = group(&pairs).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
