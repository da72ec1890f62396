//! Names of typing kits behind the name of a locus (`D3S1358_PPF6C`, `vWA (kit B)`): the same locus, typed once more.
//!
//! Only what is known to be a kit, or says that it is one, is taken for it: `D3S1358_height` is no typing. Names of kits are
//! those of their makers' documents, and the short forms that laboratories write.

use crate::profile::fold_name;

/// Folded words that begin the name of a kit, whatever follows.
const BEGINNINGS: [&str; 24] = [
    "POWERPLEX",
    "GLOBALFILER",
    "IDENTIFILER",
    "MINIFILER",
    "PROFILERPLUS",
    "SEFILER",
    "VERIFILER",
    "AMPFLSTR",
    "AMPFISTR",
    "INVESTIGATOR",
    "ESSPLEX",
    "ESSENTIALPLEX",
    "IDPLEX",
    "24PLEX",
    "26PLEX",
    "HDPLEX",
    "NGM",
    "SGM",
    "FORENSEQ",
    "PRECISIONID",
    "HUAXIA",
    "GOLDENEYE",
    "MICROREADER",
    "FUSION",
];

/// Short forms that are the whole name, but for a number or a letter behind them.
const SHORT: [&str; 16] = [
    "PP", "PPF", "PPESI", "PPESX", "ESI", "ESX", "GF", "GFE", "IDP", "COFILER", "VF", "VFP", "VFE", "DECAPLEX",
    "ARGUSX", "PROFILER",
];

/// Words that say that a kit, or another typing, is named behind them.
const SAYING: [&str; 6] = ["KIT", "TYPING", "REPLICATE", "REP", "RUN", "PCR"];

/// Letters and numbers of a version behind a short form (`6C`, `16HS`, `21`), or of a name behind a word that says so.
const LONGEST_VERSION: usize = 4;

/// Whether this text behind a locus names a kit or another typing.
pub fn is_kit(text: &str) -> bool {
    let folded = fold_name(text);
    let is_version = |rest: &str| {
        rest.len() <= LONGEST_VERSION && (rest.is_empty() || rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    let says_so = |word: &str| folded.strip_prefix(word).is_some_and(|rest| !rest.is_empty() && is_named(word, rest));
    BEGINNINGS.iter().any(|word| folded.starts_with(word))
        || SHORT.iter().any(|word| folded.strip_prefix(word).is_some_and(is_version))
        || SAYING.iter().any(|word| says_so(word))
}

/// Whether the rest behind a word is a name: any behind `kit`, a number or a letter behind the others.
fn is_named(word: &str, rest: &str) -> bool {
    word == "KIT" || rest.chars().count() == 1 || rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// The ways to take a header for a name and a kit behind it, the shortest name first.
pub fn split_at_kit(header: &str) -> impl Iterator<Item = (&str, String)> {
    let is_mark = |symbol: char| matches!(symbol, '_' | ' ' | '.' | '-' | '/' | ':' | '(' | '[' | '@');
    header.char_indices().filter(move |&(at, symbol)| at > 0 && is_mark(symbol)).filter_map(move |(at, _)| {
        let rest = header[at..].trim_matches(|symbol| is_mark(symbol) || matches!(symbol, ')' | ']'));
        let name = header[..at].trim_end_matches(is_mark);
        (!name.is_empty() && is_kit(rest)).then(|| (name, fold_name(rest)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kits_are_told_from_other_words() {
        for kit in [
            "kit B",
            "Kit-2",
            "PPF6C",
            "PP16",
            "PP-21",
            "PP16HS",
            "GF",
            "PowerPlex Fusion 6C",
            "NGM SElect",
            "ESX17",
            "GlobalFiler",
            "Identifiler Plus",
            "Verifiler Plus",
            "24plex QS",
            "ForenSeq",
            "rep 2",
            "typing B",
            "run1",
        ] {
            assert!(is_kit(kit), "{kit}");
        }
        for other in ["height", "size", "RFU", "kit", "comment", "bp", "PPX", "GFX1", "report", "run date", "1", "b"] {
            assert!(!is_kit(other), "{other}");
        }
    }

    #[test]
    fn headers_are_split_before_the_kit() {
        let first = |header| split_at_kit(header).next();
        assert_eq!(first("D3S1358_PPF6C"), Some(("D3S1358", "PPF6C".to_owned())));
        assert_eq!(first("Penta D (kit B)"), Some(("Penta D", "KITB".to_owned())));
        assert_eq!(first("vWA.PowerPlex Fusion"), Some(("vWA", "POWERPLEXFUSION".to_owned())));
        assert_eq!(first("D3S1358_height"), None);
        assert_eq!(first("(kit B)"), None);
    }
}
