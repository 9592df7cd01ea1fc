//! The one question, its faults and the choice on failure; ranges through a transport of the test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use common::filter_of_words;
use slotwerk_breach::{
    Answer, BreachCheck, BreachFault, Layered, MAX_RESPONSE, OnFailure, RangeClient,
    RangeTransport, TransportError, checked,
};

/// SHA-1 of "abc", from the examples of FIPS 180-4.
const PREFIX: &str = "A9993";
const SUFFIX: &str = "E364706816ABA3E25717850C26C9CD0D89D";

/// Gives one answer and counts how often it was asked.
#[derive(Clone)]
struct Fixed(Result<bool, BreachFault>, Arc<AtomicUsize>);

fn fixed(answer: Result<bool, BreachFault>) -> Fixed {
    Fixed(answer, Arc::default())
}

#[async_trait]
impl BreachCheck for Fixed {
    async fn is_breached(&self, _: &str) -> Result<bool, BreachFault> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0
    }
}

/// Responds with the same to all, and writes down what it was asked.
#[derive(Clone)]
struct Scripted {
    response: Result<Vec<u8>, TransportError>,
    asked: Arc<Mutex<Vec<(String, bool)>>>,
}

fn scripted(response: impl Into<Vec<u8>>) -> Scripted {
    Scripted {
        response: Ok(response.into()),
        asked: Arc::default(),
    }
}

#[async_trait]
impl RangeTransport for Scripted {
    async fn fetch(&self, prefix: &str, padding: bool) -> Result<Vec<u8>, TransportError> {
        self.asked
            .lock()
            .unwrap()
            .push((prefix.to_owned(), padding));
        self.response.clone()
    }
}

const FAULT: BreachFault = BreachFault::Unavailable(TransportError::Status(503));

#[tokio::test]
async fn the_choice_on_failure_is_kept_and_seen() {
    for on_failure in [
        OnFailure::Accept,
        OnFailure::Refuse,
        OnFailure::AcceptAndCheckAgain,
    ] {
        let answer = checked(&fixed(Ok(false)), on_failure, "abc").await;
        assert_eq!(answer, Answer::Clean);
        assert!(answer.accepts() && !answer.check_again());
        let answer = checked(&fixed(Ok(true)), on_failure, "abc").await;
        assert_eq!(answer, Answer::Breached);
        assert!(!answer.accepts() && !answer.check_again());
        let answer = checked(&fixed(Err(FAULT)), on_failure, "abc").await;
        assert_eq!(
            answer,
            Answer::Unchecked {
                on_failure,
                fault: FAULT
            }
        );
        assert_eq!(answer.accepts(), on_failure != OnFailure::Refuse);
        assert_eq!(
            answer.check_again(),
            on_failure == OnFailure::AcceptAndCheckAgain
        );
    }
}

#[tokio::test]
async fn a_check_can_be_shared_and_kept_behind_a_pointer() {
    let (_directory, filter) = filter_of_words("abc\n");
    let shared: Arc<dyn BreachCheck> = Arc::new(filter);
    assert_eq!(shared.is_breached("abc").await, Ok(true));
    let again: Arc<dyn BreachCheck> = Arc::new(Arc::clone(&shared));
    assert_eq!(
        checked(&*again, OnFailure::Refuse, "abd").await,
        Answer::Clean
    );
}

#[tokio::test]
async fn layers_are_breached_if_either_is_and_clean_only_if_both_are() {
    let answers = [Ok(true), Ok(false), Err(FAULT), Err(BreachFault::Damaged)];
    for first in answers {
        for second in answers {
            let (a, b) = (fixed(first), fixed(second));
            let asked = Arc::clone(&b.1);
            let answer = Layered::new(a, b).is_breached("abc").await;
            let expected = match (first, second) {
                (Ok(true), _) | (_, Ok(true)) => Ok(true),
                (Ok(false), Ok(false)) => Ok(false),
                (_, Err(fault)) | (Err(fault), _) => Err(fault),
            };
            assert_eq!(answer, expected, "{first:?} {second:?}");
            // What the first one knows the second one never hears of.
            let expected = usize::from(first != Ok(true));
            assert_eq!(asked.load(Ordering::Relaxed), expected);
        }
    }
}

