//! The limits of the pool, with jobs that wait for the test rather than for a clock.

use std::cell::RefCell;
use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::blocking::block_on;
use crate::params::Params;

/// A failed test should end; no test waits for this long when it passes.
const PATIENCE: Duration = Duration::from_secs(60);

fn pool(workers: usize, queue: usize) -> Pool {
    Pool::start(workers, queue, 32).unwrap()
}

/// Occupies one worker until the returned sender is used or dropped.
fn hold(pool: &Pool) -> (mpsc::Sender<()>, oneshot::Receiver<()>) {
    let (release, gate) = mpsc::channel();
    let (started, running) = mpsc::channel();
    let held = pool
        .submit(move |_| {
            started.send(()).unwrap();
            let _ = gate.recv();
        })
        .unwrap();
    running.recv_timeout(PATIENCE).unwrap();
    (release, held)
}

/// The answer of one job, without waiting for ever if its worker is gone. It may come just
/// before the place of the job is free.
fn ask<T: Send + 'static>(pool: &Pool, job: impl FnOnce(&mut Memory) -> T + Send + 'static) -> T {
    let (tell, answer) = mpsc::channel();
    let _kept = pool
        .submit(move |memory| tell.send(job(memory)).unwrap())
        .unwrap();
    answer.recv_timeout(PATIENCE).unwrap()
}

fn dirty(memory: &mut Memory) {
    let params = Params::danger_weak(32, 1, 1).unwrap();
    memory
        .run(params, b"password", b"somesalt", &mut [0; 32])
        .unwrap();
    assert!(!memory.is_blank());
}

#[test]
fn a_full_queue_is_busy_at_once_and_recovers() {
    let pool = pool(2, 1);
    let (release_a, held_a) = hold(&pool);
    let (release_b, held_b) = hold(&pool);
    let queued = pool.submit(|_| 3).unwrap();
    assert_eq!(pool.unfinished(), pool.capacity());
    assert_eq!(pool.submit(|_| 4).err(), Some(HashError::Busy));
    drop(release_a);
    block_on(held_a).unwrap();
    assert_eq!(block_on(queued), Ok(3));
    // The place of a finished job is free before its result is out.
    assert_eq!(block_on(pool.submit(|_| 5).unwrap()), Ok(5));
    drop(release_b);
    block_on(held_b).unwrap();
    assert_eq!(pool.unfinished(), 0);
}

#[test]
fn without_a_queue_only_idle_workers_take_jobs() {
    let pool = pool(1, 0);
    for number in 0..50 {
        assert_eq!(block_on(pool.submit(move |_| number).unwrap()), Ok(number));
    }
    let (_release, _held) = hold(&pool);
    assert_eq!(pool.submit(|_| ()).err(), Some(HashError::Busy));
}

#[test]
fn jobs_run_in_the_order_they_came() {
    let pool = pool(1, 20);
    let (release, _held) = hold(&pool);
    let (seen, order) = mpsc::channel();
    let waiting: Vec<_> = (0..20)
        .map(|number| {
            let seen = seen.clone();
            pool.submit(move |_| seen.send(number).unwrap()).unwrap()
        })
        .collect();
    drop(release);
    for job in waiting {
        block_on(job).unwrap();
    }
    assert_eq!(
        order.try_iter().collect::<Vec<_>>(),
        (0..20).collect::<Vec<_>>()
    );
}

#[test]
fn memory_is_blank_again_after_every_job() {
    let pool = pool(1, 1);
    for _ in 0..3 {
        block_on(pool.submit(dirty).unwrap()).unwrap();
        assert!(ask(&pool, |memory| memory.is_blank()));
    }
}

#[test]
fn a_panicking_job_keeps_its_worker_and_leaves_no_trace() {
    let pool = pool(1, 1);
    for _ in 0..3 {
        let lost = pool.submit(|memory| {
            dirty(memory);
            panic!("a job that panics on purpose");
        });
        let lost: oneshot::Receiver<()> = lost.unwrap();
        assert!(block_on(lost).is_err());
        assert!(ask(&pool, |memory| memory.is_blank()));
    }
}

#[test]
fn a_job_nobody_waits_for_is_skipped_and_its_place_freed() {
    let pool = pool(1, 1);
    let (release, _held) = hold(&pool);
    let (ran, proof) = mpsc::channel::<()>();
    drop(pool.submit(move |_| ran.send(()).unwrap()).unwrap());
    assert_eq!(pool.submit(|_| ()).err(), Some(HashError::Busy));
    drop(release);
    // The skipped job drops its sender without a word.
    assert_eq!(
        proof.recv_timeout(PATIENCE),
        Err(mpsc::RecvTimeoutError::Disconnected)
    );
    drop(pool);
}

#[test]
fn a_job_abandoned_while_it_runs_is_finished_and_wiped() {
    let pool = pool(1, 1);
    let (release, gate) = mpsc::channel::<()>();
    let (started, running) = mpsc::channel();
    let abandoned = pool
        .submit(move |memory| {
            dirty(memory);
            started.send(()).unwrap();
            let _ = gate.recv();
            assert!(!memory.is_blank());
        })
        .unwrap();
    running.recv_timeout(PATIENCE).unwrap();
    drop(abandoned);
    assert_eq!(pool.unfinished(), 1);
    let next = pool.submit(|memory| memory.is_blank()).unwrap();
    drop(release);
    assert_eq!(block_on(next), Ok(true));
    assert_eq!(pool.unfinished(), 0);
}

#[test]
fn dropping_the_pool_finishes_accepted_jobs_and_ends_the_threads() {
    thread_local! {
        static ALIVE: RefCell<Option<mpsc::Sender<()>>> = const { RefCell::new(None) };
    }
    let pool = pool(2, 4);
    let (alive, ended) = mpsc::channel::<()>();
    let mut held = Vec::new();
    for _ in 0..2 {
        // Both workers are held at once, so that each of them leaves its mark.
        let alive = alive.clone();
        let (release, gate) = mpsc::channel::<()>();
        let (started, running) = mpsc::channel();
        let job = pool
            .submit(move |_| {
                ALIVE.with(|slot| *slot.borrow_mut() = Some(alive));
                started.send(()).unwrap();
                let _ = gate.recv();
            })
            .unwrap();
        running.recv_timeout(PATIENCE).unwrap();
        held.push((release, job));
    }
    drop(alive);
    let accepted = pool.submit(|_| 7).unwrap();
    // Returns although both workers are held.
    drop(pool);
    assert!(matches!(ended.try_recv(), Err(mpsc::TryRecvError::Empty)));
    for (release, job) in held {
        drop(release);
        block_on(job).unwrap();
    }
    assert_eq!(block_on(accepted), Ok(7));
    assert_eq!(
        ended.recv_timeout(PATIENCE),
        Err(mpsc::RecvTimeoutError::Disconnected)
    );
}

#[test]
fn a_waker_that_panics_does_not_take_the_worker_along() {
    use std::pin::Pin;
    use std::task::{Context, Wake, Waker};

    struct Bomb;
    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {
            panic!("a waker that panics on purpose");
        }
    }
    let pool = pool(1, 2);
    let (release, _held) = hold(&pool);
    let mut job = pool.submit(|_| ()).unwrap();
    let waker = Waker::from(Arc::new(Bomb));
    assert!(
        Pin::new(&mut job)
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    let (tell, answer) = mpsc::channel();
    let _next = pool.submit(move |_| tell.send(9).unwrap()).unwrap();
    drop(release);
    assert_eq!(answer.recv_timeout(PATIENCE), Ok(9));
}
