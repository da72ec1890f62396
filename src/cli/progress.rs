//! A progress bar on a terminal, nothing elsewhere.

use crate::search::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// Pairs done, on a terminal's last line.
pub struct PairsBar {
    bar: ProgressBar,
}

impl PairsBar {
    /// A bar of this many pairs; hidden where standard error is no terminal, or where it is not wanted.
    pub fn new(pairs: u64, wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(pairs), ProgressDrawTarget::stderr_with_hz(5));
        if !wanted || !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let template = "{bar:24} {human_pos}/{human_len} pairs  {per_sec}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Takes the bar off the terminal.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for PairsBar {
    fn advance(&self, pairs: u64) {
        self.bar.inc(pairs);
    }

    /// An interruption ends the process, see [`super::interruption`].
    fn cancelled(&self) -> bool {
        false
    }
}
