//! What the columns of a profile file mean, found by looking at the header.

use super::{
    kits::split_at_kit,
    metadata::Field,
    words::{ID_NAMES, Shorthand, is_allele_column, is_genotype_column, is_marker_column, shorthand},
};
use crate::profile::{LocusKind, LocusName, fold_name};
use std::collections::{HashMap, HashSet};

/// The columns (0-based) of one locus and its name.
#[derive(Clone, Debug, PartialEq)]
pub struct LocusColumns {
    /// The locus.
    pub locus: LocusName,
    /// In the order of the header.
    pub columns: Vec<LocusColumn>,
}

/// One column of a locus.
#[derive(Clone, Debug, PartialEq)]
pub struct LocusColumn {
    /// Position (0-based).
    pub at: usize,
    /// Which allele its header says it holds.
    pub sign: Sign,
    /// The kit that its header names, folded.
    pub kit: Option<String>,
}

/// What a header says of the allele in its column.
#[derive(Clone, Debug, PartialEq)]
pub enum Sign {
    /// The locus alone.
    None,
    /// The header is blank, the locus stands before it.
    Blank,
    /// A number or letter behind the locus.
    Mark(String),
}

/// How the rows are laid out.
#[derive(Clone, Debug, PartialEq)]
pub enum TableLayout {
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
pub struct FileColumns {
    /// The headers as they stand.
    pub headers: Vec<String>,
    /// The id column.
    pub id: usize,
    /// The metadata columns.
    pub metadata: Vec<(usize, Field)>,
    /// Where the alleles are.
    pub layout: TableLayout,
    /// Columns that are nothing of these.
    pub ignored: Vec<String>,
    /// Columns without a header that hold no allele, before the last header.
    pub nameless: Vec<usize>,
    /// Y-chromosomal loci: kept out of the product.
    pub y_loci: Vec<String>,
}

/// What no profile file can do without.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HeaderFault {
    /// A column that the user named is not there: its name, and the option.
    NamedColumnMissing(String, &'static str),
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
    /// The header of a long table's marker column.
    pub marker_column: Option<String>,
    /// The headers of a long table's allele columns.
    pub allele_columns: Vec<String>,
}

/// A header that names a locus.
#[derive(Clone, Debug)]
struct LocusHeader {
    locus: LocusName,
    sign: Sign,
    kit: Option<String>,
}

/// A header's meaning by itself, before its neighbours are looked at.
enum HeaderMeaning {
    Locus(LocusHeader),
    Metadata(Field),
    Blank,
    Other,
}

impl HeaderNames {
    /// Whether this name is a locus.
    pub fn is_locus(&self, name: &LocusName) -> bool {
        name.is_known() || self.loci.contains(name)
    }

    /// Whether this name is a locus that stands in a list, not only one that looks like a locus.
    fn is_listed(&self, name: &LocusName) -> bool {
        name.is_listed() || self.loci.contains(name)
    }

    /// The number of columns that mean something: the measure by which the separator is found.
    pub fn count_recognised(&self, headers: &[String]) -> usize {
        let known = |header: &&String| {
            let folded = fold_name(header);
            self.is_named(header)
                || ID_NAMES.contains(&folded.as_str())
                || is_marker_column(&folded)
                || is_allele_column(&folded)
                || is_genotype_column(&folded)
                || !matches!(self.meaning(headers, header), HeaderMeaning::Blank | HeaderMeaning::Other)
        };
        headers.iter().filter(known).count()
    }

    /// What each column is.
    ///
    /// # Errors
    /// No id column or no locus; a column that the user named is not there.
    pub fn classify(&self, headers: Vec<String>) -> Result<FileColumns, HeaderFault> {
        let id = match &self.id_column {
            Some(name) => find_named(&headers, name, "--id-column")?,
            None => find_id(&headers).ok_or(HeaderFault::NoIdColumn)?,
        };
        let marker = match &self.marker_column {
            Some(name) => Some(find_named(&headers, name, "--marker-column")?),
            None => headers.iter().position(|header| is_marker_column(&fold_name(header))),
        };
        let alleles = self.find_alleles(&headers)?;
        let columns = match marker {
            Some(marker) if !alleles.is_empty() => self.classify_long(headers, id, marker, alleles),
            _ => self.classify_wide(headers, id)?,
        };
        match self.id_column.is_none() && is_answer(&columns) {
            true => Err(HeaderFault::NoIdColumn),
            false => Ok(columns),
        }
    }

