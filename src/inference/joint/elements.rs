//! What is assigned: placements over families and bodies.

/// Some bodies given to missing persons of one family, all others of that family not found.
#[derive(Clone, PartialEq, Debug)]
pub struct Placement {
    /// The family (0-based).
    pub family: u32,
    /// Pairs (body, missing person), at least one, ascending by body; each body once, and each person, but for the bodies that are
    /// one person ([`super::joined`]).
    pub people: Vec<(u32, u32)>,
    /// Natural log of its weight: the likelihood ratio of these bodies being these persons against their being unrelated to
    /// the family, times the prior odds of each.
    pub ln_weight: f64,
}

/// Everything that the joint answer rests on.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct JointProblem {
    /// Number of bodies.
    pub bodies: usize,
    /// Number of families.
    pub families: usize,
    /// Every placement that is possible, in any order. A family without any has nobody found.
    pub placements: Vec<Placement>,
}

/// A family or a body: what no two placements of an assignment share. Bodies come after the families.
pub(super) type Element = u32;

impl JointProblem {
    /// Number of elements.
    pub(super) fn element_count(&self) -> usize {
        self.families + self.bodies
    }

    /// The elements that a placement uses: its family, then its bodies.
    pub(super) fn elements<'a>(&self, placement: &'a Placement) -> impl Iterator<Item = Element> + use<'a> {
        let families = self.families as u32;
        std::iter::once(placement.family).chain(placement.people.iter().map(move |&(body, _)| families + body))
    }

    /// The same with these placements alone.
    pub(super) fn only(&self, placements: &[u32]) -> Self {
        let placements = placements.iter().map(|&at| self.placements[at as usize].clone()).collect();
        Self { placements, ..Self { bodies: self.bodies, families: self.families, placements: Vec::new() } }
    }
}

/// ln(eᵃ + eᵇ).
pub(super) fn ln_add(left: f64, right: f64) -> f64 {
    let (large, small) = if left >= right { (left, right) } else { (right, left) };
    if small == f64::NEG_INFINITY { large } else { large + (small - large).exp().ln_1p() }
}
