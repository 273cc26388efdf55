use bytes::Bytes;
use model::SrtpKey;
use rtp::header::Header;
use webrtc_srtp::context::Context;

use crate::srtp_session::new_context;

/// How many rollovers are tried: a week of audio, or nine hours of a thousand packets a second.
const ROLLOVERS_MAX: u64 = 512;
/// A context guesses the rollover of any packet within half a cycle, so steps a little shorter leave no hole.
const STEP: u64 = 30_000;

/// Finds the rollover counter of a stream that began before this receiver did.
///
/// SRTP does not carry the counter, and a recorder that restarts inside a meeting finds the sender far beyond zero.
/// The context cannot be set to a counter, so it is walked there with packets made for the purpose, which never
/// leave the process. The counter is right when the datagram authenticates: nothing forged can make it pass.
pub(crate) fn find_rollover(key: &SrtpKey, datagram: &[u8], header: &Header) -> Option<(Context, Bytes)> {
    let mut sender = new_context(key).ok()?;
    let mut receiver = new_context(key).ok()?;
    let mut step_header = Header { version: 2, ssrc: header.ssrc, ..Header::default() };
    let ssrc = header.ssrc.to_be_bytes();
    for index in (0..ROLLOVERS_MAX << 16).step_by(STEP as usize) {
        step_header.sequence_number = index as u16;
        let [high, low] = step_header.sequence_number.to_be_bytes();
        let plain = [0x80, 0, high, low, 0, 0, 0, 0, ssrc[0], ssrc[1], ssrc[2], ssrc[3]];
        let step = sender.encrypt_rtp_with_header(&plain, &step_header).ok()?;
        receiver.decrypt_rtp_with_header(&step, &step_header).ok()?;
        if let Ok(packet) = receiver.decrypt_rtp_with_header(datagram, header) {
            return Some((receiver, packet));
        }
    }
    None
}