#[tokio::test]
async fn a_password_in_the_filter_never_leaves_the_house() {
    let (_directory, filter) = filter_of_words("hunter2\n");
    let transport = scripted(format!("{SUFFIX}:1"));
    let both = Layered::new(filter, RangeClient::new(transport.clone()));
    assert_eq!(both.is_breached("hunter2").await, Ok(true));
    assert!(transport.asked.lock().unwrap().is_empty());
    assert_eq!(both.is_breached("abc").await, Ok(true));
    assert_eq!(transport.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn five_digits_and_a_wish_for_padding_are_all_that_leaves() {
    let transport = scripted(format!("{SUFFIX}:1\r\n"));
    let client = RangeClient::new(transport.clone());
    assert_eq!(client.is_breached("abc").await, Ok(true));
    assert_eq!(client.is_breached("abd").await, Ok(false));
    let client = client.padding(false);
    assert_eq!(client.is_breached("abc").await, Ok(true));
    let asked = transport.asked.lock().unwrap();
    // SHA-1 of "abd" begins with CB4CC: by sha1sum.
    let expected = [(PREFIX, true), ("CB4CC", true), (PREFIX, false)];
    assert_eq!(
        *asked,
        expected.map(|(prefix, padding)| (prefix.to_owned(), padding))
    );
}

#[tokio::test]
async fn rows_of_padding_are_not_breaches() {
    let client = RangeClient::new(scripted(format!("{SUFFIX}:0\r\n{}:3", "0".repeat(35))));
    assert_eq!(client.is_breached("abc").await, Ok(false));
    // Nor can a minimum of 0 make them so.
    assert_eq!(client.minimum_count(0).is_breached("abc").await, Ok(false));
}

#[tokio::test]
async fn a_minimum_count_is_kept() {
    let client = RangeClient::new(scripted(format!("{SUFFIX}:41")));
    assert_eq!(
        client.clone().minimum_count(41).is_breached("abc").await,
        Ok(true)
    );
    assert_eq!(client.minimum_count(42).is_breached("abc").await, Ok(false));
}

#[tokio::test]
async fn malformed_and_empty_responses_are_faults() {
    for response in [
        "",
        "\r\n",
        "<html>busy</html>",
        SUFFIX,
        &format!("{PREFIX}{SUFFIX}:1"),
    ] {
        let client = RangeClient::new(scripted(response));
        assert_eq!(
            client.is_breached("abc").await,
            Err(BreachFault::Malformed),
            "{response}"
        );
    }
    let mut cut = format!("{}:1\r\n{SUFFIX}:1", "0".repeat(35));
    while cut.pop().is_some_and(|last| last != ':') {}
    let client = RangeClient::new(scripted(cut));
    assert_eq!(client.is_breached("abc").await, Err(BreachFault::Malformed));
}

#[tokio::test]
async fn a_response_is_bounded_whatever_the_transport() {
    let row = format!("{SUFFIX}:1\r\n");
    let most = row.repeat(MAX_RESPONSE / row.len());
    let client = RangeClient::new(scripted(most.clone()));
    assert_eq!(client.is_breached("abc").await, Ok(true));
    let client = RangeClient::new(scripted(most + &row));
    let fault = BreachFault::Unavailable(TransportError::TooLong);
    assert_eq!(client.is_breached("abc").await, Err(fault));
}

#[tokio::test]
async fn faults_of_the_transport_are_passed_on() {
    for error in [
        TransportError::Timeout,
        TransportError::Unreachable,
        TransportError::Other("x"),
    ] {
        let transport = Scripted {
            response: Err(error),
            asked: Arc::default(),
        };
        let answer = RangeClient::new(transport).is_breached("abc").await;
        assert_eq!(answer, Err(BreachFault::Unavailable(error)));
    }
}
