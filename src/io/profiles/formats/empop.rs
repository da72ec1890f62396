//! EMPOP files: mitochondrial haplotypes as differences to the reference sequence. Nothing here uses them, and the message says so.

use super::{ProfileFile, ProfileReader};
use crate::io::{
    profiles::{ProfileError, gathered::Gathered},
    source::Input,
};

/// What the lines of a sequence range begin with.
const RANGE: &[u8] = b"#!";

pub(super) struct EmpopReader;

impl ProfileReader for EmpopReader {
    fn sniff(&self, start: &[u8]) -> bool {
        start.first() == Some(&b'#') && start.split(|&byte| byte == b'\n').any(|line| line.starts_with(RANGE))
    }

    fn read(&self, _: Input, file: &ProfileFile<'_>, _: &mut Gathered) -> Result<(), ProfileError> {
        let cause = "an EMPOP file (mitochondrial haplotypes as differences to the reference sequence): mitochondrial DNA is not \
                     used; expected autosomal or X-chromosomal loci";
        Err(ProfileError::Unusable { file: file.name.clone(), cause: cause.to_owned() })
    }
}
