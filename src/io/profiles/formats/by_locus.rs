//! Genotypes that come locus by locus, those of all samples at a time: numbers of alleles become columns of codes.
//!
//! A locus in several records is used in none of them: where a caller split the alleles of a locus over records, each of them alone shows
//! wrong genotypes. Memory: two bytes a sample and locus.

use super::{Gathered, ProfileError, ProfileFile};
use crate::{
    io::{
        problems::{Reason, Rejected},
        profiles::{
            FileSummary,
            rejects::RejectsOfFile,
            wide::{check_id, shown_id},
        },
    },
    name_some::name_some,
    profile::{
        Allele, Call, Code, Dictionary, LocusKind, LocusName, MISSING, Observation, PanelBuilder, PanelError, Sample,
    },
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// A locus as it stands in the file.
pub(super) struct LocusRecord {
    /// 1-based line.
    pub line: u64,
    /// As the file spells it.
    pub chromosome: String,
    pub name: LocusName,
    /// Each allele, in the order of their numbers; `None` where the file does not say it.
    pub alleles: Vec<Option<Allele>>,
}

/// What a record says of one sample: numbers of alleles (0-based).
pub(super) enum RecordGenotype<'r> {
    Missing,
    Of([usize; 2]),
    /// A text that is not used, and why.
    NotUsed(Cow<'r, str>, Reason),
}

/// The genotypes of one file so far.
pub(super) struct ByLocus<'a> {
    file: &'a ProfileFile<'a>,
    name: Arc<str>,
    /// The column that messages name.
    column: &'static str,
    rejects: &'a RejectsOfFile,
    samples: Vec<Sample>,
    drop_out: f64,
    loci: Vec<Locus>,
    places: HashMap<LocusName, usize>,
    /// Records that are not used: why, how many, and the first line.
    not_used: BTreeMap<String, (u64, u64)>,
    records: u64,
    /// Genotypes that are not used.
    genotypes: u64,
}

struct Locus {
    line: u64,
    name: LocusName,
    dictionary: Dictionary,
    codes: Vec<Code>,
    is_repeated: bool,
}

impl<'a> ByLocus<'a> {
    /// No locus yet of these samples.
    pub fn new(
        file: &'a ProfileFile<'a>,
        column: &'static str,
        rejects: &'a RejectsOfFile,
        samples: Vec<Sample>,
    ) -> Self {
        Self {
            file,
            name: Arc::from(file.name.as_str()),
            column,
            rejects,
            samples,
            drop_out: file.options.drop_out.of(file.default_role),
            loci: Vec::new(),
            places: HashMap::new(),
            not_used: BTreeMap::new(),
            records: 0,
            genotypes: 0,
        }
    }

    /// Counts a record that is not used.
    pub fn pass_over(&mut self, line: u64, why: String) {
        self.records += 1;
        self.not_used.entry(why).or_insert((0, line)).0 += 1;
    }

