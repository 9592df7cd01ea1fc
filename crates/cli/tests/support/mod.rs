//! The real program, run with real files.
#![allow(dead_code)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The program in the folder of the test data, in English, with nothing on standard input.
pub(crate) fn slotwerk(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slotwerk"));
    command
        .args(args)
        .current_dir(data())
        .env_clear()
        .env("LANG", "en_GB.UTF-8")
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .stdin(Stdio::null());
    command
}

pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// Runs to the end.
pub(crate) fn run(args: &[&str]) -> Ran {
    Ran::of(slotwerk(args).output().unwrap())
}

/// Runs to the end, with this on standard input.
pub(crate) fn fed(args: &[&str], input: impl AsRef<[u8]>) -> Ran {
    feed(&mut slotwerk(args), input)
}

pub(crate) fn feed(command: &mut Command, input: impl AsRef<[u8]>) -> Ran {
    let input = input.as_ref().to_vec();
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A thread of its own, for the program may answer before it has read all.
    let feeder = std::thread::spawn(move || {
        // It may also stop reading.
        let _ = stdin.write_all(&input);
    });
    let ran = Ran::of(child.wait_with_output().unwrap());
    feeder.join().unwrap();
    ran
}

pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The standard output as JSON, having ended with `code`.
    pub(crate) fn json(&self, code: i32) -> serde_json::Value {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// Ended with `code` and this on standard error, and nothing on standard output.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, err: &str) {
        assert_eq!(
            (self.code, self.out.as_str()),
            (Some(code), ""),
            "{}",
            self.err
        );
        assert_eq!(self.err.trim_end(), err);
    }
}

/// A folder that is removed at the end.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// The name of a file in it.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.0.join(name), content).unwrap();
        self.path(name)
    }
}

impl Scratch {
    /// A file in it that only its owner can read.
    pub(crate) fn secret(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.file(name, content);
        restrict(&path, 0o600);
        path
    }
}

/// Sets who may do what with a file.
#[cfg(unix)]
pub(crate) fn restrict(path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
pub(crate) fn restrict(_: &str, _: u32) {}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
