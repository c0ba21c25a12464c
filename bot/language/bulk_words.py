"""
Words of several syllables for whole corpora: underthesea's own model, worked out with far less.

Nine tenths of the time of `underthesea.word_tokenize` go into writing 43 features a token for its CRF and looking up each
one's weight. Here what those of a syllable weigh together is looked up once a syllable, and what those of a pair weigh is one
look-up. The words are the same: where two ways to cut are all but as likely, so that the rounding of sums would decide,
underthesea itself is asked (`tests/integration/test_bulk_words.py` compares them).
"""

import re
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from itertools import chain, pairwise, repeat
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TEMPLATE = re.compile(r"T\[(-?\d)(?:,(-?\d))?\](?:\.(lower|isdigit|istitle|is_in_dict))?")
_FUNCTIONS = ("", "lower", "isdigit", "istitle", "is_in_dict")
_PLACES = {1: (-2, -1, 0, 1, 2), 2: (-2, -1, 0, 1), 3: (-2, -1, 0)}
"""Where one, two and three tokens in a row may begin that say something of the current one, counted from it."""
_ROOM = 1 << 12  # tokens that there is room for at first
_LABELS = ["B-W", "I-W"]
_MOST_RUNS = 1 << 17  # of characters between spaces that are kept; numbers have no end
_TIE = 1e-6  # log odds; the sums of the two ways to add up differ by less than 1e-12
_SAMPLE = "Ban Thường vụ Thành ủy TP. Bạc Liêu (Cà Mau) ban hành Nghị quyết số 05-NQ/TU ngày 9-3-2021, gửi H.Quốc."

Weights = NDArray[np.float64]
"""What adds to the log odds of a token going on with the word before it; the last axis is the place, as in `_PLACES`."""


def load_bulk_segmenter() -> Callable[[str], list[str]] | None:
    """
    Get a faster `underthesea.word_tokenize`, which takes a third of a second to prepare.

    Returns:
        A function of the same results; None where the installed underthesea is not built as expected.
    """
    try:
        import joblib

        package = import_module("underthesea.pipeline.word_tokenize")
        package.word_tokenize("tải mô hình")  # loads the model
        model = package.word_tokenize_model
        (folder,) = Path(str(package.__file__)).parent.joinpath("models").glob("ws_crf_*")
        if model.estimator.labels() != _LABELS:
            return None
        weights, transitions = _read_model((folder / "models.bin").read_bytes())
        dictionary = joblib.load(folder / "dictionary.bin")
        features = _Features(
            joblib.load(folder / "features.bin"),
            dictionary,
            weights,
            _reference(model.featurizer, dictionary),
        )
        normalize = package.regex_tokenize.token_normalize
        segmenter = _BulkSegmenter(
            lambda text: [normalize(token) for token in package.tokenize(text, use_token_normalize=False)],
            features,
            transitions,
            package.word_tokenize,
        )
        return segmenter if segmenter(_SAMPLE) == package.word_tokenize(_SAMPLE) else None
    except (ImportError, AttributeError, OSError, ValueError, LookupError, TypeError, EOFError, UnpicklingError, struct.error):
        return None


def _reference(featurizer: Any, dictionary: set[str]) -> Callable[[str], list[str]]:
    """Make a featurizer like the model's that writes a token's lower case and truths alone."""
    alone = type(featurizer)([f"T[0].{function}" for function in _FUNCTIONS if function], dictionary)
    return lambda token: [feature.split("=", 1)[1] for feature in alone.process([[[token]]])[0][0]]


