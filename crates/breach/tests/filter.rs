//! What a filter answers, and what it keeps in memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use std::fs;
use std::thread;

use common::{filter_of, filter_of_words, key};
use slotwerk_breach::{
    Answer, Filter, FilterBuilder, FilterError, Fingerprint, Key, OnFailure, Phase, RangeClient,
};

const MILLION: u64 = 1_000_000;
/// Questions about keys that are in no set of these tests start here.
const STRANGERS: u64 = 1 << 40;

#[test]
fn no_false_negative_in_a_million_keys() {
    let (_directory, path) = filter_of(Fingerprint::Bits16, MILLION);
    let filter = Filter::open(path).unwrap();
    assert_eq!(filter.len(), MILLION);
    assert_eq!(filter.shards(), 16);
    for at in 0..MILLION {
        assert!(filter.contains(&key(at)).unwrap(), "{at}");
    }
    assert!(
        (18.0..20.0).contains(&filter.bits_per_key()),
        "{}",
        filter.bits_per_key()
    );

    // One in 65,536 of 10 million: 152.6 expected, standard deviation 12.4. The draw is fixed, so
    // this does not flicker; 1.2 times theory is what is promised.
    let strangers = STRANGERS..STRANGERS + 10 * MILLION;
    let wrong = strangers
        .filter(|&at| filter.contains(&key(at)).unwrap())
        .count() as f64;
    let theory = 10.0 * MILLION as f64 / 65_536.0;
    assert!(
        wrong < 1.2 * theory && wrong > theory / 1.2,
        "{wrong} of {theory}"
    );
}

#[test]
fn no_false_negative_in_ten_million_keys() {
    let (_directory, path) = filter_of(Fingerprint::Bits16, 10 * MILLION);
    let filter = Filter::open(path).unwrap();
    assert_eq!((filter.len(), filter.shards()), (10 * MILLION, 128));
    assert!((0..10 * MILLION).all(|at| filter.contains(&key(at)).unwrap()));
}

#[test]
fn thirty_two_bits_are_hardly_ever_wrong() {
    let (_directory, path) = filter_of(Fingerprint::Bits32, 250_000);
    let filter = Filter::open(path).unwrap();
    assert!((0..250_000).all(|at| filter.contains(&key(at)).unwrap()));
    // 0.0007 expected.
    let mut strangers = STRANGERS..STRANGERS + 3 * MILLION;
    assert!(!strangers.any(|at| filter.contains(&key(at)).unwrap()));
    assert_eq!(filter.fingerprint().bits(), 32);
}

#[test]
fn the_cache_is_bounded_and_answers_are_the_same_with_any() {
    let (_directory, path) = filter_of(Fingerprint::Bits16, 500_000);
    let shard = fs::metadata(&path).unwrap().len() as usize / 8;
    for bytes in [0, 1, shard, 2 * shard + shard / 2, usize::MAX] {
        let filter = Filter::open(&path).unwrap().cache_bytes(bytes);
        assert_eq!((filter.shards(), filter.cached_bytes()), (8, 0));
        for at in 0..200 {
            assert!(filter.contains(&key(at)).unwrap());
            assert!(filter.cached_bytes() <= bytes);
        }
        let resident = filter.cached_bytes() / (shard - shard / 20);
        let expected = match bytes {
            0 | 1 => 0..=0,
            usize::MAX => 8..=8,
            _ => 1..=2,
        };
        assert!(
            expected.contains(&resident),
            "{resident} shards in {bytes} bytes"
        );
    }
}

#[test]
fn many_threads_get_right_answers_from_a_cache_that_is_too_small() {
    let (_directory, path) = filter_of(Fingerprint::Bits32, 500_000);
    let shard = fs::metadata(&path).unwrap().len() as usize / 8;
    let filter = Filter::open(&path).unwrap().cache_bytes(3 * shard);
    thread::scope(|scope| {
        for thread in 0..8 {
            let filter = &filter;
            scope.spawn(move || {
                for at in 0..150 {
                    let at = thread * 1000 + at;
                    assert!(filter.contains(&key(at)).unwrap());
                    assert!(!filter.contains(&key(STRANGERS + at)).unwrap());
                    assert!(filter.cached_bytes() <= 3 * shard);
                }
            });
        }
    });
}

