//! Case files in, answers out (JSON).

use super::json::{JsonError, JsonNode, read_document};
use super::marker_file::{MarkerFileError, read_loci};
use crate::inheritance::observation::Seen;
use crate::inheritance::pedigree::{Individual, Pedigree};
use crate::likelihood::case::{CaseAnswer, LinkageGroup, LrCase};
use crate::likelihood::{Chromosome, LocusModel};
use crate::profile::Sex;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The key of the sum over loci; no locus may be called that.
pub(super) const TOTAL: &str = "total";

/// A case and the answer its file expects.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// The case.
    pub case: LrCase,
    /// The value of the key `expected`.
    pub expected: Option<Value>,
}

/// Reads the case of one JSON document.
///
/// # Errors
/// A text that is no JSON; a case that is incomplete or contradicts itself.
pub fn read_case(text: &[u8]) -> Result<CaseFile, MarkerFileError> {
    let document = read_document(text)?;
    let root = JsonNode::root(&document);
    root.check_keys(&["id", "loci", "hypotheses", "genotypes", "linkage"])?;
    let loci = read_loci(&root)?;
    if let Some(reserved) = loci.iter().find(|locus| locus.name() == TOTAL) {
        return Err(root.required("loci")?.error(format!("no locus can be called `{}`", reserved.name())).into());
    }
    let hypotheses = read_hypotheses(&root)?;
    let genotypes = read_genotypes(&root, &loci, &hypotheses)?;
    let linkage = read_linkage(&root, &loci)?;
    check_joint_names(&root, &loci, &linkage)?;
    let id = root.required("id")?.text()?.to_owned();
    let expected = root.optional("expected")?.map(|node| node.value().clone());
    Ok(CaseFile { case: LrCase { id, loci, hypotheses, genotypes, linkage }, expected })
}

fn read_hypotheses(root: &JsonNode<'_>) -> Result<Vec<(String, Pedigree)>, JsonError> {
    let list = root.required("hypotheses")?;
    let mut hypotheses: Vec<(String, Pedigree)> = Vec::new();
    for node in list.elements()? {
        node.check_keys(&["name", "individuals"])?;
        let name_node = node.required("name")?;
        let name = name_node.text()?.to_owned();
        if hypotheses.iter().any(|(known, _)| *known == name) {
            return Err(name_node.error(format!("the hypothesis `{name}` is listed twice")));
        }
        let people = node.required("individuals")?;
        let pedigree = Pedigree::new(read_individuals(&people)?).map_err(|error| people.error(error))?;
        hypotheses.push((name, pedigree));
    }
    if hypotheses.is_empty() {
        return Err(list.error("there is no hypothesis, expected at least one"));
    }
    Ok(hypotheses)
}

fn read_individuals(people: &JsonNode<'_>) -> Result<Vec<Individual>, JsonError> {
    let nodes = people.elements()?;
    nodes.iter().try_for_each(|node| node.check_keys(&["id", "father", "mother", "sex"]))?;
    let ids = nodes.iter().map(|node| node.required("id")?.text()).collect::<Result<Vec<_>, _>>()?;
    let parent = |node: &JsonNode<'_>, key: &str| {
        let Some(parent) = node.optional(key)? else { return Ok(None) };
        let id = parent.text()?;
        let position = ids.iter().position(|&known| known == id);
        position.map(Some).ok_or_else(|| parent.error(format!("`{id}` is not among the individuals")))
    };
    let sex = |node: &JsonNode<'_>| match node.optional("sex")? {
        None => Ok(Sex::Unknown),
        Some(sex) => read_sex(&sex),
    };
    let individual = |(node, id): (&JsonNode<'_>, &&str)| {
        Ok(Individual::child(id, sex(node)?, parent(node, "father")?, parent(node, "mother")?))
    };
    nodes.iter().zip(&ids).map(individual).collect()
}

fn read_sex(node: &JsonNode<'_>) -> Result<Sex, JsonError> {
    match node.text()? {
        "female" | "F" | "f" => Ok(Sex::Female),
        "male" | "M" | "m" => Ok(Sex::Male),
        "unknown" => Ok(Sex::Unknown),
        other => Err(node.error(format!("found the text \"{other}\", expected `female`, `male` or `unknown`"))),
    }
}

type CaseGenotypes = BTreeMap<String, BTreeMap<usize, Seen>>;

fn read_genotypes(
    root: &JsonNode<'_>,
    loci: &[LocusModel],
    hypotheses: &[(String, Pedigree)],
) -> Result<CaseGenotypes, JsonError> {
    let mut genotypes = CaseGenotypes::new();
    for (person, node) in root.required("genotypes")?.entries()? {
        if let Some((name, _)) = hypotheses.iter().find(|(_, pedigree)| pedigree.position(person).is_none()) {
            return Err(node.error(format!("`{person}` has a genotype, but is not listed under hypothesis `{name}`")));
        }
        let mut calls = BTreeMap::new();
        for (locus, call) in node.entries()? {
            let position = loci.iter().position(|model| model.name() == locus);
            let position = position.ok_or_else(|| call.error(format!("the locus `{locus}` is not among the loci")))?;
            let model = &loci[position];
            let male_x =
                model.chromosome() == Chromosome::X && hypotheses.iter().any(|(_, pedigree)| is_male(pedigree, person));
            calls.insert(position, read_call(&call, model, male_x)?);
        }
        genotypes.insert(person.to_owned(), calls);
    }
    Ok(genotypes)
}