def _read_model(model: bytes) -> tuple[dict[str, float], NDArray[np.float64]]:
    """
    Read a model of CRFsuite with two labels (its manual calls the format lCRF).

    Returns:
        Attribute → its weight for the second label minus that for the first; and the weights of transitions, from and to.

    Raises:
        ValueError: It is of another form.
        struct.error: It is cut short.
    """
    magic, *_, labels, attributes, features_at, _, attributes_at = struct.unpack_from("<4sI4s7I", model)
    if magic != b"lCRF" or labels != len(_LABELS):
        raise ValueError("no model of CRFsuite with two labels")
    _, _, count = struct.unpack_from("<4sII", model, features_at)
    form = [("transition", "<u4"), ("of", "<u4"), ("label", "<u4"), ("weight", "<f8")]
    features = np.frombuffer(model, form, count, features_at + 12)
    states, moves = features[features["transition"] == 0], features[features["transition"] == 1]
    weights = np.zeros(attributes)
    np.add.at(weights, states["of"], np.where(states["label"] == 1, states["weight"], -states["weight"]))
    transitions = np.zeros((labels, labels))
    transitions[moves["of"], moves["label"]] = moves["weight"]
    *_, size, array_at = struct.unpack_from("<4s5I", model, attributes_at)
    names = {}
    for record_at in np.frombuffer(model, "<u4", size, attributes_at + array_at).tolist():
        number, length = struct.unpack_from("<II", model, attributes_at + record_at)
        start = attributes_at + record_at + 8
        names[model[start : start + length - 1].decode("utf-8")] = float(weights[number])
    return names, transitions


class _BulkSegmenter:
    """
    `underthesea.word_tokenize` for one text.

    Args:
        tokenize: underthesea's, with each token normalized; it never looks across white space.
        features: What tokens weigh.
        transitions: From the first or second label to the first or second.
        exact: `underthesea.word_tokenize`.
    """

    def __init__(
        self,
        tokenize: Callable[[str], list[str]],
        features: "_Features",
        transitions: NDArray[np.float64],
        exact: Callable[[str], list[str]],
    ) -> None:
        self._features, self._exact = features, exact
        (self._bb, self._bi), (self._ib, self._ii) = transitions.tolist()
        # What follows matters to a full stop or a smiley: a space within the text, and whatever there is at its end.
        self._inside = _Numbers(lambda run: features.numbers_of(tokenize(f"{run} ")))
        self._last = _Numbers(lambda rest: features.numbers_of(tokenize(rest)))

    def __call__(self, text: str) -> list[str]:
        runs = text.split()
        if not runs:
            return self._exact(text)
        if len(self._inside) + len(self._last) > _MOST_RUNS:
            self._inside.clear()
            self._last.clear()
            self._features.clear()
        rest = text[text.rindex(runs[-1]) :]
        numbers = [*chain.from_iterable(map(self._inside.__getitem__, runs[:-1])), *self._last[rest]]
        if not numbers:
            return self._exact(text)
        labels = self._labels(self._features.log_odds(numbers).tolist())
        if labels is None:
            return self._exact(text)
        tokens = self._features.tokens
        words: list[str] = []
        for number, inside in zip(numbers, labels, strict=True):
            if inside and words:
                words[-1] += f" {tokens[number]}"
            else:
                words.append(tokens[number])
        return words

    def _labels(self, log_odds: Sequence[float]) -> list[bool] | None:
        """Find the likeliest labels (Viterbi, in differences between the two); None for a tie."""
        bb, bi, ib, ii = self._bb, self._bi, self._ib, self._ii
        lead = log_odds[0]
        leads = [lead]
        for odds in log_odds[1:]:
            # Not with max(), which takes four times as long.
            inside = lead + ii if lead + ii > bi else bi  # noqa: FURB136
            outside = lead + ib if lead + ib > bb else bb  # noqa: FURB136
            lead = odds + inside - outside
            leads.append(lead)
        labels = []
        bar = 0.0
        for lead in reversed(leads):
            margin = lead - bar
            if -_TIE < margin < _TIE:
                return None
            labels.append(margin > 0)
            bar = bi - ii if margin > 0 else bb - ib
        labels.reverse()
        return labels


class _Numbers(dict[str, tuple[int, ...]]):
    """The numbers of the tokens of runs of characters, worked out when they are asked for first."""

    def __init__(self, work_out: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, run: str) -> tuple[int, ...]:
        numbers = self[run] = self._work_out(run)
        return numbers