#[test]
fn a_shard_in_memory_is_not_read_again_and_one_that_is_not_is() {
    let (_directory, path) = filter_of(Fingerprint::Bits16, 1000);
    let filter = Filter::open(&path).unwrap();
    assert!(filter.contains(&key(0)).unwrap());
    let without = Filter::open(&path).unwrap().cache_bytes(0);
    assert!(without.contains(&key(0)).unwrap());
    // In place, and not by a new file: the only change that an open filter sees.
    fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(300)
        .unwrap();
    assert!(filter.contains(&key(1)).unwrap());
    assert!(matches!(without.contains(&key(1)), Err(FilterError::Io(_))));
}

#[test]
fn an_open_filter_goes_on_with_its_file_when_a_new_one_is_put_there() {
    let (_directory, path) = filter_of(Fingerprint::Bits32, 1000);
    let old = Filter::open(&path).unwrap().cache_bytes(0);
    let mut builder = FilterBuilder::new(Fingerprint::Bits32);
    builder.add(&key(5000)).unwrap();
    builder.write(&path, |_| ()).unwrap();
    assert!(old.contains(&key(7)).unwrap() && !old.contains(&key(5000)).unwrap());
    let new = Filter::open(&path).unwrap();
    assert!(!new.contains(&key(7)).unwrap() && new.contains(&key(5000)).unwrap());
}

#[test]
fn verifying_reads_everything_and_says_how_far_it_is() {
    let (_directory, path) = filter_of(Fingerprint::Bits16, 250_000);
    let filter = Filter::open(&path).unwrap();
    let mut seen = Vec::new();
    filter
        .verify(|progress| {
            assert_eq!(
                (progress.phase, progress.total),
                (Phase::Verifying, Some(filter.file_length()))
            );
            seen.push(progress.done);
        })
        .unwrap();
    assert_eq!(seen.len(), filter.shards());
    assert!(seen.is_sorted() && seen.last() == Some(&filter.file_length()));
}

#[test]
fn the_header_says_what_the_builder_was_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("filter");
    let label = "é".repeat(32);
    let builder = FilterBuilder::new(Fingerprint::Bits16)
        .label(&label)
        .unwrap();
    let mut builder = builder.built_at(1_763_800_000);
    builder.add_words(&b"one\ntwo\n"[..], |_| ()).unwrap();
    let built = builder.write(&path, |_| ()).unwrap();
    let filter = Filter::open(&path).unwrap();
    assert_eq!(
        (filter.label(), filter.built_at()),
        (label.as_str(), 1_763_800_000)
    );
    assert_eq!((filter.len(), filter.digest()), (built.keys, built.digest));
    assert_eq!(filter.file_length(), fs::metadata(&path).unwrap().len());
}

#[test]
fn nothing_that_is_shown_tells_what_was_asked() {
    let (_directory, filter) = filter_of_words("hunter2\n");
    let secret = Key::of_password("hunter2");
    let before = format!("{filter:?}");
    assert!(filter.contains(&secret).unwrap());
    assert_eq!(format!("{filter:?}"), before);
    assert_eq!(
        format!("{secret:?} {:?}", secret.clone()),
        "Key(..) Key(..)"
    );
    assert!(
        !before.to_lowercase().contains("f3bbbd66a63d4bf1"),
        "SHA-1 of it in {before}"
    );
}

#[test]
fn public_types_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Filter>();
    crosses::<FilterBuilder>();
    crosses::<Key>();
    crosses::<Answer>();
    crosses::<OnFailure>();
    crosses::<FilterError>();
    crosses::<slotwerk_breach::BuildError>();
    crosses::<slotwerk_breach::BreachFault>();
    crosses::<RangeClient<()>>();
    crosses::<slotwerk_breach::Layered<Filter, Filter>>();
    #[cfg(feature = "http")]
    crosses::<slotwerk_breach::HttpTransport>();
}
