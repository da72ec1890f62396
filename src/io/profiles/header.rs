//! What the columns of a profile file mean, found by looking at the header.

use super::metadata::Field;
use crate::profile::{Chromosome, LocusName, fold_name};
use std::collections::HashSet;

/// Names of an id column, the surest first.
const ID_NAMES: [&str; 20] = [
    "SAMPLEID",
    "PERSONID",
    "SAMPLENAME",
    "PROFILEID",
    "SPECIMENID",
    "INDIVIDUALID",
    "SAMPLENO",
    "SAMPLENUMBER",
    "SAMPLE",
    "ID",
    "PERSON",
    "INDIVIDUAL",
    "SPECIMEN",
    "PROFILE",
    "NAME",
    "CODE",
    "BARCODE",
    "CHILDID",
    "CANDIDATEID",
    "IID",
];

/// The columns (0-based) of one locus and its name.
#[derive(Clone, Debug, PartialEq)]
pub struct LocusColumns {
    /// The locus.
    pub locus: LocusName,
    /// One column with all alleles, or one column an allele.
    pub columns: Vec<usize>,
}

/// How the rows are laid out.
#[derive(Clone, Debug, PartialEq)]
pub enum Layout {
    /// One row a sample.
    Wide {
        /// The loci that belong in the product.
        loci: Vec<LocusColumns>,
        /// The sex test.
        amelogenin: Option<LocusColumns>,
    },
    /// One row a sample and locus.
    Long {
        /// The column with the locus name.
        marker: usize,
        /// The columns with the alleles.
        alleles: Vec<usize>,
    },
}

/// What each column of a file is.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// The headers as they stand.
    pub headers: Vec<String>,
    /// The id column.
    pub id: usize,
    /// The metadata columns.
    pub metadata: Vec<(usize, Field)>,
    /// Where the alleles are.
    pub layout: Layout,
    /// Columns that are nothing of these.
    pub ignored: Vec<String>,
    /// Columns without a header that hold no allele, before the last header.
    pub nameless: Vec<usize>,
    /// Y-chromosomal loci: kept out of the product.
    pub y_loci: Vec<String>,
}

/// What no profile file can do without.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HeaderFault {
    /// No column with the samples' ids.
    NoIdColumn,
    /// No column that names a locus.
    NoLocus,
}

/// The loci known beyond filia's own list, and the id column where the user named it.
#[derive(Clone, Debug, Default)]
pub struct HeaderNames {
    /// Loci named in frequency or marker files.
    pub loci: HashSet<LocusName>,
    /// The id column's header.
    pub id_column: Option<String>,
}

/// A header's meaning by itself, before its neighbours are looked at.
enum Meaning {
    Locus(LocusName),
    Metadata(Field),
    Blank,
    Other,
}

impl HeaderNames {
    /// Whether this name is a locus.
    pub fn is_locus(&self, name: &LocusName) -> bool {
        name.is_known() || self.loci.contains(name)
    }

    /// The number of columns that mean something: the measure by which the separator is found.
    pub fn count_recognised(&self, headers: &[String]) -> usize {
        let known = |header: &&String| {
            let folded = fold_name(header);
            self.is_id(header)
                || ID_NAMES.contains(&folded.as_str())
                || is_marker_column(&folded)
                || is_allele_column(&folded)
                || !matches!(self.meaning(header), Meaning::Blank | Meaning::Other)
        };
        headers.iter().filter(known).count()
    }

    /// What each column is.
    ///
    /// # Errors
    /// No id column or no locus.
    pub fn classify(&self, headers: Vec<String>) -> Result<Columns, HeaderFault> {
        let id = self.find_id(&headers).ok_or(HeaderFault::NoIdColumn)?;
        let folded: Vec<String> = headers.iter().map(|header| fold_name(header)).collect();
        let marker = folded.iter().position(|name| is_marker_column(name));
        let alleles: Vec<usize> = (0..headers.len()).filter(|&at| is_allele_column(&folded[at])).collect();
        match marker {
            Some(marker) if !alleles.is_empty() => Ok(self.classify_long(headers, id, marker, alleles)),
            _ => self.classify_wide(headers, id),
        }
    }

    fn classify_long(&self, headers: Vec<String>, id: usize, marker: usize, alleles: Vec<usize>) -> Columns {
        let mut metadata: Vec<(usize, Field)> = Vec::new();
        let (mut ignored, mut nameless) = (Vec::new(), Vec::new());
        for (at, header) in headers.iter().enumerate() {
            if at == id || at == marker || alleles.contains(&at) {
                continue;
            }
            match Field::of_header(header) {
                Some(field) if metadata.iter().all(|column| column.1 != field) => metadata.push((at, field)),
                _ if header.is_empty() => nameless.push(at),
                _ => ignored.push(header.clone()),
            }
        }
        let layout = Layout::Long { marker, alleles };
        Columns { headers, id, metadata, layout, ignored, nameless, y_loci: Vec::new() }
    }