class _Features:
    """
    What the features of underthesea's word segmenter weigh, summed by token, pair and triple.

    Args:
        templates: Such as "T[-1,0].lower": which tokens around the current one, joined by spaces, and what of them.
        dictionary: Words, lower case.
        weights: Of `_read_model`.
        reference: The original's values of the current token's functions but the first. Asked once for every new token.

    Attributes:
        tokens: By their numbers; the first two stand for what is before and behind a text.

    Raises:
        ValueError: A template is of another form.
    """

    def __init__(
        self,
        templates: Sequence[str],
        dictionary: Iterable[str],
        weights: Mapping[str, float],
        reference: Callable[[str], list[str]],
    ) -> None:
        self._weights, self._reference = weights, reference
        self._templates: dict[int, list[tuple[int, str, str]]] = {width: [] for width in _PLACES}
        for written in templates:
            match = _TEMPLATE.fullmatch(written)
            if match is None:
                raise ValueError(f"unknown template {written}")
            first, last = int(match[1]), int(match[2] or match[1])
            width = last - first + 1
            if first not in _PLACES.get(width, ()) or (width > 1 and match[3] == "isdigit"):
                raise ValueError(f"unknown template {written}")
            self._templates[width].append((first, match[3] or "", f"{written}="))
        of_template: dict[str, dict[str, float]] = {}
        for attribute, weight in weights.items():
            template, _, value = attribute.partition("=")
            of_template.setdefault(f"{template}=", {})[value] = weight
        self._of_single = [self._weights_of(function, of_template) for function in _FUNCTIONS]
        self._before = {width: self._constant(width, dict.fromkeys(_FUNCTIONS, "BOS")) for width in _PLACES}
        self._behind = {width: self._constant(width, dict.fromkeys(_FUNCTIONS, "EOS")) for width in _PLACES}
        self._title = {width: self._gain(width, "istitle") for width in (2, 3)}
        self._written, self._lower = _Runs(), _Runs()
        for width in (2, 3):
            for first, function, prefix in self._templates[width]:
                if function in ("", "lower"):
                    runs = self._lower if function else self._written
                    for value, weight in of_template.get(prefix, {}).items():
                        if value.count(" ") == width - 1:
                            runs.add(value)[first - _PLACES[width][0]] += weight
        listed = {width: self._gain(width, "is_in_dict") for width in (2, 3)}
        for word in dictionary:
            width = word.count(" ") + 1
            if width in listed:
                self._lower.add(word)[:] += listed[width]
        self._plain = {width: self._constant(width, {"istitle": "False", "is_in_dict": "False"}) for width in (2, 3)}
        self._written.close()
        self._lower.close()
        self.clear()

    def clear(self) -> None:
        """Forget all tokens, so that their number stays within bounds."""
        self.tokens = ["", ""]
        self._numbers: dict[str, int] = {}
        # By the number of a token: what it weighs at each place, the part of a run it is, whether it is a title.
        self._singles = np.zeros((_ROOM, len(_PLACES[1])))
        self._singles[:2] = self._before[1], self._behind[1]
        self._parts = np.zeros((_ROOM, 2), np.int64)
        self._titles = np.zeros(_ROOM, np.bool_)

    def numbers_of(self, tokens: Iterable[str]) -> tuple[int, ...]:
        """Get the numbers of tokens, new or not."""
        get = self._numbers.get
        return tuple(number if (number := get(token)) is not None else self._add(token) for token in tokens)

    def log_odds(self, numbers: Sequence[int]) -> Weights:
        """
        Add up what is said of each token of a text.

        Args:
            numbers: Of its tokens, at least one.

        Returns:
            The log odds of each going on with the word before it, what its neighbours' labels say left out.
        """
        length = len(numbers)
        tokens = np.array([0, 0, *numbers, 1, 1])
        odds = _sum_places(self._singles[tokens], length)
        inner = tokens[2:-2]
        title = self._titles[inner]
        pairs, triples = np.empty((length + 3, 4)), np.empty((length + 2, 3))
        for width, table in ((2, pairs), (3, triples)):
            table[:2] = self._before[width]
            table[max(length - width + 3, 2) :] = self._behind[width]
            table[2 : length - width + 3] = self._plain[width]
            title = title[:-1] & self._titles[inner[width - 1 :]]
            if title.any():
                table[2 : length - width + 3][title] += self._title[width]
        for runs, parts in ((self._written, self._parts[inner, 0]), (self._lower, self._parts[inner, 1])):
            runs.weigh(parts.tolist(), pairs[2:], triples[2:])
        return odds + _sum_places(pairs, length) + _sum_places(triples, length)

    def _add(self, token: str) -> int:
        lower, *truths = self._reference(token)
        number = len(self.tokens)
        if number == len(self._singles):
            self._singles, self._parts, self._titles = (
                np.concatenate([table, np.zeros_like(table)]) for table in (self._singles, self._parts, self._titles)
            )
        values = (token, lower, *truths)
        self._singles[number] = sum(
            weights[value] for weights, value in zip(self._of_single, values, strict=True) if value in weights
        )
        self._parts[number] = self._written.parts.get(token, 0), self._lower.parts.get(lower, 0)
        self._titles[number] = truths[1] == "True"
        self.tokens.append(token)
        self._numbers[token] = number
        return number

    def _constant(self, width: int, values: Mapping[str, str]) -> Weights:
        """What the templates of a width weigh at each place where their functions have these values."""
        found = np.zeros(len(_PLACES[width]))
        for first, function, prefix in self._templates[width]:
            if function in values:
                found[first - _PLACES[width][0]] += self._weights.get(f"{prefix}{values[function]}", 0.0)
        return found

    def _weights_of(self, function: str, of_template: Mapping[str, Mapping[str, float]]) -> dict[str, Weights]:
        """What each value of a function of single tokens weighs."""
        found: dict[str, Weights] = {}
        for first, own, prefix in self._templates[1]:
            if own == function:
                for value, weight in of_template.get(prefix, {}).items():
                    found.setdefault(value, np.zeros(len(_PLACES[1])))[first - _PLACES[1][0]] += weight
        return found

    def _gain(self, width: int, function: str) -> Weights:
        """What it weighs more when a function is true."""
        return self._constant(width, {function: "True"}) - self._constant(width, {function: "False"})


