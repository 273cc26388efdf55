"""Asks Huiji's index and SQLite's FTS5 (trigram) the same queries over the same generated utterances.

search.py DATA EXAMPLE UTTERANCES RESULT: the directory of the corpora, the built example `search_cost`, how many
utterances, and where to write the figures.
"""

import gzip
import json
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUERIES = 200
LINES_PER_MEETING = 1000


def sentences(data):
    chinese, english = [], []
    with gzip.open(data / "vcsum/short_dev.jsonl.gz", "rt") as lines:
        for line in lines:
            for utterance in json.loads(line)["context"]:
                chinese += [" ".join(sentence.split()) for sentence in utterance]
    with gzip.open(data / "qmsum/val.jsonl.gz", "rt") as lines:
        for line in lines:
            for turn in json.loads(line)["meeting_transcripts"]:
                english.append(" ".join(re.sub(r"\{.*?\}", " ", turn["content"]).split())[:400])
    return [text for text in chinese if len(text) > 4], [text for text in english if len(text) > 12]


def utterance(chance, chinese, english):
    """Two thirds Chinese; parts of two sentences each, so that few utterances are alike."""
    kind, glue = (chinese, "") if chance.random() < 0.67 else (english, " ")
    first, second = chance.choice(kind), chance.choice(kind)
    return first[: chance.randrange(len(first) // 2, len(first)) + 1] + glue + second[: chance.randrange(4, 40)]


def queries(chance, chinese, english):
    """Pieces of the corpora of three characters and more, which is what trigrams can find; each a plain word or phrase."""
    found = set()
    while len(found) < QUERIES * 2 // 3:
        runs = re.findall(r"[\u4e00-\u9fff]{3,}", chance.choice(chinese))
        if runs:
            run = chance.choice(runs)
            length = min(len(run), chance.choice([3, 3, 4, 4, 5, 6]))
            start = chance.randrange(len(run) - length + 1)
            found.add(run[start : start + length])
    while len(found) < QUERIES:
        words = re.findall(r"[a-z]{4,}", chance.choice(english))
        if words:
            found.add(chance.choice(words))
    return sorted(found)


def percentiles(milliseconds):
    milliseconds.sort()
    at = lambda share: milliseconds[min(int(len(milliseconds) * share), len(milliseconds) - 1)]
    return {"p50": at(0.5), "p95": at(0.95), "max": milliseconds[-1]}


def sqlite_trigram(directory, texts, asked):
    path = directory / "fts5.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE lines USING fts5(text, tokenize = 'trigram')")
    began = time.perf_counter()
    connection.executemany("INSERT INTO lines (text) VALUES (?)", ((text,) for text in texts))
    connection.execute("INSERT INTO lines (lines) VALUES ('optimize')")
    connection.commit()
    seconds = time.perf_counter() - began
    statement = "SELECT rowid, text, bm25(lines) FROM lines WHERE lines MATCH ? ORDER BY bm25(lines) LIMIT 100"
    milliseconds = []
    for turn in range(3):
        for query in asked:
            began = time.perf_counter()
            connection.execute(statement, (f'"{query}"',)).fetchall()
            if turn:
                milliseconds.append((time.perf_counter() - began) * 1000)
    connection.close()
    return {
        "documents": len(texts),
        "index_seconds": seconds,
        "documents_per_second": len(texts) / seconds,
        "index_bytes": path.stat().st_size,
        "latency_ms": percentiles(milliseconds),
    }


def main():
    data, example, count, result = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    chance = random.Random(7)
    chinese, english = sentences(data)
    texts = [utterance(chance, chinese, english) for _ in range(count)]
    asked = queries(chance, chinese, english)
    with tempfile.TemporaryDirectory(prefix="huiji-search-") as name:
        directory = Path(name)
        lines = (f"m{number // LINES_PER_MEETING}\tp{number % 7}\t{text}\n" for number, text in enumerate(texts))
        (directory / "utterances.tsv").write_text("".join(lines))
        (directory / "queries.txt").write_text("\n".join(asked))
        (directory / "huiji").mkdir()
        command = [example, directory / "utterances.tsv", directory / "queries.txt", directory / "huiji"]
        huiji = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        fts5 = sqlite_trigram(directory, texts, asked)
    ratio = lambda figure: figure(huiji) / figure(fts5)
    figures = {
        "utterances": count,
        "queries": len(asked),
        "huiji": huiji,
        "sqlite_fts5_trigram": {"version": sqlite3.sqlite_version, **fts5},
        "huiji_over_fts5": {
            "p95": ratio(lambda engine: engine["latency_ms"]["p95"]),
            "documents_per_second": ratio(lambda engine: engine["documents_per_second"]),
            "index_bytes": ratio(lambda engine: engine["index_bytes"]),
        },
        "index_bytes_over_text_bytes": huiji["index_bytes"] / huiji["text_bytes"],
    }
    result.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures["huiji_over_fts5"]))


main()
