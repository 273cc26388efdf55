// Publishes a camera and a microphone of headless Chromium to Janus's VideoRoom and has them forwarded as RTP, as a
// meeting platform does. One argument: a JSON object, see `settings`. Prints a JSON line for each step.
//
// The camera is Chromium's fake one and the microphone plays a WAV file. Over both, in the first seconds, the page flashes
// and beeps at the same moments, by which synchronisation is measured.
import { createServer } from "node:http";
import { chromium } from "@playwright/test";

/** @type {{ janus: string, wav: string, executable: string, beeps: number, milliseconds: number, streams: object[] }} */
const settings = JSON.parse(process.argv[2] ?? "{}");
const say = (step, more = {}) => process.stdout.write(`${JSON.stringify({ step, ...more })}\n`);

/** Janus's HTTP interface: a request is acknowledged, and its answer comes by a long poll. */
class Janus {
  #transactions = 0;

  static async open(url) {
    const janus = new Janus();
    janus.url = url;
    janus.session = (await janus.#post(url, { janus: "create" })).data.id;
    return janus;
  }

  async attach(plugin) {
    return (await this.#post(`${this.url}/${this.session}`, { janus: "attach", plugin })).data.id;
  }

  /** Sends a message to a plugin and returns what it says and its session description. */
  async ask(handle, body, jsep) {
    const message = { janus: "message", body, ...(jsep && { jsep }) };
    const answer = await this.#post(`${this.url}/${this.session}/${handle}`, message);
    const event = answer.janus === "ack" ? await this.#event(handle) : answer;
    const data = event.plugindata?.data ?? {};
    if (data.error !== undefined) {
      throw new Error(`Janus refused ${body.request}: ${data.error}`);
    }
    return { data, jsep: event.jsep };
  }

  async #event(handle) {
    for (;;) {
      const response = await fetch(`${this.url}/${this.session}?maxev=1`, { signal: AbortSignal.timeout(40_000) });
      const event = await response.json();
      if (event.janus === "event" && event.sender === handle) {
        return event;
      }
    }
  }

  async #post(url, body) {
    this.#transactions += 1;
    const response = await fetch(url, {
      method: "POST",
      body: JSON.stringify({ ...body, transaction: `t${this.#transactions}` }),
      signal: AbortSignal.timeout(10_000),
    });
    const answer = await response.json();
    if (answer.janus === "error") {
      throw new Error(`Janus refused ${body.janus}: ${answer.error.reason}`);
    }
    return answer;
  }
}

/** Runs in the page: opens the devices and makes the offer. */
async function offer() {
  const devices = await navigator.mediaDevices.getUserMedia({
    video: { width: 640, height: 360, frameRate: 25 },
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const context = new AudioContext({ sampleRate: 48_000 });
  await context.resume();
  const voice = context.createMediaStreamDestination();
  context.createMediaStreamSource(devices).connect(voice);
  const tone = new OscillatorNode(context, { frequency: 1_000 });
  const gate = new GainNode(context, { gain: 0 });
  tone.connect(gate).connect(voice);
  tone.start();

  const camera = document.createElement("video");
  camera.srcObject = devices;
  camera.muted = true;
  await camera.play();
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const picture = canvas.getContext("2d");
  let flashes = [];
  setInterval(() => {
    const now = context.currentTime;
    picture.drawImage(camera, 0, 0, 640, 360);
    const lit = flashes.some((at) => now >= at && now < at + 0.2);
    picture.fillStyle = lit ? "#ffffff" : "#000000";
    picture.fillRect(160, 90, 320, 180);
  }, 10);
  window.flash = (count) => {
    const first = context.currentTime + 0.5;
    flashes = Array.from({ length: count }, (_, number) => first + number);
    for (const at of flashes) {
      gate.gain.setValueAtTime(0.4, at);
      gate.gain.setValueAtTime(0, at + 0.2);
    }
  };

  const connection = new RTCPeerConnection();
  window.connection = connection;
  connection.addTrack(voice.stream.getAudioTracks()[0], voice.stream);
  connection.addTrack(canvas.captureStream(25).getVideoTracks()[0], voice.stream);
  await connection.setLocalDescription(await connection.createOffer());
  await new Promise((resolve) => {
    const check = () => connection.iceGatheringState === "complete" && resolve();
    connection.addEventListener("icegatheringstatechange", check);
    check();
  });
  return connection.localDescription.sdp;
}

/** Runs in the page: takes the answer and waits until media flows. */
async function accept(sdp) {
  const { connection } = window;
  await connection.setRemoteDescription({ type: "answer", sdp });
  await new Promise((resolve, reject) => {
    const check = () => {
      if (connection.connectionState === "connected") resolve();
      if (connection.connectionState === "failed") reject(new Error("the connection failed"));
    };
    connection.addEventListener("connectionstatechange", check);
    check();
  });
}

// Devices are for secure pages only, and a page of this machine is one.
const page404 = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html>"));
await new Promise((resolve) => page404.listen(0, "127.0.0.1", resolve));

const browser = await chromium.launch({
  executablePath: settings.executable,
  args: [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-audio-capture=${settings.wav}%noloop`,
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
  ],
});
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${page404.address().port}/`);
  const janus = await Janus.open(settings.janus);
  const room = 4_242;
  const control = await janus.attach("janus.plugin.videoroom");
  await janus.ask(control, { request: "create", room, publishers: 2, audiocodec: "opus", videocodec: "vp8" });
  const publisher = await janus.attach("janus.plugin.videoroom");
  const joined = await janus.ask(publisher, { request: "join", ptype: "publisher", room, display: "Alice" });
  const sdp = await page.evaluate(offer);
  const published = await janus.ask(publisher, { request: "publish" }, { type: "offer", sdp });
  say("offered", { id: joined.data.id });
  await page.evaluate(accept, published.jsep.sdp);
  say("connected");
  const streams = settings.streams;
  const forwarding = { request: "rtp_forward", room, publisher_id: joined.data.id, host: "127.0.0.1", streams };
  await janus.ask(control, forwarding);
  say("forwarding");
  await page.waitForTimeout(1_000);
  await page.evaluate((count) => window.flash(count), settings.beeps);
  await page.waitForTimeout(settings.milliseconds);
  say("done");
} finally {
  await browser.close();
  page404.close();
}
