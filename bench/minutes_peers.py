"""The peers: sumy's summarisers and nltk's TextTiling, each with its published settings."""

import logging
import re
import warnings

import jieba
import numpy
from nltk.tokenize.texttiling import TextTilingTokenizer
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.nlp.stemmers import Stemmer, null_stemmer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer
from sumy.utils import get_stop_words

jieba.setLogLevel(logging.ERROR)
warnings.filterwarnings("ignore", module="sumy")


class Words:
    """Cuts words as sumy does, without its download of nltk data."""

    def __init__(self, language):
        self.language = language

    def to_words(self, text):
        if self.language == "zh":
            return tuple(word for word in jieba.cut(text) if re.match(r"\w", word))
        return tuple(re.findall(r"[^\W\d_](?:[^\W\d_]|['-])*", text.lower()))

    def to_sentences(self, paragraph):
        return [paragraph]


def rank_sentences(sentences, language):
    """Returns for each peer the places of the sentences, the best first."""
    words = Words(language)
    objects = [Sentence(sentence, words) for sentence in sentences]
    document = ObjectDocumentModel([Paragraph(objects)])
    scores = {"lead": [-at for at in range(len(sentences))]}
    for name, summarizer_type in (
        ("TextRank", TextRankSummarizer),
        ("LexRank", LexRankSummarizer),
        ("LSA", LsaSummarizer),
    ):
        summarizer = summarizer_type(Stemmer("english") if language == "en" else null_stemmer)
        summarizer.stop_words = get_stop_words("english" if language == "en" else "chinese")
        scores[name] = score(name, summarizer, document, objects)
    return {name: sorted(range(len(sentences)), key=lambda at: -values[at]) for name, values in scores.items()}


def score(name, summarizer, document, objects):
    # sumy only returns its best sentences; these are the scores it sorts by, from the methods it calls itself.
    if name == "TextRank":
        ratings = summarizer.rate_sentences(document)
        return [ratings[sentence] for sentence in objects]
    if name == "LexRank":
        words = [summarizer._to_words_set(sentence) for sentence in objects]
        term_frequencies = summarizer._compute_tf(words)
        matrix = summarizer._create_matrix(
            words, summarizer.threshold, term_frequencies, summarizer._compute_idf(words)
        )
        return list(summarizer.power_method(matrix, summarizer.epsilon))
    matrix = summarizer._compute_term_frequency(
        summarizer._create_matrix(document, summarizer._create_dictionary(document))
    )
    _, sigma, right = numpy.linalg.svd(matrix, full_matrices=False)
    return list(summarizer._compute_ranks(sigma, right))


def tile(texts, language):
    """Returns the places of the texts that TextTiling begins a topic with."""
    # nltk drops every letter but a to z, so each Chinese word becomes a word of such letters.
    spelled = {}
    paragraphs = []
    for text in texts:
        words = Words(language).to_words(text)
        if language == "zh":
            words = [spelled.setdefault(word, letters(len(spelled))) for word in words]
        paragraphs.append(" ".join(words) or "silence")
    stop_words = [spelled.get(word, word) for word in get_stop_words("chinese" if language == "zh" else "english")]
    tiles = TextTilingTokenizer(stopwords=stop_words).tokenize("\n\n" + "\n\n".join(paragraphs))
    starts, at = [], 0
    for part in tiles[:-1]:
        at += len([paragraph for paragraph in part.split("\n\n") if paragraph.strip()])
        starts.append(at)
    return starts


def letters(number):
    word = "w"
    for _ in range(4):
        number, digit = divmod(number, 26)
        word += chr(ord("a") + digit)
    return word
