//! Exchanges of made-up people.
#![allow(dead_code)] // each test takes what it needs

use filia_blind::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use std::sync::Arc;

/// Seeded numbers.
pub struct Draw(pub ChaCha20Rng);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    pub fn below(&mut self, n: u32) -> u32 {
        self.0.next_u32() % n
    }

    pub fn between(&mut self, lowest: i32, highest: i32) -> i32 {
        lowest + self.below((highest - lowest + 1) as u32) as i32
    }

    fn maybe(&mut self, percent: u32, number: u32) -> Option<u32> {
        (self.below(100) < percent).then_some(number)
    }
}

/// What both sides enter.
#[derive(Clone)]
pub struct Case {
    pub terms: Terms,
    pub children: Vec<Child>,
    pub adults: Adults,
}

/// A small case: some loci untyped on either side, rows with few entries as well as with many.
pub fn random_case(draw: &mut Draw, rule_of: impl Fn(&mut Draw) -> Rule) -> Case {
    let rule = rule_of(draw);
    let (lowest, highest) = if matches!(rule, Rule::AtMost(_)) { (0, 1) } else { (-9, 4) };
    let count = 2 + draw.below(3);
    let locus = |number: u32, draw: &mut Draw| LocusTerms {
        name: format!("L{number}"),
        classes: 1 + draw.below(6),
        lowest,
        highest,
    };
    let loci: Vec<LocusTerms> = (0..count).map(|number| locus(number, draw)).collect();
    let (children, adults) = (1 + draw.below(3), 1 + draw.below(4));
    let terms = Terms { agreement: [7; 32], loci, rule, children, adults, least_loci: 1 };
    fill(draw, terms)
}

/// People for these terms.
pub fn fill(draw: &mut Draw, terms: Terms) -> Case {
    let mut child = || {
        let mut classes: Vec<_> = terms
            .loci
            .iter()
            .map(|locus| {
                let class = draw.below(locus.classes);
                draw.maybe(80, class)
            })
            .collect();
        if classes.iter().all(Option::is_none) {
            classes[0] = Some(0);
        }
        Child { classes }
    };
    let children = (0..terms.children).map(|_| child()).collect();
    let mut row = |locus: &LocusTerms| {
        (0..locus.classes).map(|_| draw.between(locus.lowest, locus.highest)).collect::<Vec<i32>>()
    };
    let rows: Vec<Vec<Vec<i32>>> = terms.loci.iter().map(|locus| (0..3).map(|_| row(locus)).collect()).collect();
    let mut adult = || Adult {
        rows: terms
            .loci
            .iter()
            .map(|_| {
                let row = draw.below(3);
                draw.maybe(85, row)
            })
            .collect(),
    };
    let adults = (0..terms.adults).map(|_| adult()).collect();
    Case { children, adults: Adults { rows, adults }, terms }
}

/// Every file of an exchange, and what made them.
pub struct Exchange {
    pub case: Case,
    pub session: Arc<Session>,
    pub secrets: [Secret; 2],
    pub keys: [Vec<u8>; 2],
    pub ballots: Vec<u8>,
    pub answer: Vec<u8>,
    pub blinded: Vec<u8>,
    pub shares: [Vec<u8>; 2],
}

impl Exchange {
    /// Runs it whole, with secrets of this seed.
    pub fn run(case: &Case, seed: u64) -> Self {
        let draw = &mut Draw::new(seed).0;
        let secrets = [Secret::generate(Side::Children, draw), Secret::generate(Side::Adults, draw)];
        let Case { terms, children, adults } = case;
        let inputs = [Input::Children(children), Input::Adults(adults)];
        let keys = [0, 1].map(|side| key_file(terms, &secrets[side], inputs[side]).unwrap());
        let session = Session::join(terms.clone(), &keys[0], &keys[1]).unwrap();
        let ballots = ballots(&session, &secrets[0], children).unwrap();
        let answer = answer(&session, &secrets[1], adults, &ballots).unwrap();
        let blinded = blind(&session, &secrets[0], &ballots, &answer).unwrap();
        let course = Course { ballots: &ballots, answer: &answer, blinded: &blinded };
        let shares = [0, 1].map(|side| shares(&session, &secrets[side], course).unwrap());
        Self { case: case.clone(), session: Arc::new(session), secrets, keys, ballots, answer, blinded, shares }
    }

    pub fn course(&self) -> Course<'_> {
        Course { ballots: &self.ballots, answer: &self.answer, blinded: &self.blinded }
    }

    /// The hits in terms of the two inputs, ascending.
    pub fn hits(&self) -> Vec<(usize, usize)> {
        let hits = open(&self.session, self.course(), &self.shares[0], &self.shares[1]).unwrap();
        let order = |side: Side| self.session.order(&self.secrets[side as usize].seed, side);
        let (children, adults) = (order(Side::Children), order(Side::Adults));
        let mut hits: Vec<_> = hits.iter().map(|hit| (children[hit.child], adults[hit.adult])).collect();
        hits.sort_unstable();
        hits
    }

    /// Each file that travels, by name.
    pub fn files(&self) -> Vec<(&'static str, &[u8])> {
        vec![
            ("children's key", &self.keys[0]),
            ("adults' key", &self.keys[1]),
            ("ballots", &self.ballots),
            ("answer", &self.answer),
            ("blinded", &self.blinded),
            ("children's shares", &self.shares[0]),
            ("adults' shares", &self.shares[1]),
        ]
    }
}

/// The same file with another body and a first line that fits it.
pub fn with_body(file: &[u8], body: &[u8]) -> Vec<u8> {
    let (mut header, _) = read_header(file).unwrap();
    header.body_bytes = body.len() as u64;
    header.body_sha256 = digest_of(body).iter().map(|byte| format!("{byte:02x}")).collect();
    [&serde_json::to_vec(&header).unwrap()[..], b"\n", body].concat()
}
