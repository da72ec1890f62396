//! Tables of text, wide or long: whatever no other format knows.

use super::{Gathered, ProfileError, ProfileFile, ProfileReader};
use crate::{
    io::{
        delimited::{DelimitedError, DelimitedFile, ENOUGH_TO_LOOK_AT, Header},
        profiles::{
            FileSummary,
            commas::Comma,
            error::RowError,
            header::{FileColumns, HeaderFault, HeaderNames},
            layout::RowLayout,
            long::LongSamples,
            long_rows::LongTable,
            rejects::RejectsOfFile,
            survey::{Decision, RowEvidence, Survey},
            wide::{FileContext, NamelessColumns, PartialProfiles, WideReader},
        },
        source::Input,
        workbook::SEPARATOR,
    },
    name_some::name_some,
    profile::LocusName,
    progress::WatchedReader,
};
use std::{io::Read, sync::Arc};

/// Reads delimited text.
pub(super) struct TableReader;

impl ProfileReader for TableReader {
    fn sniff(&self, _start: &[u8]) -> bool {
        true
    }

    fn read(&self, input: Input, file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError> {
        read_table(input, file, into)
    }
}

/// Reads a table.
///
/// # Errors
/// A table that cannot be used at all.
pub(super) fn read_table(mut input: Input, file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError> {
    let start = input.peek(ENOUGH_TO_LOOK_AT).map_err(|cause| file.unreadable(cause))?.to_vec();
    let opened = open_table(&*start, file)?;
    let survey = Survey::new(&opened.columns, file.names, opened.table.separator);
    let evidence = survey.look(&opened.table.first_rows());
    if opened.table.first_rows_are_all() || survey.is_decided(&evidence) {
        let read = TableOf { file, opened: &opened, decision: survey.decide(&evidence) };
        return read.read(WatchedReader::new(input, file.progress), into);
    }
    let spooled = input.spool(|_| ()).map_err(|cause| file.unreadable(cause))?;
    let evidence = survey_all(&survey, spooled.reader(), file)?;
    let read = TableOf { file, opened: &opened, decision: survey.decide(&evidence) };
    read.read(WatchedReader::new(spooled.reader(), file.progress), into)?;
    spooled.check_unchanged().map_err(|cause| file.unreadable(cause))
}

/// Looks at every row.
fn survey_all(
    survey: &Survey<'_>,
    reader: impl Read + Send,
    file: &ProfileFile<'_>,
) -> Result<RowEvidence, ProfileError> {
    let mut evidence = RowEvidence::default();
    let looked = open_table(reader, file)?.table.process(
        |chunk| Ok::<_, DelimitedError>(survey.look(chunk)),
        |more| {
            evidence.join(more);
            Ok(())
        },
    );
    looked.map_err(|cause| ProfileError::Unreadable { file: file.name.clone(), cause })?;
    Ok(evidence)
}

/// A file whose header is known.
struct Opened<'a> {
    table: DelimitedFile<'a>,
    columns: FileColumns,
    header: HeaderPlace,
}

/// Where the header stands.
struct HeaderPlace {
    /// 1-based line.
    line: u64,
    /// Lines with something in them above it.
    above: u64,
    /// Rows that it takes.
    rows: u64,
}

/// Opens a file and finds out what its columns are.
fn open_table<'a>(input: impl Read + Send + 'a, file: &ProfileFile<'_>) -> Result<Opened<'a>, ProfileError> {
    let names = file.names;
    let recognise = |headers: &[String]| names.count_recognised(headers);
    let is_header = |headers: &[String]| names.is_header(headers);
    let opened = match file.container {
        Some(_) => DelimitedFile::separated_by(SEPARATOR, input, recognise, is_header),
        None => DelimitedFile::below_title(input, recognise, is_header),
    };
    let (table, header) = opened.map_err(|cause| ProfileError::Unreadable { file: file.name.clone(), cause })?;
    let Header { line, cells, above, rows } = header;
    let found = describe_headers(&cells);
    let columns = names.classify(cells).map_err(|fault| {
        let file = file.name.clone();
        match fault {
            HeaderFault::NoLocus => ProfileError::NoLocus { file, line, found },
            HeaderFault::NoIdColumn => ProfileError::NoIdColumn { file, line, found },
            HeaderFault::NamedColumnMissing(wanted, option) => {
                ProfileError::NamedColumnMissing { file, line, wanted, option, found }
            }
        }
    })?;
    Ok(Opened { table, columns, header: HeaderPlace { line, above, rows } })
}

/// The first few headers, for a message.
fn describe_headers(headers: &[String]) -> String {
    const SHOWN: usize = 8;
    name_some(headers.iter().map(|header| format!("`{header}`")), SHOWN)
}

/// A table, and how it is read.
struct TableOf<'t> {
    file: &'t ProfileFile<'t>,
    opened: &'t Opened<'t>,
    decision: Decision<'t>,
}

