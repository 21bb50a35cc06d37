//! A file in blocks of whole lines.

use std::fs::File;
use std::io::{self, Read};

use memchr::memrchr;

/// As much is read at once.
const BLOCK: usize = 256 * 1024;

/// Gives the file's lines, as many at once as a block holds whole; a line that is longer
/// makes the block longer. Ends with the first error.
pub(crate) fn each_block<E>(
    mut file: File,
    mut take: impl FnMut(&[u8]) -> Result<(), E>,
) -> io::Result<Result<(), E>> {
    let mut block = vec![0; BLOCK];
    let mut filled = 0;
    loop {
        if filled == block.len() {
            block.resize(block.len() * 2, 0);
        }
        let read = file.read(&mut block[filled..])?;
        if read == 0 {
            return Ok(match filled {
                0 => Ok(()),
                _ => take(&block[..filled]),
            });
        }
        let before = filled;
        filled += read;
        let Some(last) = memrchr(b'\n', &block[before..filled]) else {
            continue;
        };
        let whole = before + last + 1;
        if let Err(error) = take(&block[..whole]) {
            return Ok(Err(error));
        }
        block.copy_within(whole..filled, 0);
        filled -= whole;
    }
}
