//! The bundled frequency tables.
//!
//! NIST 1036: 1,036 unrelated people of four United States populations, 29 autosomal STR loci, as revised in 2017
//! (Steffen, Coble, Gettings, Vallone, doi:10.1016/j.fsigen.2017.08.011). Counts without pseudo-counts or minimum.

/// A table that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct BundledTable {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// The population, in words.
    pub population: &'static str,
    /// Number of people in the sample.
    pub people: u32,
    /// Where it was published.
    pub source: &'static str,
    /// The table as a frequency file (long layout: locus, allele, count).
    pub text: &'static str,
}

const STEFFEN_2017: &str = "Steffen et al. 2017, doi:10.1016/j.fsigen.2017.08.011";

/// Every bundled table, by name.
pub const BUNDLED_TABLES: [BundledTable; 4] = [
    BundledTable {
        name: "nist1036:afam",
        population: "African American",
        people: 342,
        source: STEFFEN_2017,
        text: include_str!("../../data/frequencies/nist1036_afam.csv"),
    },
    BundledTable {
        name: "nist1036:asian",
        population: "Asian American",
        people: 97,
        source: STEFFEN_2017,
        text: include_str!("../../data/frequencies/nist1036_asian.csv"),
    },
    BundledTable {
        name: "nist1036:cauc",
        population: "Caucasian American",
        people: 361,
        source: STEFFEN_2017,
        text: include_str!("../../data/frequencies/nist1036_cauc.csv"),
    },
    BundledTable {
        name: "nist1036:hisp",
        population: "Hispanic American",
        people: 236,
        source: STEFFEN_2017,
        text: include_str!("../../data/frequencies/nist1036_hisp.csv"),
    },
];

/// The bundled table of this name, in any case.
pub fn find(name: &str) -> Option<&'static BundledTable> {
    BUNDLED_TABLES.iter().find(|table| table.name.eq_ignore_ascii_case(name))
}
