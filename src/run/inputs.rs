//! What a manifest says of the files that the statistics came from.

use crate::io::frequency_file::file_of_table;
use crate::io::source::Inputs;
use crate::population::bundled;
use crate::report::manifest::{InputFile, MARKERS};
use crate::settings::{LinkedPairs, RatesSource, Settings};
use crate::statistics::{Statistics, StatisticsSource};
use std::path::PathBuf;

/// The files that the statistics came from, as they were read.
pub fn statistics_files(statistics: &Statistics, inputs: &Inputs) -> Vec<InputFile> {
    let Statistics { settings, source, .. } = statistics;
    let mut files: Vec<(&str, PathBuf)> = Vec::new();
    files.extend(source.config.iter().map(|path| ("settings", path.clone())));
    files.extend(source.markers.iter().map(|path| (MARKERS, path.clone())));
    if let (RatesSource::File(path), None) = (&settings.mutation.rates, &source.markers) {
        files.push(("mutation rates", path.into()));
    }
    if let (true, LinkedPairs::File(path)) = (settings.linkage.is_used, &settings.linkage.pairs) {
        files.push(("recombination fractions", path.into()));
    }
    let tables = settings.population.tables.iter().filter(|_| source.markers.is_none());
    let (bundled_tables, table_files): (Vec<&String>, Vec<&String>) =
        tables.partition(|name| bundled::find(name).is_some());
    let tables = |names: Vec<&String>| -> Vec<InputFile> {
        names.into_iter().flat_map(|name| frequency_file("frequencies", name, inputs)).collect()
    };
    let mut all = tables(bundled_tables);
    all.extend(InputFile::of_read(files.iter().map(|(role, path)| (*role, path.as_path())), inputs));
    all.extend(tables(table_files));
    all
}

/// What a manifest says of a frequency table that was read.
pub fn frequency_file(role: &str, name: &str, inputs: &Inputs) -> Vec<InputFile> {
    match bundled::find(name) {
        Some(table) => vec![InputFile::of_bytes(role, name, table.text.as_bytes())],
        None => InputFile::of_read([(role, file_of_table(name).as_path())], inputs),
    }
}

/// Every file that settings and source name: none of them may be replaced by results.
pub fn named_files(settings: &Settings, source: &StatisticsSource) -> impl Iterator<Item = PathBuf> {
    let tables = settings.population.tables.iter().map(|name| file_of_table(name));
    source.config.iter().chain(&source.markers).cloned().chain(tables).collect::<Vec<_>>().into_iter()
}
