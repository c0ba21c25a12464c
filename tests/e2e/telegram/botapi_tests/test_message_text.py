"""Texts: the HTML parse mode, entities, trimming and automatic entities."""

from typing import Any

import pytest

from botapi.entities import Entity, FormattedText
from botapi.errors import ApiError
from botapi.formatting import TextFormatter, finish_text
from botapi.message import render_html

FORMATTER = TextFormatter(lambda user_id: user_id == 7)
LENIENT = TextFormatter(lambda user_id: False, strict_html=False)


def parse(markup: str, formatter: TextFormatter = FORMATTER) -> FormattedText:
    """Parse a markup as sendMessage would."""
    return formatter.message_text(markup, "HTML", None, too_long="message is too long")


def spans(body: FormattedText) -> list[tuple[str, int, int]]:
    """Return type, offset and length of each entity."""
    return [(entity.type, entity.offset, entity.length) for entity in body.entities]


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("b", "bold"),
        ("strong", "bold"),
        ("i", "italic"),
        ("em", "italic"),
        ("u", "underline"),
        ("ins", "underline"),
        ("s", "strikethrough"),
        ("strike", "strikethrough"),
        ("del", "strikethrough"),
        ("tg-spoiler", "spoiler"),
        ("code", "code"),
        ("pre", "pre"),
        ("blockquote", "blockquote"),
    ],
)
def test_simple_tags(tag: str, kind: str) -> None:
    """Every simple tag becomes its entity; an empty one becomes nothing."""
    body = parse(f"x <{tag}>yz</{tag.upper()}><{tag}></{tag}>")
    assert body.text == "x yz"
    assert spans(body) == [(kind, 2, 2)]


@pytest.mark.parametrize(
    ("markup", "entity"),
    [
        ('<span class="tg-spoiler">a</span>', Entity("spoiler", 0, 1)),
        ("<span class=tg-spoiler>a</span>", Entity("spoiler", 0, 1)),
        ("<blockquote expandable>a</blockquote>", Entity("expandable_blockquote", 0, 1)),
        ('<blockquote expandable="">a</blockquote>', Entity("expandable_blockquote", 0, 1)),
        ('<a href="https://Example.com">a</a>', Entity("text_link", 0, 1, url="https://example.com/")),
        (
            "<a href='https://example.com/?a=1&amp;b=2'>a</a>",
            Entity("text_link", 0, 1, url="https://example.com/?a=1&b=2"),
        ),
        ('<a href="tg://user?id=7">a</a>', Entity("text_mention", 0, 1, user_id=7)),
        ('<pre><code class="language-python">a</code></pre>', Entity("pre", 0, 1, language="python")),
        ('<code class="language-python">a</code>', Entity("code", 0, 1)),
        (
            '<tg-emoji emoji-id="5368324170671202286">a</tg-emoji>',
            Entity("custom_emoji", 0, 1, custom_emoji_id="5368324170671202286"),
        ),
    ],
)
def test_tags_with_attributes(markup: str, entity: Entity) -> None:
    """Attributes reach the entity."""
    assert parse(markup) == FormattedText("a", (entity,))


def test_invalid_links_and_unknown_users_leave_plain_text() -> None:
    """A link that is none is dropped silently, as by the real server."""
    assert parse('<a href="localhost">a</a> <a href="tg://user?id=8">b</a>') == FormattedText("a b", ())


def test_offsets_are_utf16() -> None:
    """A character outside the basic plane counts twice."""
    assert spans(parse("😀 <b>Việt 🇻🇳</b> <i>x</i>")) == [("bold", 3, 9), ("italic", 13, 1)]


def test_references() -> None:
    """The four named references and numeric ones are decoded; a lone ampersand stays."""
    assert parse("&lt;b&gt; &amp;amp; &quot; &#33;&#x41; &#128512; AT&T &amp & &#0;").text == (
        '<b> &amp; " !A 😀 AT&T & & &#0;'
    )
    assert parse(f'<a href="&#{"9" * 5000};">a</a>') == FormattedText("a")