impl TableOf<'_> {
    /// Reads it from its first byte on.
    fn read(self, reader: impl Read + Send, into: &mut Gathered) -> Result<(), ProfileError> {
        let name = &self.file.name;
        let rejects = into.rejects_of_next_file();
        let mut columns = self.opened.columns.clone();
        for (column, field) in &mut columns.metadata {
            if let Some((_, decided)) = self.decision.sexes.iter().find(|(at, _)| at == column) {
                *field = *decided;
            }
        }
        let nameless = NamelessColumns::new(&columns.nameless);
        self.notes().into_iter().for_each(|note| into.note(note));
        let before = into.samples();
        let table = open_table(reader, self.file)?.table;
        let context = self.context(&columns, &nameless, &rejects);
        let found = read_rows(table, context, &self.decision.layout, self.file.names, into);
        let (rows, loci, y_loci) = found.map_err(|error| error.in_file(name))?;
        into.note_all(note_y_loci(name, &y_loci));
        into.note_all(nameless.note(name));
        into.note_all(rejects.note_swallowed(name));
        let samples = into.samples() - before;
        if samples == 0 {
            return Err(ProfileError::NoProfile { file: name.clone(), first: rejects.first().map(Box::new) });
        }
        let (format, sources) = (self.describe(), self.file.sources.to_vec());
        into.add_file(FileSummary { name: name.clone(), format, sources, rows, samples, loci });
        Ok(())
    }

    fn context<'c>(
        &'c self,
        columns: &'c FileColumns,
        nameless: &'c NamelessColumns,
        rejects: &'c RejectsOfFile,
    ) -> FileContext<'c> {
        let separator = self.opened.table.separator;
        FileContext {
            file: Arc::from(self.file.name.as_str()),
            is_sheet: self.file.container.is_some(),
            columns,
            nameless,
            headers: columns.headers.iter().map(|header| Arc::from(header.as_str())).collect(),
            commas: self.decision.commas.clone(),
            comma_separated: separator == b',',
            separator,
            widest: self.decision.widest,
            default_role: self.file.default_role,
            options: self.file.options,
            rejects,
        }
    }

    /// What the file is, and what showed it.
    fn describe(&self) -> String {
        let FileColumns { headers, id, .. } = &self.opened.columns;
        let separator = match self.opened.table.separator {
            b',' => "; cells separated by commas",
            b';' => "; cells separated by semicolons",
            b'\t' => "; cells separated by tabs",
            SEPARATOR => "",
            _ => "; cells separated as the first line says",
        };
        let container = self.file.container.as_ref().map(|container| format!("{container}: ")).unwrap_or_default();
        let line = self.opened.header.line;
        let layout = match &self.decision.layout {
            RowLayout::Wide { loci, .. } => {
                format!("wide table (header in line {line}: ids in `{}`, {} loci", headers[*id], loci.len())
            }
            RowLayout::Long { marker, alleles } => {
                let alleles = name_some(alleles.iter().map(|&at| format!("`{}`", headers[at])), ALLELES_NAMED);
                let (id, marker) = (&headers[*id], &headers[*marker]);
                format!("long table (header in line {line}: ids in `{id}`, loci in `{marker}`, alleles in {alleles}")
            }
        };
        format!("{container}{layout}{separator})")
    }

    /// What a reader of the results must know of how the table is read.
    fn notes(&self) -> Vec<String> {
        let name = &self.file.name;
        let mut notes = note_columns(name, &self.opened.columns, self.file.names);
        let HeaderPlace { above, rows, .. } = self.opened.header;
        if rows > 1 {
            notes.push(format!("{name}: the header stands in two rows"));
        }
        if above > 0 {
            let lines = if above == 1 { "1 line".to_owned() } else { format!("{above} lines") };
            notes.push(format!("{name}: {lines} above the header: not used"));
        }
        if self.decision.layout.comma(&self.decision.commas) == Comma::Either {
            notes.push(format!(
                "{name}: a comma stands between alleles (13,14) or is decimal (9,3), by what each locus can show"
            ));
        }
        let several = self.decision.layout.typed_several_times();
        if !several.is_empty() {
            let list = several.join(", ");
            notes.push(format!("{name}: loci with several columns are compared, sample by sample: {list}"));
        }
        notes
    }
}