    /// Whether the header row has all that a profile file needs.
    pub fn is_header(&self, headers: &[String]) -> bool {
        self.classify(headers.to_vec()).is_ok()
    }

    /// The columns of a long table that hold alleles: those named, else those of one allele each, else one with all of them.
    fn find_alleles(&self, headers: &[String]) -> Result<Vec<usize>, HeaderFault> {
        if !self.allele_columns.is_empty() {
            return self.allele_columns.iter().map(|name| find_named(headers, name, "--allele-column")).collect();
        }
        let of = |is_kind: fn(&str) -> bool| -> Vec<usize> {
            (0..headers.len()).filter(|&at| is_kind(&fold_name(&headers[at]))).collect()
        };
        let single = of(is_allele_column);
        Ok(if single.is_empty() { of(is_genotype_column) } else { single })
    }

    fn classify_long(&self, headers: Vec<String>, id: usize, marker: usize, alleles: Vec<usize>) -> FileColumns {
        let mut metadata: Vec<(usize, Field)> = Vec::new();
        let (mut ignored, mut nameless) = (Vec::new(), Vec::new());
        for (at, header) in headers.iter().enumerate() {
            if at == id || at == marker || alleles.contains(&at) {
                continue;
            }
            match field_of(&headers, header) {
                Some(field) if metadata.iter().all(|column| column.1 != field) => metadata.push((at, field)),
                _ if header.is_empty() => nameless.push(at),
                _ => ignored.push(header.clone()),
            }
        }
        let layout = TableLayout::Long { marker, alleles };
        FileColumns { headers, id, metadata, layout, ignored, nameless, y_loci: Vec::new() }
    }

    fn classify_wide(&self, headers: Vec<String>, id: usize) -> Result<FileColumns, HeaderFault> {
        let meanings: Vec<HeaderMeaning> = headers.iter().map(|header| self.meaning(&headers, header)).collect();
        let blanks = blanks_after_loci(&meanings);
        let (mut loci, mut places): (Vec<LocusColumns>, HashMap<LocusName, usize>) = Default::default();
        let (mut metadata, mut ignored): (Vec<(usize, Field)>, Vec<String>) = Default::default();
        let mut nameless = Vec::new();
        for (at, meaning) in meanings.iter().enumerate().filter(|&(at, _)| at != id) {
            match meaning {
                HeaderMeaning::Locus(header) => add_column((&mut loci, &mut places), header.clone(), at),
                HeaderMeaning::Metadata(field) if metadata.iter().all(|column| column.1 != *field) => {
                    metadata.push((at, *field));
                }
                HeaderMeaning::Blank => match blanks[at] {
                    Some(owner) => {
                        let header = LocusHeader { sign: Sign::Blank, ..owner.clone() };
                        add_column((&mut loci, &mut places), header, at);
                    }
                    None => nameless.push(at),
                },
                HeaderMeaning::Metadata(_) | HeaderMeaning::Other => ignored.push(headers[at].clone()),
            }
        }
        let (recombining, others): (Vec<_>, Vec<_>) =
            loci.into_iter().partition(|columns| columns.locus.is_recombining());
        if recombining.is_empty() {
            return Err(HeaderFault::NoLocus);
        }
        let (amelogenin, y): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|columns| columns.locus.chromosome() == Some(LocusKind::Amelogenin));
        let y_loci = y.into_iter().map(|columns| columns.locus.to_string()).collect();
        // X alone tells no sex where the column for Y is not there.
        let shows_y =
            |columns: &LocusColumns| columns.columns.iter().any(|column| column.sign != Sign::Mark("X".into()));
        let (amelogenin, x_alone): (Vec<_>, Vec<_>) = amelogenin.into_iter().partition(shows_y);
        ignored.extend(x_alone.iter().flat_map(|columns| &columns.columns).map(|column| headers[column.at].clone()));
        let layout = TableLayout::Wide { loci: recombining, amelogenin: amelogenin.into_iter().next() };
        // Beyond the last header a row must be empty anyway.
        nameless.retain(|&at| headers[at..].iter().any(|header| !header.is_empty()));
        Ok(FileColumns { headers, id, metadata, layout, ignored, nameless, y_loci })
    }

    /// Whether the user named this column.
    fn is_named(&self, header: &str) -> bool {
        let mut named = self.id_column.iter().chain(&self.marker_column).chain(&self.allele_columns);
        named.any(|name| fold_name(name) == fold_name(header))
    }

