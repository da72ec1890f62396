//! SHA-256 of a stream, beside its reading.

use super::Fingerprint;
use sha2::{Digest, Sha256};
use std::{
    sync::mpsc::{SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

/// Bytes that are hashed at once.
const BLOCK: usize = 1 << 20;
/// Blocks that may wait for their turn.
const WAITING: usize = 4;

/// Hashes what it is given: the first block by itself, longer streams on a thread of its own.
#[derive(Default)]
pub(super) struct StreamHasher {
    block: Vec<u8>,
    bytes: u64,
    state: HasherState,
}

enum HasherState {
    Here(Sha256),
    Beside(SyncSender<Vec<u8>>, JoinHandle<Sha256>),
}

impl Default for HasherState {
    fn default() -> Self {
        Self::Here(Sha256::new())
    }
}

impl StreamHasher {
    /// The next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.block.len()));
            self.block.extend_from_slice(now);
            bytes = later;
            if self.block.len() == BLOCK {
                self.hand_over();
            }
        }
    }

    /// The fingerprint of everything.
    pub fn finish(mut self) -> Fingerprint {
        self.hash_block();
        let hash = match self.state {
            HasherState::Here(hash) => hash,
            HasherState::Beside(sender, thread) => {
                drop(sender);
                // Hashing has nothing to fail; if it did, so would this.
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
        };
        Fingerprint { bytes: self.bytes, sha256: hash.finalize().into() }
    }

    fn hand_over(&mut self) {
        if let HasherState::Here(hash) = &self.state
            && let Some(beside) = start(hash.clone())
        {
            self.state = beside;
        }
        self.hash_block();
    }

    fn hash_block(&mut self) {
        match &mut self.state {
            HasherState::Here(hash) => {
                hash.update(&self.block);
                self.block.clear();
            }
            // The receiver lives until the sender is dropped.
            HasherState::Beside(sender, _) => {
                let _ = sender.send(std::mem::take(&mut self.block));
            }
        }
    }
}

/// Goes on hashing on a thread; `None` where the system has no thread to spare.
fn start(mut hash: Sha256) -> Option<HasherState> {
    let (sender, receiver) = sync_channel::<Vec<u8>>(WAITING);
    let work = move || {
        receiver.iter().for_each(|block| hash.update(&block));
        hash
    };
    let thread = thread::Builder::new().name("hashing".to_owned()).spawn(work).ok()?;
    Some(HasherState::Beside(sender, thread))
}
