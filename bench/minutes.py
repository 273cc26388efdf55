"""Measures the offline minutes on QMSum and VCSum beside their peers. Called by minutes.sh.

The odd-numbered half of each corpus is the figure; the other half is for tuning, and its scores are given as such.
"""

import json
import os
import platform
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from statistics import mean

from minutes_corpora import Turn, CorpusMeeting, load_qmsum, load_vcsum, split_sentences, timed, writer_input
from minutes_peers import rank_sentences, tile
from minutes_rouge import rouge, tokens
from nltk.metrics.segmentation import pk, windowdiff

HOUR_MS = 3_600_000


def main():
    directory, writer, output = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    corpora = {"QMSum val": list(load_qmsum(directory)), "VCSum dev": list(load_vcsum(directory))}
    figures = []
    for name, meetings in corpora.items():
        written = [minutes for minutes, _ in write_minutes(writer, meetings)]
        figures += summary_figures(name, meetings, written)
        figures.append(citation_figure(name, meetings, written))
        if meetings[0].topic_ends:
            figures += chapter_figures(name, meetings, written)
            figures.append(highlight_figure(name, meetings, written))
    figures += hour_figures(writer, corpora)
    result = {"machine": machine(), "commit": commit(), "date": date.today().isoformat(), "figures": figures}
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    for figure in figures:
        peer = f"{figure['peer']} {figure['peer_value']}, ratio {figure['ratio']}" if figure["peer"] else ""
        print(f"{figure['label']}: {figure['value']} {figure['unit']} (wanted {figure['wanted']}) {peer}")


def figure(label, value, unit, wanted, peer=None, peer_value=None):
    ratio = round(value / peer_value, 3) if peer_value else None
    rounded = None if peer_value is None else round(peer_value, 2)
    return {
        "label": label, "value": round(value, 2), "unit": unit, "wanted": wanted,
        "peer": peer, "peer_value": rounded, "ratio": ratio,
    }  # fmt: skip


def write_minutes(writer, meetings):
    """Returns the minutes of each meeting and the milliseconds they took."""
    lines = "".join(json.dumps(writer_input(meeting), ensure_ascii=False) + "\n" for meeting in meetings)
    answer = subprocess.run([writer], input=lines, capture_output=True, text=True, check=True, timeout=600)
    for line in answer.stdout.splitlines():
        written = json.loads(line)
        yield written["minutes"], written["took_ms"]


def halves(meetings):
    """Names each meeting's half."""
    return ["test half" if at % 2 else "tuning half" for at in range(len(meetings))]


def summary_figures(name, meetings, written):
    scores = {}
    for half, meeting, minutes in zip(halves(meetings), meetings, written):
        reference = tokens(meeting.reference, meeting.language)
        own = [tokens(line["text"], meeting.language) for line in minutes["summary"]]
        length = sum(map(len, own))
        candidates = {"Huiji": [word for words in own for word in words]}
        sentences = [sentence for turn in meeting.turns for sentence in turn.sentences or split_sentences(turn.text)]
        for peer, order in rank_sentences(sentences, meeting.language).items():
            candidates[peer] = fill(sentences, order, length, meeting.language)
        for contestant, words in candidates.items():
            for measure, value in rouge(words, reference).items():
                scores.setdefault((half, measure), {}).setdefault(contestant, []).append(100 * value)
    figures = []
    for (half, measure), by_contestant in scores.items():
        means = {contestant: mean(values) for contestant, values in by_contestant.items()}
        own = means.pop("Huiji")
        best = max(means.values())
        for peer, value in means.items():
            wanted = f"above {best:.2f}" if half == "test half" and value == best and measure != "ROUGE-L" else None
            label = f"Summary {measure} F1, {name}, {half}"
            figures.append(figure(label, own, "points", wanted, f"{peer}, equal length", value))
    return figures


def fill(sentences, order, length, language):
    """Returns the words of the best sentences in the order of the meeting, the last one cut to the length."""
    taken, left = {}, length
    for at in order:
        if left <= 0:
            break
        words = tokens(sentences[at], language)[:left]
        taken[at] = words
        left -= len(words)
    return [word for at in sorted(taken) for word in taken[at]]


