//! Files and folders in the making, and how an interruption deletes them.
//!
//! Whoever makes something that must not be left behind half-written makes it as [`Unfinished`]. An interruption, at any
//! moment and in any thread, calls [`abandon`]: everything unfinished is deleted, and nothing can begin or be finished
//! any more. Between the two lies one lock, so that a result is either in its place, whole, or gone.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Everything that is in the making in this process.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// How often a folder is deleted anew, into which some thread goes on creating files.
const ATTEMPTS: usize = 1000;

/// A file or folder that [`abandon`] deletes, as long as this lives.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Makes a file or folder (`path_of` says where it is); no interruption comes between its making and this.
    ///
    /// # Errors
    /// What `make` finds.
    pub fn make<T, E>(make: impl FnOnce() -> Result<T, E>, path_of: impl FnOnce(&T) -> &Path) -> Result<(T, Self), E> {
        let mut unfinished = lock();
        let made = make()?;
        let path = path_of(&made).to_owned();
        unfinished.push(path.clone());
        Ok((made, Self { path }))
    }

    /// Puts it in its place by `step`; an interruption comes before that or after.
    ///
    /// # Errors
    /// What `step` finds; it is still unfinished then.
    pub fn finish<T, E>(&self, step: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let mut unfinished = lock();
        let done = step()?;
        unfinished.retain(|path| *path != self.path);
        Ok(done)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        lock().retain(|path| *path != self.path);
    }
}

/// Holds up every beginning and every end as long as it lives.
pub struct Abandoned {
    _held: MutexGuard<'static, Vec<PathBuf>>,
}

/// Deletes everything unfinished. The caller ends the process while it holds the answer.
pub fn abandon() -> Abandoned {
    let held = lock();
    held.iter().for_each(|path| delete(path));
    Abandoned { _held: held }
}

fn delete(path: &Path) {
    for _ in 0..ATTEMPTS {
        let deleted = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        if deleted.is_ok() || !path.exists() {
            return;
        }
    }
}

fn lock() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test for all: [`abandon`] is for the whole process, so only a path of this test may be unfinished here.
    #[test]
    fn what_is_finished_or_given_up_is_no_longer_listed() {
        let place = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let path = place.path().join(name);
            Unfinished::make(|| fs::create_dir(&path).map(|()| path.clone()), |path| path).unwrap()
        };
        let listed = |path: &Path| lock().iter().any(|listed| listed == path);
        let (finished, unfinished) = make("finished");
        assert!(listed(&finished));
        assert_eq!(unfinished.finish(|| Err::<(), _>("refused")), Err("refused"));
        assert!(listed(&finished));
        unfinished.finish(|| Ok::<_, ()>(())).unwrap();
        assert!(!listed(&finished));
        let (given_up, unfinished) = make("given up");
        drop(unfinished);
        assert!(!listed(&given_up));
        fs::write(given_up.join("file"), "x").unwrap();
        delete(&given_up);
        assert!(!given_up.exists() && finished.exists());
    }
}
