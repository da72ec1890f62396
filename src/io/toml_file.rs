//! TOML files whose faults are told by their line.

use super::known_names::in_our_words;
use super::source::Unreadable;

/// Why a TOML file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TomlFileError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It is no TOML, or has a key or a value that it cannot have.
    #[error("{path}, line {line}: {message}")]
    Malformed {
        /// The file.
        path: String,
        /// 1-based.
        line: usize,
        /// What is wrong, and what is expected.
        message: String,
    },
}

impl TomlFileError {
    /// What the reader of TOML says of this text.
    pub(super) fn malformed(path: &str, text: &str, error: &toml::de::Error) -> Self {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let message = in_our_words(error.message()).unwrap_or_else(|| error.message().replace('\n', "; "));
        Self::Malformed { path: path.to_owned(), line: before.matches('\n').count() + 1, message }
    }
}
