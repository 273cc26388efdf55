"""QMSum and VCSum as meetings: who said what, what a person wrote about it, and where topics end."""

import ast
import gzip
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

# How fast people speak; the corpora have no times.
MS_PER_WORD = 400
MS_PER_HAN = 220
PAUSE_MS = 400


@dataclass
class Turn:
    """What one person said without a break. `sentences` and `highlighted` are people's, where there are any."""

    speaker: str
    text: str
    sentences: list = field(default_factory=list)
    highlighted: list = field(default_factory=list)
    start_ms: int = 0
    end_ms: int = 0


@dataclass
class CorpusMeeting:
    id: str
    language: str
    turns: list
    reference: str
    # The last turn of each topic.
    topic_ends: list = field(default_factory=list)


def load_qmsum(directory: Path):
    with gzip.open(directory / "qmsum/val.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            meeting = json.loads(line)
            turns = [Turn(turn["speaker"], tidy_english(turn["content"])) for turn in meeting["meeting_transcripts"]]
            turns = [turn for turn in turns if re.search(r"\w", turn.text)]
            reference = meeting["general_query_list"][0]["answer"]
            yield timed(CorpusMeeting(f"qmsum-{number}", "en", turns, reference))


def load_vcsum(directory: Path):
    with gzip.open(directory / "vcsum/short_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        parts = [json.loads(line) for line in lines]
    with gzip.open(directory / "vcsum/long_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            meeting = json.loads(line)
            own = [part for part in parts if part["id"].rsplit("_", 1)[0] == meeting["id"]]
            own.sort(key=lambda part: int(part["id"].rsplit("_", 1)[1]))
            turns = [turn for part in own for turn in turns_of(part)]
            yield timed(
                CorpusMeeting(f"vcsum-{meeting['id']}", "zh", turns, meeting["summary"], meeting["eos_index"])
            )


def turns_of(part):
    spoken, marks = literal(part["context"]), literal(part["highlights"])
    for speaker, sentences, highlights in zip(part["speaker"], spoken, marks, strict=True):
        # A sentence counts as picked by people when they marked at least half of it.
        highlighted = [sum(marked) * 2 >= len(marked) > 0 for marked in highlights]
        yield Turn(f"Speaker {speaker}", "".join(sentences), sentences, highlighted)


def literal(value):
    return ast.literal_eval(value) if isinstance(value, str) else value


def tidy_english(text):
    """Writes a tokenised transcript as people write: without marks for noises, with punctuation at its word."""
    text = re.sub(r"\{[^}]*\}", "", text)
    text = re.sub(r"\s+([.,?!;:])", r"\1", text)
    text = re.sub(r"\s+('\w+|n't)", r"\1", text)
    text = re.sub(r"\b(\w+) - (?=\w)", r"\1-", text)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"([,.?!])(?:\s*[,.])+", r"\1", text).strip(" ,")


def timed(meeting):
    at_ms = 0
    for turn in meeting.turns:
        turn.start_ms = at_ms
        han = len(re.findall(r"[\u4e00-\u9fff]", turn.text))
        words = len(re.findall(r"[A-Za-z0-9]+", turn.text))
        turn.end_ms = at_ms + max(300, han * MS_PER_HAN + words * MS_PER_WORD)
        at_ms = turn.end_ms + PAUSE_MS
    return meeting


def split_sentences(text):
    """Cuts a text where every contestant gets it cut."""
    pieces = re.split(r"(?<=[。！？；])|(?<=[.!?;])\s+", text)
    return [piece.strip() for piece in pieces if re.search(r"\w", piece)]


def writer_input(meeting):
    """Returns the meeting as the example `write_minutes` reads it."""
    speakers = list(dict.fromkeys(turn.speaker for turn in meeting.turns))
    ids = {speaker: f"p{number}" for number, speaker in enumerate(speakers)}
    utterances = [
        {
            "id": f"u{number:05}",
            "participant_id": ids[turn.speaker],
            "language": meeting.language,
            "start_ms": turn.start_ms,
            "end_ms": turn.end_ms,
            "text": turn.text,
            "confidence": 0.9,
            "words": [],
        }
        for number, turn in enumerate(meeting.turns)
    ]
    return {
        "title": meeting.id,
        "language": meeting.language,
        "time_zone": "Asia/Shanghai",
        "started_at": 1_795_395_600_000_000,
        "participants": [
            {"id": ids[speaker], "display_name": speaker, "user_id": None, "language": None} for speaker in speakers
        ],
        "transcript": {
            "schema": 1,
            "recording_id": f"rec_{meeting.id}",
            "version": 1,
            "engine": "corpus",
            "created_at": 1_795_395_600_000_000,
            "utterances": utterances,
            "coverage": {"speech_ms": 0, "transcribed_ms": 0, "suppressed_ms": 0, "wordless_ms": 0, "failed_ms": 0},
        },
    }
