//! Samples whose loci come one by one, each with its alleles: from what a file says of them to samples and calls.

use crate::{
    io::{
        problems::{Reason, Rejected},
        profiles::{
            FileSummary, ProfileError,
            cell::{CellReading, CellRules, read_amelogenin, read_cells},
            combine::{ReadTyping, combine_calls, combine_sexes},
            commas::{Comma, LocusShows},
            formats::{Gathered, ProfileFile},
            rejects::RejectsOfFile,
            wide::{PartialProfiles, check_id, settle_sex, shown_id},
        },
    },
    profile::{Call, LocusKind, LocusName, Observation, PanelBuilder, PanelError, Sample},
};
use indexmap::IndexMap;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// A sample as it stands in the file.
#[derive(Default)]
pub(super) struct Specimen {
    /// 1-based line.
    pub line: u64,
    /// Everything but its calls.
    pub sample: Sample,
    pub loci: Vec<SpecimenLocus>,
}

/// A locus of a specimen.
#[derive(Default)]
pub(super) struct SpecimenLocus {
    /// 1-based line.
    pub line: u64,
    pub name: String,
    pub alleles: Vec<String>,
}

/// What a file calls id, locus and allele: the columns that messages name.
#[derive(Clone, Copy)]
pub(super) struct FieldNames {
    pub id: &'static str,
    pub locus: &'static str,
    pub allele: &'static str,
}
/// The samples of one file.
pub(super) struct Specimens<'a> {
    file: &'a ProfileFile<'a>,
    fields: FieldNames,
    name: Arc<str>,
    rejects: &'a RejectsOfFile,
    /// What each name of a locus means.
    names: HashMap<String, ElementMeaning>,
    loci: IndexMap<LocusName, CellRules>,
    y_loci: BTreeSet<String>,
    /// Loci that the file itself declares.
    declared: HashSet<LocusName>,
    samples: Vec<ReadSpecimen>,
    rows: u64,
}

/// A sample, the line of its element, and its calls with the positions of their loci.
struct ReadSpecimen {
    sample: Sample,
    line: u32,
    calls: Vec<(usize, Call)>,
}

#[derive(Clone, Copy)]
enum ElementMeaning {
    Locus(usize),
    Amelogenin,
    /// Y-chromosomal or unknown.
    NotUsed,
}

impl<'a> Specimens<'a> {
    /// None yet.
    pub fn new(file: &'a ProfileFile<'a>, fields: FieldNames, rejects: &'a RejectsOfFile) -> Self {
        Self {
            file,
            fields,
            name: Arc::from(file.name.as_str()),
            rejects,
            names: HashMap::new(),
            loci: IndexMap::new(),
            y_loci: BTreeSet::new(),
            declared: HashSet::new(),
            samples: Vec::new(),
            rows: 0,
        }
    }

