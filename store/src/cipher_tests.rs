use proptest::prelude::*;

use super::{CHUNK_BYTES, ChunkSpan, CipherError, HEADER_BYTES, Key, ObjectCipher, TAG_BYTES, seal, sealed_bytes};

const OBJECT_KEY: &str = "tenant/recording/video/0000000000.m4s";
const SEALED_CHUNK: usize = (CHUNK_BYTES + TAG_BYTES) as usize;

fn data_key(byte: u8) -> Key {
    Key::from_bytes([byte; 32])
}

fn plain(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 + index / 251) as u8).collect()
}

fn sealed(plain: &[u8]) -> Vec<u8> {
    seal(&ObjectCipher::create(&data_key(1), OBJECT_KEY, [7; 23]), plain)
}

fn open(key: &Key, object_key: &str, plain_bytes: u64, stored: &[u8]) -> Result<Vec<u8>, CipherError> {
    let cipher = ObjectCipher::open(key, object_key, stored)?;
    ChunkSpan::plan(plain_bytes, &(0..plain_bytes)).open(&cipher, &stored[HEADER_BYTES as usize..])
}

#[test]
fn every_length_around_a_chunk_returns_whole() {
    let chunk = CHUNK_BYTES as usize;
    for length in [0, 1, 15, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 5] {
        let plain = plain(length);
        let sealed = sealed(&plain);
        assert_eq!(sealed.len() as u64, sealed_bytes(length as u64), "{length}");
        assert_eq!(open(&data_key(1), OBJECT_KEY, length as u64, &sealed).expect("opens"), plain, "{length}");
    }
}

#[test]
fn every_flipped_byte_is_noticed() {
    let plain = plain(100);
    let stored = sealed(&plain);
    for index in 0..stored.len() {
        let mut changed = stored.clone();
        changed[index] ^= 1;
        assert!(open(&data_key(1), OBJECT_KEY, 100, &changed).is_err(), "byte {index} was changed unnoticed");
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let length = 2 * CHUNK_BYTES + 9;
    let plain = plain(length as usize);
    let stored = sealed(&plain);
    let inauthentic = |chunk| Err(CipherError::Inauthentic { chunk });
    assert_eq!(open(&data_key(2), OBJECT_KEY, length, &stored), inauthentic(0), "another key");
    assert_eq!(open(&data_key(1), "tenant/other/events.jsonl", length, &stored), inauthentic(0), "another object");
    assert_eq!(
        open(&data_key(1), OBJECT_KEY, length, &stored[..stored.len() - 1]),
        Err(CipherError::WrongLength { expected: sealed_bytes(length) - 32, actual: sealed_bytes(length) - 33 })
    );
    let mut other_version = stored.clone();
    other_version[5] = 9;
    assert_eq!(open(&data_key(1), OBJECT_KEY, length, &other_version), Err(CipherError::UnknownVersion { version: 9 }));
    assert_eq!(open(&data_key(1), OBJECT_KEY, length, &plain), Err(CipherError::NotEncrypted));
    assert_eq!(
        ObjectCipher::open(&data_key(1), OBJECT_KEY, b"HUIJI").err(),
        Some(CipherError::WrongLength { expected: 32, actual: 5 })
    );
}

#[test]
fn chunks_cannot_be_reordered_dropped_or_cut_at_a_boundary() {
    let length = 3 * CHUNK_BYTES;
    let stored = sealed(&plain(length as usize));
    let (header, body) = stored.split_at(HEADER_BYTES as usize);
    let chunks: Vec<&[u8]> = body.chunks(SEALED_CHUNK).collect();
    let join = |order: &[usize]| {
        [header, &order.iter().flat_map(|index| chunks[*index]).copied().collect::<Vec<u8>>()].concat()
    };
    let inauthentic = |chunk| Err(CipherError::Inauthentic { chunk });
    assert_eq!(open(&data_key(1), OBJECT_KEY, length, &join(&[1, 0, 2])), inauthentic(0));
    assert_eq!(open(&data_key(1), OBJECT_KEY, length, &join(&[0, 2, 1])), inauthentic(1));
    assert_eq!(open(&data_key(1), OBJECT_KEY, 2 * CHUNK_BYTES, &join(&[0, 1])), inauthentic(1), "cut at a boundary");
    assert_eq!(open(&data_key(1), OBJECT_KEY, 2 * CHUNK_BYTES, &join(&[0, 2])), inauthentic(1), "middle dropped");
    assert_eq!(open(&data_key(1), OBJECT_KEY, 4 * CHUNK_BYTES, &join(&[0, 1, 2, 2])), inauthentic(2), "prolonged");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_range_equals_the_slice(length in 0_usize..300_000, from in 0.0_f64..=1.0, to in 0.0_f64..=1.0) {
        let plain = plain(length);
        let stored = sealed(&plain);
        let (from, to) = (from.min(to), from.max(to));
        let range = (from * length as f64) as u64..(to * length as f64) as u64;
        let span = ChunkSpan::plan(length as u64, &range);
        prop_assert!(span.stored.end <= stored.len() as u64);
        let needed = range.end.saturating_sub(range.start) / CHUNK_BYTES + 2;
        prop_assert!(span.stored.end - span.stored.start <= needed * SEALED_CHUNK as u64, "fetches too much");
        let cipher = ObjectCipher::open(&data_key(1), OBJECT_KEY, &stored).expect("header");
        let opened = span.open(&cipher, &stored[span.stored.start as usize..span.stored.end as usize]).expect("opens");
        prop_assert_eq!(&opened[..], &plain[range.start as usize..range.end as usize]);
    }

    #[test]
    fn hostile_bytes_never_open(bytes in proptest::collection::vec(any::<u8>(), 0..200), plain_bytes in 0_u64..200) {
        if bytes.len() >= HEADER_BYTES as usize {
            prop_assert!(open(&data_key(1), OBJECT_KEY, plain_bytes, &bytes).is_err());
        }
    }
}