    fn meaning(&self, headers: &[String], header: &str) -> HeaderMeaning {
        if header.is_empty() {
            return HeaderMeaning::Blank;
        }
        if let Some(field) = field_of(headers, header) {
            return HeaderMeaning::Metadata(field);
        }
        self.locus_of_header(header).map_or(HeaderMeaning::Other, HeaderMeaning::Locus)
    }

    /// The locus that a header names, with or without a sign that it is the first or second allele, and the name of a kit before or
    /// behind that.
    fn locus_of_header(&self, header: &str) -> Option<LocusHeader> {
        if let Some((locus, sign)) = self.locus_and_sign(header) {
            return Some(LocusHeader { locus, sign, kit: None });
        }
        let of_kit =
            |text: &str| split_at_kit(text).find_map(|(name, kit)| Some((self.locus_and_sign(name)?, Some(kit))));
        if let Some(((locus, sign), kit)) = of_kit(header) {
            return Some(LocusHeader { locus, sign, kit });
        }
        let (base, mark) = strip_allele_sign(header)?;
        of_kit(base).map(|((locus, _), kit)| LocusHeader { locus, sign: Sign::Mark(mark), kit })
    }

    /// The locus of a header without a kit, with or without a sign that it is the first or second allele.
    fn locus_and_sign(&self, header: &str) -> Option<(LocusName, Sign)> {
        let whole = LocusName::new(header);
        if self.is_listed(&whole) {
            return Some((whole, Sign::None));
        }
        if let Some(sign) = amelogenin_sign(header) {
            return Some((LocusName::new("Amelogenin"), sign));
        }
        if let Some((base, mark)) = strip_allele_sign(header)
            && let Some(base) = self.locus_of_name(base)
        {
            return Some((base, Sign::Mark(mark)));
        }
        if let Some(base) = header.strip_suffix(['1', '2']).map(LocusName::new)
            && self.is_listed(&base)
        {
            return Some((base, Sign::Mark(header[header.len() - 1..].to_owned())));
        }
        self.locus_of_name(header).map(|locus| (locus, Sign::None))
    }

    /// The locus that a marker column names, with or without a kit behind it.
    pub fn locus_of_marker(&self, text: &str) -> Option<LocusName> {
        self.locus_of_name(text).or_else(|| split_at_kit(text).find_map(|(name, _)| self.locus_of_name(name)))
    }

    /// The locus of this name, where one is known; `D3` stands for `D3S1358`.
    fn locus_of_name(&self, text: &str) -> Option<LocusName> {
        let name = LocusName::new(text);
        if self.is_locus(&name) {
            return Some(name);
        }
        match shorthand(&fold_name(text)) {
            Some(Shorthand::Of(locus)) => Some(LocusName::new(locus)),
            Some(Shorthand::Ambiguous) | None => None,
        }
    }

    /// Of headers that are not used, those that begin with the name of a locus.
    pub fn begun_with_locus<'a>(&self, headers: &'a [String]) -> Vec<&'a str> {
        let ends = |symbol: char| matches!(symbol, '_' | ' ' | '.' | '-' | '(' | '[');
        let is_begun =
            |header: &&str| header.match_indices(ends).any(|(at, _)| self.is_listed(&LocusName::new(&header[..at])));
        headers.iter().map(String::as_str).filter(is_begun).collect()
    }

    /// Of headers that are not used, those that shorten the name of one of several loci.
    pub fn ambiguous_names<'a>(&self, headers: &'a [String]) -> Vec<&'a str> {
        let is_ambiguous = |name: &str| shorthand(&fold_name(name)) == Some(Shorthand::Ambiguous);
        let without_sign = |header: &'a String| strip_allele_sign(header).map_or(&**header, |(base, _)| base);
        let mut names: Vec<&str> = headers.iter().map(without_sign).filter(|name| is_ambiguous(name)).collect();
        names.dedup();
        names
    }
}

/// What a metadata column holds; a translated name counts where no column has the English one.
fn field_of(headers: &[String], header: &str) -> Option<Field> {
    let translated = || {
        let field = Field::of_translated_header(header)?;
        headers.iter().all(|other| Field::of_header(other) != Some(field)).then_some(field)
    };
    Field::of_header(header).or_else(translated)
}

