//! Allele frequencies: tables, the rare-allele policy, the bundled populations.
