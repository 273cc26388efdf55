use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

const STATE: u32 = 512;
const HEADS: u32 = 8;
const LAYERS: u32 = 6;
const AUDIO_POSITIONS: u32 = 1_500;
const TEXT_POSITIONS: u32 = 448;
const MELS: u32 = 80;
const HALF_FLOATS: u32 = 1;

/// Writes a Whisper model in the shape of `base` with random weights; filters and vocabulary come from another model.
pub(crate) fn write_random_base(donor: &Path, path: &Path) {
    let donor = std::fs::read(donor).unwrap();
    let field = |index: usize| u32::from_le_bytes(donor[index * 4..index * 4 + 4].try_into().unwrap());
    let vocabulary = field(1);
    let mut writer = Writer { file: BufWriter::new(File::create(path).unwrap()), random: 0x9e37_79b9_7f4a_7c15 };
    let header = [
        field(0),
        vocabulary,
        AUDIO_POSITIONS,
        STATE,
        HEADS,
        LAYERS,
        TEXT_POSITIONS,
        STATE,
        HEADS,
        LAYERS,
        MELS,
        HALF_FLOATS,
    ];
    for value in header {
        writer.number(value);
    }
    writer.file.write_all(&donor[header.len() * 4..end_of_vocabulary(&donor, header.len() * 4)]).unwrap();

    writer.floats("encoder.positional_embedding", &[STATE, AUDIO_POSITIONS], 0.01);
    writer.halves("encoder.conv1.weight", &[3, MELS, STATE]);
    writer.floats("encoder.conv1.bias", &[1, STATE], 0.0);
    writer.halves("encoder.conv2.weight", &[3, STATE, STATE]);
    writer.floats("encoder.conv2.bias", &[1, STATE], 0.0);
    writer.norm("encoder.ln_post");
    writer.floats("decoder.positional_embedding", &[STATE, TEXT_POSITIONS], 0.01);
    writer.halves("decoder.token_embedding.weight", &[STATE, vocabulary]);
    writer.norm("decoder.ln");
    for layer in 0..LAYERS {
        writer.block(&format!("encoder.blocks.{layer}"), &["attn"]);
        writer.block(&format!("decoder.blocks.{layer}"), &["attn", "cross_attn"]);
    }
    writer.file.flush().unwrap();
}

fn end_of_vocabulary(bytes: &[u8], filters: usize) -> usize {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let mut at = filters + 8 + number(filters) * number(filters + 4) * 4;
    let words = number(at);
    at += 4;
    for _ in 0..words {
        at += 4 + number(at);
    }
    at
}

struct Writer {
    file: BufWriter<File>,
    random: u64,
}

impl Writer {
    fn number(&mut self, value: u32) {
        self.file.write_all(&value.to_le_bytes()).unwrap();
    }

    fn next(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    fn head(&mut self, name: &str, shape: &[u32], kind: u32) -> u32 {
        self.number(shape.len() as u32);
        self.number(name.len() as u32);
        self.number(kind);
        for length in shape {
            self.number(*length);
        }
        self.file.write_all(name.as_bytes()).unwrap();
        shape.iter().product()
    }

    fn floats(&mut self, name: &str, shape: &[u32], amplitude: f32) {
        for _ in 0..self.head(name, shape, 0) {
            let value = amplitude * ((self.next() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0);
            self.file.write_all(&value.to_le_bytes()).unwrap();
        }
    }

    /// Half floats between 0.016 and 0.031, of either sign.
    fn halves(&mut self, name: &str, shape: &[u32]) {
        for _ in 0..self.head(name, shape, 1) {
            let random = self.next();
            let bits = 0x2400 | (random >> 20) as u16 & 0x03ff | (random >> 40) as u16 & 0x8000;
            self.file.write_all(&bits.to_le_bytes()).unwrap();
        }
    }

    fn norm(&mut self, name: &str) {
        let count = self.head(&format!("{name}.weight"), &[STATE], 0);
        for _ in 0..count {
            self.file.write_all(&1.0_f32.to_le_bytes()).unwrap();
        }
        self.floats(&format!("{name}.bias"), &[STATE], 0.0);
    }

    fn block(&mut self, name: &str, attentions: &[&str]) {
        self.norm(&format!("{name}.mlp_ln"));
        self.halves(&format!("{name}.mlp.0.weight"), &[STATE, 4 * STATE]);
        self.floats(&format!("{name}.mlp.0.bias"), &[4 * STATE], 0.0);
        self.halves(&format!("{name}.mlp.2.weight"), &[4 * STATE, STATE]);
        self.floats(&format!("{name}.mlp.2.bias"), &[STATE], 0.0);
        for attention in attentions {
            self.norm(&format!("{name}.{attention}_ln"));
            for part in ["query", "key", "value", "out"] {
                self.halves(&format!("{name}.{attention}.{part}.weight"), &[STATE, STATE]);
                // Whisper's key projection has no bias.
                if part != "key" {
                    self.floats(&format!("{name}.{attention}.{part}.bias"), &[STATE], 0.0);
                }
            }
        }
    }
}
