use std::time::Duration;

use bytes::Bytes;
use model::{SrtpKey, SrtpProfile};
use rtp::header::Header;
use tokio::time::Instant;
use webrtc_srtp::context::Context;
use webrtc_srtp::protection_profile::ProtectionProfile;

use crate::RtpHeader;
use crate::replay_window::ReplayWindow;
use crate::rollover_search::find_rollover;

/// SSRC and header of the first RTCP packet, which stay in the clear.
const RTCP_CLEAR_BYTES: usize = 8;
const RTCP_INDEX_BYTES: usize = 4;
const RTCP_ENCRYPTED_FLAG: u32 = 1 << 31;
/// A search costs about ten milliseconds, and anyone can send what does not authenticate.
const SEARCH_PAUSE: Duration = Duration::from_millis(500);

/// Takes the protection off one track's packets and puts it on RTCP that goes back.
///
/// Replay protection of RTP is the sequence tracker's: it sees 64-bit numbers and, unlike the library's detector,
/// is never moved by a packet that fails to authenticate.
pub(crate) struct SrtpSession {
    key: SrtpKey,
    incoming: Context,
    outgoing: Context,
    /// Only its SSRC, sequence number and size matter to the cipher; kept to spare an allocation per packet.
    header: Header,
    rtcp_replay: ReplayWindow,
    has_authenticated: bool,
    search_again_at: Option<Instant>,
}

impl SrtpSession {
    pub(crate) fn new(key: &SrtpKey) -> Result<Self, webrtc_srtp::Error> {
        Ok(Self {
            incoming: new_context(key)?,
            outgoing: new_context(key)?,
            key: key.clone(),
            header: Header { version: 2, ..Header::default() },
            rtcp_replay: ReplayWindow::default(),
            has_authenticated: false,
            search_again_at: None,
        })
    }

    pub(crate) const fn key(&self) -> &SrtpKey {
        &self.key
    }

    /// Authenticates and decrypts an RTP packet, or gives none.
    pub(crate) fn open_rtp(&mut self, now: Instant, datagram: &[u8], header: &RtpHeader) -> Option<Bytes> {
        self.header.ssrc = header.ssrc;
        self.header.sequence_number = header.sequence_number;
        // The library would parse and re-measure extensions; words of contributing sources give the same size.
        self.header.csrc.resize((header.header_bytes - 12) / 4, 0);
        let opened = self.incoming.decrypt_rtp_with_header(datagram, &self.header).ok();
        let opened = opened.or_else(|| self.search_rollover(now, datagram));
        self.has_authenticated |= opened.is_some();
        opened
    }

    /// Authenticates and decrypts an RTCP compound, or gives none.
    pub(crate) fn open_rtcp(&mut self, datagram: &[u8]) -> Option<Bytes> {
        let (tag_before_index, tag_after_index) = match self.key.profile {
            SrtpProfile::AesCm128HmacSha1Tag80 => (0, 10),
            SrtpProfile::AeadAes128Gcm | SrtpProfile::AeadAes256Gcm => (16, 0),
        };
        let index_offset = datagram.len().checked_sub(RTCP_INDEX_BYTES + tag_after_index)?;
        if index_offset < RTCP_CLEAR_BYTES + tag_before_index {
            return None;
        }
        let word = datagram.get(index_offset..)?.first_chunk::<4>().map(|word| u32::from_be_bytes(*word))?;
        // The library hands out packets without the flag unchecked, so they must not reach it.
        let index = word.checked_sub(RTCP_ENCRYPTED_FLAG)?;
        if !self.rtcp_replay.is_fresh(u64::from(index)) {
            return None;
        }
        let opened = self.incoming.decrypt_rtcp(datagram).ok()?;
        self.rtcp_replay.accept(u64::from(index));
        Some(opened)
    }

    /// Encrypts an RTCP compound. Its first SSRC must be new with each recorder process (`rtpbin` draws it at
    /// random), because indexes start over and a repeated nonce would give the GCM key away.
    pub(crate) fn seal_rtcp(&mut self, packet: &[u8]) -> Result<Bytes, webrtc_srtp::Error> {
        self.outgoing.encrypt_rtcp(packet)
    }

    fn search_rollover(&mut self, now: Instant, datagram: &[u8]) -> Option<Bytes> {
        if self.has_authenticated || self.search_again_at.is_some_and(|at| now < at) {
            return None;
        }
        self.search_again_at = Some(now + SEARCH_PAUSE);
        let (incoming, packet) = find_rollover(&self.key, datagram, &self.header)?;
        self.incoming = incoming;
        Some(packet)
    }
}

pub(crate) fn new_context(key: &SrtpKey) -> Result<Context, webrtc_srtp::Error> {
    let (profile, key_bytes) = match key.profile {
        SrtpProfile::AesCm128HmacSha1Tag80 => (ProtectionProfile::Aes128CmHmacSha1_80, 16),
        SrtpProfile::AeadAes128Gcm => (ProtectionProfile::AeadAes128Gcm, 16),
        SrtpProfile::AeadAes256Gcm => (ProtectionProfile::AeadAes256Gcm, 32),
    };
    let (master_key, master_salt) = key.key_and_salt.split_at(key_bytes.min(key.key_and_salt.len()));
    Context::new(master_key, master_salt, profile, None, None)
}
