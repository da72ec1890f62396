//! A progress bar on a terminal, nothing elsewhere.

use crate::search::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// Work done, on a terminal's last line.
pub struct WorkBar {
    bar: ProgressBar,
}

impl WorkBar {
    /// A bar of this many pairs; hidden where standard error is no terminal, or where it is not wanted.
    pub fn pairs(pairs: u64, wanted: bool) -> Self {
        Self::new(pairs, "pairs", wanted)
    }

    /// A bar of this many cases, likewise.
    pub fn cases(cases: u64, wanted: bool) -> Self {
        Self::new(cases, "cases", wanted)
    }

    fn new(total: u64, unit: &str, wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(5));
        if !wanted || !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let template = format!("{{bar:24}} {{human_pos}}/{{human_len}} {unit}  {{per_sec}}  {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Takes the bar off the terminal.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for WorkBar {
    fn advance(&self, done: u64) {
        self.bar.inc(done);
    }

    /// An interruption ends the process, see [`super::interruption`].
    fn cancelled(&self) -> bool {
        false
    }
}
