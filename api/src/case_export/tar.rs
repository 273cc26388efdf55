/// Files of a tar archive lie in blocks of this length.
const BLOCK_BYTES: usize = 512;

/// Returns the header of a regular file in the ustar format (POSIX.1-1988). Owner, mode and time are the same for all, so the
/// same files make the same archive. Paths of a bundle are ASCII and at most 100 bytes long; none for others.
pub(crate) fn header(path: &str, bytes: u64) -> Option<[u8; BLOCK_BYTES]> {
    let mut block = [0_u8; BLOCK_BYTES];
    let mut put = |offset: usize, text: &[u8]| {
        let field = block.get_mut(offset..offset + text.len())?;
        field.copy_from_slice(text);
        Some(())
    };
    if path.len() > 100 || bytes >= 1 << 33 {
        return None;
    }
    put(0, path.as_bytes())?;
    put(100, b"0000644\0")?;
    put(108, b"0000000\0")?;
    put(116, b"0000000\0")?;
    put(124, format!("{bytes:011o}\0").as_bytes())?;
    put(136, b"00000000000\0")?;
    // The sum is taken with its own field filled with spaces.
    put(148, b"        ")?;
    put(156, b"0")?;
    put(257, b"ustar\x0000")?;
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    let sum = format!("{sum:06o}\0 ");
    block.get_mut(148..156)?.copy_from_slice(sum.as_bytes());
    Some(block)
}

/// Returns how many zeros follow a file up to the next block.
pub(crate) const fn padding(bytes: u64) -> usize {
    let over = (bytes % BLOCK_BYTES as u64) as usize;
    if over == 0 { 0 } else { BLOCK_BYTES - over }
}

/// Ends an archive.
pub(crate) const END: [u8; BLOCK_BYTES * 2] = [0; BLOCK_BYTES * 2];

/// Returns what a file takes in an archive.
pub(crate) const fn entry_bytes(bytes: u64) -> u64 {
    BLOCK_BYTES as u64 + bytes + padding(bytes) as u64
}