def chapter_figures(name, meetings, written):
    scores = {}
    for half, meeting, minutes in zip(halves(meetings), meetings, written):
        count = len(meeting.turns)
        reference = boundaries([end + 1 for end in meeting.topic_ends[:-1]], count)
        window = max(2, round(count / (reference.count("1") + 1) / 2))
        starts = [chapter["start_ms"] for chapter in minutes["chapters"][1:]]
        own = [min(range(count), key=lambda at: abs(meeting.turns[at].start_ms - start)) for start in starts]
        contestants = {"Huiji": own, "TextTiling (nltk)": tile([turn.text for turn in meeting.turns], meeting.language)}
        contestants["no boundary at all"] = []
        for contestant, places in contestants.items():
            hypothesis = boundaries(places, count)
            for measure, compute in (("Pk", pk), ("WindowDiff", windowdiff)):
                value = 100 * compute(reference, hypothesis, window)
                scores.setdefault((half, measure), {}).setdefault(contestant, []).append(value)
    figures = []
    for (half, measure), by_contestant in scores.items():
        means = {contestant: mean(values) for contestant, values in by_contestant.items()}
        own = means.pop("Huiji")
        for peer, value in means.items():
            is_goal = half == "test half" and measure == "Pk" and peer.startswith("TextTiling")
            wanted = f"below {value:.2f}" if is_goal else None
            figures.append(figure(f"Chapters {measure}, {name}, {half}", own, "%", wanted, peer, value))
    return figures


def boundaries(places, count):
    # One mark between each two turns; nltk reads a mark as the end of the turn before it.
    return "".join("1" if at + 1 in places else "0" for at in range(count - 1))


def highlight_figure(name, meetings, written):
    """Compares the sentences that the minutes cite with those that people marked."""
    own, leads = [], []
    for half, meeting, minutes in zip(halves(meetings), meetings, written):
        if half != "test half":
            continue
        lines = minutes["summary"] + [point for chapter in minutes["chapters"] for point in chapter["points"]]
        quotes = {}
        for citation in (citation for line in lines for citation in line["citations"]):
            quotes.setdefault(int(citation["utterance_id"][1:]), []).append(bare(citation["quote"]))
        marked, cited, length = [], [], 0
        for number, turn in enumerate(meeting.turns):
            for sentence, highlighted in zip(turn.sentences, turn.highlighted):
                text = bare(sentence)
                is_cited = any(text and (text in quote or quote in text) for quote in quotes.get(number, []))
                marked.append(highlighted)
                cited.append(is_cited)
        length = sum(cited)
        own.append(100 * sentence_f1(marked, cited))
        leads.append(100 * sentence_f1(marked, [at < length for at in range(len(marked))]))
    return figure(f"Highlighted sentences F1, {name}, test half", mean(own), "%", None, "lead, as many", mean(leads))


def sentence_f1(marked, cited):
    shared = sum(one and other for one, other in zip(marked, cited))
    return 2 * shared / (sum(marked) + sum(cited)) if shared else 0.0


def citation_figure(name, meetings, written):
    """Checks in other code than the writer's that each line stands on its quotes, and each quote in its utterance."""
    good, total = 0, 0
    for meeting, minutes in zip(meetings, written):
        for line in all_lines(minutes):
            total += 1
            said = [meeting.turns[int(citation["utterance_id"][1:])].text for citation in line["citations"]]
            quoted = all(bare(citation["quote"]) in bare(text) for citation, text in zip(line["citations"], said))
            spoken = set(tokens(" ".join(citation["quote"] for citation in line["citations"]), meeting.language))
            good += bool(said) and quoted and set(tokens(line["text"], meeting.language)) <= spoken
    return figure(f"Citation precision, {name}, {total} lines", 100 * good / total, "%", "100")


def all_lines(minutes):
    for name in ("summary", "decisions", "action_items", "open_questions"):
        yield from minutes[name]
    for chapter in minutes["chapters"]:
        yield from chapter["points"]


def bare(text):
    return re.sub(r"[\W_]", "", text.lower())


def hour_figures(writer, corpora):
    """Times meetings of one hour, put together from the corpora where they are shorter."""
    figures = []
    for name, meetings in corpora.items():
        turns, at_ms = [], 0
        for turn in (turn for meeting in meetings for turn in meeting.turns):
            at_ms += turn.end_ms - turn.start_ms
            if at_ms > HOUR_MS:
                break
            turns.append(Turn(turn.speaker, turn.text))
        hour = timed(CorpusMeeting("hour", meetings[0].language, turns, ""))
        # The first meeting pays for loading the dictionary, as the first one of a process does.
        took_ms = [took_ms for _, took_ms in write_minutes(writer, [hour, hour, hour])]
        figures.append(figure(f"One-hour meeting, offline writer, {name}, first in a process", took_ms[0] / 1000, "s", "at most 3"))
        figures.append(figure(f"One-hour meeting, offline writer, {name}, later ones", min(took_ms[1:]) / 1000, "s", "at most 3"))
    return figures


def machine():
    name = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{os.cpu_count()} x {name}, {platform.system()} {platform.release()}"


def commit():
    """Names the commit that is measured, and says when the writer differs from it."""
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changes = subprocess.run(
        ["git", "status", "--porcelain", "summarize"], capture_output=True, text=True, check=False
    )
    return (head.stdout.strip() + (" with changes" if changes.stdout.strip() else "")) or None


if __name__ == "__main__":
    main()
