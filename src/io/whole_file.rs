//! Single files that are there whole or not at all, readable by their owner only.
//!
//! On Linux a file in the making has no name (`O_TMPFILE`), so that it is gone however the process ends, and gets its name
//! by a link once it is whole and on the disk. Elsewhere it has a hidden name that an error or an interruption deletes.

use super::unfinished::Unfinished;
use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};
use tempfile::NamedTempFile;

/// A file in the making. Dropped without [`WholeFile::put`], it leaves nothing.
pub struct WholeFile(FileKind);

enum FileKind {
    #[cfg(target_os = "linux")]
    Nameless(File),
    Hidden(NamedTempFile, Unfinished),
}

impl WholeFile {
    /// Begins a file that will be at this path.
    ///
    /// # Errors
    /// What the system refuses; a link there that points nowhere.
    pub fn begin(path: &Path) -> io::Result<Self> {
        refuse_dangling(path)?;
        let folder = folder_of(path);
        #[cfg(target_os = "linux")]
        if let Ok(file) = nameless::begin(folder) {
            return Ok(Self(FileKind::Nameless(file)));
        }
        let make = || tempfile::Builder::new().prefix(".filia-").tempfile_in(folder);
        let (file, unfinished) = Unfinished::make(make, NamedTempFile::path)?;
        Ok(Self(FileKind::Hidden(file, unfinished)))
    }

    /// A handle to write with.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn handle(&self) -> io::Result<File> {
        match &self.0 {
            #[cfg(target_os = "linux")]
            FileKind::Nameless(file) => file.try_clone(),
            FileKind::Hidden(file, _) => file.as_file().try_clone(),
        }
    }

    /// Puts the file in its place, once it is on the disk; a file there is replaced.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn put(self, path: &Path) -> io::Result<()> {
        self.handle()?.sync_all()?;
        match self.0 {
            #[cfg(target_os = "linux")]
            FileKind::Nameless(file) => nameless::put(&file, path),
            FileKind::Hidden(file, unfinished) => {
                unfinished.finish(|| file.persist(path).map(drop).map_err(|error| error.error))
            }
        }
    }
}

/// Writes a whole file at this path; a file there is replaced.
///
/// # Errors
/// What the system refuses.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = WholeFile::begin(path)?;
    file.handle()?.write_all(bytes)?;
    file.put(path)
}

/// Refuses a symbolic link that points nowhere: nobody can tell what is meant to be written there.
///
/// # Errors
/// Such a link.
pub fn refuse_dangling(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(entry) if entry.is_symlink() && !path.exists() => {
            Err(io::Error::other("a symbolic link that points nowhere is there: remove it, or choose another name"))
        }
        _ => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(target_os = "linux")]
mod nameless {
    use super::{File, Path, folder_of, io};
    use crate::io::unfinished::Unfinished;
    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
    use std::{
        fs,
        os::fd::AsRawFd,
        path::PathBuf,
        process,
        sync::atomic::{AtomicU64, Ordering},
    };

    /// Tells the hidden names of one process apart.
    static NEXT: AtomicU64 = AtomicU64::new(0);

    pub(super) fn begin(folder: &Path) -> io::Result<File> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        Ok(File::from(openat(CWD, folder, flags, Mode::RUSR | Mode::WUSR)?))
    }

    /// Gives the file a hidden name for the instant in which it takes the place of the other.
    pub(super) fn put(file: &File, path: &Path) -> io::Result<()> {
        let hidden = format!(".filia-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let hidden = folder_of(path).join(hidden);
        let link = || -> io::Result<PathBuf> {
            let open = format!("/proc/self/fd/{}", file.as_raw_fd());
            linkat(CWD, open, CWD, &hidden, AtFlags::SYMLINK_FOLLOW)?;
            Ok(hidden.clone())
        };
        let (_, unfinished) = Unfinished::make(link, |path| path)?;
        let put = unfinished.finish(|| fs::rename(&hidden, path));
        if put.is_err() {
            let _ = fs::remove_file(&hidden);
        }
        put
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_there_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let file = WholeFile::begin(&path).unwrap();
        file.handle().unwrap().write_all(b"half").unwrap();
        assert!(!path.exists());
        file.put(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"half");
        write_whole(&path, b"other").unwrap();
        assert_eq!((fs::read(&path).unwrap(), names(folder.path())), (b"other".to_vec(), vec!["a".to_owned()]));
    }

    #[test]
    fn dropped_it_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = WholeFile::begin(&folder.path().join("a")).unwrap();
        file.handle().unwrap().write_all(b"half").unwrap();
        drop(file);
        assert!(names(folder.path()).is_empty());
        fs::create_dir(folder.path().join("d")).unwrap();
        assert!(write_whole(&folder.path().join("d"), b"x").is_err());
        assert_eq!(names(folder.path()), ["d"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_points_nowhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("nowhere"), &path).unwrap();
        assert!(write_whole(&path, b"x").unwrap_err().to_string().contains("points nowhere"));
        assert_eq!(names(folder.path()), ["link"]);
    }
}
