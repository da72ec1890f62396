//! Tests through the public library and the built binary, one module a subject.

mod brute_force;
mod closed_forms;
mod lr_command;
mod reference_values;
