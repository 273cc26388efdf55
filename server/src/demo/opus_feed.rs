use std::path::Path;

use anyhow::{Context, ensure};
use ogg::PacketReader;

/// The length of every packet of the demo's speech files.
pub(super) const PACKET_MS: u64 = 20;
const HEADER_PACKETS: usize = 2;

/// Reads the Opus packets of an Ogg file (RFC 7845); packet N starts at N times 20 ms.
pub(super) fn read_opus_packets(path: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let file = std::fs::File::open(path).with_context(|| format!("open {}", path.display()))?;
    let mut reader = PacketReader::new(std::io::BufReader::new(file));
    let mut packets = Vec::new();
    while let Some(packet) = reader.read_packet().with_context(|| format!("read {}", path.display()))? {
        packets.push(packet.data);
    }
    ensure!(packets.first().is_some_and(|head| head.starts_with(b"OpusHead")), "{} is not Opus", path.display());
    Ok(packets.split_off(HEADER_PACKETS.min(packets.len())))
}
