//! What is written is read, and nothing else is.

use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_is_written_is_read(
        numbers in proptest::collection::vec(any::<u64>(), 0..5),
        signed: i64, flag: bool, text: String, missing in proptest::option::of(any::<u8>()),
    ) {
        let mut writer = Writer::new();
        writer.list(numbers.iter(), |writer, number| writer.number(*number));
        writer.signed(signed);
        writer.flag(flag);
        writer.text(&text);
        writer.option(missing, Writer::byte);
        let bytes = writer.into_bytes();
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(reader.list(Reader::number), Ok(numbers));
        prop_assert_eq!(reader.signed(), Ok(signed));
        prop_assert_eq!(reader.flag(), Ok(flag));
        prop_assert_eq!(reader.text(), Ok(text.as_str()));
        prop_assert_eq!(reader.option(Reader::byte), Ok(missing));
        prop_assert_eq!(reader.end(), Ok(()));
    }

    /// One number has one form.
    #[test]
    fn a_number_that_is_read_is_written_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
        let mut reader = Reader::new(&bytes);
        if let Ok(number) = reader.number() {
            let mut writer = Writer::new();
            writer.number(number);
            writer.raw(reader.rest);
            prop_assert_eq!(writer.into_bytes(), bytes);
        }
    }

    #[test]
    fn a_changed_bit_is_found(state in proptest::collection::vec(any::<u8>(), 0..40), bit: prop::sample::Index) {
        let digest = [7; 32];
        let sealed = seal(1, &digest, |writer| writer.raw(&state));
        prop_assert_eq!(open(&sealed, &digest), Ok((1, state.as_slice())));
        let mut changed = sealed.clone();
        let bit = bit.index(sealed.len() * 8);
        changed[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(open(&changed, &digest).is_err());
        prop_assert!(open(&sealed[..bit / 8], &digest).is_err());
    }
}

#[test]
fn a_count_beyond_the_bytes_takes_no_memory() {
    let mut writer = Writer::new();
    writer.number(u64::MAX >> 1);
    let bytes = writer.into_bytes();
    assert_eq!(Reader::new(&bytes).list(Reader::byte), Err(Damaged));
    assert_eq!(Reader::new(&bytes).bytes(), Err(Damaged));
}

#[test]
fn what_is_wrong_with_an_envelope() {
    let sealed = seal(1, &[7; 32], |writer| writer.byte(9));
    let mut newer = sealed.clone();
    newer[9] = 2;
    for (name, bytes, wanted) in [
        ("text", &b"{\"a\":1}"[..], OpenError::NotASnapshot),
        ("nothing", b"", OpenError::NotASnapshot),
        ("a name alone", b"RULESNAP", OpenError::Damaged),
        ("a newer version", &newer, OpenError::Version(2)),
        ("cut", &sealed[..sealed.len() - 1], OpenError::Damaged),
    ] {
        assert_eq!(open(bytes, &[7; 32]), Err(wanted), "{name}");
    }
    assert_eq!(open(&sealed, &[8; 32]), Err(OpenError::OtherRules));
}