fn is_male(pedigree: &Pedigree, id: &str) -> bool {
    pedigree.position(id).is_some_and(|position| pedigree.individuals()[position].sex == Sex::Male)
}

fn read_call(node: &JsonNode<'_>, model: &LocusModel, male_x: bool) -> Result<Seen, JsonError> {
    if node.value().is_null() {
        return Ok(Seen::Nothing);
    }
    let mut alleles = Vec::new();
    for allele in node.elements()? {
        let label = allele.label()?;
        let index = model.label_index(&label);
        let listed = || allele.error(format!("allele `{label}` is not among the alleles of {}", model.name()));
        alleles.push(index.ok_or_else(listed)?);
    }
    match alleles[..] {
        [] => Ok(Seen::Nothing),
        [one] => Ok(Seen::One(one)),
        [first, second] if male_x && first != second => {
            Err(node.error("found two different alleles, expected one: a male has one X chromosome"))
        }
        [first, second] => Ok(Seen::pair(first, second)),
        _ => Err(node.error(format!("found {} alleles, expected one or two", alleles.len()))),
    }
}

fn read_linkage(root: &JsonNode<'_>, loci: &[LocusModel]) -> Result<Vec<LinkageGroup>, JsonError> {
    let Some(list) = root.optional("linkage")? else { return Ok(Vec::new()) };
    let mut groups: Vec<LinkageGroup> = Vec::new();
    for node in list.elements()? {
        node.check_keys(&["loci", "rho"])?;
        let mut members = Vec::new();
        for name_node in node.required("loci")?.elements()? {
            let name = name_node.text()?;
            let locus = loci.iter().position(|model| model.name() == name);
            let locus = locus.ok_or_else(|| name_node.error(format!("the locus `{name}` is not among the loci")))?;
            if members.contains(&locus) || groups.iter().any(|group| group.loci.contains(&locus)) {
                return Err(name_node.error(format!("the locus `{name}` is named in linkage twice")));
            }
            members.push(locus);
        }
        groups.push(LinkageGroup { recombination: read_recombination(&node, members.len())?, loci: members });
    }
    Ok(groups)
}

/// The joint value of linked loci has a name of its own, which nothing else may have.
fn check_joint_names(root: &JsonNode<'_>, loci: &[LocusModel], linkage: &[LinkageGroup]) -> Result<(), JsonError> {
    let names: Vec<String> = linkage.iter().map(|group| group.name(loci)).collect();
    for (at, name) in names.iter().enumerate() {
        if loci.iter().any(|locus| locus.name() == name) || names[..at].contains(name) {
            let message =
                format!("`{name}` would be the key of two values: of the loci linked under this name, and of another");
            return Err(root.required("loci")?.error(message));
        }
    }
    Ok(())
}

/// One fraction for a pair; for more loci one for each neighbouring two.
fn read_recombination(group: &JsonNode<'_>, loci: usize) -> Result<Vec<f64>, JsonError> {
    if loci < 2 {
        return Err(group.required("loci")?.error(format!("found {loci} loci, expected at least two")));
    }
    let node = group.required("rho")?;
    let fractions = if node.value().is_array() { node.numbers()? } else { vec![node.number()?] };
    if fractions.len() != loci - 1 {
        let (found, expected) = (fractions.len(), loci - 1);
        return Err(node.error(format!("found {found} recombination fractions for {loci} loci, expected {expected}")));
    }
    match fractions.iter().find(|fraction| !(0.0..=0.5).contains(*fraction)) {
        Some(fraction) => Err(node.error(format!("found {fraction}, expected a number from 0 to 0.5"))),
        None => Ok(fractions),
    }
}

/// The answer as one JSON object: ln likelihoods (null where impossible), log10 likelihood ratios (`"-inf"` where the
/// first hypothesis is impossible, `"inf"` where the other one is, null where both are).
pub fn answer_to_json(answer: &CaseAnswer) -> Value {
    let mut ln_likelihoods = Map::new();
    for (position, (name, values)) in answer.ln_likelihoods.iter().enumerate() {
        let with_total = values.iter().map(|value| value.0).chain([answer.total(position).0]);
        ln_likelihoods.insert(name.clone(), by_locus(answer, with_total.map(finite_or_null)));
    }
    let ratios = |other: usize| by_locus(answer, answer.ln_ratios(other).into_iter().map(log10_of_ln));
    let later = 1..answer.ln_likelihoods.len();
    let log10_lr = match later.len() {
        1 => ratios(1),
        _ => Value::Object(later.map(|other| (answer.ln_likelihoods[other].0.clone(), ratios(other))).collect()),
    };
    json!({ "id": answer.id, "log_likelihood": ln_likelihoods, "log10_lr": log10_lr })
}

fn by_locus(answer: &CaseAnswer, values: impl Iterator<Item = Value>) -> Value {
    let keys = answer.loci.iter().map(String::as_str).chain([TOTAL]);
    Value::Object(keys.map(str::to_owned).zip(values).collect())
}

fn finite_or_null(value: f64) -> Value {
    if value.is_finite() { json!(value) } else { Value::Null }
}

fn log10_of_ln(value: f64) -> Value {
    match value {
        f64::NEG_INFINITY => json!("-inf"),
        f64::INFINITY => json!("inf"),
        _ => finite_or_null(value * std::f64::consts::LOG10_E),
    }
}
