//! Ids that look alike: they differ only by case or by Unicode form, and may be one sample's.

use super::notes::IDS_NAMED;
use crate::{name_some::name_some, profile::Panel};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    hash::BuildHasher,
};
use unicode_normalization::UnicodeNormalization;

/// A sentence on ids that are the same but for case and Unicode form (composed or not, full width).
pub fn note_on_similar_ids(panel: &Panel) -> Option<String> {
    let ids = || (0..panel.len()).into_par_iter().map(|at| panel.id(at_index(at)));
    // ASCII of one case: no two ids can be meant by this.
    let is_plain = |id: &str, other_case: fn(&u8) -> bool| id.is_ascii() && !id.as_bytes().iter().any(other_case);
    if ids().all(|id| is_plain(id, u8::is_ascii_lowercase)) || ids().all(|id| is_plain(id, u8::is_ascii_uppercase)) {
        return None;
    }
    let hash = |id: &str| FixedState::default().hash_one(folded(id));
    // The samples of one id stand together, and are no news.
    let is_first = |at: &usize| *at == 0 || panel.id(at_index(*at)) != panel.id(at_index(*at - 1));
    let firsts = || (0..panel.len()).into_par_iter().filter(is_first).map(|at| panel.id(at_index(at)));
    let mut hashes: Vec<u64> = firsts().map(hash).collect();
    hashes.par_sort_unstable();
    let shared: HashSet<u64> = hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    drop(hashes);
    let alike: Vec<&str> = firsts().filter(|id| shared.contains(&hash(id))).collect();
    let mut groups: BTreeMap<Cow<'_, str>, Vec<&str>> = BTreeMap::new();
    alike.into_iter().for_each(|id| groups.entry(folded(id)).or_default().push(id));
    let groups: Vec<String> = groups.values().filter(|ids| ids.len() > 1).map(|ids| ids.join(" and ")).collect();
    (!groups.is_empty()).then(|| {
        format!(
            "ids that differ only by case or Unicode form are different samples: {}; check that they are",
            name_some(&groups, IDS_NAMED)
        )
    })
}

/// The id without its case, in the Unicode form NFKC.
fn folded(id: &str) -> Cow<'_, str> {
    match id.is_ascii() {
        true if !id.bytes().any(|byte| byte.is_ascii_uppercase()) => Cow::Borrowed(id),
        true => Cow::Owned(id.to_ascii_lowercase()),
        false => Cow::Owned(id.nfkc().flat_map(char::to_lowercase).nfkc().collect()),
    }
}

fn at_index(at: usize) -> crate::profile::SampleIndex {
    crate::profile::SampleIndex(at as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{PanelBuilder, Sample};

    fn note(ids: &[&str]) -> Option<String> {
        let mut builder = PanelBuilder::default();
        ids.iter().for_each(|&id| builder.push(Sample { id: id.to_owned(), ..Sample::default() }, &[]).unwrap());
        note_on_similar_ids(&builder.build().unwrap())
    }

    #[test]
    fn case_accents_and_width_make_no_other_id() {
        for (left, right) in
            [("D042", "d042"), ("Zo\u{e9}", "Zoe\u{301}"), ("D042", "\u{ff24}042"), ("\u{c4}1", "a\u{308}1")]
        {
            let told = note(&[left, "x", right]).unwrap();
            assert!(told.contains(left) && told.contains(right), "{told}");
        }
        assert_eq!(note(&["D042", "D043", "Zo\u{e9}", "Zoe", "d04"]), None);
        assert_eq!(note(&["a1", "a2"]), None);
    }
}
