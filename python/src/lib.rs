//! filia as a Python package. What Python programs see is in `filia/*.py`; this is what it stands on: settings ([`settings`]), tables
//! in and out by the Arrow PyCapsule interface ([`inputs`], [`tables`]), the runs ([`runs`]) on threads of their own, which Ctrl-C
//! stops ([`watch`]), and errors with the words of the command line ([`error`]).

mod error;
mod inputs;
mod runs;
mod settings;
mod tables;
mod watch;

use pyo3::prelude::*;

/// The compiled half of the package `filia`.
#[pymodule(name = "_filia")]
mod module {
    use super::*;
    #[pymodule_export]
    use crate::error::FiliaError;
    #[pymodule_export]
    use crate::inputs::csv_of;
    #[pymodule_export]
    use crate::runs::{
        MatchCase, calibrate, calibrate_like, identify, identify_part, likelihood, match_part, merge, merge_parts,
        power, read_match, simulate,
    };
    #[pymodule_export]
    use crate::settings::Settings;
    #[pymodule_export]
    use crate::tables::Table;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
