//! Tests through the public library and the built binary, one module a subject.

mod bad_input;
mod brute_force;
mod calibrate;
mod check_command;
mod closed_forms;
mod explain_command;
mod frequencies;
mod identify;
mod interruption;
mod linkage;
mod lr_command;
mod match_cases;
mod match_closed_forms;
mod match_couples;
mod match_markers;
mod match_memory;
mod match_oracle;
mod match_parents;
mod match_runs;
mod match_support;
mod packing;
mod reading_layouts;
mod reading_messy_files;
mod reference_values;
mod simulated_case;
