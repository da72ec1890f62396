//! Which tables runs write: the name and the key of each, and the formats of their files.

/// What a table of results is called, and which columns tell its rows apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TableKind {
    /// The name of its file, without the ending.
    pub name: &'static str,
    /// The columns that no two rows have alike; none where rows have no key.
    pub key: &'static [&'static str],
}

/// In which format tables are written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Format {
    /// Text for people, spreadsheets and `filia diff`: numbers as they are shown, cells that no spreadsheet runs as a formula.
    #[default]
    Csv,
    /// Typed columns.
    Parquet,
    /// An array with an object for each row.
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Parquet, Self::Json];

    /// How its files end, without the point.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Json => "json",
        }
    }
}

impl TableKind {
    const fn new(name: &'static str, key: &'static [&'static str]) -> Self {
        Self { name, key }
    }

    /// The name of its file in this format.
    pub fn file(&self, format: Format) -> String {
        format!("{}.{}", self.name, format.ending())
    }

    /// Whether a file of this name holds it, in any format.
    pub fn is_in(&self, file: &str) -> bool {
        let ending = file.strip_prefix(self.name).and_then(|rest| rest.strip_prefix('.'));
        ending.is_some_and(|ending| Format::ALL.iter().any(|format| format.ending() == ending))
    }
}

/// The ranked candidates of each child.
pub const MATCHES: TableKind = TableKind::new("matches", &["child_id", "candidate_id", "relationship"]);
/// The ranked couples of each child.
pub const COUPLES: TableKind = TableKind::new("couples", &["child_id", "father_id", "mother_id"]);
/// In one word what is known of each child's father and mother.
pub const STATUS: TableKind = TableKind::new("status", &["child_id"]);
/// The likeliest families of a case of children and candidates. (The file is called as that of [`FAMILIES`] is.)
pub const CASE_FAMILIES: TableKind = TableKind::new("families", &["family", "member_id"]);
/// Children who may be siblings.
pub const SIBSHIPS: TableKind = TableKind::new("sibships", &["child_a", "child_b"]);
/// Who each body is, by the children and the families together.
pub const IDENTITIES: TableKind = TableKind::new("identities", &["victim_id", "family_id", "missing_id"]);
/// Samples of one person.
pub const DIRECT_MATCHES: TableKind = TableKind::new("direct_matches", &["sample_a", "sample_b"]);
/// What was read and not used.
pub const REJECTED: TableKind = TableKind::new("rejected", &[]);
/// Every body against every missing person.
pub const PAIRWISE: TableKind = TableKind::new("pairwise", &["victim_id", "family_id", "missing_id"]);
/// The likeliest assignments.
pub const ASSIGNMENTS: TableKind = TableKind::new("assignments", &["rank"]);
/// The probability of each missing person for each body.
pub const POSTERIOR: TableKind = TableKind::new("posterior", &["victim_id", "missing_id"]);
/// The probability of each family for each body.
pub const FAMILY_POSTERIOR: TableKind = TableKind::new("family_posterior", &["victim_id", "family_id"]);
/// What the relatives at hand can do.
pub const FAMILIES: TableKind = TableKind::new("families", &["family_id", "missing_id"]);
/// Families whose members contradict each other.
pub const CONTRADICTIONS: TableKind = TableKind::new("contradictions", &["family_id"]);
/// Samples of one person among the remains.
pub const GROUPS: TableKind = TableKind::new("groups", &["victim_id", "samples"]);
/// What each scenario of a calibration came to.
pub const SCENARIOS: TableKind = TableKind::new("scenarios", &["scenario", "statement"]);
/// Stated probabilities against observed shares.
pub const RELIABILITY: TableKind = TableKind::new("reliability", &["scenario", "statement", "from"]);
/// True parents found.
pub const RECALL: TableKind = TableKind::new("recall", &["scenario", "what", "posterior"]);
/// What the reported candidates really are.
pub const CONFUSION: TableKind = TableKind::new("confusion", &["scenario", "truth"]);

/// The best calibration of likelihood ratios, step by step.
pub const PAV: TableKind = TableKind::new("pav", &["scenario", "log10_lr_from"]);
/// The shares of parents and of strangers with at least a log10 LR.
pub const TIPPETT: TableKind = TableKind::new("tippett", &["scenario", "log10_lr"]);

/// The page that people read.
pub const PAGE: &str = "report.html";
/// The same as a workbook.
pub const WORKBOOK: &str = "report.xlsx";

/// The name of the page or the workbook in a language, by its code: in English the plain one.
pub fn in_language(file: &str, code: &str) -> String {
    match file.split_once('.') {
        Some((name, ending)) if code != "en" => format!("{name}-{code}.{ending}"),
        _ => file.to_owned(),
    }
}

/// Whether a file of this name is the page or the workbook, in any language.
pub fn is_shown(name: &str) -> bool {
    let code = name.strip_prefix("report-").and_then(|rest| rest.split('.').next()).unwrap_or("en");
    code.len() == 2 && [PAGE, WORKBOOK].iter().any(|file| in_language(file, code) == name)
}

/// Every table that a search, an identification or a calibration writes.
pub const RESULT_TABLES: &[TableKind] = &[
    MATCHES,
    COUPLES,
    STATUS,
    SIBSHIPS,
    IDENTITIES,
    DIRECT_MATCHES,
    REJECTED,
    PAIRWISE,
    ASSIGNMENTS,
    POSTERIOR,
    FAMILY_POSTERIOR,
    FAMILIES,
    CONTRADICTIONS,
    GROUPS,
    SCENARIOS,
    RELIABILITY,
    RECALL,
    CONFUSION,
    PAV,
    TIPPETT,
];

/// The profiles of a synthetic case, by role: children, corpses, detainees, relatives.
pub const PROFILES: [TableKind; 4] = [
    TableKind::new("children", &["sample_id"]),
    TableKind::new("corpses", &["sample_id"]),
    TableKind::new("detainees", &["sample_id"]),
    TableKind::new("relatives", &["sample_id"]),
];
/// Who is whose parent.
pub const TRUTH: TableKind = TableKind::new("truth", &["child_id"]);
/// Whose each sample is.
pub const PEOPLE: TableKind = TableKind::new("people", &["sample_id"]);
/// Every related pair of samples.
pub const RELATIONS: TableKind = TableKind::new("relations", &["sample_a", "sample_b"]);
/// Every mutation and every typing error.
pub const EVENTS: TableKind = TableKind::new("events", &[]);
/// Families as `filia identify` reads them.
pub const PEDIGREES: TableKind = TableKind::new("pedigrees", &["family_id", "person_id"]);

/// Every table of a synthetic case.
pub const CASE_TABLES: &[TableKind] =
    &[PROFILES[0], PROFILES[1], PROFILES[2], PROFILES[3], TRUTH, PEOPLE, RELATIONS, EVENTS, PEDIGREES];

/// What chance alone would do in a case, child by child.
pub const CASE_POWER: TableKind = TableKind::new("case_power", &["child_id", "candidate_sex", "threshold"]);
/// What a panel can tell, by truth and threshold.
pub const PANEL_POWER: TableKind = TableKind::new("panel_power", &["truth", "threshold"]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_files_are_told_apart() {
        let mut names: Vec<_> = RESULT_TABLES.iter().chain(CASE_TABLES).map(|kind| kind.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RESULT_TABLES.len() + CASE_TABLES.len());
        for (file, expected) in [
            ("posterior.csv", true),
            ("posterior.parquet", true),
            ("posterior.json", true),
            ("posterior.txt", false),
            ("family_posterior.csv", false),
            ("posterior", false),
            ("posterior.csv.bak", false),
        ] {
            assert_eq!(POSTERIOR.is_in(file), expected, "{file}");
        }
        assert_eq!(POSTERIOR.file(Format::Parquet), "posterior.parquet");
    }

    #[test]
    fn the_page_of_every_language_is_known() {
        assert_eq!(["en", "ar"].map(|code| in_language(PAGE, code)), [PAGE, "report-ar.html"]);
        assert!([PAGE, WORKBOOK, "report-ar.html", "report-fr.xlsx"].into_iter().all(is_shown));
        for other in
            ["report-.html", "report-draft.html", "report-ar", "report.htm", "my-report.html", "court-a-ar.html"]
        {
            assert!(!is_shown(other), "{other}");
        }
    }
}
