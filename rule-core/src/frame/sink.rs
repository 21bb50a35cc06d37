//! Where frames go.

use super::Frame;

/// Takes what a framer finds.
///
/// A function that takes frames is a sink which wants all of them.
pub trait Sink {
    /// Takes a frame.
    fn frame(&mut self, frame: Frame<'_>);

    /// Does it take lines that need not be cut into records? It is then asked about them.
    fn takes_lines(&self) -> bool {
        false
    }

    /// Takes lines at the begin of these bytes that need not be read at all, and gives
    /// how many bytes they have. Each such line begins with `{`, has no more than
    /// `longest` bytes with its line break, and is followed by another that begins so.
    fn pass(&mut self, lines: &[u8], longest: usize) -> usize {
        let _ = (lines, longest);
        0
    }

    /// Takes a line that was not passed over, without what follows its last `}`, as the
    /// one record that a line mostly is. False where it is none: nothing was taken then.
    fn line(&mut self, line: &[u8], offset: u64) -> bool {
        let _ = (line, offset);
        false
    }

    /// Is anything that is looked for among these bytes?
    fn finds(&self, bytes: &[u8]) -> bool {
        let _ = bytes;
        false
    }
}

impl<F: FnMut(Frame<'_>)> Sink for F {
    fn frame(&mut self, frame: Frame<'_>) {
        self(frame);
    }
}
