//! The limits of the pool, with jobs that wait for the test rather than for a clock.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::blocking::block_on;
use crate::params::Params;

/// A failed test should end; no test waits for this long when it passes.
const PATIENCE: Duration = Duration::from_secs(60);
const DEADLINE: Duration = Duration::from_millis(100);

fn pool(workers: usize, queue: usize) -> Pool {
    pool_by(Arc::new(|| Duration::ZERO), workers, queue)
}

fn pool_by(clock: Clock, workers: usize, queue: usize) -> Pool {
    let limits = Limits {
        workers,
        queue,
        kib: 32,
        deadline: DEADLINE,
    };
    Pool::start(&limits, clock).unwrap()
}

/// A clock that the test sets, in milliseconds.
fn manual() -> (Arc<AtomicU64>, Clock) {
    let now = Arc::new(AtomicU64::new(0));
    let read = Arc::clone(&now);
    let clock = move || Duration::from_millis(read.load(Ordering::SeqCst));
    (now, Arc::new(clock))
}

type Pending<T> = oneshot::Receiver<Result<T, HashError>>;

fn submit<T: Send + 'static>(
    pool: &Pool,
    job: impl FnOnce(&mut Memory) -> T + Send + 'static,
) -> Result<Pending<T>, HashError> {
    pool.submit(&"".into(), move |memory| Ok(job(memory)))
}

/// What the job computed; an error if it was lost.
fn wait<T>(pending: Pending<T>) -> Result<T, HashError> {
    block_on(pending).unwrap_or(Err(HashError::Failed))
}

/// Occupies one worker until the returned sender is used or dropped.
fn hold(pool: &Pool) -> (mpsc::Sender<()>, Pending<()>) {
    hold_in(pool, &"".into())
}

fn hold_in(pool: &Pool, lane: &Lane) -> (mpsc::Sender<()>, Pending<()>) {
    let (release, running, held) = queue_hold(pool, lane);
    running.recv_timeout(PATIENCE).unwrap();
    (release, held)
}

/// The same without waiting for its turn, and where the test hears that the turn has come.
fn queue_hold(pool: &Pool, lane: &Lane) -> (mpsc::Sender<()>, mpsc::Receiver<()>, Pending<()>) {
    let (release, gate) = mpsc::channel();
    let (started, running) = mpsc::channel();
    let job = move |_: &mut Memory| {
        started.send(()).unwrap();
        let _ = gate.recv();
        Ok(())
    };
    (release, running, pool.submit(lane, job).unwrap())
}

/// The answer of one job, without waiting for ever if its worker is gone. It may come just
/// before the place of the job is free.
fn ask<T: Send + 'static>(pool: &Pool, job: impl FnOnce(&mut Memory) -> T + Send + 'static) -> T {
    let (tell, answer) = mpsc::channel();
    let _kept = submit(pool, move |memory| tell.send(job(memory)).unwrap()).unwrap();
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
    let queued = submit(&pool, |_| 3).unwrap();
    assert_eq!(pool.unfinished(), pool.capacity());
    assert_eq!(submit(&pool, |_| 4).err(), Some(HashError::Busy));
    drop(release_a);
    wait(held_a).unwrap();
    assert_eq!(wait(queued), Ok(3));
    // The place of a finished job is free before its result is out.
    assert_eq!(wait(submit(&pool, |_| 5).unwrap()), Ok(5));
    drop(release_b);
    wait(held_b).unwrap();
    assert_eq!(pool.unfinished(), 0);
}

#[test]
fn without_a_queue_only_idle_workers_take_jobs() {
    let pool = pool(1, 0);
    for number in 0..50 {
        assert_eq!(wait(submit(&pool, move |_| number).unwrap()), Ok(number));
    }
    let (_release, _held) = hold(&pool);
    assert_eq!(submit(&pool, |_| ()).err(), Some(HashError::Busy));
}

#[test]
fn jobs_run_in_the_order_they_came() {
    let pool = pool(1, 20);
    let (release, _held) = hold(&pool);
    let (seen, order) = mpsc::channel();
    let waiting: Vec<_> = (0..20)
        .map(|number| {
            let seen = seen.clone();
            submit(&pool, move |_| seen.send(number).unwrap()).unwrap()
        })
        .collect();
    drop(release);
    for job in waiting {
        wait(job).unwrap();
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
        wait(submit(&pool, dirty).unwrap()).unwrap();
        assert!(ask(&pool, |memory| memory.is_blank()));
    }
}

#[test]
fn a_panicking_job_keeps_its_worker_and_leaves_no_trace() {
    let pool = pool(1, 1);
    for _ in 0..3 {
        let lost = submit(&pool, |memory| {
            dirty(memory);
            panic!("a job that panics on purpose");
        });
        let lost: Pending<()> = lost.unwrap();
        assert!(block_on(lost).is_err());
        assert!(ask(&pool, |memory| memory.is_blank()));
    }
}

