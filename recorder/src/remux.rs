use std::path::{Path, PathBuf};

use bytes::Bytes;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::context::{Input, Output};
use model::{RecordingId, Rendition, TenantId};
use store::{Clock, ObjectKey, Store};

use crate::Error;
use crate::rendition_file::write_rendition_file;
use crate::upload::blocking;

/// Remuxes a recording's segments into one MP4 with its index at the front and stores it for download. Nothing is
/// re-encoded. Doing it again gives the same object.
pub async fn export_mp4(
    store: &Store,
    clock: &dyn Clock,
    tenant_id: &TenantId,
    recording_id: &RecordingId,
) -> Result<(), Error> {
    let directory = tempfile::tempdir().map_err(|source| Error::Spool { path: std::env::temp_dir(), source })?;
    let mut inputs = Vec::new();
    for rendition in [Rendition::Video, Rendition::Audio] {
        let path = directory.path().join(format!("{rendition}.mp4"));
        if write_rendition_file(store, tenant_id, recording_id, rendition, &path).await? {
            inputs.push(path);
        }
    }
    let output = directory.path().join("download.mp4");
    let remuxed = output.clone();
    blocking(move || remux(&inputs, &remuxed)).await?;
    let bytes = tokio::fs::read(&output).await.map_err(|source| Error::Spool { path: output, source })?;
    store.write_object(tenant_id, recording_id, &ObjectKey::DownloadMp4, Bytes::from(bytes), clock.now()).await?;
    Ok(())
}

/// Copies the only stream of each input into one MP4, interleaved by decode time.
fn remux(inputs: &[PathBuf], output: &Path) -> Result<(), Error> {
    let media = |step: &'static str| move |source| Error::Media { step, source };
    ffmpeg::init().map_err(media("initialise FFmpeg"))?;
    let mut output = ffmpeg::format::output(&output).map_err(media("create the MP4"))?;
    let mut sources = Vec::new();
    for (index, path) in inputs.iter().enumerate() {
        let input = ffmpeg::format::input(path).map_err(media("open the stored segments"))?;
        let stream = input.streams().next().ok_or(ffmpeg::Error::StreamNotFound).map_err(media("find a stream"))?;
        let mut copy = output
            .add_stream(ffmpeg::encoder::find(ffmpeg::codec::Id::None))
            .map_err(media("add a stream to the MP4"))?;
        copy.set_parameters(stream.parameters());
        let time_base = stream.time_base();
        sources.push(Source { input, time_base, index, next: None });
    }
    let mut options = ffmpeg::Dictionary::new();
    options.set("movflags", "+faststart");
    drop(output.write_header_with(options).map_err(media("write the MP4 header"))?);
    for source in &mut sources {
        source.advance();
    }
    while let Some(source) =
        sources.iter_mut().filter(|source| source.next.is_some()).min_by_key(|source| source.dts_us())
    {
        source.write_next(&mut output).map_err(media("copy a packet"))?;
    }
    output.write_trailer().map_err(media("finish the MP4"))
}

struct Source {
    input: Input,
    time_base: ffmpeg::Rational,
    index: usize,
    next: Option<ffmpeg::Packet>,
}

impl Source {
    fn advance(&mut self) {
        self.next = self.input.packets().next().map(|(_, packet)| packet);
    }

    fn dts_us(&self) -> i64 {
        let dts = self.next.as_ref().and_then(ffmpeg::Packet::dts).unwrap_or(0);
        dts * 1_000_000 * i64::from(self.time_base.numerator()) / i64::from(self.time_base.denominator())
    }

    fn write_next(&mut self, output: &mut Output) -> Result<(), ffmpeg::Error> {
        let Some(mut packet) = self.next.take() else { return Ok(()) };
        let output_time_base = output.stream(self.index).ok_or(ffmpeg::Error::StreamNotFound)?.time_base();
        packet.rescale_ts(self.time_base, output_time_base);
        packet.set_position(-1);
        packet.set_stream(self.index);
        packet.write_interleaved(output)?;
        self.advance();
        Ok(())
    }
}
