import json
from datetime import date, datetime

from bot.console.json_lines import answer_row
from bot.model import Answer, Citation, Hit, Kind, Passage, SmallTalk, Status, Wanted

TEXT = "Cầu dài 42 m. Cầu rộng 3,5 m."
PASSAGE = Passage("cau.txt", Kind.PARAGRAPH, TEXT, 2, "Cây cầu mới")
WHEN = datetime.fromisoformat("2024-03-12T08:15")
CITATION = Citation("cau.txt", "Khánh thành cầu", None, WHEN, ("Minh Khang",), "Cây cầu mới", 2)
HIT = Hit(1, 12.345678, PASSAGE, CITATION, (14, 29), ((14, 17), (18, 22)), ("cao",))


def test_an_answer_has_just_the_keys_of_the_contract_and_ours():
    answer = Answer("cầu rộng", "Cầu rộng bao nhiêu?", Status.ANSWERED, (HIT,), ("cao",))
    assert answer_row(answer, 7) == {
        "id": 7,
        "question": "cầu rộng",
        "understood_as": "Cầu rộng bao nhiêu?",
        "status": "answered",
        "hits": [
            {
                "rank": 1,
                "score": 12.3457,
                "passage": {"text": TEXT, "kind": "paragraph"},
                "answer": {"text": "Cầu rộng 3,5 m.", "start": 14, "end": 29},
                "highlights": [[14, 17], [18, 22]],
                "missing": ["cao"],
                "citation": {
                    "file": "cau.txt",
                    "title": "Khánh thành cầu",
                    "source": None,
                    "published": "2024-03-12T08:15:00",
                    "authors": ["Minh Khang"],
                    "section": "Cây cầu mới",
                    "paragraph": 2,
                },
            }
        ],
        "missing": ["cao"],
        "suggestions": [],
        "small_talk": None,
        "lacking": None,
    }


def test_what_is_not_known_is_null():
    citation = Citation("x.txt", "X", None, None, (), None, None)
    hit = Hit(1, 0.0, Passage("x.txt", Kind.CAPTION, "X", None), citation, (0, 1), (), ())
    row = answer_row(Answer("x", None, Status.NOT_FOUND, (hit,), suggestions=("Ai?",), lacking=Wanted.REASON))
    assert row["lacking"] == "reason"
    assert row["id"] is None
    assert row["understood_as"] is None
    assert row["suggestions"] == ["Ai?"]
    assert row["hits"][0]["citation"] | {"file": 0, "title": 0, "authors": 0} == dict.fromkeys(
        ("source", "published", "section", "paragraph")
    ) | {"file": 0, "title": 0, "authors": 0}


def test_a_date_without_a_time_stays_a_date():
    citation = Citation("x.txt", "X", None, date(2024, 3, 12), (), None, 1)
    hit = Hit(1, 1.0, Passage("x.txt", Kind.LEAD, "X", 1), citation, (0, 1), (), ())
    row = answer_row(Answer("x", None, Status.ANSWERED, (hit,)))
    assert row["hits"][0]["citation"]["published"] == "2024-03-12"


def test_small_talk_is_no_answer():
    row = answer_row(Answer("chào", None, Status.NOT_FOUND, small_talk=SmallTalk.GREETING))
    assert (row["status"], row["hits"], row["small_talk"]) == ("not_found", [], "greeting")
    assert json.loads(json.dumps(row)) == row
