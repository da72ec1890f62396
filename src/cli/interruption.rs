//! Ctrl-C and the like end the process at any moment: what is unfinished is deleted, results in their place stay.
//!
//! No part of a run has to look out for it: a thread of its own waits for the signal, deletes what is in the making and
//! ends the process.

use super::terminal::tell;
use crate::io::unfinished::abandon;
use std::{
    io::IsTerminal,
    process,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

/// Exit code of an interrupted run (128 + SIGINT, as shells have it).
const EXIT_CODE: i32 = 130;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C (SIGINT), SIGTERM and SIGHUP end the process with exit code 130 and leave nothing half-written.
pub fn listen() {
    let listening = ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let _abandoned = abandon();
        // Below the progress bar, where there is one.
        if std::io::stderr().is_terminal() {
            tell("");
        }
        tell("filia: interrupted");
        process::exit(EXIT_CODE);
    });
    if let Err(error) = listening {
        tell(format!("filia: Ctrl-C will end the run without cleaning up: {error}"));
    }
}

/// Waits for the end of the process if it was interrupted: an error is then but a consequence of what was deleted.
pub fn end_if_interrupted() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        thread::park();
    }
}
