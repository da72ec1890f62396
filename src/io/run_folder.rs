//! Result folders that are there whole or not at all.
//!
//! Everything is written to a hidden folder beside the result folder (`.NAME.filia-XXXXXX`, on the same file system)
//! and renamed when it is complete and on the disk. So a run that is killed at any moment leaves either no result or
//! a whole one:
//!
//! * No result folder there, or an empty one: one `rename`, which the system does whole.
//! * A result folder to replace (`force`): on Linux the two folders change names in one step
//!   (`renameat2`, `RENAME_EXCHANGE`), then the old one is deleted. Where the file system cannot do that, the old folder
//!   becomes `.NAME.filia-old`, the new one takes its place, and the old one is deleted; a run killed between the two
//!   renames leaves both whole under hidden names, and the next run puts the old one back first.
//!
//! A hidden folder is locked while its run lives. Those that no run holds any more are left over from killed runs;
//! the next run to the same place deletes them. An interrupted run deletes its own ([`super::unfinished`]).

use super::result_tables::{TableKind, is_shown};
use super::unfinished::Unfinished;
use super::whole_file::refuse_dangling;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Why results cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum RunFolderError {
    /// A folder with something in it, and no leave to replace it.
    #[error("{} exists and is not empty: choose another folder, or replace it with --force", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A folder that holds folders is no result folder; it is not replaced even with leave.
    #[error("{} holds folders ({entry}), so it is no result folder: not replaced; choose another", path.display())]
    NotAResult {
        /// The folder.
        path: PathBuf,
        /// A folder in it.
        entry: String,
    },
    /// A folder with a file that the run reads; it is not replaced even with leave.
    #[error("{} is not replaced: it holds {}, which this run reads; choose another folder", path.display(), input.display())]
    HoldsInput {
        /// The folder.
        path: PathBuf,
        /// The file in it.
        input: PathBuf,
    },
    /// A file where the folder should be.
    #[error("{} is a file: expected the name of a folder for the results", path.display())]
    NotAFolder {
        /// The file.
        path: PathBuf,
    },
    /// A path without a name of its own, such as `/`.
    #[error("`{}` cannot be a result folder: expected the name of a folder that may be created", path.display())]
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("cannot {action} {}: {source}", path.display())]
    System {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl RunFolderError {
    fn system(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::System { action, path, source }
    }
}

type Result<T> = std::result::Result<T, RunFolderError>;

/// What may be replaced in a result folder: results of an earlier run. Other files in it stay.
#[derive(Clone, Debug, Default)]
pub struct Replaceable {
    /// The tables whose files, in any format, are results, beside the manifest, the page and the workbook.
    pub tables: &'static [TableKind],
    /// The inputs of the run, none of which may be in the folder.
    pub inputs: Vec<PathBuf>,
}

/// The manifest, which every run writes.
const MANIFEST: &str = "manifest.json";

impl Replaceable {
    fn is_result(&self, name: &str) -> bool {
        name == MANIFEST || is_shown(name) || self.tables.iter().any(|table| table.is_in(name))
    }

    /// Looks at a folder with something in it.
    fn check(&self, target: &Path) -> Result<()> {
        let is_inside = |input: &&PathBuf| fs::canonicalize(input).is_ok_and(|input| input.starts_with(target));
        match self.inputs.iter().find(is_inside) {
            Some(input) => Err(RunFolderError::HoldsInput { path: target.to_owned(), input: input.clone() }),
            None => Ok(()),
        }
    }
}

/// A result folder in the making. Dropped without [`RunFolder::commit`], it leaves nothing.
#[derive(Debug)]
pub struct RunFolder {
    staging: Staging,
    target: PathBuf,
    force: Option<Replaceable>,
}

impl RunFolder {
    /// Begins a result folder at `out`; with `force`, results that are there already will be replaced; other
    /// files stay.
    ///
    /// # Errors
    /// A folder there that is not empty, without `force`; with it, one that holds folders or an input of the run; a file; what the
    /// system refuses. Nothing has changed then.
    pub fn create(out: &Path, force: Option<Replaceable>) -> Result<Self> {
        let target = resolve(out)?;
        let parent = parent_of(&target);
        restore_interrupted(&target);
        check_target(&target, force.as_ref())?;
        fs::create_dir_all(parent).map_err(RunFolderError::system("create", parent))?;
        remove_stale(&target);
        let staging = Staging::create(parent, &hidden_prefix(&target))?;
        Ok(Self { staging, target, force })
    }

    /// Where the results will be.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// A folder on the same file system, for nameless temporary files.
    pub fn scratch(&self) -> &Path {
        self.staging.path()
    }

    /// A new file in the folder, readable by its owner only. Names are plain (`matches.csv`).
    ///
    /// # Errors
    /// A name that is taken; what the system refuses.
    pub fn create_file(&self, name: &str) -> Result<File> {
        let path = self.staging.path().join(name);
        private_file().open(&path).map_err(RunFolderError::system("create", &path))
    }

    /// Puts the folder in its place, once everything in it is on the disk.
    ///
    /// # Errors
    /// A folder that appeared there meanwhile; what the system refuses.
    pub fn commit(self) -> Result<PathBuf> {
        sync_folder(self.staging.path())?;
        check_target(&self.target, self.force.as_ref())?;
        self.take_over()?;
        self.staging.unfinished.finish(|| {
            let occupied = fs::read_dir(&self.target).is_ok_and(|mut entries| entries.next().is_some());
            let put = if occupied { replace } else { rename };
            put(self.staging.path(), &self.target)
        })?;
        sync(parent_of(&self.target))?;
        Ok(self.target.clone())
    }

    /// Puts into the new folder too whatever is no result in the one that it replaces.
    fn take_over(&self) -> Result<()> {
        let Some(replaceable) = &self.force else { return Ok(()) };
        for entry in fs::read_dir(&self.target).into_iter().flatten() {
            let entry = entry.map_err(RunFolderError::system("read", &self.target))?;
            let (from, to) = (entry.path(), self.staging.path().join(entry.file_name()));
            if replaceable.is_result(&entry.file_name().to_string_lossy()) || to.exists() {
                continue;
            }
            let link_or_copy = || fs::hard_link(&from, &to).or_else(|_| fs::copy(&from, &to).map(drop));
            link_or_copy().map_err(RunFolderError::system("keep", &from))?;
        }
        Ok(())
    }
}

/// The hidden folder of a run, locked while the run lives, deleted with it.
#[derive(Debug)]
struct Staging {
    folder: tempfile::TempDir,
    unfinished: Unfinished,
    _lock: Option<File>,
}

impl Staging {
    fn create(parent: &Path, prefix: &str) -> Result<Self> {
        loop {
            let (folder, unfinished) = Unfinished::make(|| private_folder(prefix, parent), tempfile::TempDir::path)
                .map_err(RunFolderError::system("create a folder in", parent))?;
            match lock(folder.path()) {
                Lock::Held(lock) => return Ok(Self { folder, unfinished, _lock: Some(lock) }),
                Lock::Unsupported => return Ok(Self { folder, unfinished, _lock: None }),
                // Another run took it for a left-over in the instant before it was locked, and deletes it.
                Lock::Taken => continue,
            }
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// What came of an attempt to lock a folder.
enum Lock {
    Held(File),
    Taken,
    Unsupported,
}

/// Locks a folder (flock, which ends with the process that holds it).
fn lock(folder: &Path) -> Lock {
    let file = match File::open(folder) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Lock::Taken,
        Err(_) => return Lock::Unsupported,
    };
    match file.try_lock() {
        Ok(()) if folder.is_dir() => Lock::Held(file),
        Ok(()) | Err(fs::TryLockError::WouldBlock) => Lock::Taken,
        Err(fs::TryLockError::Error(_)) => Lock::Unsupported,
    }
}

/// The absolute path of the result folder, through symbolic links.
fn resolve(out: &Path) -> Result<PathBuf> {
    if out.is_file() {
        return Err(RunFolderError::NotAFolder { path: out.to_owned() });
    }
    refuse_dangling(out).map_err(RunFolderError::system("write to", out))?;
    let path = if out.exists() { fs::canonicalize(out) } else { std::path::absolute(out) };
    let path = path.map_err(RunFolderError::system("find", out))?;
    match (path.file_name(), path.parent()) {
        (Some(_), Some(_)) => Ok(path),
        _ => Err(RunFolderError::NoName { path: out.to_owned() }),
    }
}

fn parent_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

/// How the hidden folders of a result folder begin.
fn hidden_prefix(target: &Path) -> String {
    format!(".{}.filia-", target.file_name().unwrap_or_default().to_string_lossy())
}

/// Where the old folder waits where two folders cannot change names in one step.
fn set_aside_path(target: &Path) -> PathBuf {
    parent_of(target).join(format!("{}old", hidden_prefix(target)))
}

/// Whether results may go there.
fn check_target(target: &Path, force: Option<&Replaceable>) -> Result<()> {
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(RunFolderError::system("read", target)(source)),
    };
    for entry in entries {
        let entry = entry.map_err(RunFolderError::system("read", target))?;
        if force.is_none() {
            return Err(RunFolderError::NotEmpty { path: target.to_owned() });
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            return Err(RunFolderError::NotAResult { path: target.to_owned(), entry: name });
        }
    }
    force.map_or(Ok(()), |replaceable| replaceable.check(target))
}

/// Puts a folder back that was set aside by a run which was killed before the new one took its place.
fn restore_interrupted(target: &Path) {
    let old = set_aside_path(target);
    if old.is_dir() && !target.exists() {
        // Where this fails the folder stays where it is, whole.
        let _ = fs::rename(&old, target);
    }
}

/// Deletes hidden folders of this target that no living run holds. What cannot be deleted is left for another time.
fn remove_stale(target: &Path) {
    let prefix = hidden_prefix(target);
    for entry in fs::read_dir(parent_of(target)).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(&prefix);
        if ours && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let path = entry.path();
            if let Lock::Held(_lock) = lock(&path) {
                let _ = fs::remove_dir_all(&path);
            }
        }
    }
}