/// Whether a column of this name, among these headers, holds something known that is no allele.
pub fn is_metadata(headers: &[String], header: &str) -> bool {
    field_of(headers, header).is_some()
}

/// The column that the user named.
pub fn find_named(headers: &[String], name: &str, option: &'static str) -> Result<usize, HeaderFault> {
    let exact = headers.iter().position(|header| header == name.trim());
    let folded = || headers.iter().position(|header| fold_name(header) == fold_name(name));
    exact.or_else(folded).ok_or_else(|| HeaderFault::NamedColumnMissing(name.to_owned(), option))
}

/// Whether the name of the id column is rather an answer (`No`) in a row of some report: heads of tables have the ids before the loci.
fn is_answer(columns: &FileColumns) -> bool {
    let first_locus = match &columns.layout {
        TableLayout::Wide { loci, .. } => loci.iter().flat_map(|locus| &locus.columns).map(|column| column.at).min(),
        TableLayout::Long { marker, .. } => Some(*marker),
    };
    fold_name(&columns.headers[columns.id]) == "NO" && first_locus.is_some_and(|locus| locus < columns.id)
}

/// The column with the surest of the usual names.
pub fn find_id(headers: &[String]) -> Option<usize> {
    let folded: Vec<String> = headers.iter().map(|header| fold_name(header)).collect();
    ID_NAMES.iter().find_map(|name| folded.iter().position(|header| header == name))
}

/// `AMELX` and `AMELY`: one column for each of the two alleles.
fn amelogenin_sign(header: &str) -> Option<Sign> {
    let folded = fold_name(header);
    let base = folded.strip_suffix(['X', 'Y'])?;
    let is_amelogenin = LocusName::new(base).chromosome() == Some(LocusKind::Amelogenin);
    is_amelogenin.then(|| Sign::Mark(folded[base.len()..].to_owned()))
}

/// `vWA` and `1` from `vWA_1`, `vWA 1`, `vWA.1`, `vWA (1)`, `vWA Allele 1`, `vWA_A1`; up to nine columns a locus, or `a` to `i`.
pub fn strip_allele_sign(header: &str) -> Option<(&str, String)> {
    let is_mark = |symbol: char| matches!(symbol, '_' | ' ' | '.' | '-' | '/' | ':' | '(' | '[' | '#');
    let text = header.trim_end_matches([')', ']']);
    let numbered = text.strip_suffix(|sign: char| matches!(sign, '1'..='9' | 'a'..='i' | 'A'..='I'))?;
    let mark = text[numbered.len()..].to_ascii_lowercase();
    let lower = numbered.to_ascii_lowercase();
    let lower = lower.trim_end_matches(is_mark);
    for word in ["allele", "allèle", "alelo", "allel", "al", "a"] {
        if let Some(base) = lower.strip_suffix(word)
            && base.ends_with(is_mark)
        {
            return header.get(..base.len()).map(|base| (base.trim_end_matches(is_mark), mark));
        }
    }
    numbered.ends_with(is_mark).then(|| (numbered.trim_end_matches(is_mark), mark))
}

/// For each header, if it is blank and stands for a further allele, the header of the locus before it.
///
/// Blank headers mean alleles where more than half of the loci are followed by one. A row of headers may end with blanks that
/// mean nothing, so that the last locus has no more of them than the others.
fn blanks_after_loci(meanings: &[HeaderMeaning]) -> Vec<Option<&LocusHeader>> {
    let is_blank = |meaning: &HeaderMeaning| matches!(meaning, HeaderMeaning::Blank);
    let loci = (0..meanings.len()).filter(|&at| matches!(meanings[at], HeaderMeaning::Locus(..)));
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
        if let HeaderMeaning::Locus(header) = &meanings[at] {
            let alleles = if is_last((at, blanks)) { blanks.min(most) } else { blanks };
            owners[at + 1..=at + alleles].fill(Some(header));
        }
    }
    owners
}

/// Adds a column to those of its locus, which are found by name.
fn add_column(
    (loci, places): (&mut Vec<LocusColumns>, &mut HashMap<LocusName, usize>),
    header: LocusHeader,
    at: usize,
) {
    let LocusHeader { locus, sign, kit } = header;
    let place = *places.entry(locus.clone()).or_insert(loci.len());
    if place == loci.len() {
        loci.push(LocusColumns { locus, columns: Vec::new() });
    }
    loci[place].columns.push(LocusColumn { at, sign, kit });
}

#[cfg(test)]
mod tests;
