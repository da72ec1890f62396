//! The slots that are looked at in one descent, each with the slot that it is a copy of.

use super::family::{Origin, TracedFamily};
use crate::profile::Sex;

/// A slot that is looked at: member × 2 + slot.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub at: usize,
    /// The index among the nodes of the slot it is a copy of, and whose meiosis that was; `None` for a founder allele.
    pub parent: Option<(usize, Sex)>,
    /// Whether this slot or a copy of it is open.
    pub is_above_open: bool,
}

/// The slots of every member, parents before children.
pub(super) fn nodes(family: &TracedFamily) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for (member, family_member) in family.members.iter().enumerate() {
        for (slot, origin) in family_member.slots.iter().enumerate() {
            let parent = match origin {
                None => continue,
                Some(Origin::Founder) => None,
                Some(Origin::Parent { parent, sex, from }) => {
                    let source = family.position(*parent).map(|parent| 2 * parent + from.unwrap_or(0));
                    nodes.iter().position(|node| Some(node.at) == source).map(|node| (node, *sex))
                }
            };
            nodes.push(Node { at: 2 * member + slot, parent, is_above_open: false });
        }
    }
    nodes
}
