import { createSocket, type Socket } from "node:dgram";
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { deployment } from "./deployment";

const FRAME_MS = 20;
const CLOCK_RATE_HZ = 8_000;
const SAMPLES = (CLOCK_RATE_HZ * FRAME_MS) / 1_000;
const TONE_HZ = 440;

interface StartedRecording {
  id: string;
}

interface MediaAddress {
  address: string;
  rtp_port: number;
}

/** What a microphone sends: a packet for each frame, without its RTP header. */
interface Sound {
  codec: "pcmu" | "opus";
  payloadType: number;
  clockRateHz: number;
  /** None when the sound is over. */
  frame: (sequence: number) => Buffer | undefined;
}

/** A meeting of one microphone that is really recorded: RTP sent in real time, a PCMU tone (RFC 3551) or Opus speech. */
export class Meeting {
  readonly #socket: Socket = createSocket("udp4");
  #timer: NodeJS.Timeout | undefined;
  #sequence = 0;

  private constructor(
    readonly api: ApiClient,
    readonly recordingId: string,
    readonly title: string,
  ) {}

  /** Starts a recording of the signed-in user's own meeting, as the page's session may. */
  static async start(page: Page, userId: string, sound: Sound = TONE): Promise<Meeting> {
    const title = `直播 Live ${Date.now()}`;
    const api = await ApiClient.of(page);
    const recording = await api.post<StartedRecording>("/api/v1/recordings", {
      meeting_id: `e2e-${Date.now()}`,
      title,
      host_user_id: userId,
      language: "en",
      smart_minutes: false,
      roster: [{ id: "p1", display_name: "王小明 Alice", user_id: userId }],
    });
    const meeting = new Meeting(api, recording.id, title);
    const ssrc = 0x48554a49;
    const media = await api.post<MediaAddress>(`/api/v1/recordings/${recording.id}/tracks`, {
      participant_id: "p1",
      source: "microphone",
      codec: sound.codec,
      payload_type: sound.payloadType,
      clock_rate_hz: sound.clockRateHz,
      ssrc,
    });
    meeting.#send(media, ssrc, sound);
    return meeting;
  }

  /** Stops sending and recording; a recording that a test left running would hold one of the server's places. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#socket.close();
    await this.api.post(`/api/v1/recordings/${this.recordingId}/stop`, {});
  }

  #send(media: MediaAddress, ssrc: number, sound: Sound): void {
    const startedAt = performance.now();
    this.#timer = setInterval(() => {
      // A late timer catches up, so that the stream keeps real time.
      while (this.#sequence * FRAME_MS <= performance.now() - startedAt) {
        const payload = sound.frame(this.#sequence);
        if (payload !== undefined) {
          this.#socket.send(rtpPacket(this.#sequence, ssrc, sound, payload), media.rtp_port, media.address);
        }
        this.#sequence += 1;
      }
    }, FRAME_MS / 2);
  }
}

/** The API with the page's session, but apart from the page: a meeting must end even when the page has died. */
class ApiClient {
  private constructor(readonly token: string) {}

  static async of(page: Page): Promise<ApiClient> {
    const cookies = await page.context().cookies();
    const session = cookies.find((cookie) => cookie.name === "huiji_session");
    if (session === undefined) {
      throw new Error("nobody is signed in");
    }
    return new ApiClient(session.value);
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    const response = await fetch(new URL(path, deployment().url), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`POST ${path}: ${response.status} ${text}`);
    }
    return JSON.parse(text) as T;
  }
}

function rtpPacket(sequence: number, ssrc: number, sound: Sound, payload: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = (sequence === 0 ? 0x80 : 0) | sound.payloadType;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(((sequence * sound.clockRateHz * FRAME_MS) / 1_000) >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, payload]);
}

const TONE: Sound = { codec: "pcmu", payloadType: 0, clockRateHz: CLOCK_RATE_HZ, frame: toneFrame };

function toneFrame(sequence: number): Buffer {
  const frame = Buffer.alloc(SAMPLES);
  for (let index = 0; index < SAMPLES; index += 1) {
    const phase = (2 * Math.PI * TONE_HZ * (sequence * SAMPLES + index)) / CLOCK_RATE_HZ;
    frame[index] = muLaw(Math.sin(phase) * 8_000);
  }
  return frame;
}

/** Speaks an Ogg Opus file of 20 ms packets from its beginning (RFC 7845). */
export async function speech(file: URL): Promise<Sound> {
  const packets = oggPackets(await readFile(file)).slice(2);
  return { codec: "opus", payloadType: 111, clockRateHz: 48_000, frame: (sequence) => packets[sequence] };
}

/** Reads the packets of an Ogg stream (RFC 3533): lengths come in pieces of 255, the last one shorter. */
function oggPackets(file: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  let begun: Buffer[] = [];
  for (let page = 0; page + 27 <= file.length; ) {
    const count = file.readUInt8(page + 26);
    let offset = page + 27 + count;
    for (const length of file.subarray(page + 27, page + 27 + count)) {
      begun.push(file.subarray(offset, offset + length));
      offset += length;
      if (length < 255) {
        packets.push(Buffer.concat(begun));
        begun = [];
      }
    }
    page = offset;
  }
  return packets;
}

/** Encodes one sample with the μ-law of ITU-T G.711. */
function muLaw(sample: number): number {
  const BIAS = 132;
  const magnitude = Math.min(32_635, Math.abs(Math.round(sample))) + BIAS;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}
