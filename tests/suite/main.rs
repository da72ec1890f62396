//! Tests through the public library and the built binary, one module a subject.

mod brute_force;
mod check_command;
mod closed_forms;
mod frequencies;
mod identify;
mod lr_command;
mod match_cases;
mod match_oracle;
mod match_parents;
mod match_support;
mod reading_layouts;
mod reading_messy_files;
mod reference_values;
mod simulated_case;
