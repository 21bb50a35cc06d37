//! Standard input while other things go on: it is read by a thread of its own.

use std::io::{self, ErrorKind, Read};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

use crate::input::{self, Damage, Format, Location};

/// The size of a read in bytes.
const READ: usize = 64 * 1024;

/// As many reads wait to be taken.
const WAITING: usize = 4;

/// What the thread says.
#[derive(Debug)]
pub(crate) enum Said {
    /// The form of the bytes that follow.
    Format(Format),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A part that could not be decoded.
    Damage(Damage),
    /// It cannot be read any further.
    Failed(io::Error),
    /// It has ended.
    Ended,
}

/// Standard input.
pub(crate) struct Stdin(Receiver<Said>);

impl Stdin {
    /// Begins to read; what comes ends a [`park`](thread::park_timeout) of this thread.
    pub(crate) fn open(format: Format) -> Self {
        let (sender, receiver) = sync_channel(WAITING);
        let waiting = thread::current();
        thread::spawn(move || {
            let say = |said: Said| say(&sender, &waiting, said);
            // Nobody listens any more where the program ends: so does this.
            let _ = match read(format, &say) {
                Ok(()) => say(Said::Ended),
                Err(error) => say(Said::Failed(error)),
            };
        });
        Self(receiver)
    }

    /// What came, if anything did.
    pub(crate) fn take(&self) -> Option<Said> {
        match self.0.try_recv() {
            Ok(said) => Some(said),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Said::Ended),
        }
    }
}

/// Says something to the thread that waits for it; false where it listens no more.
fn say(sender: &SyncSender<Said>, waiting: &thread::Thread, said: Said) -> bool {
    let heard = sender.send(said).is_ok();
    waiting.unpark();
    heard
}

fn read(format: Format, say: &dyn Fn(Said) -> bool) -> io::Result<()> {
    let mut stream = input::open(&Location::Stdin, format, |source| source)?;
    let mut listens = say(Said::Format(stream.format()));
    while listens {
        let mut bytes = vec![0; READ];
        let read = match stream.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            result => result?,
        };
        for damage in stream.take_damage() {
            say(Said::Damage(damage));
        }
        if read == 0 {
            return Ok(());
        }
        bytes.truncate(read);
        listens = say(Said::Bytes(bytes));
    }
    Ok(())
}
