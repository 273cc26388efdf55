use crate::Error;
use crate::boxes::{BoxAt, boxes, child, read_u16, write_length};
use crate::fragment::{SampleDefaults, fragments, sample_defaults, with_samples};
use crate::mark::{Mark, draw, placed};
use crate::nal_units::{ParameterSets, annex_b_to_sample, sample_to_annex_b};
use crate::picture_coder::{PictureDecoder, PictureEncoder, copied};

/// What the segments behind one header need to be marked.
#[derive(Debug, Clone)]
pub struct PictureMarker {
    parameters: ParameterSets,
    width: u32,
    height: u32,
    header: Vec<u8>,
    defaults: SampleDefaults,
}

/// Where the decoder configuration of a header lies, and all boxes around it from the outermost in.
struct Configuration {
    around: Vec<BoxAt>,
    avcc: BoxAt,
    width: u32,
    height: u32,
}

impl PictureMarker {
    /// Reads a CMAF header with one H.264 track and makes the one for marked segments.
    ///
    /// # Errors
    /// [`Error::Box`] and [`Error::Pictures`] when the header is not one, [`Error::Codec`] when the encoder is missing.
    pub fn new(header: &[u8]) -> Result<Self, Error> {
        let found = configuration(header)?;
        let parameters = ParameterSets::of_configuration(&header[found.avcc.content.clone()])?;
        let mut black =
            ffmpeg_next::util::frame::Video::new(ffmpeg_next::format::Pixel::YUV420P, found.width, found.height);
        for (plane, value) in [(0, 16), (1, 128), (2, 128)] {
            black.data_mut(plane).fill(value);
        }
        let coded = PictureEncoder::open(found.width, found.height)?.encode(&mut black, true)?;
        let own = ParameterSets::of_annex_b(&coded)?.configuration()?;
        Ok(Self {
            parameters,
            width: found.width,
            height: found.height,
            header: with_configuration(header, &found, &own)?,
            defaults: sample_defaults(header)?,
        })
    }

    /// Returns the header that marked segments play with. It differs from the stored one in how pictures are decoded and
    /// in nothing else.
    #[must_use]
    pub fn marked_header(&self) -> &[u8] {
        &self.header
    }

    /// Returns the width and height of the pictures.
    #[must_use]
    pub const fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Marks every picture of a segment. Boxes, times and durations stay as they are; `turn` moves the mark, say from
    /// segment to segment.
    ///
    /// # Errors
    /// [`Error::Box`], [`Error::Samples`], [`Error::Pictures`] when the segment does not belong to the header, and
    /// [`Error::Codec`]. There is no answer then: a segment is marked as a whole or not at all.
    pub fn mark_segment(&self, segment: &[u8], mark: &Mark, turn: u64) -> Result<Vec<u8>, Error> {
        let fragments = fragments(segment, self.defaults)?;
        let drawn = mark.drawn(self.width as usize, self.height as usize, turn);
        let sources = fragments.iter().flat_map(|one| one.samples.iter().zip(&one.is_sync));
        let mut decoder = PictureDecoder::open()?;
        let mut marking =
            Marking { marker: self, drawn, placed: None, encoder: None, is_sync: Vec::new(), samples: Vec::new() };
        for (index, (range, is_sync)) in sources.enumerate() {
            let picture = sample_to_annex_b(&segment[range.clone()])?;
            let with_parameters = if index == 0 { self.parameters.to_annex_b() } else { Vec::new() };
            marking.is_sync.push(index == 0 || *is_sync);
            decoder.push(&[with_parameters, picture].concat())?;
            marking.drain(&mut decoder)?;
        }
        decoder.end()?;
        marking.drain(&mut decoder)?;
        with_samples(segment, &fragments, &marking.samples)
    }
}

struct Marking<'a> {
    marker: &'a PictureMarker,
    drawn: Vec<(u32, i16)>,
    /// The same for rows of a length in bytes.
    placed: Option<(usize, Vec<(u32, i16)>)>,
    encoder: Option<PictureEncoder>,
    is_sync: Vec<bool>,
    samples: Vec<Vec<u8>>,
}

impl Marking<'_> {
    fn drain(&mut self, decoder: &mut PictureDecoder) -> Result<(), Error> {
        while let Some(picture) = decoder.pull()? {
            let (width, height) = self.marker.size();
            if (picture.width(), picture.height()) != (width, height) {
                return Err(Error::Pictures("their size is not the header's"));
            }
            let mut picture = copied(&picture)?;
            let stride = picture.stride(0);
            if self.placed.as_ref().is_none_or(|(placed_for, _)| *placed_for != stride) {
                self.placed = Some((stride, placed(&self.drawn, width as usize, stride)));
            }
            if let Some((_, ink)) = &self.placed {
                draw(picture.data_mut(0), ink);
            }
            let is_key = self.is_sync.get(self.samples.len()).copied();
            let is_key = is_key.ok_or(Error::Pictures("there are more than there are samples"))?;
            if self.encoder.is_none() {
                self.encoder = Some(PictureEncoder::open(width, height)?);
            }
            let encoder = self.encoder.as_mut().ok_or(Error::Pictures("there is no encoder"))?;
            self.samples.push(annex_b_to_sample(&encoder.encode(&mut picture, is_key)?));
        }
        Ok(())
    }
}

fn configuration(header: &[u8]) -> Result<Configuration, Error> {
    const SAMPLE_ENTRY_BYTES: usize = 78;
    let mut around = Vec::new();
    let mut within = 0..header.len();
    for name in ["moov", "trak", "mdia", "minf", "stbl", "stsd"] {
        let one = child(header, within, name)?;
        // Version, flags and the number of entries come first.
        within = one.content.start + if name == "stsd" { 8 } else { 0 }..one.content.end;
        around.push(one);
    }
    let entry = boxes(header, within)?.into_iter().find(|one| matches!(&one.name, b"avc1" | b"avc3"));
    let entry = entry.ok_or(Error::Box("avc1"))?;
    let (width, height) = (read_u16(header, entry.content.start + 24)?, read_u16(header, entry.content.start + 26)?);
    if entry.content.len() < SAMPLE_ENTRY_BYTES || width == 0 || height == 0 {
        return Err(Error::Box("avc1"));
    }
    let avcc = child(header, entry.content.start + SAMPLE_ENTRY_BYTES..entry.content.end, "avcC")?;
    around.push(entry);
    Ok(Configuration { around, avcc, width: width.into(), height: height.into() })
}

/// Writes a header anew with another decoder configuration; the lengths of all boxes around it follow.
fn with_configuration(header: &[u8], found: &Configuration, configuration: &[u8]) -> Result<Vec<u8>, Error> {
    let content = found.avcc.content.clone();
    let mut written = [&header[..content.start], configuration, &header[content.end..]].concat();
    for one in found.around.iter().chain([&found.avcc]) {
        let length = one.whole.len() - content.len() + configuration.len();
        write_length(&mut written, one.whole.start, length)?;
    }
    Ok(written)
}