#[test]
fn a_job_nobody_waits_for_is_skipped_and_its_place_freed() {
    let pool = pool(1, 1);
    let (release, _held) = hold(&pool);
    let (ran, proof) = mpsc::channel::<()>();
    drop(submit(&pool, move |_| ran.send(()).unwrap()).unwrap());
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
    let abandoned = submit(&pool, move |memory| {
        dirty(memory);
        started.send(()).unwrap();
        let _ = gate.recv();
        assert!(!memory.is_blank());
    })
    .unwrap();
    running.recv_timeout(PATIENCE).unwrap();
    drop(abandoned);
    assert_eq!(pool.unfinished(), 1);
    let next = submit(&pool, |memory| memory.is_blank()).unwrap();
    drop(release);
    assert_eq!(wait(next), Ok(true));
    assert_eq!((pool.unfinished(), pool.computed()), (0, 2));
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
        let job = submit(&pool, move |_| {
            ALIVE.with(|slot| *slot.borrow_mut() = Some(alive));
            started.send(()).unwrap();
            let _ = gate.recv();
        })
        .unwrap();
        running.recv_timeout(PATIENCE).unwrap();
        held.push((release, job));
    }
    drop(alive);
    let accepted = submit(&pool, |_| 7).unwrap();
    // Returns although both workers are held.
    drop(pool);
    assert!(matches!(ended.try_recv(), Err(mpsc::TryRecvError::Empty)));
    for (release, job) in held {
        drop(release);
        wait(job).unwrap();
    }
    assert_eq!(wait(accepted), Ok(7));
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
    let mut job = submit(&pool, |_| ()).unwrap();
    let waker = Waker::from(Arc::new(Bomb));
    assert!(
        Pin::new(&mut job)
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    let (tell, answer) = mpsc::channel();
    let _next = submit(&pool, move |_| tell.send(9).unwrap()).unwrap();
    drop(release);
    assert_eq!(answer.recv_timeout(PATIENCE), Ok(9));
}

