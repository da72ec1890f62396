//! Tests through the public library and the built binary, one module a subject.
mod frequencies;

mod brute_force;
mod check_command;
mod reading_layouts;
mod reading_messy_files;
mod closed_forms;
mod lr_command;
mod reference_values;
