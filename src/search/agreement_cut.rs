//! How the loci are cut into groups, and the sets of groups in which a query agrees with those it finds.

/// Some groups, as one bit a group.
pub(super) type GroupSet = u32;

/// How the loci are cut, and how many groups make a set.
pub(super) struct Cut {
    pub(super) groups: Vec<Vec<usize>>,
    pub(super) in_set: usize,
}

impl Cut {
    /// Every union of so many groups as make a set.
    pub(super) fn sets(&self) -> Vec<GroupSet> {
        let all = 0..1 << self.groups.len();
        all.filter(|set: &GroupSet| set.count_ones() as usize == self.in_set).collect()
    }
}

/// A query that could be found by agreement.
pub(super) struct AgreementProspect {
    /// Index of the query.
    pub(super) query: u32,
    /// Its row at each locus, of the first of its tables.
    pub(super) rows: Vec<u32>,
    /// B: how many mismatching loci a candidate that reaches the threshold can have.
    pub(super) budget: usize,
}

/// The groups of a set, ascending.
pub(super) fn groups_in(groups: GroupSet) -> impl Iterator<Item = usize> {
    (0..GroupSet::BITS as usize).filter(move |bit| groups >> bit & 1 == 1)
}
