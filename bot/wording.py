"""Vietnamese that every adapter says alike."""

from datetime import date, datetime

from bot.model import Citation, Kind, Passage, SmallTalk, Wanted

SMALL_TALK = {
    SmallTalk.GREETING: "Chào bạn! Bạn muốn hỏi gì về các bài báo ở đây?",
    SmallTalk.THANKS: "Không có gì. Bạn cứ hỏi tiếp nhé!",
    SmallTalk.WHO: (
        "Tôi là Hỏi Báo. Bạn hỏi, tôi tìm đoạn báo trả lời và trích dẫn nguồn; tôi không tự viết thêm điều gì. "
        "Hãy gõ một câu hỏi về các bài báo."
    ),
    SmallTalk.FAREWELL: "Chào bạn, hẹn gặp lại!",
}
NOT_FOUND = "Các bài báo không trả lời câu này."
NO_QUESTION = "Bạn chưa hỏi gì. Hãy gõ một câu hỏi, ví dụ: “Ai là bí thư?”"
LACKING = {
    Wanted.NUMBER: "con số được hỏi",
    Wanted.TOTAL: "tổng số",
    Wanted.SHARE: "tỷ lệ phần trăm",
    Wanted.TIME: "thời điểm được hỏi",
    Wanted.PERSON: "tên người được hỏi",
    Wanted.NAME: "tên được hỏi",
    Wanted.REASON: "lý do",
    Wanted.SUPERLATIVE: "điều gì đứng đầu hay đứng cuối",
}
KINDS = {
    Kind.LEAD: "đoạn mở đầu",
    Kind.HEADING: "đề mục",
    Kind.CAPTION: "chú thích ảnh",
    Kind.METADATA: "thông tin bài",
}


def lacks(wanted: Wanted) -> str:
    """What the nearest passage of a refusal does not tell."""
    return f"Đoạn gần nhất không nêu {LACKING[wanted]}."


def moment(published: datetime | date) -> str:
    """A date as Vietnamese newspapers print it: 21/05/2025 16:26."""
    form = "%d/%m/%Y %H:%M" if isinstance(published, datetime) else "%d/%m/%Y"
    return published.strftime(form)


def citation_parts(citation: Citation, passage: Passage) -> list[str]:
    """What is known of where a passage stands, behind its title: source, date, authors, section, paragraph."""
    parts = []
    if citation.source:
        parts.append(citation.source)
    if citation.published is not None:
        parts.append(moment(citation.published))
    if citation.authors:
        parts.append(", ".join(citation.authors))
    if citation.section and passage.kind is not Kind.HEADING:
        parts.append(f"mục “{citation.section}”")
    if citation.paragraph is not None:
        parts.append(f"đoạn {citation.paragraph}")
    elif passage.kind in KINDS:
        parts.append(KINDS[passage.kind])
    return parts
