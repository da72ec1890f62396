//! Malformed and foreign files are refused with the reason.

mod common;

use common::{Case, Draw, Exchange, fill, with_body};
use elastic_elgamal::app::{ChoiceParams, EncryptedChoice};
use elastic_elgamal::{PublicKey, group::Ristretto};
use filia_blind::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_bytes::ByteBuf;
use std::sync::LazyLock;

fn case() -> Case {
    let locus = |number| LocusTerms { name: format!("L{number}"), classes: 3, lowest: -6, highest: 3 };
    let terms = Terms {
        agreement: [1; 32],
        loci: (0..2).map(locus).collect(),
        rule: Rule::AtLeast(1),
        children: 2,
        adults: 3,
        least_loci: 1,
    };
    let mut case = fill(&mut Draw::new(11), terms);
    case.children.iter_mut().for_each(|child| child.classes = vec![Some(1), Some(2)]);
    case
}

static EXCHANGE: LazyLock<Exchange> = LazyLock::new(|| Exchange::run(&case(), 12));
static OTHER: LazyLock<Exchange> = LazyLock::new(|| Exchange::run(&case(), 13));

fn message<T>(result: Result<T, FileError>) -> String {
    match result {
        Ok(_) => "not refused".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[track_caller]
fn assert_says<T>(result: Result<T, FileError>, what: &str) {
    let message = message(result);
    assert!(message.contains(what), "found: {message}\nexpected: {what}");
}

/// Reads each file in the place where it belongs.
fn read(name: &str, file: &[u8]) -> Result<(), FileError> {
    let of = &*EXCHANGE;
    let course = of.course();
    match name {
        "children's key" => Session::join(of.case.terms.clone(), file, &of.keys[1]).map(drop),
        "adults' key" => Session::join(of.case.terms.clone(), &of.keys[0], file).map(drop),
        "ballots" => answer(&of.session, &of.secrets[1], &of.case.adults, file).map(drop),
        "answer" => blind(&of.session, &of.secrets[0], &of.ballots, file).map(drop),
        "blinded" => shares(&of.session, &of.secrets[1], Course { blinded: file, ..course }).map(drop),
        "children's shares" => open(&of.session, course, file, &of.shares[1]).map(drop),
        _ => open(&of.session, course, &of.shares[0], file).map(drop),
    }
}

#[test]
fn whole_files_are_read_and_no_other_bytes() {
    for (name, file) in EXCHANGE.files() {
        read(name, file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_says(read(name, &file[..file.len() - 1]), "it is cut short or was added to");
        assert_says(read(name, &[file, b"x"].concat()), "it is cut short or was added to");
        assert_says(read(name, &file[..20]), "no first line");
        assert_says(read(name, b""), "no first line");
        assert_says(read(name, b"{\"a\": 1}\n"), "no `filia_blind`");
        assert_says(read(name, b"child_id,D3S1358\nC1,\"15,17\"\n"), "no file of a blind exchange");
        let later = String::from_utf8_lossy(file).replacen("\"filia_blind\":1", "\"filia_blind\":9", 1);
        assert_says(read(name, later.as_bytes()), "found layout version 9, this program knows 1");
        let mut changed = file.to_vec();
        *changed.last_mut().unwrap() ^= 1;
        assert_says(read(name, &changed), "it was changed");
        let longer = with_body(file, &[read_header(file).unwrap().1, b"x"].concat());
        let result = read(name, &longer);
        assert!(name.contains("key") || result.is_err(), "{name}: bytes after the body");
    }
}

#[test]
fn files_of_another_agreement_or_exchange_are_refused() {
    for ((name, _), (_, replayed)) in EXCHANGE.files().into_iter().zip(OTHER.files()).skip(2) {
        assert_says(read(name, replayed), "it belongs to another agreement or other keys");
    }
    let mut terms = case().terms;
    terms.rule = Rule::AtLeast(2);
    assert_says(Session::join(terms, &EXCHANGE.keys[0], &EXCHANGE.keys[1]), "it belongs to another agreement");
}

#[test]
fn files_in_anothers_place_are_refused() {
    let of = &*EXCHANGE;
    assert_says(
        read("ballots", &of.answer),
        "found the answer of the adults side, expected the ballots of the children side",
    );
    assert_says(read("adults' key", &of.keys[0]), "found the key of the children side");
    assert_says(read("children's shares", &of.shares[1]), "found the shares of the adults side");
    assert_says(read("blinded", &of.answer), "expected the blinded answer");
    // an answer to other ballots of the same exchange
    let (mut header, body) = read_header(&of.answer).unwrap();
    header.follows = Some("00".repeat(32));
    let file = [&serde_json::to_vec(&header).unwrap()[..], b"\n", body].concat();
    assert_says(read("answer", &file), "it follows another file than the one here");
}

#[test]
fn a_key_copied_from_the_other_side_is_refused() {
    let of = &*EXCHANGE;
    let (mut header, body) = read_header(&of.keys[0]).unwrap();
    header.from = Side::Adults;
    let copied = [&serde_json::to_vec(&header).unwrap()[..], b"\n", body].concat();
    assert_says(read("adults' key", &copied), "key of the adults side: the proof does not hold");
}

/// The body of a ballots file.
#[derive(Serialize, Deserialize)]
struct Cast {
    typed: Vec<Vec<bool>>,
    choices: Vec<ByteBuf>,
}

/// A choice, part by part.
#[derive(Clone, Serialize, Deserialize)]
struct Choice {
    ciphers: Vec<(ByteBuf, ByteBuf)>,
    ring: (ByteBuf, Vec<ByteBuf>),
    sum: (ByteBuf, ByteBuf),
}

fn from_body<T: DeserializeOwned>(file: &[u8]) -> T {
    postcard::from_bytes(read_header(file).unwrap().1).unwrap()
}

/// The ballots with the first child's choices changed.
fn ballots_with(change: impl Fn(&mut Vec<Choice>)) -> Vec<u8> {
    let mut cast: Cast = from_body(&EXCHANGE.ballots);
    let mut choices: Vec<Choice> = postcard::from_bytes(&cast.choices[0]).unwrap();
    change(&mut choices);
    cast.choices[0] = ByteBuf::from(postcard::to_stdvec(&choices).unwrap());
    with_body(&EXCHANGE.ballots, &postcard::to_stdvec(&cast).unwrap())
}

/// A choice of these classes, all proofs but that of the sum in order; that one is another's.
fn votes(flags: &[bool], sum: &(ByteBuf, ByteBuf)) -> Choice {
    #[derive(Deserialize)]
    struct Half {
        key: PublicKey<Ristretto>,
    }
    let half = |file: &[u8]| from_body::<Half>(file).key.as_element();
    let joint = half(&EXCHANGE.keys[0]) + half(&EXCHANGE.keys[1]);
    let joint = PublicKey::<Ristretto>::from_bytes(joint.compress().as_bytes()).unwrap();
    let choice = EncryptedChoice::new(&ChoiceParams::multi(joint, flags.len()), flags, &mut Draw::new(1).0);
    let bytes = postcard::to_stdvec(&choice).unwrap();
    postcard::from_bytes(&[bytes, postcard::to_stdvec(sum).unwrap()].concat()).unwrap()
}

#[test]
fn a_ballot_has_exactly_one_vote() {
    read("ballots", &ballots_with(|_| ())).unwrap();
    for flags in [[true, true, false], [false, false, false]] {
        let file = ballots_with(|choices| choices[0] = votes(&flags, &choices[0].sum));
        assert_says(read("ballots", &file), "ballot 1, L0: the proof does not hold: cannot verify sum proof");
    }
}

#[test]
fn proofs_belong_to_their_ballot() {
    let swapped = ballots_with(|choices| {
        let ring = choices[0].ring.clone();
        choices[0].ring = std::mem::replace(&mut choices[1].ring, ring);
    });
    assert_says(read("ballots", &swapped), "ballot 1, L0: the proof does not hold: cannot verify range proofs");
    let swapped = ballots_with(|choices| choices[1].sum = choices[0].sum.clone());
    assert_says(read("ballots", &swapped), "ballot 1, L1: the proof does not hold: cannot verify sum proof");
    let exchanged = ballots_with(|choices| choices[0].ciphers.swap(0, 1));
    assert_says(read("ballots", &exchanged), "cannot verify range proofs");
}

#[test]
fn ballots_have_the_agreed_size() {
    let fewer = ballots_with(|choices| drop(choices.pop()));
    assert_says(read("ballots", &fewer), "ballot 1: found 1 choices and 0 bytes more, expected 2 choices");
    let shorter = ballots_with(|choices| drop(choices[0].ciphers.pop()));
    assert_says(read("ballots", &shorter), "number of options in the ballot (2) differs from expected (3)");
    let cast = |change: fn(&mut Cast)| {
        let mut cast: Cast = from_body(&EXCHANGE.ballots);
        change(&mut cast);
        read("ballots", &with_body(&EXCHANGE.ballots, &postcard::to_stdvec(&cast).unwrap()))
    };
    assert_says(cast(|cast| drop(cast.typed.pop())), "found 1 ballots, expected 2");
    assert_says(cast(|cast| drop(cast.choices.pop())), "found 1 ballots with choices, expected 2");
    assert_says(cast(|cast| cast.choices[1] = cast.choices[0].clone()), "ballot 2 is ballot 1 again");
    assert_says(cast(|cast| cast.typed[0].truncate(1)), "found 1 loci of a ballot, expected 2");
    assert_says(cast(|cast| cast.typed[0] = vec![false; 2]), "found 0 typed loci, the agreement asks for 1");
    assert_says(cast(|cast| cast.choices[0] = ByteBuf::from(vec![1, 2])), "the ballots cannot be read: ballot 1");
}

/// The tests of an answer or a blinded answer changed.
fn tests_with(file: &[u8], change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut ciphers = from_body::<ByteBuf>(file).into_vec();
    change(&mut ciphers);
    with_body(file, &postcard::to_stdvec(&ByteBuf::from(ciphers)).unwrap())
}

#[test]
fn answers_have_the_agreed_size_and_hold_elements() {
    let of = &*EXCHANGE;
    // 2 children × 3 adults × the scores 1 to 6, 64 bytes each
    assert_eq!(from_body::<ByteBuf>(&of.answer).len(), 2 * 3 * 6 * 64);
    for (name, file) in [("answer", &of.answer), ("blinded", &of.blinded)] {
        let shorter = tests_with(file, |ciphers| ciphers.truncate(35 * 64));
        assert_says(read(name, &shorter), "found 2240 bytes of tests, expected 2304");
        let longer = tests_with(file, |ciphers| ciphers.extend([0; 64]));
        assert_says(read(name, &longer), "found 2368 bytes of tests, expected 2304");
        let neutral = tests_with(file, |ciphers| ciphers[7 * 64..][..32].fill(0));
        assert_says(read(name, &neutral), "child 1, adult 2, test 2: the random element is the neutral one");
        let garbage = tests_with(file, |ciphers| ciphers[20 * 64..][..32].fill(0xff));
        assert_says(read(name, &garbage), "child 2, adult 1, test 3: found bytes that are no element of the group");
    }
}

#[test]
fn shares_are_proved() {
    #[derive(Serialize, Deserialize)]
    struct Decrypted {
        elements: ByteBuf,
        proofs: Vec<(ByteBuf, ByteBuf)>,
    }
    let of = &*EXCHANGE;
    let with = |change: &dyn Fn(&mut Decrypted)| {
        let mut decrypted: Decrypted = from_body(&of.shares[1]);
        change(&mut decrypted);
        read("adults' shares", &with_body(&of.shares[1], &postcard::to_stdvec(&decrypted).unwrap()))
    };
    // one share in the place of another: one hit more or less
    let exchange = |decrypted: &mut Decrypted| {
        let first = decrypted.elements[..32].to_vec();
        decrypted.elements.copy_within(32..64, 0);
        decrypted.elements[32..64].copy_from_slice(&first);
    };
    assert_says(with(&exchange), "shares of the adults side, from child 1, adult 1, test 1: the proof does not hold");
    let other: Decrypted = from_body(&of.shares[0]);
    assert_says(with(&|decrypted| decrypted.proofs = other.proofs.clone()), "the proof does not hold");
    assert_says(with(&|decrypted| decrypted.proofs.clear()), "found 0 proofs, expected 1");
    assert_says(with(&|decrypted| decrypted.elements.truncate(32)), "found 32 bytes of shares, expected 1152");
}

#[test]
fn a_commitment_promises_one_file() {
    let of = &*EXCHANGE;
    let promise = commitment(&of.session, Side::Adults, &of.shares[1]).unwrap();
    check_commitment(&of.session, Side::Adults, &promise, None).unwrap();
    check_commitment(&of.session, Side::Adults, &promise, Some(&of.shares[1])).unwrap();
    let other = check_commitment(&of.session, Side::Adults, &promise, Some(&of.shares[0]));
    assert_says(other, "the shares of the adults side are not those that it promised");
    assert_says(check_commitment(&OTHER.session, Side::Adults, &promise, None), "another agreement or other keys");
    assert_says(
        check_commitment(&of.session, Side::Children, &promise, None),
        "found the commitment of the adults side",
    );
}

#[test]
fn what_was_sealed_is_what_is_entered() {
    let of = &*EXCHANGE;
    let mut children = of.case.children.clone();
    children[0].classes[0] = Some(0);
    assert_says(ballots(&of.session, &of.secrets[0], &children), "not those that the children side sealed");
    let mut adults = of.case.adults.clone();
    adults.rows[0][0][0] = 0;
    adults.rows[0][0][1] = 1;
    assert_says(answer(&of.session, &of.secrets[1], &adults, &of.ballots), "not those that the adults side sealed");
    assert_says(ballots(&of.session, &OTHER.secrets[0], &of.case.children), "is not the one behind its key file");
    assert_says(ballots(&of.session, &of.secrets[0], &children[..1]), "found 1 children, the agreement says 2");
    children[1].classes = vec![None, None];
    assert_says(
        ballots(&of.session, &of.secrets[0], &children),
        "child 2: found 0 typed loci, the agreement asks for 1",
    );
    adults.rows[1][0][2] = 4;
    assert_says(answer(&of.session, &of.secrets[1], &adults, &of.ballots), "L1, row 0: found 4, expected -6 to 3");
}

#[test]
fn an_audit_finds_other_bytes() {
    let (of, other) = (&*EXCHANGE, &*OTHER);
    let [children, adults] = [0, 1].map(|side| {
        let file = disclose(&of.session, &of.secrets[side]).unwrap();
        read_disclosed(&of.session, of.secrets[side].side, &file).unwrap()
    });
    audit_ballots(&of.session, &children, &of.case.children, &of.ballots).unwrap();
    audit_answer(&of.session, &adults, &of.case.adults, &of.ballots, &of.answer).unwrap();
    audit_blinded(&of.session, &children, &of.ballots, &of.answer, &of.blinded).unwrap();
    let forged = tests_with(&of.answer, |ciphers| ciphers.copy_within(64..128, 0));
    let found = audit_answer(&of.session, &adults, &of.case.adults, &of.ballots, &forged);
    assert_says(found, "the answer are not what seed and input make: they differ from byte");
    let seed = &other.secrets[0].seed;
    assert_says(
        audit_ballots(&of.session, seed, &of.case.children, &of.ballots),
        "not those that the children side sealed",
    );
    let forged = tests_with(&of.blinded, |ciphers| ciphers.copy_within(64..128, 0));
    assert_says(audit_blinded(&of.session, &children, &of.ballots, &of.answer, &forged), "they differ from byte");
}

#[test]
fn secrets_are_read_back_for_their_agreement_alone() {
    let of = &*EXCHANGE;
    let file = of.secrets[0].to_file(&of.case.terms).unwrap();
    let secret = Secret::from_file(&of.case.terms, Side::Children, &file).unwrap();
    assert_eq!(ballots(&of.session, &secret, &of.case.children).unwrap(), of.ballots);
    let mut terms = of.case.terms.clone();
    terms.adults = 4;
    assert_says(Secret::from_file(&terms, Side::Children, &file), "another agreement");
    assert_says(Secret::from_file(&of.case.terms, Side::Adults, &file), "found the secret of the children side");
}

#[test]
fn terms_that_cannot_be_kept_are_refused() {
    let refused = |change: fn(&mut Terms)| {
        let mut terms = case().terms;
        change(&mut terms);
        terms.check().unwrap_err().to_string()
    };
    assert_eq!(refused(|terms| terms.children = 0), "found a number of children of 0, expected at least 1");
    assert_eq!(refused(|terms| terms.loci[0].classes = 0), "found a number of classes of 0, expected at least 1");
    let reach = refused(|terms| terms.rule = Rule::AtLeast(7));
    assert_eq!(reach, "no pair can be a hit: all loci together reach 6, the threshold is 7");
    let limits = refused(|terms| terms.rule = Rule::AtMost(1));
    assert_eq!(limits, "L0: found row entries from -6 to 3, expected 0 and 1");
    assert!(refused(|terms| terms.rule = Rule::AtLeast(-5000)).contains("expected at most 4096"));
}
