use std::collections::BTreeSet;
use std::fmt::Write as _;

use model::MediaSegment;

use super::InitSegment;

/// What the multivariant playlist says of one rendition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RenditionSummary {
    codecs: BTreeSet<String>,
    resolution: Option<(u16, u16)>,
    peak_bits_per_second: u64,
    mean_bits_per_second: u64,
}

impl RenditionSummary {
    /// Sums up a rendition, none when it has no segments.
    pub(crate) fn new(segments: &[&MediaSegment], headers: &[InitSegment]) -> Option<Self> {
        let rate = |bytes: u64, micros: u64| {
            u64::try_from(u128::from(bytes) * 8_000_000 / u128::from(micros.max(1))).unwrap_or(u64::MAX)
        };
        let peak = segments.iter().map(|segment| rate(segment.bytes, segment.duration_us)).max()?;
        let bytes = segments.iter().map(|segment| segment.bytes).sum();
        let micros = segments.iter().map(|segment| segment.duration_us).sum();
        Some(Self {
            codecs: headers.iter().map(|header| header.codec.clone()).collect(),
            resolution: headers.iter().find_map(|header| header.resolution),
            peak_bits_per_second: peak,
            mean_bits_per_second: rate(bytes, micros),
        })
    }
}

/// Writes the multivariant playlist (RFC 8216 §4.3.4): the picture with its sound, or the sound alone.
pub(crate) fn multivariant_playlist(video: Option<&RenditionSummary>, audio: Option<&RenditionSummary>) -> String {
    const GROUP: &str = "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"audio\",DEFAULT=YES,AUTOSELECT=YES,\
                         URI=\"audio/playlist.m3u8\"\n";
    let mut text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n".to_owned();
    match (video, audio) {
        (Some(video), Some(audio)) => {
            text.push_str(GROUP);
            text.push_str(&variant(&[video, audio], true, "video"));
        }
        (Some(only), None) => text.push_str(&variant(&[only], false, "video")),
        (None, Some(only)) => text.push_str(&variant(&[only], false, "audio")),
        (None, None) => {}
    }
    text
}

fn variant(renditions: &[&RenditionSummary], with_audio_group: bool, folder: &str) -> String {
    let peak: u64 = renditions.iter().map(|rendition| rendition.peak_bits_per_second).sum();
    let mean: u64 = renditions.iter().map(|rendition| rendition.mean_bits_per_second).sum();
    let codecs: Vec<&str> =
        renditions.iter().flat_map(|rendition| rendition.codecs.iter().map(String::as_str)).collect();
    let mut attributes = format!("BANDWIDTH={peak},AVERAGE-BANDWIDTH={mean},CODECS=\"{}\"", codecs.join(","));
    if let Some((width, height)) = renditions.iter().find_map(|rendition| rendition.resolution) {
        write!(attributes, ",RESOLUTION={width}x{height}").expect("writing to a string cannot fail");
    }
    if with_audio_group {
        attributes.push_str(",AUDIO=\"audio\"");
    }
    format!("#EXT-X-STREAM-INF:{attributes}\n{folder}/playlist.m3u8\n")
}

#[cfg(test)]
mod tests {
    use model::Rendition;

    use super::{RenditionSummary, multivariant_playlist};
    use crate::playback::InitSegment;
    use crate::playback::fixtures::{audio_init, segment, video_init};

    fn summary(rendition: Rendition, init: &[u8]) -> RenditionSummary {
        let stored = [segment(rendition, 0, 0, 0, 4_000_000), segment(rendition, 0, 1, 4_000_000, 2_000_000)];
        let segments: Vec<_> = stored.iter().map(|stored| &stored.segment).collect();
        RenditionSummary::new(&segments, &[InitSegment::parse(rendition, init).unwrap()]).unwrap()
    }

    #[test]
    fn picture_and_sound_are_a_variant_with_a_group() {
        let video = summary(Rendition::Video, &video_init(1280, 720));
        let audio = summary(Rendition::Audio, &audio_init());
        insta::assert_snapshot!(multivariant_playlist(Some(&video), Some(&audio)));
    }

    #[test]
    fn sound_alone_is_a_variant() {
        let audio = summary(Rendition::Audio, &audio_init());
        let text = multivariant_playlist(None, Some(&audio));
        assert!(text.ends_with("CODECS=\"mp4a.40.2\"\naudio/playlist.m3u8\n"), "{text}");
        assert!(!text.contains("EXT-X-MEDIA:"), "{text}");
    }
}
