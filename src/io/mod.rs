//! Files in and out, one file for each format.

pub mod frequency_file;
pub mod rates_file;
pub mod run_folder;
pub mod safe_csv;
pub mod settings_file;
pub mod table_file;
