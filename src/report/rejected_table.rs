//! What was read and not used, as a table.

use super::table::{Columns, Table};
use crate::io::problems::Rejected;
use crate::io::rejected_list::RejectedList;
use crate::io::result_tables::REJECTED;
use std::borrow::Cow;

/// The table `rejected`: one row each, in the order of files and lines.
pub fn rejected_table(rejected: &RejectedList) -> Table<'_> {
    let columns = Columns::<Cow<'_, Rejected>>::new()
        .text("file", |entry| entry.file.to_string())
        .integer("line", |entry| (entry.line > 0).then_some(entry.line as i64))
        .text("column", |entry| entry.column.to_string())
        .text("sample_id", |entry| entry.sample_id.clone())
        .optional_text("locus", |entry| entry.locus.as_ref().map(|locus| locus.to_string()))
        .text("value", |entry| entry.value.clone())
        .text("reason", |entry| entry.reason.to_string());
    Table::of_stream(REJECTED, columns, || rejected.iter())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::problems::Reason;
    use crate::profile::LocusName;
    use crate::report::table::{Csv, Exporter, Json};

    #[test]
    fn formulas_are_written_harmless_in_csv_alone() {
        let entry = Rejected {
            file: "a.csv".into(),
            line: 3,
            column: "vWA".into(),
            sheet_column: None,
            sample_id: "=cmd()".into(),
            locus: Some(LocusName::new("VWA")),
            value: "-1+1".into(),
            reason: Reason::NotAnAllele("-1+1".into()),
        };
        let mut list = RejectedList::default();
        list.push(None, Rejected { line: 0, ..entry.clone() }).unwrap();
        list.push(Some(0), entry).unwrap();
        let written = |exporter: &dyn Exporter| {
            let mut written = Vec::new();
            exporter.export(&rejected_table(&list), &mut written).unwrap();
            String::from_utf8(written).unwrap()
        };
        let (csv, json) = (written(&Csv), written(&Json));
        assert!(
            csv.starts_with("file,line,column,sample_id,locus,value,reason\na.csv,,vWA,'=cmd(),vWA,'-1+1,"),
            "{csv}"
        );
        assert!(csv.contains("\na.csv,3,vWA,"), "{csv}");
        let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((&rows[0]["line"], &rows[1]["line"]), (&serde_json::Value::Null, &3.into()));
        assert_eq!((&rows[1]["sample_id"], &rows[1]["value"]), (&"=cmd()".into(), &"-1+1".into()));
    }
}
