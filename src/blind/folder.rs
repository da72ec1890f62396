//! One side's folder: its files, and the steps of the exchange.
//!
//! Files that travel are named after who made them or what they are. What a side keeps to itself ends in `.secret`.

use super::agreement::{Agreement, AgreementError};
use super::codebook::{Codebook, CodebookError};
use super::people::People;
use crate::io::safe_csv::SafeCsvWriter;
use crate::io::whole_file::write_whole;
use crate::run::RunError;
use filia_blind::{Course, FileError, Hit, Input, Secret, Seed, Session, Side};
use std::io;
use std::path::{Path, PathBuf};

/// The file that both sides wrote together.
const AGREEMENT: &str = "agreement.toml";

/// One side's folder.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// What a step came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// Files to hand to the other side.
    pub send: Vec<String>,
    /// The file of the other side without which it does not go on.
    pub wait_for: Option<String>,
    /// The number of hits, once they are known.
    pub hits: Option<usize>,
}

/// Why a step ended.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file that cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file that is refused.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: Box<FileError>,
    },
    /// A file that is there already: steps are not done twice.
    #[error("{0}: it is there already, and this step is done once in an exchange (begin anew in an empty folder)")]
    Exists(String),
    /// A folder that is nobody's, or both sides'.
    #[error(
        "{0}: expected the file children.secret or adults.secret, which `filia blind agree` makes, and one of them alone"
    )]
    NoSide(String),
    /// A step of the other side.
    #[error("this is the {} side's folder; `{step}` is the {} side's step", side.name(), side.other().name())]
    OtherSide {
        /// Whose folder it is.
        side: Side,
        /// The step.
        step: &'static str,
    },
    /// The agreement.
    #[error(transparent)]
    Agreement(Box<AgreementError>),
    /// The codebook.
    #[error("{AGREEMENT}: {0}")]
    Codebook(Box<CodebookError>),
    /// The profiles.
    #[error(transparent)]
    Profiles(Box<RunError>),
    /// The step itself.
    #[error(transparent)]
    Step(Box<FileError>),
}

impl From<RunError> for FolderError {
    fn from(error: RunError) -> Self {
        Self::Profiles(Box::new(error))
    }
}

impl From<AgreementError> for FolderError {
    fn from(error: AgreementError) -> Self {
        Self::Agreement(Box::new(error))
    }
}

impl From<CodebookError> for FolderError {
    fn from(error: CodebookError) -> Self {
        Self::Codebook(Box::new(error))
    }
}

impl From<FileError> for FolderError {
    fn from(error: FileError) -> Self {
        Self::Step(Box::new(error))
    }
}

fn file_of(side: Side, what: &str) -> String {
    format!("{}.{what}", side.name())
}

