//! Keys and columns that a reader knows, those that are let be, and the nearest known name of any other.
//!
//! A name that nobody knows is a slip (`Theta`, `tehta`) or asks for what the program does not do (`twin_of`): either way the
//! file means more than would be read, so it is refused.

/// Names that may stand anywhere, for people: nothing is read from them.
const FREE: [&str; 7] = ["description", "reference", "comment", "source", "expected", "note", "cross_checks"];

/// What a name that may stand anywhere can also begin with.
const FREE_PREFIX: &str = "x_";

/// Words of other programs for what has another name here.
const OTHER_WORDS: [(&str, &str); 9] = [
    ("kinship", "theta"),
    ("fst", "theta"),
    ("coancestry", "theta"),
    ("silent", "silent_frequency"),
    ("null", "silent_frequency"),
    ("gender", "sex"),
    ("pid", "father_id"),
    ("recombination", "rho"),
    ("freqs", "frequencies"),
];

/// Less like each other than this, two names have nothing in common.
const ALIKE: f64 = 0.75;

/// Whether this key or column is let be.
pub fn is_free(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    name.starts_with(FREE_PREFIX) || FREE.contains(&name.as_str())
}

/// The known name that is meant: what this word of another program says, else the one most like it, if any is.
pub fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let lower = name.trim().to_lowercase();
    let translated = OTHER_WORDS.iter().find(|(word, _)| *word == lower).map(|(_, own)| own);
    if let Some(own) = translated.and_then(|own| known.iter().find(|name| *name == own)) {
        return Some(own);
    }
    let likeness = |known: &&str| strsim::jaro_winkler(&lower, &known.to_lowercase());
    let best = known.iter().copied().max_by(|left, right| likeness(left).total_cmp(&likeness(right)));
    best.filter(|best| likeness(best) >= ALIKE)
}

/// What is wrong with a key or column (`kind`) that is not known, and the remedy; `None` where it is known or let be.
pub fn complain(kind: &str, name: &str, known: &[&str]) -> Option<String> {
    if known.contains(&name) || is_free(name) {
        return None;
    }
    let meant = nearest(name, known).map(|meant| format!(": did you mean `{meant}`?")).unwrap_or_default();
    let end = if meant.is_empty() { "." } else { "" };
    Some(format!(
        "unknown {kind} `{name}`{meant}{end} Known here: {}; what is for people only begins with `{FREE_PREFIX}`",
        known.join(", ")
    ))
}

/// What serde says of a key that nobody knows ("unknown field `x`, expected one of `a`, `b`"), in the words of [`complain`];
/// `None` where the message says something else.
pub fn in_our_words(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let (name, rest) = rest.split_once('`')?;
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    complain("key", name, &known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_serde_name_the_nearest() {
        let message = "unknown field `sead`, expected one of `seed`, `loci`, `families` at line 3 column 4";
        let expected = "unknown key `sead`: did you mean `seed`? Known here: seed, loci, families; ";
        assert!(in_our_words(message).unwrap().starts_with(expected));
        assert_eq!(in_our_words("missing field `families`"), None);
    }

    #[test]
    fn a_slip_finds_the_name_that_is_meant() {
        let known = ["name", "theta", "silent_frequency", "mutation"];
        for (slip, meant) in [
            ("Theta", Some("theta")),
            ("tehta", Some("theta")),
            ("kinship", Some("theta")),
            ("FST", Some("theta")),
            ("silent", Some("silent_frequency")),
            ("mutation_model", Some("mutation")),
            ("qqq", None),
        ] {
            assert_eq!(nearest(slip, &known), meant, "{slip}");
        }
    }

    #[test]
    fn known_and_free_names_are_let_be() {
        for name in ["name", "comment", "Description", "x_twin", "X_twin"] {
            assert_eq!(complain("key", name, &["name"]), None);
        }
        let message = complain("key", "Name", &["name", "theta"]).unwrap();
        assert!(message.starts_with("unknown key `Name`: did you mean `name`? Known here: name, theta; "), "{message}");
    }
}