@pytest.mark.parametrize(
    ("markup", "error"),
    [
        ("a <br> b", 'Unsupported start tag "br" at byte offset 2'),
        ("é <p>x</p>", 'Unsupported start tag "p" at byte offset 3'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("1 < 2 > 1", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a =x>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">a</tg-emoji>', "Invalid custom emoji identifier specified"),
        ("a&nbsp;b", 'Unsupported character reference "&nbsp;" at byte offset 1'),
        (
            "<blockquote>a<blockquote>b</blockquote></blockquote>",
            'Tag "blockquote" can\'t be nested at byte offset 13',
        ),
        (
            "&#xD800;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
        ),
    ],
)
def test_refused_markup(markup: str, error: str) -> None:
    """Errors are worded and placed as by the real server."""
    with pytest.raises(ApiError) as caught:
        parse(markup)
    assert caught.value.description == f"Bad Request: can't parse entities: {error}"


def test_lenient_html_is_like_the_real_server() -> None:
    """Without strictness unknown references stay literal and inner quotations vanish."""
    assert parse("a&nbsp;b", LENIENT).text == "a&nbsp;b"
    assert spans(parse("<blockquote>a<blockquote>b</blockquote></blockquote>", LENIENT)) == [("blockquote", 0, 2)]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<b>a<code>b</code>c</b>", [("bold", 0, 1), ("code", 1, 1), ("bold", 2, 1)]),
        ("<code>a<b>b</b></code>", [("code", 0, 2)]),
        ("<b>a</b><b>b</b>", [("bold", 0, 2)]),
        ("<b>a<i>b</i>c</b>", [("bold", 0, 1), ("bold", 1, 2), ("italic", 1, 1)]),
        ("<blockquote>a<b>b</b></blockquote>", [("blockquote", 0, 2), ("bold", 1, 1)]),
        ("<blockquote>a<code>b</code></blockquote>", [("blockquote", 0, 2), ("code", 1, 1)]),
        ('<a href="https://a.b">x<a href="https://c.d">y</a></a>', [("text_link", 0, 2)]),
        ("<code>a<blockquote>b</blockquote>c</code>", [("blockquote", 1, 1)]),
        (
            "<i><b>a</b><u>b</u>\n</i><b>\n</b>",
            [("bold", 0, 1), ("italic", 0, 1), ("italic", 1, 1), ("underline", 1, 1)],
        ),
    ],
)
def test_nested_entities_are_normalised(markup: str, expected: list[tuple[str, int, int]]) -> None:
    """Entities that can not be nested are split or dropped."""
    assert spans(parse(markup)) == expected


@pytest.mark.parametrize(
    ("markup", "text", "expected"),
    [
        ("  <b>a</b> \n\n", "a", [("bold", 0, 1)]),
        (" <b> a </b> ", " a", [("bold", 0, 2)]),
        ("\n\nx", "x", []),
        ("a\r\n<b>b\tc</b>\u2028d", "a\nb cd", [("bold", 2, 3)]),
    ],
)
def test_text_is_cleaned_and_trimmed(markup: str, text: str, expected: list[tuple[str, int, int]]) -> None:
    """Spaces at the ends and control characters are removed, entities move along."""
    body = parse(markup)
    assert (body.text, spans(body)) == (text, expected)


@pytest.mark.parametrize(
    ("text", "mode", "error"),
    [
        ("", "HTML", "message text is empty"),
        (" \n ", "HTML", "text must be non-empty"),
        ("\u200b", "", "text must be non-empty"),
        ("<b></b>", "HTML", "text must be non-empty"),
        ("x" * 4097, "", "message is too long"),
        ("😀" * 2049, "", "message is too long"),
        ("ệ" * 11000, "", "text is too long"),
        ("x", "BBCode", "unsupported parse_mode"),
    ],
)
def test_refused_texts(text: str, mode: str, error: str) -> None:
    """Empty and long texts are refused."""
    with pytest.raises(ApiError) as caught:
        FORMATTER.message_text(text, mode, None, too_long="message is too long")
    assert caught.value.description == f"Bad Request: {error}"


def test_length_is_counted_after_parsing() -> None:
    """Markup does not count."""
    assert len(parse(f"<b>{'x' * 4096}</b> ").text) == 4096


