//! The codebook: loci, classes, and what the protocol has to know of them.

use super::agreement::{Agreement, RuleName, UNIT};
use super::pooling::PooledLocus;
use super::rows::Rows;
use crate::io::source::Inputs;
use crate::model::{ModelsError, TableError};
use crate::population::FrequencyTable;
use crate::profile::{LocusKind, LocusName, Observation, Panel, PanelBuilder, PanelError, Role, Sample, Sex};
use crate::statistics::{Statistics, StatisticsError, StatisticsSource};
use filia_blind::{LocusTerms, Rule, Terms, TermsError};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// The locus that has a third of all genotypes to itself.
const LONGEST_LOCUS: &str = "SE33";

/// What both sides derive from one agreement.
#[derive(Debug)]
pub struct Codebook {
    /// The agreement.
    pub agreement: Agreement,
    /// The statistics as they were agreed, by which profiles are read.
    pub full: Statistics,
    /// The statistics with rare alleles pooled, by which pairs are scored.
    pub pooled: Statistics,
    /// The loci.
    pub loci: Vec<PooledLocus>,
    /// What the protocol has to know.
    pub terms: Terms,
}

/// Why an agreement gives no codebook.
#[derive(Debug, thiserror::Error)]
pub enum CodebookError {
    /// Statistics that cannot be used.
    #[error(transparent)]
    Statistics(Box<StatisticsError>),
    /// A locus that some table lacks.
    #[error("`loci`: found {0}, expected an autosomal locus that every frequency table has")]
    Locus(LocusName),
    /// A locus twice.
    #[error("`loci`: found {0} twice, expected each locus once")]
    Repeated(LocusName),
    /// The models are refused.
    #[error(transparent)]
    Models(Box<ModelsError>),
    /// A row cannot be computed.
    #[error(transparent)]
    Rows(Box<TableError>),
    /// The panel is refused.
    #[error(transparent)]
    Panel(#[from] PanelError),
    /// Terms that cannot be kept.
    #[error(transparent)]
    Terms(#[from] TermsError),
}

impl From<StatisticsError> for CodebookError {
    fn from(error: StatisticsError) -> Self {
        Self::Statistics(Box::new(error))
    }
}

impl From<ModelsError> for CodebookError {
    fn from(error: ModelsError) -> Self {
        Self::Models(Box::new(error))
    }
}

impl From<TableError> for CodebookError {
    fn from(error: TableError) -> Self {
        Self::Rows(Box::new(error))
    }
}

impl Codebook {
    /// The codebook of an agreement.
    ///
    /// # Errors
    /// Tables or loci that cannot be used; terms that cannot be kept.
    pub fn new(agreement: Agreement) -> Result<Self, CodebookError> {
        let full = Statistics::load(agreement.settings.clone(), StatisticsSource::default(), &Inputs::default())?;
        let below = agreement.terms.pool_below;
        let pool = |name: &LocusName| {
            PooledLocus::new(name, &full.tables, below).ok_or_else(|| CodebookError::Locus(name.clone()))
        };
        let loci = chosen_loci(&agreement, &full)?.iter().map(pool).collect::<Result<Vec<_>, _>>()?;
        let mut pooled = full.clone();
        pooled.tables = full.tables.iter().map(|table| pool_table(table, &loci)).collect();
        let terms = Terms {
            agreement: [0; 32],
            loci: Vec::new(),
            rule: rule_of(&agreement),
            children: agreement.terms.children,
            adults: agreement.terms.adults,
            least_loci: agreement.terms.least_loci,
        };
        let mut codebook = Self { agreement, full, pooled, loci, terms };
        let scores = codebook.reference_scores()?;
        codebook.terms.loci = codebook.limits(&scores);
        codebook.terms.agreement = codebook.digest(&scores);
        codebook.terms.check()?;
        Ok(codebook)
    }

    /// A panel of these people (it is ordered by id, so their ids are numbers of one length), before whom stand as many samples as a locus has classes: sample number j shows class j of each locus.
    ///
    /// # Errors
    /// More distinct calls than codes.
    pub fn panel(&self, people: impl Iterator<Item = (Sex, Vec<Observation>)>) -> Result<Panel, PanelError> {
        let mut builder = PanelBuilder::new(self.loci.iter().map(|locus| locus.name.clone()).collect());
        let drop_out = self.agreement.settings.observation.drop_out.of(Some(Role::Child));
        let classes: Vec<_> = self.loci.iter().map(PooledLocus::classes).collect();
        let most = classes.iter().map(Vec::len).max().unwrap_or_default();
        for class in 0..most {
            let shown =
                |classes: &Vec<_>| Observation { call: classes.get(class).copied().unwrap_or_default(), drop_out };
            builder.push(
                sample(format!("class {class:06}"), Sex::Unknown),
                &classes.iter().map(shown).collect::<Vec<_>>(),
            )?;
        }
        for (number, (sex, shown)) in people.enumerate() {
            builder.push(sample(format!("person {number:09}"), sex), &shown)?;
        }
        builder.build()
    }

    /// What every class scores with every class, by locus, for a man and for a woman.
    fn reference_scores(&self) -> Result<Vec<Vec<i32>>, CodebookError> {
        let panel = self.panel(std::iter::empty())?;
        let models = self.pooled.case_models(&panel)?;
        let rows = Rows::new(&self.agreement.terms, &panel, &models, self.agreement.settings.observation.drop_in);
        let of_locus = |(at, locus): (usize, &PooledLocus)| {
            let samples = panel.indices().take(locus.classes().len());
            let codes: Vec<_> = samples.map(|sample| panel.profile(sample).code(at)).collect();
            let with = |&child| -> Result<Vec<i32>, TableError> {
                let (men, women) = (rows.row(at, child, Sex::Male)?, rows.row(at, child, Sex::Female)?);
                Ok(codes.iter().flat_map(|&code| [men[usize::from(code)], women[usize::from(code)]]).collect())
            };
            Ok(codes.iter().map(with).collect::<Result<Vec<_>, TableError>>()?.concat())
        };
        self.loci.par_iter().enumerate().map(of_locus).collect()
    }

    /// Each locus with the highest score that two classes reach: no adult's row goes beyond it.
    fn limits(&self, scores: &[Vec<i32>]) -> Vec<LocusTerms> {
        let terms = &self.agreement.terms;
        let lowest = (terms.lowest_of_locus / UNIT).round() as i32;
        let limit = |(locus, scores): (&PooledLocus, &Vec<i32>)| {
            let reached = scores.iter().copied().max().unwrap_or_default().max(0);
            let (lowest, highest) = if terms.rule == RuleName::Lr { (lowest, reached) } else { (0, 1) };
            LocusTerms { name: locus.name.as_str().to_owned(), classes: locus.classes().len() as u32, lowest, highest }
        };
        self.loci.iter().zip(scores).map(limit).collect()
    }

    /// SHA-256 of the agreement's text and of what it leads to here: another table, version or machine that scores otherwise is noticed.
    fn digest(&self, scores: &[Vec<i32>]) -> [u8; 32] {
        let mut hash =
            Sha256::new().chain_update(b"filia blind codebook 1\n").chain_update(Sha256::digest(&self.agreement.text));
        for (locus, scores) in self.loci.iter().zip(scores) {
            hash.update(format!("{} {}", locus.name.as_str(), locus.other));
            locus.classes().iter().for_each(|class| hash.update(format!(" {class}")));
            scores.iter().for_each(|score| hash.update(score.to_le_bytes()));
        }
        hash.finalize().into()
    }
}

fn sample(id: String, sex: Sex) -> Sample {
    Sample { id, sex, ..Sample::default() }
}

fn rule_of(agreement: &Agreement) -> Rule {
    let terms = &agreement.terms;
    match terms.rule {
        RuleName::Lr => Rule::AtLeast((terms.threshold.unwrap_or_default() / UNIT).round() as i32),
        RuleName::Exclusions => Rule::AtMost(terms.most_inconsistent.unwrap_or_default()),
    }
}

fn chosen_loci(agreement: &Agreement, full: &Statistics) -> Result<Vec<LocusName>, CodebookError> {
    let autosomal = |locus: &LocusName| locus.chromosome().is_none_or(|chromosome| chromosome == LocusKind::Autosomal);
    let usable: Vec<LocusName> = full.loci().into_iter().filter(autosomal).collect();
    let Some(named) = &agreement.terms.loci else {
        let longest = LocusName::new(LONGEST_LOCUS);
        return Ok(usable.into_iter().filter(|locus| *locus != longest).collect());
    };
    let mut chosen: Vec<LocusName> = Vec::new();
    for locus in named.iter().map(|name| LocusName::new(name)) {
        if !usable.contains(&locus) {
            return Err(CodebookError::Locus(locus));
        }
        if chosen.contains(&locus) {
            return Err(CodebookError::Repeated(locus));
        }
        chosen.push(locus);
    }
    Ok(chosen)
}

fn pool_table(table: &FrequencyTable, loci: &[PooledLocus]) -> FrequencyTable {
    let pooled = loci.iter().filter_map(|locus| Some(locus.frequencies(table.locus(&locus.name)?)));
    FrequencyTable { loci: pooled.collect(), ..table.clone() }
}
