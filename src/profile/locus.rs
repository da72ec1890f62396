//! Locus names: one name for every spelling.

use super::known_loci::KNOWN_LOCI;
use std::{
    cmp::Ordering,
    collections::HashMap,
    fmt,
    hash::{Hash, Hasher},
    sync::{Arc, LazyLock},
};

/// Where a locus lies, as its name tells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LocusKind {
    /// One of the 22 autosomes: counts in the product of loci.
    Autosomal,
    /// The X chromosome: men have one copy.
    X,
    /// The Y chromosome: a haplotype, never a factor in the product of loci.
    Y,
    /// The sex test: tells the sex, no factor in the product of loci.
    Amelogenin,
}

/// A locus name in its canonical spelling (`vWA`, `TH01`, `Penta E`).
///
/// Two names are equal where they are the same after case, space, `_`, `-` and `.` are ignored and synonyms resolved;
/// whole names are compared, never parts (`DYS389I` is not `DYS389II`).
#[derive(Clone)]
pub struct LocusName {
    name: Arc<str>,
    key: Arc<str>,
}

/// What the list of known loci says of one folded name: the canonical spelling and the chromosome.
static BY_KEY: LazyLock<HashMap<String, (&'static str, LocusKind)>> = LazyLock::new(|| {
    let spellings = |known: &super::known_loci::KnownLocus| {
        let (name, chromosome) = (known.name, known.chromosome);
        let synonyms = known.synonyms.iter().copied();
        std::iter::once(name).chain(synonyms).map(move |spelling| (fold_name(spelling), (name, chromosome)))
    };
    KNOWN_LOCI.iter().flat_map(spellings).collect()
});

impl LocusName {
    /// The canonical name for this spelling; a name that is not in the list of known loci is kept as written (trimmed).
    ///
    /// ```
    /// use filia::profile::LocusName;
    /// assert_eq!(LocusName::new("PENTA_E"), LocusName::new("Penta E"));
    /// assert_eq!(LocusName::new("THO1").as_str(), "TH01");
    /// ```
    pub fn new(spelling: &str) -> Self {
        let folded = fold_name(spelling);
        let known = BY_KEY.get(&folded).or_else(|| BY_KEY.get(folded.strip_prefix("HUM")?));
        let name: Arc<str> = match known {
            Some((name, _)) => Arc::from(*name),
            None if chromosome_in_symbol(&folded).is_some() => Arc::from(folded.as_str()),
            None => Arc::from(spelling.trim()),
        };
        let key = if known.is_some() { fold_name(&name) } else { folded };
        Self { name, key: key.into() }
    }

    /// The canonical spelling.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Whether the name is a known locus: one on the list, or one whose name says its chromosome (`D3S1358`).
    pub fn is_known(&self) -> bool {
        self.chromosome().is_some()
    }

    /// Whether the name is on the list of known loci itself.
    pub fn is_listed(&self) -> bool {
        BY_KEY.contains_key(&*self.key)
    }

    /// Where the locus lies, as far as its name tells; `None` for a name that is not known.
    pub fn chromosome(&self) -> Option<LocusKind> {
        BY_KEY.get(&*self.key).map(|known| known.1).or_else(|| chromosome_in_symbol(&self.key))
    }

    /// Whether the locus belongs in the product of loci of autosomal and X-chromosomal evidence. A locus whose name
    /// is not known counts as autosomal.
    pub fn is_recombining(&self) -> bool {
        !matches!(self.chromosome(), Some(LocusKind::Y | LocusKind::Amelogenin))
    }
}

/// A name without what spellings differ in: upper case, letters and digits only, and the colons between two digits (`1:12345` is not
/// `11:2345`).
pub fn fold_name(spelling: &str) -> String {
    let is_digit = |symbol: Option<char>| symbol.is_some_and(|symbol| symbol.is_ascii_digit());
    let is_kept = |&(at, symbol): &(usize, char)| {
        let (before, after) = (&spelling[..at], &spelling[at + symbol.len_utf8()..]);
        symbol.is_alphanumeric()
            || symbol == ':' && is_digit(before.chars().next_back()) && is_digit(after.chars().next())
    };
    spelling.char_indices().filter(is_kept).flat_map(|(_, symbol)| symbol.to_uppercase()).collect()
}

/// The chromosome that a folded gene symbol of the form `D3S1358`, `DXS10074`, `DYS391` names.
fn chromosome_in_symbol(folded: &str) -> Option<LocusKind> {
    let rest = folded.strip_prefix('D')?;
    let (chromosome, number) = rest.split_once('S')?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match chromosome {
        "X" => Some(LocusKind::X),
        "Y" => Some(LocusKind::Y),
        digits if digits.len() <= 2 && !digits.starts_with('0') => {
            digits.parse::<u8>().ok().filter(|number| (1..=22).contains(number)).map(|_| LocusKind::Autosomal)
        }
        _ => None,
    }
}

impl PartialEq for LocusName {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for LocusName {}

impl Hash for LocusName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl PartialOrd for LocusName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for LocusName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl fmt::Display for LocusName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

impl fmt::Debug for LocusName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_locus_are_one_name() {
        for (spelling, canonical) in [
            ("VWA", "vWA"),
            ("vWA31", "vWA"),
            ("tho1", "TH01"),
            ("HUMTH01", "TH01"),
            ("PENTA_E", "Penta E"),
            ("Penta.D", "Penta D"),
            ("ACTBP2", "SE33"),
            ("d3s1358", "D3S1358"),
            ("D3 S1358", "D3S1358"),
            ("AMEL", "Amelogenin"),
            ("CSF1P0", "CSF1PO"),
            ("YGATAH4", "Y-GATA-H4"),
            (" my locus ", "my locus"),
        ] {
            assert_eq!(LocusName::new(spelling).as_str(), canonical);
            assert_eq!(LocusName::new(spelling), LocusName::new(canonical));
        }
        assert_eq!(LocusName::new("my_locus"), LocusName::new("MY LOCUS"));
    }

    #[test]
    fn whole_names_are_compared() {
        assert_ne!(LocusName::new("DYS389I"), LocusName::new("DYS389II"));
        assert_ne!(LocusName::new("D3S135"), LocusName::new("D3S1358"));
        assert_ne!(LocusName::new("chr1:12345"), LocusName::new("chr11:2345"));
        assert_eq!(LocusName::new("CHR1:12345"), LocusName::new("chr1:12345"));
    }

    #[test]
    fn names_tell_the_chromosome() {
        for (name, chromosome) in [
            ("Penta C", Some(LocusKind::Autosomal)),
            ("D22S1045", Some(LocusKind::Autosomal)),
            ("D23S1045", None),
            ("DXS10074", Some(LocusKind::X)),
            ("DYS391", Some(LocusKind::Y)),
            ("Y indel", Some(LocusKind::Y)),
            ("amelogenin", Some(LocusKind::Amelogenin)),
            ("notes", None),
        ] {
            assert_eq!(LocusName::new(name).chromosome(), chromosome, "{name}");
        }
    }

    #[test]
    fn no_two_known_loci_share_a_spelling() {
        let mut seen = std::collections::HashMap::new();
        for known in KNOWN_LOCI {
            for spelling in std::iter::once(&known.name).chain(known.synonyms) {
                let other = seen.insert(fold_name(spelling), known.name);
                assert!(other.is_none_or(|other| other == known.name), "{spelling}");
            }
        }
    }
}
