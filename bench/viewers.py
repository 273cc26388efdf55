#!/usr/bin/env python3
"""Plays a recording for many viewers at once against a running server and counts segments that came late.

Usage: viewers.py URL USER PASSWORD [viewers] [seconds]

Every viewer has a playback session of their own and asks for picture and sound of a segment each time one of four seconds
has been played, spread evenly. A segment is late when it takes longer to come than to play. Prints JSON.
"""

import asyncio
import json
import sys
import time
from urllib.parse import urlsplit


async def request(base, method, path, headers=None, body=b""):
    reader, writer = await asyncio.open_connection(base.hostname, base.port)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {base.netloc}", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), content


async def ask(base, method, path, headers, body=None):
    encoded = b"" if body is None else json.dumps(body).encode()
    status, content = await request(base, method, path, {"content-type": "application/json", **headers}, encoded)
    if status >= 300:
        raise SystemExit(f"{method} {path}: {status} {content[:200]}")
    return json.loads(content)


async def watch(base, folder, names, delay_s, ends_at, took_s, failures):
    await asyncio.sleep(delay_s)
    for index in range(10**6):
        started = time.monotonic()
        if started >= ends_at:
            return
        for rendition in ("video", "audio"):
            name = names[rendition][index % len(names[rendition])]
            asked = time.monotonic()
            status, content = await request(base, "GET", f"{folder}{rendition}/{name}")
            took_s.append(time.monotonic() - asked)
            if status != 200 or not content:
                failures.append(status)
        await asyncio.sleep(max(0.0, started + 4.0 - time.monotonic()))


async def main():
    url, user, password = sys.argv[1:4]
    viewers = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    seconds = float(sys.argv[5]) if len(sys.argv) > 5 else 30.0
    base = urlsplit(url)
    signed_in = await ask(base, "POST", "/api/v1/session", {}, {"user_name": user, "password": password})
    bearer = {"authorization": f"Bearer {signed_in['token']}"}
    page = await ask(base, "GET", "/api/v1/recordings?state=sealed", bearer)
    recording_id = page["recordings"][0]["id"]
    folders = []
    for _ in range(viewers):
        opened = await ask(base, "POST", f"/api/v1/recordings/{recording_id}/playback", bearer)
        folders.append(opened["master_url"].removesuffix("master.m3u8"))
    names = {}
    for rendition in ("video", "audio"):
        _, playlist = await request(base, "GET", f"{folders[0]}{rendition}/playlist.m3u8")
        names[rendition] = [line for line in playlist.decode().splitlines() if line.endswith(".m4s")]
    took_s, failures = [], []
    ends_at = time.monotonic() + seconds
    await asyncio.gather(
        *(
            watch(base, folder, names, 4.0 * index / viewers, ends_at, took_s, failures)
            for index, folder in enumerate(folders)
        )
    )
    took_s.sort()
    late = sum(took > 4.0 for took in took_s)
    print(
        json.dumps(
            {
                "viewers": viewers,
                "seconds": seconds,
                "segments": len(took_s),
                "late": late,
                "failed": len(failures),
                "median_ms": round(took_s[len(took_s) // 2] * 1000, 1),
                "p99_ms": round(took_s[len(took_s) * 99 // 100] * 1000, 1),
                "longest_ms": round(took_s[-1] * 1000, 1),
            }
        )
    )
    if late or failures:
        raise SystemExit(1)


asyncio.run(main())