impl Folder {
    /// The folder at this path.
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn shown(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, FolderError> {
        std::fs::read(self.path(name)).map_err(|source| FolderError::Io { path: self.shown(name), source })
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        if self.has(name) {
            return Err(FolderError::Exists(self.shown(name)));
        }
        write_whole(&self.path(name), bytes).map_err(|source| FolderError::Io { path: self.shown(name), source })
    }

    /// Puts the file's name before what is wrong with it.
    fn about<T>(&self, name: &str, result: Result<T, FileError>) -> Result<T, FolderError> {
        result.map_err(|source| FolderError::File { path: self.shown(name), source: Box::new(source) })
    }

    /// Whose folder it is.
    ///
    /// # Errors
    /// Nobody's, or both sides'.
    pub fn side(&self) -> Result<Side, FolderError> {
        match [Side::Children, Side::Adults].map(|side| self.has(&file_of(side, "secret"))) {
            [true, false] => Ok(Side::Children),
            [false, true] => Ok(Side::Adults),
            _ => Err(FolderError::NoSide(self.0.display().to_string())),
        }
    }

    fn side_for(&self, needed: Side, step: &'static str) -> Result<Side, FolderError> {
        let side = self.side()?;
        if side == needed { Ok(side) } else { Err(FolderError::OtherSide { side, step }) }
    }

    /// The codebook of the agreement.
    ///
    /// # Errors
    /// An agreement that cannot be used.
    pub fn codebook(&self) -> Result<Codebook, FolderError> {
        let bytes = self.read(AGREEMENT)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(Codebook::new(Agreement::parse(&self.shown(AGREEMENT), &text)?)?)
    }

    fn session(&self, codebook: &Codebook) -> Result<Session, FolderError> {
        let names = [Side::Children, Side::Adults].map(|side| file_of(side, "key"));
        let [children, adults] = [self.read(&names[0])?, self.read(&names[1])?];
        let session = Session::join(codebook.terms.clone(), &children, &adults);
        self.about(&names.join(", "), session)
    }

    fn secret(&self, codebook: &Codebook, side: Side) -> Result<Secret, FolderError> {
        let name = file_of(side, "secret");
        let bytes = zeroize::Zeroizing::new(self.read(&name)?);
        self.about(&name, Secret::from_file(&codebook.terms, side, &bytes))
    }

    /// Draws this side's secrets, seals its profiles and writes its half of the key.
    ///
    /// # Errors
    /// Profiles that do not keep the agreement; secrets that are there already.
    pub fn agree(&self, codebook: &Codebook, side: Side, people: &People) -> Result<Outcome, FolderError> {
        let (secret_name, key_name) = (file_of(side, "secret"), file_of(side, "key"));
        for name in [&secret_name, &file_of(side.other(), "secret"), &key_name] {
            if self.has(name) {
                return Err(FolderError::Exists(self.shown(name)));
            }
        }
        let secret = Secret::from_system(side);
        let key = match side {
            Side::Children => {
                filia_blind::key_file(&codebook.terms, &secret, Input::Children(&people.children(codebook)))
            }
            Side::Adults => filia_blind::key_file(&codebook.terms, &secret, Input::Adults(&people.adults(codebook)?)),
        }?;
        self.write(&secret_name, &secret.to_file(&codebook.terms)?)?;
        self.write(&key_name, &key)?;
        Ok(Outcome { send: vec![key_name], wait_for: Some(file_of(side.other(), "key")), hits: None })
    }

    /// The children's side's ballots.
    ///
    /// # Errors
    /// A file that is missing or refused; other profiles than those that were sealed.
    pub fn ballots(&self, codebook: &Codebook, people: &People) -> Result<Outcome, FolderError> {
        let side = self.side_for(Side::Children, "ballots")?;
        let (session, secret) = (self.session(codebook)?, self.secret(codebook, side)?);
        let ballots = filia_blind::ballots(&session, &secret, &people.children(codebook))?;
        self.write_pseudonyms(&session, &secret.seed, side, people)?;
        self.write("ballots", &ballots)?;
        Ok(Outcome { send: vec!["ballots".to_owned()], wait_for: Some("answer".to_owned()), hits: None })
    }

    /// The adults' side's answer.
    ///
    /// # Errors
    /// A file that is missing or refused; other profiles than those that were sealed.
    pub fn answer(&self, codebook: &Codebook, people: &People) -> Result<Outcome, FolderError> {
        let side = self.side_for(Side::Adults, "answer")?;
        let (session, secret) = (self.session(codebook)?, self.secret(codebook, side)?);
        let (ballots, adults) = (self.read("ballots")?, people.adults(codebook)?);
        let answer = self.about("ballots", filia_blind::answer(&session, &secret, &adults, &ballots))?;
        self.write_pseudonyms(&session, &secret.seed, side, people)?;
        self.write("answer", &answer)?;
        Ok(Outcome { send: vec!["answer".to_owned()], wait_for: Some("blinded".to_owned()), hits: None })
    }

    fn write_pseudonyms(&self, session: &Session, seed: &Seed, side: Side, people: &People) -> Result<(), FolderError> {
        let order = session.order(seed, side);
        let rows =
            order.iter().enumerate().map(|(at, &person)| [pseudonym(side, at), people.entered[person].id.clone()]);
        self.write("pseudonyms.secret", &table(["pseudonym", "sample_id"], rows))
    }

    /// The next step of the opening, as far as the files of the other side that are here allow.
    ///
    /// # Errors
    /// A file that is missing or refused.
    pub fn open(&self, codebook: &Codebook) -> Result<Outcome, FolderError> {
        let side = self.side()?;
        let (session, secret) = (self.session(codebook)?, self.secret(codebook, side)?);
        let (ballots, answer) = (self.read("ballots")?, self.read("answer")?);
        let mut outcome = Outcome::default();
        if !self.has("blinded") {
            if side == Side::Adults {
                outcome.wait_for = Some("blinded".to_owned());
                return Ok(outcome);
            }
            let blinded = filia_blind::blind(&session, &secret, &ballots, &answer);
            self.write("blinded", &self.about("answer", blinded)?)?;
            outcome.send.push("blinded".to_owned());
        }
        let blinded = self.read("blinded")?;
        let course = Course { ballots: &ballots, answer: &answer, blinded: &blinded };
        self.exchange_shares(&session, &secret, course, &mut outcome)?;
        Ok(outcome)
    }

    /// Promise first, shares after the other side's promise, hits after its shares.
    fn exchange_shares(
        &self,
        session: &Session,
        secret: &Secret,
        course: Course<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), FolderError> {
        let (side, other) = (secret.side, secret.side.other());
        let names = ["shares.secret", "commitment", "shares"].map(|what| file_of(side, what));
        let [held, promise, released] = &names;
        let [their_promise, their_shares] = ["commitment", "shares"].map(|what| file_of(other, what));
        if !self.has(held) {
            self.write(held, &self.about("blinded", filia_blind::shares(session, secret, course))?)?;
        }
        let own = self.read(held)?;
        if !self.has(promise) {
            self.write(promise, &filia_blind::commitment(session, side, &own)?)?;
            outcome.send.push(promise.clone());
        }
        if !self.has(&their_promise) {
            outcome.wait_for = Some(their_promise);
            return Ok(());
        }
        let promised = self.read(&their_promise)?;
        self.about(&their_promise, filia_blind::check_commitment(session, other, &promised, None))?;
        if !self.has(released) {
            self.write(released, &own)?;
            outcome.send.push(released.clone());
        }
        if !self.has(&their_shares) {
            outcome.wait_for = Some(their_shares);
            return Ok(());
        }
        let theirs = self.read(&their_shares)?;
        self.about(&their_shares, filia_blind::check_commitment(session, other, &promised, Some(&theirs)))?;
        let (children, adults) = if side == Side::Children { (&own, &theirs) } else { (&theirs, &own) };
        let hits = self.about(&their_shares, filia_blind::open(session, course, children, adults))?;
        outcome.hits = Some(hits.len());
        if self.has("hits.csv") { Ok(()) } else { self.write("hits.csv", &hits_table(&hits)) }
    }

    /// Writes this side's seed for an auditor.
    ///
    /// # Errors
    /// A file that is missing or refused.
    pub fn disclose(&self, codebook: &Codebook) -> Result<String, FolderError> {
        let side = self.side()?;
        let (session, secret) = (self.session(codebook)?, self.secret(codebook, side)?);
        let name = file_of(side, "seed");
        self.write(&name, &filia_blind::disclose(&session, &secret)?)?;
        Ok(name)
    }

    /// Checks that a side's disclosed seed and profiles make the very bytes that it sent. Gives the files that were made again.
    ///
    /// # Errors
    /// Other bytes, other profiles than those sealed; a file that is missing or refused.
    pub fn audit(&self, codebook: &Codebook, side: Side, people: &People) -> Result<Vec<&'static str>, FolderError> {
        let session = self.session(codebook)?;
        let name = file_of(side, "seed");
        let seed = self.about(&name, filia_blind::read_disclosed(&session, side, &self.read(&name)?))?;
        let (ballots, answer) = (self.read("ballots")?, self.read("answer")?);
        if side == Side::Adults {
            filia_blind::audit_answer(&session, &seed, &people.adults(codebook)?, &ballots, &answer)?;
            return Ok(vec!["answer"]);
        }
        filia_blind::audit_ballots(&session, &seed, &people.children(codebook), &ballots)?;
        filia_blind::audit_blinded(&session, &seed, &ballots, &answer, &self.read("blinded")?)?;
        Ok(vec!["ballots", "blinded"])
    }
}

/// The name of somebody in the files: C0001 is the first ballot, A0001 the first adult of the answer.
fn pseudonym(side: Side, position: usize) -> String {
    let letter = if side == Side::Children { 'C' } else { 'A' };
    format!("{letter}{:04}", position + 1)
}

fn hits_table(hits: &[Hit]) -> Vec<u8> {
    let row = |hit: &Hit| [pseudonym(Side::Children, hit.child), pseudonym(Side::Adults, hit.adult)];
    table(["child", "adult"], hits.iter().map(row))
}

/// A table as CSV; nothing fails in memory.
fn table(header: [&str; 2], mut rows: impl Iterator<Item = [String; 2]>) -> Vec<u8> {
    let mut writer = SafeCsvWriter::new(Vec::new());
    let written = writer.write_row(header).and_then(|()| rows.try_for_each(|row| writer.write_row(row)));
    written.ok().and_then(|()| writer.finish().ok()).unwrap_or_default()
}
