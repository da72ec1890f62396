//! Whether a scan goes on: progress out, a wish to stop in.

use crate::progress::Progress;
use std::sync::atomic::{AtomicBool, Ordering};

/// The scan was stopped by its [`Progress`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the search was cancelled")]
pub struct Cancelled;

/// Passes progress on; once cancelled, cancelled for all threads.
pub(super) struct Watch<'scan> {
    progress: &'scan dyn Progress,
    cancelled: AtomicBool,
}

impl<'scan> Watch<'scan> {
    pub(super) fn new(progress: &'scan dyn Progress) -> Self {
        Self { progress, cancelled: AtomicBool::new(false) }
    }

    pub(super) fn advance(&self, pairs: u64) {
        self.progress.advance(pairs);
    }

    pub(super) fn check(&self) -> Result<(), Cancelled> {
        if self.cancelled.load(Ordering::Relaxed) || self.progress.cancelled() {
            self.cancelled.store(true, Ordering::Relaxed);
            return Err(Cancelled);
        }
        Ok(())
    }
}
