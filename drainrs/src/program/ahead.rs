//! Reads ahead on a thread of its own, so that unpacking and mining share the work of two processors.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// The size of a piece, and how many may wait.
const PIECE: usize = 1 << 18;
const WAITING: usize = 4;

/// What a thread has read of a source.
pub(crate) struct Ahead {
    pieces: Receiver<io::Result<Vec<u8>>>,
    /// Gives pieces back that were read, to be filled again.
    empty: SyncSender<Vec<u8>>,
    piece: Vec<u8>,
    at: usize,
}

impl Ahead {
    #[allow(clippy::disallowed_methods, reason = "the program is a host: it has threads")]
    pub(crate) fn new(mut source: impl Read + Send + 'static) -> Ahead {
        let (sender, pieces) = sync_channel(WAITING);
        let (empty, used) = sync_channel::<Vec<u8>>(WAITING + 1);
        // The thread ends with the source, or when nobody takes its pieces any more.
        thread::spawn(move || {
            loop {
                let mut piece = used.try_recv().unwrap_or_default();
                piece.clear();
                let read = source.by_ref().take(PIECE as u64).read_to_end(&mut piece);
                // What was read before an error is still good.
                let ended = !matches!(read, Ok(read) if read > 0);
                if !piece.is_empty() && sender.send(Ok(piece)).is_err() {
                    return;
                }
                if let Err(error) = read {
                    let _ = sender.send(Err(error));
                }
                if ended {
                    return;
                }
            }
        });
        Ahead { pieces, empty, piece: Vec::new(), at: 0 }
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() {
            let Ok(next) = self.pieces.recv() else { return Ok(0) };
            let used = std::mem::replace(&mut self.piece, next?);
            self.at = 0;
            // Without room for it the piece is dropped, which is as well.
            let _ = self.empty.try_send(used);
        }
        let read = (self.piece.len() - self.at).min(buffer.len());
        buffer[..read].copy_from_slice(&self.piece[self.at..self.at + read]);
        self.at += read;
        Ok(read)
    }
}
