use bytes::Bytes;
use model::Language;

use crate::audio::SAMPLE_RATE_HZ;

/// The form that asks a transcription server for one window (RFC 7578), with the sound as a 16-bit WAV file.
#[derive(Debug)]
pub(crate) struct RemoteForm {
    body: Bytes,
}

/// No base64 and no sample run of a window has this, and the fields are our own.
const BOUNDARY: &str = "huiji-window-5d0d3d6f0f6c4a0f9e4c";

impl RemoteForm {
    /// Without a language the server is to find out.
    pub(crate) fn new(model: &str, samples: &[f32], language: Option<Language>) -> Self {
        let mut body = Vec::with_capacity(samples.len() * 2 + 2_048);
        let mut field = |name: &str, value: &str| {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        };
        field("model", model);
        field("response_format", "verbose_json");
        field("timestamp_granularities[]", "word");
        field("timestamp_granularities[]", "segment");
        field("temperature", "0");
        if let Some(language) = language {
            field("language", language.as_str());
        }
        let file = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"window.wav\"\r\n\
             Content-Type: audio/wav\r\n\r\n"
        );
        body.extend_from_slice(file.as_bytes());
        write_wave(samples, &mut body);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        Self { body: body.into() }
    }

    pub(crate) fn content_type() -> String {
        format!("multipart/form-data; boundary={BOUNDARY}")
    }

    pub(crate) fn body(&self) -> Bytes {
        self.body.clone()
    }
}

fn write_wave(samples: &[f32], output: &mut Vec<u8>) {
    const BYTES_PER_SAMPLE: u32 = 2;
    const HEADER_BYTES: u32 = 36;
    let data_bytes = samples.len() as u32 * BYTES_PER_SAMPLE;
    output.extend_from_slice(b"RIFF");
    output.extend((HEADER_BYTES + data_bytes).to_le_bytes());
    output.extend_from_slice(b"WAVEfmt ");
    output.extend(16_u32.to_le_bytes());
    // PCM, one channel.
    output.extend([1, 0, 1, 0]);
    output.extend(SAMPLE_RATE_HZ.to_le_bytes());
    output.extend((SAMPLE_RATE_HZ * BYTES_PER_SAMPLE).to_le_bytes());
    output.extend([2, 0, 16, 0]);
    output.extend_from_slice(b"data");
    output.extend(data_bytes.to_le_bytes());
    output.extend(samples.iter().flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes()));
}
