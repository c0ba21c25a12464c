"""What a question asks for."""

import pytest

from bot.language.questions import Expected, QuestionShape, Role, read_shape
from bot.language.tokens import tokenize


def shape(question: str) -> QuestionShape:
    return read_shape([token.key for token in tokenize(question)])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Bao nhiêu đảng viên được kết nạp?", Expected.NUMBER),
        ("Tỉ lệ bao nhiêu phần trăm?", Expected.NUMBER),
        ("Kế hoạch số mấy?", Expected.NUMBER),
        ("Khi nào bầu cử?", Expected.DATE),
        ("Chỉ thị 12 ban hành ngày nào?", Expected.DATE),
        ("Năm nào tổ chức đại hội?", Expected.DATE),
        ("Ai là bí thư?", Expected.PERSON),
        ("Người nào phát biểu?", Expected.PERSON),
        ("Phó giám đốc nào ký quyết định?", Expected.PERSON),
        ("Chuyên gia nào khuyên như vậy?", Expected.PERSON),
        ("Mấy lớp học hè do ai dạy?", Expected.PERSON),
        ("Mấy lớp học hè có thu tiền không?", None),
        ("Mấy lớp học hè?", Expected.NUMBER),
        ("Quyết định nào của giám đốc?", Expected.THING),
        ("Phong trào của xã tên là gì?", Expected.NAME),
        ("Tên cây cầu là gì?", Expected.NAME),
        ("Con trai của ông tên gì?", Expected.PERSON),
        ("Ông lập nhóm vẽ mang tên gì?", Expected.NAME),
        ("Tên lửa nào bắn hạ máy bay?", Expected.THING),
        ("Tên đầy đủ của ông là gì?", Expected.PERSON),
        ("Nghệ sĩ nào biểu diễn?", Expected.PERSON),
        ("Công ty có giám đốc tên gì?", Expected.PERSON),
        ("Mỗi tháng mấy đồng chí được nêu gương?", Expected.NUMBER),
        ("Hội tặng gì cho mấy em mồ côi?", Expected.THING),  # "mấy" counts nobody here
        ("Ai dạy mấy lớp này?", Expected.PERSON),
        ("Lớp nào có mấy em?", Expected.NUMBER),
        ("Đại hội tháng mấy?", Expected.DATE),
        ("Hội họp thứ mấy?", Expected.DATE),
        ("Kỳ họp lần thứ mấy?", Expected.NUMBER),  # no day of the week
        ("Tỷ lệ hộ nghèo thế nào?", Expected.NUMBER),
        ("Mở lớp nhằm nâng tỷ lệ nào?", Expected.THING),
        ("Vì sao tỷ lệ hộ nghèo giảm?", Expected.REASON),
        ("Hội nghị diễn ra ở đâu?", Expected.PLACE),
        ("Huyện nào mở lớp?", Expected.PLACE),
        ("Vì sao phải kiểm tra?", Expected.REASON),
        ("Để làm gì?", Expected.REASON),
        ("Sao phải kiểm tra?", Expected.REASON),
        ("Sao Mai có bao nhiêu hội viên?", Expected.NUMBER),
        ("Vì đâu hội viên bỏ họp?", Expected.REASON),
        ("Sinh hoạt chi bộ như thế nào?", Expected.MANNER),
        ("Nội dung gì?", Expected.THING),
        ("kết nạp đảng viên", None),
    ],
)
def test_expected_type(question: str, expected: Expected | None) -> None:
    assert shape(question).expected == expected


def test_an_amount_is_searched_where_something_else_is_asked_of_it() -> None:
    assert shape("Nâng tỷ lệ nào?").roles[1:3] == (Role.CONTENT, Role.CONTENT)
    assert shape("Tỷ lệ hộ nghèo?").roles[:2] == (Role.ASKING, Role.ASKING)


def test_a_syllable_of_a_longer_word_is_nobody() -> None:
    keys = [token.key for token in tokenize("Nhạc cụ nào được chơi?")]
    assert read_shape(keys, [(0, 1)]).expected is Expected.THING
    keys = [token.key for token in tokenize("Bà con lập quỹ tên gì?")]
    assert read_shape(keys, [(0, 1)]).expected is Expected.NAME


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Ai viết bài này?", Expected.AUTHOR),
        ("Bài viết của ai?", Expected.AUTHOR),
        ("Ai tổng hợp bài này?", Expected.AUTHOR),
        ("Tác giả bài về Bạc Liêu là ai?", Expected.AUTHOR),
        ("Bài này đăng ngày nào?", Expected.PUBLISHED),
        ("Bài báo đăng khi nào?", Expected.PUBLISHED),
        ("Bài đăng năm nào?", Expected.PUBLISHED),
        ("Bài này đăng trên báo nào?", Expected.SOURCE),
        ("Nguồn nào đưa tin?", Expected.SOURCE),
        ("Bài này ở chuyên mục nào?", Expected.RUBRIC),
        ("Tên bài là gì?", Expected.TITLE),
        ("Tiêu đề bài báo là gì?", Expected.TITLE),
    ],
)
def test_questions_about_an_article_itself(question: str, expected: Expected) -> None:
    assert shape(question).expected == expected


@pytest.mark.parametrize("question", ["Ai được kết nạp?", "Ai phát biểu?", "Hội nghị họp ngày nào?", "Ai ký chỉ thị?"])
def test_people_and_dates_in_an_article_are_none_of_the_article(question: str) -> None:
    assert shape(question).expected in (Expected.PERSON, Expected.DATE)


@pytest.mark.parametrize("question", ["Ai chụp ảnh?", "Ảnh này chụp ở đâu?", "Trong hình là ai?", "Tấm hình của ai?"])
def test_questions_about_a_photo(question: str) -> None:
    assert shape(question).expected is Expected.PHOTO
    assert shape(question).about_picture


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Mô hình dân vận khéo ở đâu?", Expected.PLACE),
        ("Tình hình do ai nắm?", Expected.PERSON),
        ("Hình thức sinh hoạt ở đâu?", Expected.PLACE),
        ("Cuốn sách hình thành ở đâu?", Expected.PLACE),
        ("Đài truyền hình nào đưa, ở đâu?", Expected.PLACE),
        ("Địa hình nơi nào phức tạp?", Expected.PLACE),
    ],
)
def test_words_with_hinh_are_no_pictures(question: str, expected: Expected) -> None:
    assert not shape(question).about_picture
    assert shape(question).expected is expected


def test_a_definite_type_wins_over_a_thing() -> None:
    assert shape("Việc gì, do ai phụ trách?").expected is Expected.PERSON


def test_roles_tell_content_from_what_joins_and_what_asks() -> None:
    roles = shape("Bao nhiêu đảng viên của huyện được khen?").roles
    content, function, asking = Role.CONTENT, Role.FUNCTION, Role.ASKING
    assert roles == (asking, asking, content, content, function, content, function, content)


def test_words_about_an_article_only_ask_when_the_article_is_asked_about() -> None:
    assert shape("Bài Bạc Liêu đăng ngày nào?").roles[0] is Role.ASKING
    assert shape("Bài học của chi bộ là gì?").roles[0] is Role.CONTENT


def test_no_words_no_shape() -> None:
    assert read_shape([]) == QuestionShape((), None)
