//! Tests through the public library and the built binary, one module a subject.

mod brute_force;
