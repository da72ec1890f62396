//! The ways from founder alleles down to the slots that are left open.

use super::forest_node::Node;
use super::open_table::Axis;
use crate::profile::Sex;

/// Where the open slots hang.
pub(super) enum OpenSlots {
    /// No slot is open.
    None,
    /// One slot.
    One(InheritancePath),
    /// Two slots that are copies of one founder allele: the way that they share, and what is left of each (rows, columns).
    OneFounder(InheritancePath, [InheritancePath; 2]),
    /// Two slots that are copies of a founder allele each (rows, columns).
    TwoFounders([InheritancePath; 2]),
}

/// From a slot down to a copy of it.
pub(super) struct InheritancePath {
    /// The index of the node at the top.
    pub top: usize,
    /// The nodes below it, down to the last below which something is seen; each with the sex of whom the meiosis to it was in.
    pub steps: Vec<(usize, Sex)>,
    /// The sexes of whom the rest of the meioses were in: what is seen does not matter to them.
    pub tail: Vec<Sex>,
}

impl OpenSlots {
    /// Of these nodes (none, one, or slots 0 and 1 of a person). `is_plain` says below which nodes nothing is seen but for what
    /// is seen below the next on the way.
    pub fn new(open: &[usize], nodes: &[Node], is_plain: impl Fn(usize) -> bool) -> Self {
        let down_to = |&node: &usize| {
            let mut way: Vec<usize> =
                std::iter::successors(Some(node), |&node| nodes[node].parent.map(|(parent, _)| parent)).collect();
            way.reverse();
            way
        };
        let inheritance_path = |way: &[usize]| InheritancePath::new(way, nodes, &is_plain);
        match &open.iter().map(down_to).collect::<Vec<_>>()[..] {
            [] => Self::None,
            [only] => Self::One(inheritance_path(only)),
            [first, second, ..] => match first.iter().zip(second).take_while(|(one, other)| one == other).count() {
                0 => Self::TwoFounders([inheritance_path(first), inheritance_path(second)]),
                shared => Self::OneFounder(
                    InheritancePath::new(&first[..shared], nodes, |_| false),
                    [inheritance_path(&first[shared - 1..]), inheritance_path(&second[shared - 1..])],
                ),
            },
        }
    }

    /// How many founder alleles they are copies of.
    pub fn founders(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(_) | Self::OneFounder(..) => 1,
            Self::TwoFounders(_) => 2,
        }
    }

    /// The ways that a table by the states of both slots (of one slot, by one) is passed on along.
    pub fn last_ways(&self) -> impl Iterator<Item = (Axis, &InheritancePath)> {
        let ways = match self {
            Self::None => [None, None],
            Self::One(way) => [None, Some(way)],
            Self::OneFounder(_, ways) | Self::TwoFounders(ways) => ways.each_ref().map(Some),
        };
        [Axis::Rows, Axis::Columns].into_iter().zip(ways).filter_map(|(axis, way)| Some((axis, way?)))
    }
}

impl InheritancePath {
    fn new(way: &[usize], nodes: &[Node], is_plain: impl Fn(usize) -> bool) -> Self {
        let below = &way[1..];
        let plain = below.iter().rev().take_while(|&&node| is_plain(node)).count();
        let (steps, tail) = below.split_at(below.len() - plain);
        let meiosis = |&node: &usize| nodes[node].parent.map(|(_, sex)| (node, sex));
        Self {
            top: way[0],
            steps: steps.iter().filter_map(meiosis).collect(),
            tail: tail.iter().filter_map(meiosis).map(|(_, sex)| sex).collect(),
        }
    }
}