def _sum_places(table: Weights, length: int) -> Weights:
    """Add up the columns of a table, each a row further on than the one before."""
    total = table[:length, 0].copy()
    for place in range(1, table.shape[1]):
        total += table[place : place + length, place]
    return total


class _Runs:
    """
    Pairs and triples that weigh something.

    Attributes:
        parts: Numbers of the tokens that they are made of, from 1; 0 is any other.
    """

    def __init__(self) -> None:
        self.parts: dict[str, int] = {}
        self._pairs: dict[tuple[int, int], int] = {}
        self._weights = [np.zeros(len(_PLACES[2]))]  # of pairs; the first of any that is not there
        self._triples: dict[tuple[int, ...], Weights] = {}

    def add(self, run: str) -> Weights:
        """Get what a run of two or three tokens weighs at each place, to be added to."""
        first, second, *third = (self.parts.setdefault(part, len(self.parts) + 1) for part in run.split(" "))
        row = self._pairs.setdefault((first, second), len(self._weights))
        if row == len(self._weights):
            self._weights.append(np.zeros(len(_PLACES[2])))
        return self._triples.setdefault((first, second, *third), np.zeros(len(_PLACES[3]))) if third else self._weights[row]

    def close(self) -> None:
        """Make ready to be asked; no more is added."""
        self._table = np.array(self._weights)
        begin = {self._pairs[first, second] for first, second, _ in self._triples}
        self._begin_triples = np.isin(np.arange(len(self._table)), list(begin))

    def weigh(self, parts: Sequence[int], pairs: Weights, triples: Weights) -> None:
        """Add what the pairs and triples of a text weigh to the rows of the tokens they begin with."""
        rows = np.array(list(map(self._pairs.get, pairwise(parts), repeat(0))), np.int64)
        pairs[: len(rows)] += self._table[rows]
        for at in np.flatnonzero(self._begin_triples[rows]).tolist():
            weights = self._triples.get(tuple(parts[at : at + 3]))
            if weights is not None:
                triples[at] += weights
