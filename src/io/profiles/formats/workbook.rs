//! Sheets of workbooks (xlsx, ods): tables like those of text.

use super::{
    Gathered, ProfileError, ProfileFile, ProfileReader,
    specimens::Specimens,
    table::read_table,
    uas::{FIELDS, UasReport, report_of},
};
use crate::io::{
    source::Input,
    workbook::{Sheet, is_workbook, read_sheet, sheet_name},
};
use std::io::Read;

/// Reads one sheet of a workbook.
pub(super) struct WorkbookReader;

impl ProfileReader for WorkbookReader {
    fn sniff(&self, start: &[u8]) -> bool {
        is_workbook(start)
    }

    fn read(&self, mut input: Input, file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError> {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(|cause| file.unreadable(cause))?;
        let in_file = |cause| ProfileError::Workbook { file: file.name.clone(), cause };
        let Sheet { format, name, others, text } = read_sheet(&bytes, file.part.as_deref()).map_err(in_file)?;
        drop(bytes);
        if file.part.is_none() && !others.is_empty() {
            let (of, others) = (&file.name, others.join(", "));
            into.note(format!("{of}: sheet `{name}` is read, others are not (name one as `{of}:SHEET`): {others}"));
        }
        let report = report_of(&text);
        let format = if report.is_some() {
            format!("ForenSeq UAS report, sheet of a workbook ({format})")
        } else {
            format!("sheet of a workbook ({format})")
        };
        let sheet = file.of_sheet(sheet_name(&file.name, &name), format.clone());
        match report {
            Some(report) => read_report(report, format, &sheet, into)?,
            None => read_table(Input::of_bytes(&text), &sheet, into)?,
        }
        file.progress.advance(file.bytes().unwrap_or(0));
        Ok(())
    }
}

/// Reads the one sample of a report.
fn read_report(
    UasReport { specimen, warning }: UasReport,
    format: String,
    sheet: &ProfileFile<'_>,
    into: &mut Gathered,
) -> Result<(), ProfileError> {
    let rejects = into.rejects_of_next_file();
    let mut specimens = Specimens::new(sheet, FIELDS, &rejects);
    into.note_all(warning.map(|warning| format!("{}: {warning}", sheet.name)));
    specimens.take(specimen).map_err(|cause| ProfileError::Panel { file: sheet.name.clone(), cause })?;
    specimens.finish_into(into, format)
}
