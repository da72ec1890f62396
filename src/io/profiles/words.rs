//! What laboratories call the columns of a profile file, in the languages that exports come in.
//!
//! Names are compared folded ([`fold_name`](crate::profile::fold_name)): upper case, letters and digits only. Composed accents stay,
//! so a word stands with and without them.

/// Names of an id column, the surest first.
pub const ID_NAMES: &[&str] = &[
    "SAMPLEID",
    "PERSONID",
    "SAMPLENAME",
    "PROFILEID",
    "SPECIMENID",
    "INDIVIDUALID",
    "INDID",
    "SUBJECTID",
    "SAMPLENO",
    "SAMPLENR",
    "SAMPLENUMBER",
    "SAMPLECODE",
    "SPECIMENNO",
    "SPECIMENNUMBER",
    "SPECIMENNAME",
    "NOMBREDEMUESTRA",
    "NOMBREDELAMUESTRA",
    "NOMBREMUESTRA",
    "IDMUESTRA",
    "NOMEDAAMOSTRA",
    "NOMEAMOSTRA",
    "IDAMOSTRA",
    "NOMDELECHANTILLON",
    "NOMDELÉCHANTILLON",
    "NOMECHANTILLON",
    "NOMÉCHANTILLON",
    "PROBENNAME",
    "PROBENNUMMER",
    "PROBENNR",
    "PROBENID",
    "PROBENBEZEICHNUNG",
    "NOMECAMPIONE",
    "SAMPLE",
    "ID",
    "MUESTRA",
    "AMOSTRA",
    "ECHANTILLON",
    "ÉCHANTILLON",
    "PROBE",
    "CAMPIONE",
    "PERSON",
    "INDIVIDUAL",
    "INDIVIDUO",
    "INDIVÍDUO",
    "INDIVIDU",
    "INDIVIDUUM",
    "IND",
    "SUBJECT",
    "SPECIMEN",
    "PROFILE",
    "NAME",
    "CODE",
    "CODIGO",
    "CÓDIGO",
    "BARCODE",
    "CHILDID",
    "CANDIDATEID",
    "IID",
    "NR",
    "NO",
    "NUMBER",
    "NUMMER",
    "NUMERO",
    "NÚMERO",
    "NUMÉRO",
];

/// Whether a column of this folded name holds locus names.
pub fn is_marker_column(folded: &str) -> bool {
    matches!(
        folded,
        "MARKER"
            | "MARKERS"
            | "MARKERNAME"
            | "LOCUS"
            | "LOCUSNAME"
            | "LÓCUS"
            | "LOKUS"
            | "LOCO"
            | "MARCADOR"
            | "MARQUEUR"
            | "MARCATORE"
            | "GENORT"
            | "STRLOCUS"
            | "STRMARKER"
    )
}

/// Names of a column with one allele, before its number.
const ALLELE: [&str; 12] = [
    "ALLELES",
    "ALLELE",
    "ALLÈLES",
    "ALLÈLE",
    "ALELOS",
    "ALELO",
    "ALLELI",
    "ALLEL",
    "ALLELECALL",
    "ALLELECALLS",
    "ALLELNR",
    "ALLELENO",
];

/// `Allele`, `Allele 1` to `Allele 99`, `Alelo 1`, `Allèle 1`, `Allele Call 1`.
pub fn is_allele_column(folded: &str) -> bool {
    let is_number = |rest: &str| rest.len() <= 2 && rest.bytes().all(|byte| byte.is_ascii_digit());
    ALLELE.iter().any(|word| folded.strip_prefix(word).is_some_and(is_number))
}

/// Names of a column with all alleles of a locus.
pub fn is_genotype_column(folded: &str) -> bool {
    matches!(folded, "GENOTYPE" | "GENOTYPES" | "GENOTIPO" | "GENÓTIPO" | "GENOTYP" | "GÉNOTYPE")
}

/// Kits and plots shorten the name of a locus to its chromosome. These are the chromosomes of which the usual identification kits
/// have one locus; the others have several (D1, D2, D6, D12 …), and which is meant nobody can tell.
const SHORTHAND: [(&str, &str); 11] = [
    ("D3", "D3S1358"),
    ("D5", "D5S818"),
    ("D7", "D7S820"),
    ("D8", "D8S1179"),
    ("D10", "D10S1248"),
    ("D13", "D13S317"),
    ("D16", "D16S539"),
    ("D18", "D18S51"),
    ("D19", "D19S433"),
    ("D21", "D21S11"),
    ("D22", "D22S1045"),
];

/// What a folded name of the form `D3` or `D3S` stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shorthand {
    /// This locus.
    Of(&'static str),
    /// One of several loci.
    Ambiguous,
}

/// The locus that a shortened name stands for; `None` where it is no shortened name.
pub fn shorthand(folded: &str) -> Option<Shorthand> {
    let short = folded.strip_suffix('S').unwrap_or(folded);
    if let Some((_, locus)) = SHORTHAND.iter().find(|(name, _)| *name == short) {
        return Some(Shorthand::Of(locus));
    }
    let chromosome = short.strip_prefix('D').filter(|digits| digits.len() <= 2 && !digits.starts_with('0'))?;
    let is_autosome = chromosome.parse::<u8>().is_ok_and(|number| (1..=22).contains(&number));
    (is_autosome && chromosome.bytes().all(|byte| byte.is_ascii_digit())).then_some(Shorthand::Ambiguous)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_those_of_one_locus() {
        assert_eq!(shorthand("D3"), Some(Shorthand::Of("D3S1358")));
        assert_eq!(shorthand("D21S"), Some(Shorthand::Of("D21S11")));
        for name in ["D1", "D2", "D2S", "D6", "D12", "D17"] {
            assert_eq!(shorthand(name), Some(Shorthand::Ambiguous), "{name}");
        }
        for name in ["D", "D0", "D03", "D23", "D3S1358", "D3S1", "DS", "DX", "X3", "D+3"] {
            assert_eq!(shorthand(name), None, "{name}");
        }
    }

    #[test]
    fn allele_columns_of_several_languages() {
        for name in ["ALLELE", "ALLELE1", "ALLELE12", "ALELO2", "ALLÈLE1", "ALLEL2", "ALLELECALL1"] {
            assert!(is_allele_column(name), "{name}");
        }
        for name in ["ALLELE123", "ALLELEFREQUENCY", "HEIGHT1"] {
            assert!(!is_allele_column(name), "{name}");
        }
    }
}
