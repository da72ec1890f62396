//! Lists in sentences: the first few, and how many more there are.

use std::fmt::Display;

/// Loci that a sentence names.
pub const LOCI_NAMED: usize = 10;

/// The first `most` of these, separated by commas, and how many more there are: `a, b and 3 more`.
pub fn name_some<T: Display>(names: impl IntoIterator<Item = T>, most: usize) -> String {
    let mut names = names.into_iter().fuse();
    let first: Vec<String> = names.by_ref().take(most).map(|name| name.to_string()).collect();
    list_first(&first, names.count())
}

/// These names, and how many `more` there are.
pub fn list_first(first: &[String], more: usize) -> String {
    let list = first.join(", ");
    if more > 0 { format!("{list} and {more} more") } else { list }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_are_named() {
        assert_eq!(name_some(["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(name_some(["a", "b"], 2), "a, b");
        assert_eq!(name_some([""; 0], 2), "");
    }
}