    /// With these loci, which the file itself declares: they are known.
    pub fn declaring<'n>(mut self, loci: impl IntoIterator<Item = &'n str>) -> Self {
        self.declared.extend(loci.into_iter().map(LocusName::new));
        self
    }

    /// Takes a specimen.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn take(&mut self, specimen: Specimen) -> Result<(), PanelError> {
        self.rows += 1;
        let Specimen { line, mut sample, loci } = specimen;
        if let Err(reason) = check_id(&sample.id) {
            return self.reject(line, self.fields.id, &shown_id(&sample.id), None, String::new(), reason);
        }
        let mut calls: IndexMap<usize, (Vec<ReadTyping<CellReading>>, SpecimenLocus)> = IndexMap::new();
        let mut sexes = Vec::new();
        for locus in loci {
            match self.meaning(&locus, &sample.id)? {
                ElementMeaning::NotUsed => {}
                ElementMeaning::Amelogenin => {
                    let reading = read_amelogenin(locus.alleles.iter().map(String::as_str));
                    sexes.push(ReadTyping { first: 0, reading });
                }
                ElementMeaning::Locus(at) => {
                    let reading = read_cells(locus.alleles.iter().map(String::as_str), &self.loci[at]);
                    let typing = ReadTyping { first: 0, reading };
                    match calls.get_mut(&at) {
                        Some((typings, before)) => {
                            typings.push(typing);
                            before.alleles.push("|".to_owned());
                            before.alleles.extend(locus.alleles);
                        }
                        None => _ = calls.insert(at, (vec![typing], locus)),
                    }
                }
            }
        }
        let shown = combine_sexes(sexes).map_err(|(_, reason)| reason);
        if let Err(reason) = shown.and_then(|shown| settle_sex(&mut sample, shown)) {
            let amelogenin = Some(LocusName::new("Amelogenin"));
            self.reject(line, self.fields.allele, &sample.id, amelogenin, String::new(), reason)?;
        }
        let mut settled = Vec::with_capacity(calls.len());
        for (at, (typings, locus)) in calls {
            let CellReading { call, problem } = combine_calls(typings, false);
            if let Some((_, reason)) = problem {
                let (name, value) = (self.loci.get_index(at).map(|of| of.0.clone()), locus.alleles.join(","));
                self.reject(locus.line, self.fields.allele, &sample.id, name, value, reason)?;
            }
            settled.push((at, call));
        }
        self.samples.push(ReadSpecimen { sample, line: line as u32, calls: settled });
        Ok(())
    }

    /// What a locus of the file is; one that is unknown is listed once.
    fn meaning(&mut self, locus: &SpecimenLocus, id: &str) -> Result<ElementMeaning, PanelError> {
        if let Some(&known) = self.names.get(&locus.name) {
            return Ok(known);
        }
        let known = self.file.names.locus_of_marker(&locus.name);
        let name = known.or_else(|| self.declared.get(&LocusName::new(&locus.name)).cloned());
        let meaning = match (name.as_ref().and_then(LocusName::chromosome), name) {
            (Some(LocusKind::Amelogenin), _) => ElementMeaning::Amelogenin,
            (Some(LocusKind::Y), Some(name)) => {
                self.y_loci.insert(name.to_string());
                ElementMeaning::NotUsed
            }
            (_, Some(name)) => ElementMeaning::Locus(self.find_locus(name)),
            (_, None) => {
                self.reject(locus.line, self.fields.locus, id, None, locus.name.clone(), Reason::UnknownLocus)?;
                ElementMeaning::NotUsed
            }
        };
        self.names.insert(locus.name.clone(), meaning);
        Ok(meaning)
    }

    fn find_locus(&mut self, name: LocusName) -> usize {
        let entry = self.loci.entry(name);
        let (at, name) = (entry.index(), entry.key());
        let (letters, shows) = (!name.is_known(), Arc::new(LocusShows::of(name)));
        entry.or_insert(CellRules { comma: Comma::Decimal, letters, shows });
        at
    }

    fn reject(
        &self,
        line: u64,
        column: &str,
        id: &str,
        locus: Option<LocusName>,
        value: String,
        reason: Reason,
    ) -> Result<(), PanelError> {
        let (file, column, sample_id) = (self.name.clone(), Arc::from(column), id.to_owned());
        self.rejects.push(Rejected { file, line, column, sheet_column: None, sample_id, locus, value, reason })
    }

    /// Gives all samples to a run, and what there is to say of the file, which is of this format.
    ///
    /// # Errors
    /// Nobody in it; more distinct observations or id text than a panel can hold.
    pub fn finish_into(self, into: &mut Gathered, format: String) -> Result<(), ProfileError> {
        let (file, rejects) = (self.file, self.rejects);
        let in_panel = |cause| ProfileError::Panel { file: file.name.clone(), cause };
        let (read, note) = self.finish().map_err(in_panel)?;
        into.note_all(note);
        let samples = read.lines.len();
        if samples == 0 {
            return Err(ProfileError::NoProfile { file: file.name.clone(), first: rejects.first().map(Box::new) });
        }
        let loci = read.builder.loci().to_vec();
        into.take(read.builder, &read.lines).map_err(in_panel)?;
        let (name, sources) = (file.name.clone(), file.sources.to_vec());
        into.add_file(FileSummary { name, format, sources, rows: read.rows, samples, loci });
        Ok(())
    }

    /// All samples, and a sentence on loci that are not used.
    ///
    /// # Errors
    /// More distinct observations or id text than a panel can hold.
    fn finish(self) -> Result<(PartialProfiles, Option<String>), PanelError> {
        let mut builder = PanelBuilder::new(self.loci.keys().cloned().collect());
        let mut lines = Vec::with_capacity(self.samples.len());
        let mut codes = Vec::with_capacity(self.loci.len());
        for ReadSpecimen { sample, line, calls } in self.samples {
            let role = sample.role.or(self.file.default_role);
            let drop_out = sample.drop_out.unwrap_or_else(|| self.file.options.drop_out.of(role));
            codes.clear();
            codes.resize(self.loci.len(), crate::profile::MISSING);
            for (locus, call) in calls {
                codes[locus] = builder.encode(locus, Observation { call, drop_out })?;
            }
            builder.push_coded(&sample, &codes)?;
            lines.push(line);
        }
        let list = self.y_loci.into_iter().collect::<Vec<_>>().join(", ");
        let note = (!list.is_empty())
            .then(|| format!("{}: Y-chromosomal loci are kept out of the product of loci: {list}", self.name));
        Ok((PartialProfiles { builder, lines, rows: self.rows }, note))
    }
}