/// Puts `new` in the place of `old`, which is deleted.
fn replace(new: &Path, old: &Path) -> Result<()> {
    let set_aside = match exchange(new, old) {
        Ok(()) => new.to_owned(),
        Err(_) => {
            let set_aside = set_aside_path(old);
            rename(old, &set_aside)?;
            if let Err(error) = rename(new, old) {
                rename(&set_aside, old)?;
                return Err(error);
            }
            set_aside
        }
    };
    fs::remove_dir_all(&set_aside).map_err(RunFolderError::system("delete the replaced", &set_aside))
}

/// Lets two folders change names in one step.
#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(RunFolderError::system("put the results in", to))
}

/// Waits until every file of a folder, and the folder, are on the disk.
fn sync_folder(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(RunFolderError::system("read", folder))? {
        sync(&entry.map_err(RunFolderError::system("read", folder))?.path())?;
    }
    sync(folder)
}

/// Waits until a file or folder is on the disk; systems that cannot open a folder keep it by other means.
fn sync(path: &Path) -> Result<()> {
    match File::open(path) {
        Ok(file) => file.sync_all().map_err(RunFolderError::system("write", path)),
        Err(_) if cfg!(not(unix)) => Ok(()),
        Err(source) => Err(RunFolderError::system("write", path)(source)),
    }
}

/// A new folder with a name that begins so, open to its owner only.
fn private_folder(prefix: &str, parent: &Path) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.prefix(prefix).tempdir_in(parent)
}

/// Makes a folder open to its owner only, if it is not there, and those above it.
///
/// # Errors
/// What the system refuses.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

fn private_file() -> fs::OpenOptions {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests;