    /// Lists a record that is not used, with the field at fault.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn refuse(&mut self, line: u64, column: &str, value: String, reason: Reason) -> Result<(), PanelError> {
        self.pass_over(line, format!("with what is listed as {}", reason.kind()));
        self.reject(line, column, None, value, reason)
    }

    /// Takes a locus with the genotypes of all samples, unless it is none that is used.
    ///
    /// # Errors
    /// A full dictionary; a temporary file that cannot be written.
    pub fn take<'r>(
        &mut self,
        record: LocusRecord,
        genotypes: impl Iterator<Item = RecordGenotype<'r>>,
    ) -> Result<(), PanelError> {
        let LocusRecord { line, chromosome, name, alleles } = record;
        if !is_autosomal(&chromosome) || matches!(name.chromosome(), Some(LocusKind::Y | LocusKind::Amelogenin)) {
            self.pass_over(line, format!("on chromosome {chromosome}"));
            return Ok(());
        }
        self.records += 1;
        if let Some(&place) = self.places.get(&name) {
            return self.repeat(place, line, &name);
        }
        let mut locus = Locus { line, name, dictionary: Dictionary::default(), codes: Vec::new(), is_repeated: false };
        locus.codes.reserve_exact(self.samples.len());
        let mut known: Vec<Option<Code>> = vec![None; alleles.len() * alleles.len()];
        for (at, genotype) in genotypes.enumerate() {
            let (value, reason) = match genotype {
                RecordGenotype::Missing => {
                    locus.codes.push(MISSING);
                    continue;
                }
                RecordGenotype::NotUsed(value, reason) => (value, reason),
                RecordGenotype::Of([first, second]) => {
                    let known = &mut known[first * alleles.len() + second];
                    if known.is_none()
                        && let (Some(one), Some(other)) = (alleles[first], alleles[second])
                    {
                        *known = Some(locus.encode(Call::from_alleles(&[one, other]), self.drop_out)?);
                    }
                    if let &mut Some(code) = known {
                        locus.codes.push(code);
                        continue;
                    }
                    (Cow::default(), Reason::OneAlleleMissing("0".to_owned()))
                }
            };
            locus.codes.push(MISSING);
            self.genotypes += 1;
            self.reject(line, self.column, Some((at, &locus.name)), value.into_owned(), reason)?;
        }
        self.places.insert(locus.name.clone(), self.loci.len());
        self.loci.push(locus);
        Ok(())
    }

    /// Lists a locus that stands in another record too, and that record the first time.
    fn repeat(&mut self, place: usize, line: u64, name: &LocusName) -> Result<(), PanelError> {
        let first = &mut self.loci[place];
        let (first_line, is_news) = (first.line, !std::mem::replace(&mut first.is_repeated, true));
        first.codes = Vec::new();
        if is_news {
            self.reject(first_line, "", None, name.to_string(), Reason::LocusRepeated(line))?;
        }
        self.reject(line, "", None, name.to_string(), Reason::LocusRepeated(first_line))
    }

    fn reject(
        &self,
        line: u64,
        column: &str,
        call: Option<(usize, &LocusName)>,
        value: String,
        reason: Reason,
    ) -> Result<(), PanelError> {
        let (file, column) = (self.name.clone(), Arc::from(column));
        let (sample_id, locus) =
            call.map(|(at, locus)| (self.samples[at].id.clone(), Some(locus.clone()))).unwrap_or_default();
        self.rejects.push(Rejected { file, line, column, sheet_column: None, sample_id, locus, value, reason })
    }

    /// Gives all samples to a run; `lines` holds the line of each.
    ///
    /// # Errors
    /// No locus that can be used; more distinct observations or id text than a panel can hold.
    pub fn finish_into(mut self, into: &mut Gathered, format: String, lines: &[u32]) -> Result<(), ProfileError> {
        let (file, rejects) = (self.file, self.rejects);
        let in_panel = |cause| ProfileError::Panel { file: file.name.clone(), cause };
        self.loci.retain(|locus| !locus.is_repeated);
        let note = self.note();
        if self.loci.is_empty() || self.samples.is_empty() {
            let first = rejects.first().map(|first| first.to_string());
            let why = first.or(note).unwrap_or_else(|| "there is none".to_owned());
            let cause = format!("no locus of it can be used: {why}");
            return Err(ProfileError::Unusable { file: file.name.clone(), cause });
        }
        let genotypes = (self.genotypes > 0)
            .then(|| format!("{} genotypes cannot be used and are read as missing", self.genotypes));
        into.note_all(note.into_iter().chain(genotypes).map(|note| format!("{}: {note}", file.name)));
        let loci: Vec<LocusName> = self.loci.iter().map(|locus| locus.name.clone()).collect();
        let mut builder = PanelBuilder::new(loci.clone());
        self.samples.iter().try_for_each(|sample| builder.push_sample(sample)).map_err(in_panel)?;
        builder.set_columns(self.loci.into_iter().map(|locus| (locus.dictionary, locus.codes)).collect());
        into.take(builder, lines).map_err(in_panel)?;
        let (name, sources, samples) = (file.name.clone(), file.sources.to_vec(), self.samples.len());
        into.add_file(FileSummary { name, format, sources, rows: self.records, samples, loci });
        Ok(())
    }

    /// A sentence on records that are not used.
    fn note(&self) -> Option<String> {
        const NAMED: usize = 20;
        let each =
            self.not_used.iter().map(|(why, (count, first))| format!("{count} {why} (the first in line {first})"));
        (!self.not_used.is_empty()).then(|| format!("loci that are not used: {}", name_some(each, NAMED)))
    }
}

impl Locus {
    fn encode(&mut self, call: Call, drop_out: f64) -> Result<Code, PanelError> {
        let code = self.dictionary.encode(Observation { call, drop_out });
        code.ok_or_else(|| self.dictionary.too_many(&self.name))
    }
}

/// Whether a chromosome of this name is none of X, Y, their common part and the mitochondrial one (in PLINK 23 to 26). The names of
/// amplicons and of chromosomes of other species count as autosomes.
pub(super) fn is_autosomal(chromosome: &str) -> bool {
    let upper = chromosome.trim().to_ascii_uppercase();
    let bare = upper.strip_prefix("CHR").unwrap_or(&upper);
    let accession = bare.split('.').next().unwrap_or_default();
    !matches!(bare, "X" | "Y" | "XY" | "M" | "MT" | "23" | "24" | "25" | "26")
        && !matches!(accession, "NC_000023" | "NC_000024" | "NC_012920")
}

/// The name of a locus: the first of these that the run knows, else the first.
pub(super) fn locus_name(file: &ProfileFile<'_>, spellings: &[&str]) -> LocusName {
    let mut names = spellings.iter().map(|spelling| LocusName::new(spelling));
    let known = names.clone().find(|name| file.names.loci.contains(name));
    known.or_else(|| names.next()).unwrap_or_else(|| LocusName::new(""))
}

/// The first id that no sample can have, as a message shows it, and what is wrong with it.
pub(super) fn unusable_id<'s>(samples: impl IntoIterator<Item = &'s Sample>) -> Option<(String, Reason)> {
    samples.into_iter().find_map(|sample| Some((shown_id(&sample.id), check_id(&sample.id).err()?)))
}