def test_markdown_is_not_pretended() -> None:
    """A parse mode the server does not know must not look like a success or like the bot's fault."""
    with pytest.raises(ApiError) as caught:
        FORMATTER.message_text("x", "MarkdownV2", None, too_long="")
    assert caught.value.code == 501


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start hi", [("bot_command", 0, 6)]),
        ("/news@test_bot 5", [("bot_command", 0, 14)]),
        ("😀 /a b/c", [("bot_command", 3, 2)]),
        ("hỏi @alice về #tin_tức nhé", [("mention", 4, 6), ("hashtag", 14, 8)]),
        ("xem https://vnexpress.net/a?b=1. Hết", [("url", 4, 27)]),
        ("vnexpress.net, a@b.vn", [("url", 0, 13), ("email", 15, 6)]),
        ("1/2 #123 @ab 3.5", []),
    ],
)
def test_automatic_entities(text: str, expected: list[tuple[str, int, int]]) -> None:
    """Commands, mentions, hashtags and links are found in plain text."""
    assert spans(finish_text(text, [])) == expected


def test_automatic_entities_stay_out_of_code_and_links() -> None:
    """Explicit entities win over automatic ones."""
    assert spans(parse('<code>/a</code> <a href="https://a.vn">@alice</a> <b>#tag</b>')) == [
        ("code", 0, 2),
        ("text_link", 3, 6),
        ("hashtag", 10, 4),
        ("bold", 10, 4),
    ]


def test_explicit_entities() -> None:
    """Explicit entities keep what belongs to their kind; automatic kinds and invalid links are ignored."""
    given = [
        {"type": "text_link", "offset": 0, "length": 1, "url": "a.vn"},
        {"type": "text_link", "offset": 1, "length": 1, "url": "a"},
        {"type": "pre", "offset": 2, "length": 1, "language": "py"},
        {"type": "custom_emoji", "offset": 3, "length": 1, "custom_emoji_id": "5"},
        {"type": "text_mention", "offset": 4, "length": 1, "user": {"id": 7}},
        {"type": "mention", "offset": 5, "length": 1},
    ]
    assert FORMATTER.message_text("abcdef", "", given, too_long="").entities == (
        Entity("text_link", 0, 1, url="http://a.vn/"),
        Entity("pre", 2, 1, language="py"),
        Entity("custom_emoji", 3, 1, custom_emoji_id="5"),
        Entity("text_mention", 4, 1, user_id=7),
    )
    assert FORMATTER.message_text("a", "", "no array", too_long="") == FormattedText("a")


@pytest.mark.parametrize(
    ("entities", "error"),
    [
        ([1], "can't parse MessageEntity: expected an Object"),
        ([{"type": "bold", "offset": 0}], "can't parse MessageEntity: Can't find field \"length\""),
        ([{"type": "huge", "offset": 0, "length": 1}], "can't parse MessageEntity: Unsupported type specified"),
        (
            [{"type": "bold", "offset": "x", "length": 1}],
            'can\'t parse MessageEntity: Field "offset" must be a valid Number',
        ),
        (
            [{"type": "text_mention", "offset": 0, "length": 1}],
            'can\'t parse MessageEntity: Field "id" must be a valid Number',
        ),
        ([{"type": "bold", "offset": -1, "length": 1}], "receive an entity with incorrect offset -1 or length 1"),
        (
            [{"type": "bold", "offset": 1, "length": 5}],
            "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 6",
        ),
    ],
)
def test_refused_explicit_entities(entities: Any, error: str) -> None:
    """Wrong explicit entities are refused."""
    with pytest.raises(ApiError) as caught:
        FORMATTER.message_text("abc", "", entities, too_long="")
    assert caught.value.description == f"Bad Request: {error}"


@pytest.mark.parametrize(
    "markup",
    [
        "<b>a</b> &lt; &amp; <i>ệ😀</i>",
        "<blockquote expandable>a\n<b>b</b></blockquote>",
        '<pre><code class="language-py">x = 1</code></pre>',
        '<a href="https://a.vn/?x=1&amp;y=2">z</a> <tg-spoiler>s</tg-spoiler> <code>c</code>',
        '<a href="tg://user?id=7">u</a> <pre>p</pre> <u>u</u><s>s</s>',
    ],
)
def test_rendered_html_parses_back(markup: str) -> None:
    """Rendering is the inverse of parsing."""
    assert render_html(parse(markup)) == markup
