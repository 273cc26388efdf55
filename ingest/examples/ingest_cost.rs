//! What receiving costs: datagrams a second that one core can take without losing any, beside a bare receive loop that
//! does nothing with them, in the same run.
//!
//! Both loops read batches with `recvmmsg` on a thread of their own; the sender holds back while a thousand datagrams are
//! under way, so that none is lost and batches are full. The figure is datagrams by the receiving thread's own processor
//! time, as the kernel counts it, so that a sender on the same machine does not distort it.
//!
//! `cargo run --release -p ingest --example ingest_cost -- FILE`
#![expect(clippy::print_stdout, reason = "the figures are the output")]

use std::error::Error;
use std::io::IoSliceMut;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use ingest::{Delivery, Receiver, ReceiverSettings};
use model::{Codec, ParticipantId, Track, TrackId, TrackSource};
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

type Failure = Box<dyn Error + Send + Sync>;

const TRACKS: u32 = 16;
const PACKET_BYTES: usize = 1200;
const BATCH: usize = 32;
const UNDER_WAY_MAX: u64 = 1_000;
const DATAGRAMS: u64 = 400_000;
const ROUNDS: usize = 3;
const RATIO_WANTED: f64 = 0.7;
const PER_CORE_WANTED: f64 = 50_000.0;

/// One loop's figures.
#[derive(Debug, Clone, Copy)]
struct Figure {
    per_core_per_s: f64,
    lost: u64,
}

fn main() -> Result<(), Failure> {
    let results = std::env::args().nth(1).ok_or("name the file to write")?;
    let (mut bare, mut huiji) = (Vec::new(), Vec::new());
    // In turns, so that a machine that grows busy treats both alike.
    for _ in 0..ROUNDS {
        bare.push(measure_bare()?);
        huiji.push(measure_huiji()?);
    }
    let (bare, huiji) = (median(bare), median(huiji));
    let ratio = huiji.per_core_per_s / bare.per_core_per_s;
    let text = format!(
        "{{\n  \"datagrams_per_s_per_core\": {:.0},\n  \"bare_per_s_per_core\": {:.0},\n  \"ratio\": {ratio:.3},\n  \
         \"lost\": {},\n  \"packet_bytes\": {PACKET_BYTES},\n  \"tracks\": {TRACKS},\n  \"wanted\": {{ \"ratio\": \
         {RATIO_WANTED}, \"datagrams_per_s_per_core\": {PER_CORE_WANTED} }}\n}}\n",
        huiji.per_core_per_s, bare.per_core_per_s, huiji.lost
    );
    std::fs::write(results, &text)?;
    print!("{text}");
    if ratio < RATIO_WANTED || huiji.per_core_per_s < PER_CORE_WANTED || huiji.lost > 0 {
        return Err("below what is wanted".into());
    }
    Ok(())
}

fn median(mut figures: Vec<Figure>) -> Figure {
    figures.sort_by(|left, right| left.per_core_per_s.total_cmp(&right.per_core_per_s));
    figures[figures.len() / 2]
}

fn measure_bare() -> Result<Figure, Failure> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None)?;
    socket.set_recv_buffer_size(4 << 20)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    let socket = UdpSocket::from(socket);
    socket.set_read_timeout(Some(Duration::from_secs(2)))?;
    let destination = socket.local_addr()?;
    let received = Arc::new(AtomicU64::new(0));
    let counting = Arc::clone(&received);
    let receiver = thread::spawn(move || -> Result<f64, Failure> {
        let mut slots = vec![[0_u8; 9216]; BATCH];
        let begun = thread_cpu_s()?;
        while counting.load(Ordering::Relaxed) < DATAGRAMS {
            let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(BATCH, None);
            let mut buffers: Vec<[IoSliceMut<'_>; 1]> = slots.iter_mut().map(|slot| [IoSliceMut::new(slot)]).collect();
            let batch = recvmmsg(socket.as_raw_fd(), &mut headers, &mut buffers, MsgFlags::MSG_WAITFORONE, None);
            let Ok(batch) = batch else { break };
            counting.fetch_add(batch.count() as u64, Ordering::Release);
        }
        Ok(thread_cpu_s()? - begun)
    });
    send_all(destination, &received)?;
    let cpu_s = receiver.join().map_err(|_| "the bare loop panicked")??;
    Ok(figure(received.load(Ordering::Relaxed), cpu_s))
}