#[test]
fn whoever_went_away_makes_room_in_a_full_queue() {
    let pool = pool(1, 2);
    let (release, _held) = hold(&pool);
    let (ran, proof) = mpsc::channel::<()>();
    for _ in 0..2 {
        let ran = ran.clone();
        drop(submit(&pool, move |_| ran.send(()).unwrap()).unwrap());
    }
    drop(ran);
    let first = submit(&pool, |_| 1).unwrap();
    let second = submit(&pool, |_| 2).unwrap();
    assert_eq!(submit(&pool, |_| 3).err(), Some(HashError::Busy));
    assert_eq!(pool.unfinished(), pool.capacity());
    // Dropped unrun, while the worker is still held.
    assert_eq!(proof.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    drop(release);
    assert_eq!((wait(first), wait(second)), (Ok(1), Ok(2)));
    assert_eq!(pool.unfinished(), 0);
}

#[test]
fn a_job_whose_turn_comes_too_late_is_refused_and_not_run() {
    let (now, clock) = manual();
    let pool = pool_by(clock, 1, 4);
    let (release, _held) = hold(&pool);
    let (ran, proof) = mpsc::channel::<()>();
    let late = submit(&pool, move |_| ran.send(()).unwrap()).unwrap();
    now.store(1, Ordering::SeqCst);
    let in_time = submit(&pool, |_| 2).unwrap();
    // The last moment still counts.
    now.store(101, Ordering::SeqCst);
    drop(release);
    assert_eq!(wait(late), Err(HashError::Busy));
    assert_eq!(wait(in_time), Ok(2));
    assert_eq!(proof.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    // What held the worker, and what came in time.
    assert_eq!((pool.unfinished(), pool.computed()), (0, 2));
}

#[test]
fn what_waited_too_long_makes_room_in_a_full_queue_and_hears_of_it() {
    let (now, clock) = manual();
    let pool = pool_by(clock, 1, 1);
    let (release, _held) = hold(&pool);
    let late = submit(&pool, |_| 1).unwrap();
    now.store(100, Ordering::SeqCst);
    assert_eq!(submit(&pool, |_| 2).err(), Some(HashError::Busy));
    now.store(101, Ordering::SeqCst);
    let next = submit(&pool, |_| 3).unwrap();
    // While the worker is still held.
    assert_eq!(wait(late), Err(HashError::Busy));
    drop(release);
    assert_eq!(wait(next), Ok(3));
}

#[test]
fn a_clock_that_goes_back_makes_nothing_late() {
    let (now, clock) = manual();
    now.store(1000, Ordering::SeqCst);
    let pool = pool_by(clock, 1, 1);
    let (release, _held) = hold(&pool);
    let waiting = submit(&pool, |_| 1).unwrap();
    now.store(0, Ordering::SeqCst);
    drop(release);
    assert_eq!(wait(waiting), Ok(1));
}

#[test]
fn a_shutdown_finishes_what_was_accepted_and_waits_for_the_threads() {
    let pool = pool(2, 2);
    let (release, held) = hold(&pool);
    let accepted = submit(&pool, |_| 1).unwrap();
    let mut ended = pool.shut_down();
    assert_eq!(submit(&pool, |_| 2).err(), Some(HashError::Closed));
    assert_eq!(ended.try_recv(), Ok(None));
    drop(release);
    assert_eq!((wait(held), wait(accepted)), (Ok(()), Ok(1)));
    assert_eq!(block_on(ended), Ok(()));
    assert_eq!(pool.shared.lock().threads, 0);
    // Nobody is left to tell a second time: it is over at once.
    assert!(block_on(pool.shut_down()).is_err());
}

#[test]
fn two_who_wait_for_a_shutdown_both_hear_and_one_may_leave() {
    let pool = pool(1, 0);
    let (release, _held) = hold(&pool);
    let (first, second, third) = (pool.shut_down(), pool.shut_down(), pool.shut_down());
    drop(second);
    drop(release);
    assert_eq!((block_on(first), block_on(third)), (Ok(()), Ok(())));
}

/// The default queue and two workers, both held.
#[test]
fn lane_alone_uses_the_whole_queue() {
    let pool = pool(2, 64);
    let (crowd, other): (Lane, Lane) = ("crowd".into(), "other".into());
    let submit = |lane: &Lane| pool.submit(lane, |_| Ok(()));
    let held = [hold(&pool), hold(&pool)];
    let waiting: Vec<_> = (0..64).map(|_| submit(&crowd).unwrap()).collect();
    assert!(!pool.has_room(&crowd) && pool.has_room(&other));
    assert_eq!(submit(&crowd).err(), Some(HashError::Busy));
    drop(held);
    for job in waiting {
        assert_eq!(wait(job), Ok(()));
    }
}

/// One lane has filled the queue. The jobs of another are accepted and take turns, and none of the first is evicted.
#[test]
fn full_queue_admits_another_lane() {
    let pool = pool(1, 6);
    let (crowd, other): (Lane, Lane) = ("crowd".into(), "other".into());
    let (seen, order) = mpsc::channel();
    let submit = |lane: &Lane, number: u8| {
        let seen = seen.clone();
        pool.submit(lane, move |_| {
            seen.send(number).unwrap();
            Ok(())
        })
    };
    let (release, _held) = hold(&pool);
    let mut waiting: Vec<_> = (0..6).map(|n| submit(&crowd, n).unwrap()).collect();
    assert_eq!(submit(&crowd, 6).err(), Some(HashError::Busy));
    waiting.extend([10, 11].map(|n| submit(&other, n).unwrap()));
    assert!(!pool.has_room(&crowd), "the other lane's share stays free");
    assert!(pool.has_room(&"third".into()));
    drop(release);
    for job in waiting {
        assert_eq!(wait(job), Ok(()));
    }
    assert_eq!(
        order.try_iter().collect::<Vec<_>>(),
        [0, 10, 1, 11, 2, 3, 4, 5]
    );
    assert_eq!(pool.unfinished(), 0);
}

/// An attacker keeps one lane full. Each time, another lane gets in, and its turn comes after one job of the attacker.
#[test]
fn refilled_lane_shuts_nobody_out() {
    let pool = pool(1, 8);
    let (crowd, other): (Lane, Lane) = ("crowd".into(), "other".into());
    let (seen, served) = mpsc::channel();
    let mut flood = Vec::new();
    let (mut release, held) = hold_in(&pool, &crowd);
    flood.push(held);
    for _ in 0..20 {
        let submit = || {
            let seen = seen.clone();
            pool.submit(&crowd, move |_| {
                seen.send(()).unwrap();
                Ok(())
            })
        };
        flood.extend(std::iter::from_fn(|| submit().ok()));
        let (next, running, guest) = queue_hold(&pool, &other);
        assert_eq!(submit().err(), Some(HashError::Busy));
        drop(std::mem::replace(&mut release, next));
        running.recv_timeout(PATIENCE).unwrap();
        assert_eq!(served.try_iter().count(), 1);
        flood.push(guest);
    }
    drop(release);
    for job in flood {
        assert_eq!(wait(job), Ok(()));
    }
}

#[test]
fn computing_time_and_waiting_jobs() {
    let (now, clock) = manual();
    let pool = pool_by(clock, 1, 4);
    let (release, held) = hold(&pool);
    let next = submit(&pool, |_| ()).unwrap();
    assert_eq!((pool.waiting(), pool.computed()), (1, 0));
    assert_eq!(pool.computing(), Duration::ZERO);
    now.store(40, Ordering::SeqCst);
    drop(release);
    wait(held).unwrap();
    wait(next).unwrap();
    assert_eq!((pool.waiting(), pool.computed()), (0, 2));
    assert_eq!(pool.computing(), Duration::from_millis(40));
}

#[test]
fn late_jobs_take_no_computing_time() {
    let (now, clock) = manual();
    let pool = pool_by(clock, 1, 4);
    let (release, held) = hold(&pool);
    let late = submit(&pool, |_| ()).unwrap();
    now.store(200, Ordering::SeqCst);
    drop(release);
    wait(held).unwrap();
    assert_eq!(wait(late), Err(HashError::Busy));
    assert_eq!(pool.computed(), 1, "the late job was not computed");
    assert_eq!(pool.computing(), Duration::from_millis(200));
}
