//! A progress bar on a terminal, nothing elsewhere; Ctrl-C ends the run.

use crate::matching::MatchError;
use crate::search::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set when the user interrupts; every scan looks at it.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Exit code of an interrupted run (128 + SIGINT, as shells have it).
pub const INTERRUPTED_EXIT_CODE: u8 = 130;

/// From now on Ctrl-C asks the running scan to stop; a second one ends the process at once.
pub fn listen_for_interrupts() {
    let listening = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(INTERRUPTED_EXIT_CODE));
        }
    });
    if let Err(error) = listening {
        eprintln!("filia: Ctrl-C will end the run without cleaning up: {error}");
    }
}

/// Whether the user asked to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Ends the run here if the user asked to stop.
///
/// # Errors
/// An interruption.
pub fn stop_if_interrupted() -> anyhow::Result<()> {
    if interrupted() { Err(MatchError::Cancelled.into()) } else { Ok(()) }
}

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

    fn cancelled(&self) -> bool {
        interrupted()
    }
}
