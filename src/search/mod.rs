//! The scan: every query against every candidate by table look-up. It knows no genetics.
