//! The keys of a build, in 256 parts by their upper 8 bits: in memory while they fit, else in
//! temporary files.

use std::fs::File;
use std::io::{self, Read, Seek as _, Write};
use std::path::PathBuf;

use crate::BuildError;

/// As many temporary files are open at a time, well below the usual limit of 1024.
pub(crate) const PARTS: usize = 256;

const KEY: usize = size_of::<u64>();
/// Keys converted at a time.
const CHUNK: usize = 8192;

/// All keys, the later ones possibly on disk.
pub(crate) struct Parts {
    parts: Vec<Part>,
    /// Keys in memory.
    held: usize,
    memory: usize,
    scratch: Option<PathBuf>,
}

#[derive(Default)]
struct Part {
    keys: Vec<u64>,
    /// Without a name where the system can do that, so that even a killed process leaves nothing.
    file: Option<File>,
    /// Keys in the file.
    stored: u64,
}

impl Parts {
    /// `memory` in bytes. Half of it is for one part while that is sorted; before that, a quarter is
    /// for keys that wait to be written, which growing lists at most double.
    pub(crate) fn new(memory: usize, scratch: Option<PathBuf>) -> Self {
        let parts = (0..PARTS).map(|_| Part::default()).collect();
        Self {
            parts,
            held: 0,
            memory,
            scratch,
        }
    }

    pub(crate) fn push(&mut self, key: u64) -> Result<(), BuildError> {
        if let Some(part) = self.parts.get_mut((key >> 56) as usize) {
            part.keys.push(key);
            self.held += 1;
        }
        if self.held >= self.memory / 4 / KEY {
            self.spill()?;
        }
        Ok(())
    }

    fn spill(&mut self) -> Result<(), BuildError> {
        for part in &mut self.parts {
            part.spill(self.scratch.as_deref())
                .map_err(BuildError::io("writing a temporary file"))?;
        }
        self.held = 0;
        Ok(())
    }

    /// Sorts each part and drops what it holds twice. Returns how many keys are left.
    pub(crate) fn sort(&mut self, mut done: impl FnMut(usize)) -> Result<u64, BuildError> {
        if self.parts.iter().any(|part| part.file.is_some()) {
            self.spill()?;
        }
        let mut distinct = 0;
        for (at, part) in self.parts.iter_mut().enumerate() {
            let needed = 2 * KEY as u64 * part.stored;
            let allowed = self.memory as u64;
            if needed > allowed {
                return Err(BuildError::Memory { needed, allowed });
            }
            distinct += part
                .sort()
                .map_err(BuildError::io("sorting a temporary file"))?;
            done(at + 1);
        }
        Ok(distinct)
    }

    /// Hands out the sorted parts in order.
    pub(crate) fn into_sorted(self) -> impl Iterator<Item = Result<Vec<u64>, BuildError>> {
        let reading = BuildError::io("reading a temporary file");
        self.parts
            .into_iter()
            .map(move |mut part| part.load().map_err(&reading))
    }
}

impl Part {
    fn spill(&mut self, scratch: Option<&std::path::Path>) -> io::Result<()> {
        // The list goes too, and not only what is in it: an input that fills the parts one after the
        // other would otherwise leave 256 long lists.
        let keys = std::mem::take(&mut self.keys);
        if keys.is_empty() {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(match scratch {
                Some(path) => tempfile::tempfile_in(path)?,
                None => tempfile::tempfile()?,
            }),
        };
        write_keys(file, &keys)?;
        self.stored += keys.len() as u64;
        Ok(())
    }

    fn sort(&mut self) -> io::Result<u64> {
        let mut keys = self.load()?;
        keys.sort_unstable();
        keys.dedup();
        let distinct = keys.len() as u64;
        match &mut self.file {
            None => self.keys = keys,
            Some(file) => {
                file.rewind()?;
                write_keys(file, &keys)?;
                self.stored = distinct;
            }
        }
        Ok(distinct)
    }

    fn load(&mut self) -> io::Result<Vec<u64>> {
        let Some(file) = &mut self.file else {
            return Ok(std::mem::take(&mut self.keys));
        };
        file.rewind()?;
        let mut keys = Vec::with_capacity(usize::try_from(self.stored).unwrap_or_default());
        let mut bytes = vec![0; CHUNK * KEY];
        let mut left = self.stored;
        while left > 0 {
            let count = left.min(CHUNK as u64);
            let bytes = bytes.get_mut(..count as usize * KEY).unwrap_or_default();
            file.read_exact(bytes)?;
            keys.extend(
                bytes
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&key| u64::from_le_bytes(key)),
            );
            left -= count;
        }
        Ok(keys)
    }
}

fn write_keys(file: &mut File, keys: &[u64]) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(CHUNK * KEY);
    for chunk in keys.chunks(CHUNK) {
        bytes.clear();
        bytes.extend(chunk.iter().flat_map(|key| key.to_le_bytes()));
        file.write_all(&bytes)?;
    }
    Ok(())
}
