//! Errors as exceptions, with the words of the command line.

use filia::run::in_one_sentence;
use pyo3::PyErr;
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use std::error::Error;
use std::iter::successors;

create_exception!(
    filia,
    FiliaError,
    PyValueError,
    "Input or settings that cannot be used: what was found where, and what was expected."
);

/// An error and its causes as an exception.
pub fn raised(error: &(dyn Error + 'static)) -> PyErr {
    FiliaError::new_err(in_one_sentence(successors(Some(error), |&error| error.source())))
}

/// An exception with these words.
pub fn refused(words: impl Into<String>) -> PyErr {
    FiliaError::new_err(words.into())
}
