//! How work is shared among threads.

use rayon::iter::{IndexedParallelIterator, MaxLen};

/// So many pieces of work a thread.
const PIECES_A_THREAD: usize = 64;

/// Work that is cut into pieces so small that all threads end at about the same time, whatever else the machine does. Left to
/// itself, rayon leaves a thread up to a quarter of everything in one piece, which no other thread can help with.
pub trait EvenlyShared: IndexedParallelIterator {
    /// The same items, in small pieces.
    fn evenly_shared(self) -> MaxLen<Self> {
        let piece = self.len() / (PIECES_A_THREAD * rayon::current_num_threads());
        self.with_max_len(piece.max(1))
    }
}

impl<I: IndexedParallelIterator> EvenlyShared for I {}
