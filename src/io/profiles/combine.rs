//! Several typings of one locus of one sample: two kits side by side.

use super::cell::CellReading;
use crate::{
    io::problems::Reason,
    profile::{Call, Sex},
};

/// What was read from the cells of one typing, and the first of its columns among those of the locus.
pub struct ReadTyping<T> {
    /// 0-based.
    pub first: usize,
    /// What its cells say.
    pub reading: T,
}

/// One call from all typings. Where one says nothing the others count; where two contradict each other the locus is set aside, with
/// `undecided` because the two may also be one allele each.
pub fn combine_calls(typings: Vec<ReadTyping<CellReading>>, undecided: bool) -> CellReading {
    let in_locus = |first: usize, (cell, reason): (usize, Reason)| (first + cell, reason);
    let mut call = Call::Missing;
    let (mut problem, mut passed_over) = (None, None);
    for ReadTyping { first, reading } in typings {
        match (call, reading.call) {
            (_, Call::Missing) => {
                passed_over = passed_over.or(reading.problem.map(|problem| in_locus(first, problem)));
            }
            (Call::Missing, found) => {
                call = found;
                problem = reading.problem.map(|problem| in_locus(first, problem));
            }
            (before, found) if before == found => {}
            _ => {
                let reason = if undecided { Reason::TypingsUndecided } else { Reason::TypingsDiffer };
                return CellReading { call: Call::Missing, problem: Some((first, reason)) };
            }
        }
    }
    let passed_over = match call {
        Call::Missing => passed_over,
        _ => passed_over.map(|(cell, reason)| (cell, Reason::OtherTypingUsed(Box::new(reason)))),
    };
    CellReading { call, problem: problem.or(passed_over) }
}

/// One sex from all typings of amelogenin, or what is wrong and where.
pub fn combine_sexes(typings: Vec<ReadTyping<Result<Sex, (usize, Reason)>>>) -> Result<Sex, (usize, Reason)> {
    let (mut sex, mut passed_over) = (Sex::Unknown, None);
    for ReadTyping { first, reading } in typings {
        match reading {
            Err((cell, reason)) => passed_over = passed_over.or(Some((first + cell, reason))),
            Ok(Sex::Unknown) => {}
            Ok(found) if sex == Sex::Unknown || sex == found => sex = found,
            Ok(_) => return Err((first, Reason::TypingsDiffer)),
        }
    }
    match passed_over {
        Some(problem) if sex == Sex::Unknown => Err(problem),
        _ => Ok(sex),
    }
}