    fn classify_wide(&self, headers: Vec<String>, id: usize) -> Result<Columns, HeaderFault> {
        let meanings: Vec<Meaning> = headers.iter().map(|header| self.meaning(header)).collect();
        let blanks = blanks_after_loci(&meanings);
        let mut loci: Vec<LocusColumns> = Vec::new();
        let (mut metadata, mut ignored): (Vec<(usize, Field)>, Vec<String>) = Default::default();
        let mut nameless = Vec::new();
        for (at, meaning) in meanings.iter().enumerate().filter(|&(at, _)| at != id) {
            match meaning {
                Meaning::Locus(locus) => add_column(&mut loci, locus, at),
                Meaning::Metadata(field) if metadata.iter().all(|column| column.1 != *field) => {
                    metadata.push((at, *field));
                }
                Meaning::Blank => match blanks[at] {
                    Some(locus) => add_column(&mut loci, locus, at),
                    None => nameless.push(at),
                },
                Meaning::Metadata(_) | Meaning::Other => ignored.push(headers[at].clone()),
            }
        }
        let (recombining, others): (Vec<_>, Vec<_>) =
            loci.into_iter().partition(|columns| columns.locus.is_recombining());
        if recombining.is_empty() {
            return Err(HeaderFault::NoLocus);
        }
        let (amelogenin, y): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|columns| columns.locus.chromosome() == Some(Chromosome::Amelogenin));
        let y_loci = y.into_iter().map(|columns| columns.locus.to_string()).collect();
        let layout = Layout::Wide { loci: recombining, amelogenin: amelogenin.into_iter().next() };
        // Beyond the last header a row must be empty anyway.
        nameless.retain(|&at| headers[at..].iter().any(|header| !header.is_empty()));
        Ok(Columns { headers, id, metadata, layout, ignored, nameless, y_loci })
    }

    fn is_id(&self, header: &str) -> bool {
        self.id_column.as_ref().is_some_and(|name| fold_name(name) == fold_name(header))
    }

    fn find_id(&self, headers: &[String]) -> Option<usize> {
        if let Some(name) = &self.id_column {
            let exact = headers.iter().position(|header| header == name.trim());
            return exact.or_else(|| headers.iter().position(|header| self.is_id(header)));
        }
        let folded: Vec<String> = headers.iter().map(|header| fold_name(header)).collect();
        ID_NAMES.iter().find_map(|name| folded.iter().position(|header| header == name))
    }

    fn meaning(&self, header: &str) -> Meaning {
        if header.is_empty() {
            return Meaning::Blank;
        }
        if let Some(field) = Field::of_header(header) {
            return Meaning::Metadata(field);
        }
        self.locus_of_header(header).map_or(Meaning::Other, Meaning::Locus)
    }

    /// The locus that a header names, with or without a sign that it is the first or second allele.
    fn locus_of_header(&self, header: &str) -> Option<LocusName> {
        let listed = |name: &LocusName| name.is_listed() || self.loci.contains(name);
        let whole = LocusName::new(header);
        if listed(&whole) {
            return Some(whole);
        }
        if let Some(base) = strip_allele_sign(header).map(LocusName::new)
            && self.is_locus(&base)
        {
            return Some(base);
        }
        if let Some(base) = header.strip_suffix(['1', '2']).map(LocusName::new)
            && listed(&base)
        {
            return Some(base);
        }
        self.is_locus(&whole).then_some(whole)
    }
}

/// `vWA` from `vWA_1`, `vWA 2`, `vWA.1`, `vWA (2)`, `vWA_a`, `vWA Allele 1`, `vWA_A1`; up to nine columns a locus.
fn strip_allele_sign(header: &str) -> Option<&str> {
    let is_mark = |symbol: char| matches!(symbol, '_' | ' ' | '.' | '-' | '/' | ':' | '(' | '[' | '#');
    let text = header.trim_end_matches([')', ']']);
    let numbered = text.strip_suffix(|sign: char| matches!(sign, '1'..='9' | 'a'..='i' | 'A'..='I'))?;
    let lower = numbered.to_ascii_lowercase();
    let lower = lower.trim_end_matches(is_mark);
    for word in ["allele", "al", "a"] {
        if let Some(base) = lower.strip_suffix(word)
            && base.ends_with(is_mark)
        {
            return header.get(..base.len()).map(|base| base.trim_end_matches(is_mark));
        }
    }
    numbered.ends_with(is_mark).then(|| numbered.trim_end_matches(is_mark))
}

fn is_marker_column(folded: &str) -> bool {
    matches!(folded, "MARKER" | "MARKERNAME" | "LOCUS" | "LOCUSNAME")
}

