//! A run on threads of its own, without Python's lock; the thread that called it shows the progress and looks out for Ctrl-C.

use crate::error::{raised, refused};
use filia::progress::{Progress, Stage};
use pyo3::prelude::*;
use std::error::Error;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Time between two looks at a run.
const LOOK: Duration = Duration::from_millis(50);

/// As much as the main thread of a program has.
const STACK: usize = 8 << 20;

/// What a run is doing.
#[derive(Default)]
pub struct Watch {
    /// The stage, and how many there were before it.
    stage: Mutex<Option<(Stage, u64)>>,
    done: AtomicU64,
    stopped: AtomicBool,
}

impl Progress for Watch {
    fn begin(&self, stage: Stage) {
        let mut now = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        *now = Some((stage, now.map_or(0, |(_, before)| before + 1)));
        self.done.store(0, Ordering::Relaxed);
    }

    fn advance(&self, done: u64) {
        self.done.fetch_add(done, Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// How a run is done: on how many threads, and who shows its progress (an object with `begin(name, unit, total)` and `done(units)`).
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct How {
    threads: Option<usize>,
    bar: Option<Py<PyAny>>,
}

/// More threads than any machine has cores for: a slip of the hand.
const MOST_THREADS: usize = 1024;

impl How {
    /// Does the work; Ctrl-C stops it, and is raised once it has stopped.
    pub fn run<T: Send, E: Error + Send + 'static>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&Watch) -> Result<T, E> + Send,
    ) -> PyResult<T> {
        let pool = self.threads.map(pool_of).transpose()?;
        let watch = Watch::default();
        let done = py.detach(|| {
            thread::scope(|scope| {
                let (ended, end) = channel();
                let worker = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || {
                    let _ended = ended;
                    match &pool {
                        Some(pool) => pool.install(|| work(&watch)),
                        None => work(&watch),
                    }
                });
                let worker = worker.map_err(|error| raised(&error))?;
                let mut shown = None;
                while end.recv_timeout(LOOK) == Err::<(), _>(RecvTimeoutError::Timeout) {
                    if let Err(error) = Python::attach(|py| self.look(py, &watch, &mut shown)) {
                        watch.stopped.store(true, Ordering::Relaxed);
                        let _stopped = worker.join();
                        return Err(error);
                    }
                }
                Ok(worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
            })
        })?;
        done.map_err(|error| raised(&error))
    }

    /// Shows what was done; `shown` is the number of the stage that is shown.
    fn look(&self, py: Python<'_>, watch: &Watch, shown: &mut Option<u64>) -> PyResult<()> {
        py.check_signals()?;
        let Some(bar) = &self.bar else { return Ok(()) };
        let stage = *watch.stage.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((stage, number)) = stage else { return Ok(()) };
        if shown.replace(number) != Some(number) {
            bar.call_method1(py, "begin", (stage.name, stage.unit, stage.total))?;
        }
        bar.call_method1(py, "done", (watch.done.load(Ordering::Relaxed),))?;
        Ok(())
    }
}

fn pool_of(threads: usize) -> PyResult<rayon::ThreadPool> {
    if !(1..=MOST_THREADS).contains(&threads) {
        return Err(refused(format!("--threads {threads}: expected a number from 1 to {MOST_THREADS}")));
    }
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| raised(&error))
}
