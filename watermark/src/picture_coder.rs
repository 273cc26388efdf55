use ffmpeg::codec::{Context, threading};
use ffmpeg::format::Pixel;
use ffmpeg::util::frame::Video;
use ffmpeg_next as ffmpeg;

use crate::Error;

/// Decodes the pictures of one segment in order.
pub(crate) struct PictureDecoder {
    decoder: ffmpeg::decoder::Video,
}

impl PictureDecoder {
    pub(crate) fn open() -> Result<Self, Error> {
        initialise()?;
        let codec = ffmpeg::decoder::find(ffmpeg::codec::Id::H264);
        let codec = codec.ok_or(ffmpeg::Error::DecoderNotFound).map_err(Error::codec("find the H.264 decoder"))?;
        let mut context = Context::new_with_codec(codec);
        context.set_threading(one_thread());
        let decoder = context.decoder().open_as(codec).and_then(ffmpeg::codec::decoder::Opened::video);
        Ok(Self { decoder: decoder.map_err(Error::codec("open the H.264 decoder"))? })
    }

    /// Takes one coded picture as a byte stream.
    pub(crate) fn push(&mut self, annex_b: &[u8]) -> Result<(), Error> {
        let packet = ffmpeg::Packet::copy(annex_b);
        self.decoder.send_packet(&packet).map_err(Error::codec("decode a picture"))
    }

    pub(crate) fn end(&mut self) -> Result<(), Error> {
        self.decoder.send_eof().map_err(Error::codec("end decoding"))
    }

    /// Returns the next picture, none when there is none yet.
    pub(crate) fn pull(&mut self) -> Result<Option<Video>, Error> {
        let mut frame = Video::empty();
        match self.decoder.receive_frame(&mut frame) {
            Ok(()) => Ok(Some(frame)),
            Err(ffmpeg::Error::Other { errno: ffmpeg::error::EAGAIN } | ffmpeg::Error::Eof) => Ok(None),
            Err(source) => Err(Error::Codec { step: "decode a picture", source }),
        }
    }
}

/// Encodes pictures one by one, each at once, the first without any before it.
pub(crate) struct PictureEncoder {
    encoder: ffmpeg::encoder::Video,
    next: i64,
}

impl PictureEncoder {
    /// The same choices for every segment of a size, so that one header fits all of them.
    pub(crate) fn open(width: u32, height: u32) -> Result<Self, Error> {
        initialise()?;
        let codec = ffmpeg::encoder::find_by_name("libx264");
        let codec = codec.ok_or(ffmpeg::Error::EncoderNotFound).map_err(Error::codec("find the encoder libx264"))?;
        let mut context = Context::new_with_codec(codec);
        context.set_threading(one_thread());
        let mut video = context.encoder().video().map_err(Error::codec("set up the encoder"))?;
        video.set_width(width);
        video.set_height(height);
        video.set_format(Pixel::YUV420P);
        video.set_time_base((1, 30));
        video.set_frame_rate(Some((30, 1)));
        video.set_gop(100_000);
        video.set_max_b_frames(0);
        let mut options = ffmpeg::Dictionary::new();
        options.set("preset", "superfast");
        options.set("tune", "zerolatency");
        options.set("crf", "24");
        options.set("x264-params", "scenecut=0:sliced-threads=0:weightp=0:subme=0:repeat-headers=1:log-level=error");
        let encoder = video.open_as_with(codec, options).map_err(Error::codec("open the encoder"))?;
        Ok(Self { encoder, next: 0 })
    }

    /// Encodes a picture and returns it as a byte stream; a key picture needs none before it.
    pub(crate) fn encode(&mut self, frame: &mut Video, is_key: bool) -> Result<Vec<u8>, Error> {
        frame.set_pts(Some(self.next));
        self.next += 1;
        frame.set_kind(if is_key { ffmpeg::picture::Type::I } else { ffmpeg::picture::Type::None });
        self.encoder.send_frame(frame).map_err(Error::codec("encode a picture"))?;
        let mut packet = ffmpeg::Packet::empty();
        self.encoder.receive_packet(&mut packet).map_err(Error::codec("encode a picture"))?;
        packet.data().map(<[u8]>::to_vec).ok_or(Error::Pictures("the encoder wrote an empty picture"))
    }
}

/// Copies a decoded picture, which the decoder still needs as it is.
pub(crate) fn copied(picture: &Video) -> Result<Video, Error> {
    if !matches!(picture.format(), Pixel::YUV420P | Pixel::YUVJ420P) {
        return Err(Error::Pictures("they are not 4:2:0 with eight bits"));
    }
    let mut copy = Video::new(Pixel::YUV420P, picture.width(), picture.height());
    for plane in 0..3 {
        let (from_stride, to_stride) = (picture.stride(plane), copy.stride(plane));
        let width = picture.plane_width(plane) as usize;
        let rows = picture.data(plane).chunks(from_stride).zip(copy.data_mut(plane).chunks_mut(to_stride));
        for (from, to) in rows {
            to[..width].copy_from_slice(&from[..width]);
        }
    }
    Ok(copy)
}

fn initialise() -> Result<(), Error> {
    ffmpeg::init().map_err(Error::codec("initialise FFmpeg"))?;
    // The encoder writes a page of statistics for every segment otherwise.
    ffmpeg::util::log::set_level(ffmpeg::util::log::Level::Error);
    Ok(())
}

fn one_thread() -> threading::Config {
    threading::Config { kind: threading::Type::None, count: 1, ..threading::Config::default() }
}
