"""ROUGE F1 (Lin 2004) on words for English, stemmed, and on characters for Chinese; stop words count."""

import re
from collections import Counter

from nltk.stem.snowball import SnowballStemmer

_stemmer = SnowballStemmer("english")
_stems = {}


def tokens(text, language):
    found = re.findall(r"[\u4e00-\u9fff]|[a-z0-9]+", text.lower())
    return found if language == "zh" else [stem(word) for word in found]


def stem(word):
    if word not in _stems:
        _stems[word] = _stemmer.stem(word)
    return _stems[word]


def rouge_n(candidate, reference, length):
    grams = [Counter(zip(*(words[at:] for at in range(length)))) for words in (candidate, reference)]
    return f1((grams[0] & grams[1]).total(), grams[0].total(), grams[1].total())


def rouge_l(candidate, reference):
    above = [0] * (len(reference) + 1)
    for word in candidate:
        row = [0]
        for column, other in enumerate(reference):
            row.append(above[column] + 1 if word == other else max(above[column + 1], row[column]))
        above = row
    return f1(above[-1], len(candidate), len(reference))


def rouge(candidate, reference):
    return {
        "ROUGE-1": rouge_n(candidate, reference, 1),
        "ROUGE-2": rouge_n(candidate, reference, 2),
        "ROUGE-L": rouge_l(candidate, reference),
    }


def f1(shared, found, wanted):
    if shared == 0:
        return 0.0
    precision, recall = shared / found, shared / wanted
    return 2 * precision * recall / (precision + recall)
