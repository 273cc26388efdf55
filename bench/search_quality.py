"""Measures the recall of Huiji's search on the development split of VCSum.

search_quality.py DATA EXAMPLE RESULT: the directory of the corpora, the built example `search_quality`, and where to
write the figures. Queries are pieces of the text: Chinese of two to eight characters, and pieces across Chinese and English.
"""

import gzip
import json
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PIECES = 300
MIXED = 100


def lines(data):
    with gzip.open(data / "vcsum/short_dev.jsonl.gz", "rt") as file:
        for line in file:
            segment = json.loads(line)
            meeting = segment["id"].split("_")[0]
            for speaker, utterance in zip(segment["speaker"], segment["context"]):
                for sentence in utterance:
                    yield meeting, str(speaker), " ".join(sentence.split())


def queries(chance, texts):
    found = set()
    while len(found) < PIECES:
        runs = re.findall(r"[\u4e00-\u9fff]{4,}", chance.choice(texts))
        if runs:
            run = chance.choice(runs)
            length = min(len(run), chance.choice([2, 3, 4, 4, 5, 6, 8]))
            start = chance.randrange(len(run) - length + 1)
            found.add(run[start : start + length])
    mixed = re.compile(r"[\u4e00-\u9fff]{2,3} ?[A-Za-z]{2,24}(?![A-Za-z0-9])( ?[\u4e00-\u9fff]{1,2})?")
    across = sorted({match.group(0) for text in texts if (match := mixed.search(text))})
    # A piece that stands in very many lines fills more than one page of hits, and says nothing about recall.
    return sorted(query for query in found if sum(query in text for text in texts) <= 40) + chance.sample(across, MIXED)


def main():
    data, example, result = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    rows = list(lines(data))
    asked = queries(random.Random(11), [text for _, _, text in rows])
    with tempfile.TemporaryDirectory(prefix="huiji-search-") as name:
        directory = Path(name)
        (directory / "lines.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
        (directory / "queries.txt").write_text("\n".join(asked))
        (directory / "huiji").mkdir()
        command = [example, directory / "lines.tsv", directory / "queries.txt", directory / "huiji"]
        figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    result.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures))


main()
