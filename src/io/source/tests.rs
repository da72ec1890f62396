use super::*;
use std::io::Write;

/// SHA-256 of "abc": FIPS 180-2, appendix B.1.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/// SHA-256 of a million letters a: FIPS 180-2, appendix B.3.
const MILLION: &str = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

fn read_in_pieces(input: &mut Input, piece: usize) -> Vec<u8> {
    let (mut all, mut buffer) = (Vec::new(), vec![0; piece]);
    loop {
        match input.read(&mut buffer).unwrap() {
            0 => return all,
            read => all.extend_from_slice(&buffer[..read]),
        }
    }
}

#[test]
fn a_look_ahead_loses_nothing_and_is_hashed_once() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a");
    std::fs::write(&path, "abc").unwrap();
    let inputs = Inputs::default();
    let mut input = inputs.open(&[&path]).unwrap();
    assert_eq!(input.peek(2).unwrap(), b"ab");
    assert_eq!(input.peek(1).unwrap(), b"a");
    let mut first = [0];
    input.read_exact(&mut first).unwrap();
    assert_eq!((input.peek(9).unwrap(), inputs.fingerprint(&path)), (&b"bc"[..], None));
    assert_eq!(read_in_pieces(&mut input, 7), b"bc");
    let fingerprint = inputs.fingerprint(&path).unwrap();
    assert_eq!((fingerprint.bytes, fingerprint.hexadecimal().as_str()), (3, ABC));
}

#[test]
fn long_streams_are_hashed_like_short_ones() {
    assert_eq!(Fingerprint::of(&[b'a'; 1_000_000]).hexadecimal(), MILLION);
    let bytes: Vec<u8> = (0..5_000_000_u32).map(|at| (at % 251) as u8).collect();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a");
    std::fs::write(&path, &bytes).unwrap();
    let inputs = Inputs::default();
    assert!(read_in_pieces(&mut inputs.open(&[&path]).unwrap(), 70_001) == bytes);
    let mut whole = sha2::Sha256::default();
    sha2::Digest::update(&mut whole, &bytes);
    assert_eq!(inputs.fingerprint(&path).unwrap().sha256[..], sha2::Digest::finalize(whole)[..]);
}

#[test]
fn a_file_that_changes_is_read_once_all_the_same() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a");
    std::fs::write(&path, "abc").unwrap();
    let inputs = Inputs::default();
    assert_eq!(&*inputs.read(&path).unwrap(), b"abc");
    std::fs::write(&path, "other").unwrap();
    assert_eq!(&*inputs.read(&path).unwrap(), b"abc");
    assert_eq!(read_in_pieces(&mut inputs.open(&[&path]).unwrap(), 2), b"abc");
    assert_eq!(inputs.fingerprint(&path).unwrap().hexadecimal(), ABC);
}

#[test]
fn an_input_of_two_names_has_one_fingerprint() {
    let place = tempfile::tempdir().unwrap();
    let (path, other) = (place.path().join("a"), place.path().join("./a"));
    std::fs::write(&path, "abc").unwrap();
    let inputs = Inputs::default();
    let mut input = inputs.open(&[&path, &other]).unwrap();
    read_in_pieces(&mut input, 3);
    assert_eq!(inputs.fingerprint(&path), inputs.fingerprint(&other));
    assert_eq!(inputs.fingerprint(&other).unwrap().bytes, 3);
}

#[test]
fn what_was_spooled_can_be_read_anywhere_and_tells_of_changes() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a");
    std::fs::write(&path, "0123456789").unwrap();
    for in_memory in [false, true] {
        let input = match in_memory {
            true => Input::of_bytes(b"0123456789"),
            false => Inputs::default().open(&[&path]).unwrap(),
        };
        let mut seen = Vec::new();
        let spooled = input.spool(|bytes| seen.extend_from_slice(bytes)).unwrap();
        let mut read = [0; 3];
        spooled.read_at(4, &mut read).unwrap();
        assert_eq!((&seen[..], &read, spooled.length()), (&b"0123456789"[..], b"456", 10));
        assert!(spooled.read_at(8, &mut read).is_err());
        spooled.check_unchanged().unwrap();
        for _ in 0..2 {
            assert_eq!(std::io::read_to_string(spooled.reader()).unwrap(), "0123456789");
        }
        if !in_memory {
            std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"!").unwrap();
            assert!(spooled.check_unchanged().is_err());
        }
    }
}
