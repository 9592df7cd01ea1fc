//! The Argon2 memory of one worker: set aside once, used again and again, wiped after each job.

use std::collections::TryReserveError;

use argon2::{Algorithm, Argon2, Block, Version};
use zeroize::{Zeroize, optimization_barrier, zeroize_stack};

use crate::error::HashError;
use crate::params::Params;

/// More than the blocks and digest states that one run of the primitive keeps on the stack.
const STACK_OF_A_RUN: usize = 32 * 1024;

pub(crate) struct Memory {
    blocks: Vec<Block>,
    /// How many blocks, from the first, were written since the last wipe.
    dirty: usize,
    #[cfg(test)]
    filled: u64,
}

impl Memory {
    /// Writes every block, so that the pages are there before the first job needs them.
    pub(crate) fn reserve(kib: u32) -> Result<Self, TryReserveError> {
        let len = kib as usize;
        let mut blocks = Vec::new();
        blocks.try_reserve_exact(len)?;
        blocks.resize(len, Block::new());
        Ok(Self {
            blocks,
            dirty: 0,
            #[cfg(test)]
            filled: 0,
        })
    }

    /// Argon2id of `password` and `salt` into `out`, whose length is that of the tag.
    pub(crate) fn run(
        &mut self,
        params: Params,
        password: &[u8],
        salt: &[u8],
        out: &mut [u8],
    ) -> Result<(), HashError> {
        let costs = argon2::Params::new(params.m_kib(), params.t(), params.p(), Some(out.len()))
            .map_err(|_| HashError::Failed)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, costs);
        self.run_with(&argon2, password, salt, out)
    }

    /// [`Memory::run`] for any variant and version.
    pub(crate) fn run_with(
        &mut self,
        argon2: &Argon2<'_>,
        password: &[u8],
        salt: &[u8],
        out: &mut [u8],
    ) -> Result<(), HashError> {
        let count = argon2.params().block_count();
        let blocks = self.blocks.get_mut(..count).ok_or(HashError::Failed)?;
        // Before the run: a panic within it must not hide what it wrote.
        self.dirty = self.dirty.max(count);
        #[cfg(test)]
        {
            self.filled += count as u64 * u64::from(argon2.params().t_cost());
        }
        let result = fill(argon2, password, salt, out, blocks);
        zeroize_stack::<STACK_OF_A_RUN>();
        result.map_err(|_| HashError::Failed)
    }

    /// Overwrites what was used since the last wipe.
    pub(crate) fn wipe(&mut self) {
        let dirty = std::mem::take(&mut self.dirty);
        let used = self.blocks.get_mut(..dirty).unwrap_or_default();
        used.iter_mut().for_each(Zeroize::zeroize);
        optimization_barrier(&used);
    }

    /// Blocks filled since the memory was set aside: the work done, free of any clock.
    #[cfg(test)]
    pub(crate) fn filled(&self) -> u64 {
        self.filled
    }

    #[cfg(test)]
    pub(crate) fn is_blank(&self) -> bool {
        self.blocks
            .iter()
            .all(|block| block.as_ref().iter().all(|word| *word == 0))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// Kept out of line so that its frame lies within the stack that is wiped afterwards.
#[inline(never)]
fn fill(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    out: &mut [u8],
    blocks: &mut [Block],
) -> argon2::Result<()> {
    argon2.hash_password_into_with_memory(password, salt, out, blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name: hex` lines of a vector file.
    fn field(file: &str, name: &str) -> Vec<u8> {
        let hex = file
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .unwrap()
            .trim()
            .replace(' ', "");
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn the_rfc_9106_vector_holds_in_memory_used_before() {
        let file = include_str!("../tests/vectors/rfc9106-argon2id.txt");
        let secret = field(file, "secret");
        let costs = argon2::ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .data(argon2::AssociatedData::new(&field(file, "associated data")).unwrap())
            .output_len(32)
            .build()
            .unwrap();
        let argon2 =
            Argon2::new_with_secret(&secret, Algorithm::Argon2id, Version::V0x13, costs).unwrap();
        let mut memory = Memory::reserve(64).unwrap();
        let weak = Params::danger_weak(64, 2, 1).unwrap();
        memory
            .run(weak, b"another password", b"another salt", &mut [0; 32])
            .unwrap();
        let mut tag = [0; 32];
        memory
            .run_with(
                &argon2,
                &field(file, "password"),
                &field(file, "salt"),
                &mut tag,
            )
            .unwrap();
        assert_eq!(tag.as_slice(), field(file, "tag"));
    }

    #[test]
    fn a_wipe_leaves_no_block_of_the_largest_run() {
        let mut memory = Memory::reserve(256).unwrap();
        assert!(memory.is_blank());
        let (large, small) = (
            Params::danger_weak(256, 1, 1).unwrap(),
            Params::danger_weak(32, 1, 1).unwrap(),
        );
        memory
            .run(large, b"password", b"somesalt", &mut [0; 32])
            .unwrap();
        memory
            .run(small, b"password", b"somesalt", &mut [0; 32])
            .unwrap();
        assert!(
            memory
                .blocks
                .iter()
                .all(|block| block.as_ref().iter().any(|word| *word != 0))
        );
        memory.wipe();
        assert!(memory.is_blank());
    }

    #[test]
    fn more_than_was_set_aside_is_refused() {
        let mut memory = Memory::reserve(32).unwrap();
        let large = Params::danger_weak(64, 1, 1).unwrap();
        assert_eq!(
            memory.run(large, b"password", b"somesalt", &mut [0; 32]),
            Err(HashError::Failed)
        );
        assert!(memory.is_blank());
    }
}