/// `Allele`, `Allele 1` to `Allele 99`.
fn is_allele_column(folded: &str) -> bool {
    let number = folded.strip_prefix("ALLELES").or_else(|| folded.strip_prefix("ALLELE"));
    number.is_some_and(|number| number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// For each header, if it is blank and stands for a further allele, the locus before it.
///
/// Blank headers mean alleles where more than half of the loci are followed by one. A row of headers may end with blanks that
/// mean nothing, so that the last locus has no more of them than the others.
fn blanks_after_loci(meanings: &[Meaning]) -> Vec<Option<&LocusName>> {
    let is_blank = |meaning: &Meaning| matches!(meaning, Meaning::Blank);
    let loci = (0..meanings.len()).filter(|&at| matches!(meanings[at], Meaning::Locus(_)));
    let runs: Vec<(usize, usize)> =
        loci.map(|at| (at, meanings[at + 1..].iter().take_while(|meaning| is_blank(meaning)).count())).collect();
    let mut owners = vec![None; meanings.len()];
    let followed = runs.iter().filter(|(_, blanks)| *blanks > 0).count();
    if 2 * followed <= runs.len() {
        return owners;
    }
    let is_last = |(at, blanks): (usize, usize)| at + 1 + blanks == meanings.len();
    let most = runs.iter().filter(|&&run| !is_last(run)).map(|run| run.1).max().unwrap_or(0).max(1);
    for &(at, blanks) in &runs {
        if let Meaning::Locus(locus) = &meanings[at] {
            let alleles = if is_last((at, blanks)) { blanks.min(most) } else { blanks };
            owners[at + 1..=at + alleles].fill(Some(locus));
        }
    }
    owners
}

fn add_column(loci: &mut Vec<LocusColumns>, locus: &LocusName, column: usize) {
    match loci.iter_mut().find(|columns| columns.locus == *locus) {
        Some(columns) => columns.columns.push(column),
        None => loci.push(LocusColumns { locus: locus.clone(), columns: vec![column] }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classify(header: &str) -> Result<Columns, HeaderFault> {
        HeaderNames::default().classify(header.split(',').map(str::to_owned).collect())
    }

    fn loci(header: &str) -> Vec<(String, Vec<usize>)> {
        match classify(header).unwrap().layout {
            Layout::Wide { loci, .. } => {
                loci.into_iter().map(|locus| (locus.locus.to_string(), locus.columns)).collect()
            }
            Layout::Long { .. } => panic!("long"),
        }
    }

    #[test]
    fn two_columns_a_locus_in_every_spelling() {
        for header in [
            "id,vWA_1,vWA_2,TH01_1,TH01_2",
            "id,vWA 1,vWA 2,THO1 1,THO1 2",
            "id,vWA,vWA,TH01,TH01",
            "id,vWA,,TH01,",
            "id,VWA.a,VWA.b,TH01-1,TH01-2",
            "id,vWA (1),vWA (2),TH01 Allele 1,TH01 Allele 2",
            "id,vWA1,vWA2,TH011,TH012",
        ] {
            assert_eq!(loci(header), [("vWA".into(), vec![1, 2]), ("TH01".into(), vec![3, 4])], "{header}");
        }
        assert_eq!(loci("id,D3S13581,D3S13582"), [("D3S1358".into(), vec![1, 2])]);
        assert_eq!(
            loci("id,Penta D_1,Penta D_2,Penta E"),
            [("Penta D".into(), vec![1, 2]), ("Penta E".into(), vec![3])]
        );
        assert_eq!(loci("id,vWA_1,vWA_2,vWA_3,TH01"), [("vWA".into(), vec![1, 2, 3]), ("TH01".into(), vec![4])]);
        assert_eq!(loci("id,vWA,,,TH01,"), [("vWA".into(), vec![1, 2, 3]), ("TH01".into(), vec![4, 5])]);
        assert_eq!(loci("id,vWA,,TH01,,,"), [("vWA".into(), vec![1, 2]), ("TH01".into(), vec![3, 4])]);
        assert_eq!(loci("id,vWA,TH01,,"), [("vWA".into(), vec![1]), ("TH01".into(), vec![2])]);
    }

    #[test]
    fn other_columns_are_told_apart() {
        let columns = classify("Nr,Sample Name,Sex,AMEL,DYS391,D3S1358,comment,Yindel").unwrap();
        assert_eq!((columns.id, columns.metadata), (1, vec![(2, Field::Sex)]));
        assert_eq!(columns.ignored, ["Nr", "comment"]);
        assert_eq!(columns.y_loci, ["DYS391", "Yindel"]);
        assert_eq!(classify(",id,vWA,TH01,,FGA,SE33,").unwrap().nameless, [0, 4]);
        assert!(matches!(columns.layout, Layout::Wide { amelogenin: Some(_), .. }));
    }

    #[test]
    fn genotype_tables_are_long() {
        for header in [
            "Sample File,Sample Name,Panel,Marker,Dye,Allele 1,Allele 2,Size 1",
            "SampleName,Marker,Dye,X,P,Allele.1,Allele.2",
        ] {
            let columns = classify(header).unwrap();
            assert!(matches!(columns.layout, Layout::Long { ref alleles, .. } if *alleles == [5, 6]), "{header}");
        }
    }

    #[test]
    fn a_header_without_id_or_locus_is_refused() {
        assert_eq!(classify("vWA,TH01"), Err(HeaderFault::NoIdColumn));
        assert_eq!(classify("id,colour"), Err(HeaderFault::NoLocus));
    }
}