/// Columns that a note names: an export of peaks has a hundred.
const COLUMNS_NAMED: usize = 20;
/// Columns of alleles that are named.
const ALLELES_NAMED: usize = 4;

fn note_columns(name: &str, columns: &FileColumns, names: &HeaderNames) -> Vec<String> {
    let about = |what: &str, list: Vec<&str>| {
        (!list.is_empty()).then(|| format!("{name}: {what}: {}", name_some(list, COLUMNS_NAMED)))
    };
    let ignored = columns.ignored.iter().map(String::as_str).collect();
    let notes = [
        about("columns that are neither loci nor known metadata are not used", ignored),
        about("several loci are called so for short, write the whole name", names.ambiguous_names(&columns.ignored)),
        about(
            "what stands behind the locus is neither an allele's number nor a known kit (write a kit as \
             `D3S1358 (kit NAME)`)",
            names.begun_with_locus(&columns.ignored),
        ),
        note_y_loci(name, &columns.y_loci),
    ];
    notes.into_iter().flatten().collect()
}

fn note_y_loci(name: &str, loci: &[String]) -> Option<String> {
    let list = loci.join(", ");
    (!loci.is_empty()).then(|| format!("{name}: Y-chromosomal loci are kept out of the product of loci: {list}"))
}

/// Reads all rows: their number, the loci, and Y-chromosomal ones that only the rows name.
fn read_rows(
    table: DelimitedFile<'_>,
    context: FileContext<'_>,
    layout: &RowLayout<'_>,
    names: &HeaderNames,
    into: &mut Gathered,
) -> Result<(u64, Vec<LocusName>, Vec<String>), RowError> {
    match layout {
        RowLayout::Wide { loci, amelogenin } => {
            let mut rows = 0;
            let reader = WideReader::new(context, loci, amelogenin.as_ref());
            table.process(
                |chunk| reader.read_chunk(chunk).map_err(RowError::Panel),
                |part: PartialProfiles| {
                    rows += part.rows;
                    into.take(part.builder, &part.lines).map_err(RowError::Panel)
                },
            )?;
            Ok((rows, loci.iter().map(|columns| columns.locus.clone()).collect(), Vec::new()))
        }
        RowLayout::Long { marker, alleles } => {
            let table_of = LongTable::new(context, names, *marker, alleles);
            let mut samples = LongSamples::new(&table_of);
            table.process(
                |chunk| table_of.read_chunk(chunk).map_err(RowError::Panel),
                |rows| samples.take(rows).map_err(RowError::Panel),
            )?;
            let y_loci = samples.y_loci();
            let part = samples.finish()?;
            let loci = part.builder.loci().to_vec();
            into.take(part.builder, &part.lines)?;
            Ok((part.rows, loci, y_loci))
        }
    }
}
