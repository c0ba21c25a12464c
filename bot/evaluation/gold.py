"""Judged questions: the project's own (JSON Lines) and SQuAD's."""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.answering.engine import Engine
from bot.errors import GoldError
from bot.language.normalize import clean_text
from bot.language.reading import load_tables
from bot.model import Article, Kind, Paragraph, Passage
from bot.retrieval.index import build_index


@dataclass(frozen=True, slots=True)
class Qrel:
    """A passage that answers: its article's file, and a part of its text that no other passage of the file has."""

    file: str
    snippet: str


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """
    One judged question.

    Attributes:
        id: Unique in its file.
        style: How it is asked ("chat", "no_diacritics"); measures are given per style.
        question: As typed.
        qrels: The passages that answer; none when the articles do not.
        answers: Strings, of which the answering sentence must have one; none when there is no short answer.
        session: Its conversation, or None when it stands alone.
    """

    id: str
    style: str
    question: str
    qrels: tuple[Qrel, ...]
    answers: tuple[str, ...]
    session: str | None = None


def load_gold(files: Iterable[Path]) -> list[GoldQuestion]:
    """
    Read the project's own gold.

    Raises:
        GoldError: A file cannot be read, or a line is not a judged question.
    """
    questions = []
    for file in files:
        for number, line in enumerate(_read(file).split("\n"), start=1):
            if not line.strip():
                continue
            try:
                row: Mapping[str, Any] = json.loads(line)
                questions.append(
                    GoldQuestion(
                        id=str(row["id"]),
                        style=str(row["style"]),
                        question=str(row["question"]),
                        qrels=tuple(Qrel(gold["file"], clean_text(gold["snippet"])) for gold in row["gold"]),
                        answers=tuple(map(clean_text, row.get("answer", ()))),
                        session=f"{file}:{row['session']}" if row.get("session") is not None else None,
                    )
                )
            except (ValueError, KeyError, TypeError) as error:
                raise GoldError(
                    f"{file}:{number}: not a judged question: {error!r}",
                    f"{file}, dòng {number}: không phải câu hỏi mẫu hợp lệ.",
                ) from error
    return questions


def load_squad(files: Iterable[Path]) -> tuple[list[GoldQuestion], Engine]:
    """
    Read SQuAD JSON.

    Returns:
        Its questions, and an engine whose articles are its contexts, one passage each.

    Raises:
        GoldError: A file cannot be read or is not SQuAD JSON.
    """
    questions: list[GoldQuestion] = []
    articles: list[Article] = []
    for file in files:
        try:
            rows = [
                (clean_text(paragraph["context"]), paragraph["qas"])
                for topic in json.loads(_read(file))["data"]
                for paragraph in topic["paragraphs"]
            ]
            for text, asked in rows:
                name = f"context-{len(articles)}"
                articles.append(Article(name, "", paragraphs=(Paragraph(1, text),)))
                for row in asked:
                    answers = tuple(dict.fromkeys(clean_text(answer["text"]) for answer in row["answers"]))
                    questions.append(GoldQuestion(str(row["id"]), "squad", row["question"], (Qrel(name, text),), answers))
        except (ValueError, KeyError, TypeError) as error:
            raise GoldError(f"{file}: not SQuAD JSON: {error!r}", f"{file} không phải tệp SQuAD.") from error
    tables = load_tables()
    passages = [[Passage(a.file, Kind.PARAGRAPH, a.paragraphs[0].text, 1)] for a in articles]
    return questions, Engine(build_index(articles, passages, tables.abbreviations).index, tables)


def without_diacritics(question: GoldQuestion) -> GoldQuestion:
    """The same question as typed without any diacritics; its capitals stay."""
    plain = question.question.replace("đ", "d").replace("Đ", "D")
    folded = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return replace(question, question=folded)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{file}: {error}", f"Không đọc được {file}.") from error