fn measure_huiji() -> Result<Figure, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let guard = runtime.enter();
    let receiver = Receiver::bind(ReceiverSettings::on(IpAddr::V4(Ipv4Addr::LOCALHOST)))?;
    drop(guard);
    for ssrc in 0..TRACKS {
        receiver.add_track(&camera(ssrc)?)?;
    }
    let media = receiver.media_address();
    let received = Arc::new(AtomicU64::new(0));
    let (counting, cancellation) = (Arc::clone(&received), CancellationToken::new());
    let cancelled = cancellation.clone();
    let receiving = thread::spawn(move || -> Result<f64, Failure> {
        let begun = thread_cpu_s()?;
        let sink = |packet| {
            // Kept until here, as a mixer would.
            drop(packet);
            if counting.fetch_add(1, Ordering::Release) + 1 >= DATAGRAMS {
                cancelled.cancel();
            }
            Delivery::Taken
        };
        runtime.block_on(receiver.run(sink, &cancelled))?;
        Ok(thread_cpu_s()? - begun)
    });
    let sent = send_all((media.address, media.rtp_port).into(), &received);
    cancellation.cancel();
    let cpu_s = receiving.join().map_err(|_| "the receiver panicked")??;
    sent?;
    Ok(figure(received.load(Ordering::Relaxed), cpu_s))
}

fn figure(received: u64, cpu_s: f64) -> Figure {
    Figure { per_core_per_s: received as f64 / cpu_s, lost: DATAGRAMS - received.min(DATAGRAMS) }
}

/// Sends, holding back while much is under way; gives up on what does not arrive within a second.
fn send_all(destination: SocketAddr, received: &AtomicU64) -> Result<(), Failure> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut sent = 0;
    let mut progress = (Instant::now(), 0);
    loop {
        let arrived = received.load(Ordering::Acquire);
        if arrived >= DATAGRAMS {
            return Ok(());
        }
        if arrived > progress.1 {
            progress = (Instant::now(), arrived);
        } else if progress.0.elapsed() > Duration::from_secs(1) {
            return Ok(());
        }
        if sent < DATAGRAMS && sent - arrived < UNDER_WAY_MAX {
            for _ in 0..64.min(DATAGRAMS - sent) {
                socket.send_to(&packet(sent), destination)?;
                sent += 1;
            }
        } else {
            thread::yield_now();
        }
    }
}

/// Returns the processor time of this thread, as the kernel counts it.
fn thread_cpu_s() -> Result<f64, Failure> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: u64 = text.split_whitespace().next().ok_or("schedstat is empty")?.parse()?;
    Ok(nanoseconds as f64 / 1e9)
}

fn camera(ssrc: u32) -> Result<Track, model::Error> {
    Ok(Track {
        id: TrackId::new(format!("camera-{ssrc}"))?,
        participant_id: ParticipantId::new("alice")?,
        source: TrackSource::Camera,
        codec: Codec::Vp8,
        payload_type: 96,
        clock_rate_hz: 90_000,
        ssrc,
        srtp: None,
        feed: model::TrackFeed::default(),
    })
}

/// The tracks' packets take turns.
fn packet(index: u64) -> [u8; PACKET_BYTES] {
    let (ssrc, number) = ((index % u64::from(TRACKS)) as u32, index / u64::from(TRACKS));
    let mut packet = [0; PACKET_BYTES];
    packet[..2].copy_from_slice(&[0x80, 96]);
    packet[2..4].copy_from_slice(&(number as u16).to_be_bytes());
    packet[4..8].copy_from_slice(&((number * 90) as u32).to_be_bytes());
    packet[8..12].copy_from_slice(&ssrc.to_be_bytes());
    packet
}
