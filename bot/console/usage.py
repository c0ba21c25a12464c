"""Wrong use of the command line, said in Vietnamese: what is wrong, and where to read on."""

import re

# The parser's English → Vietnamese; the first that matches says it.
_MISTAKES = (
    (r"Missing \w+ '?(.*?)'?\.", "Thiếu {}."),
    (r"No such command '(.*?)'", "Không có lệnh “{}”."),
    (r"No such option: (\S+)", "Không có tùy chọn {}."),
    (r"Option '(.*?)' requires", "Tùy chọn {} cần một giá trị."),
    (r"Option '(.*?)' does not take", "Tùy chọn {} không nhận giá trị."),
    (r"Invalid value for '(.*?)'", "Giá trị của {} không hợp lệ."),
    (r"Got unexpected extra arguments? ?\(?s?\)? ?\((.*)\)", "Không hiểu phần thừa: {}."),
)


def usage_message(english: str, command: str) -> str:
    r"""
    Say what is wrong with a command line.

    Args:
        english: What the parser says.
        command: As far as it was understood ("hoibao ask").

    >>> usage_message("No such command 'hoi'.", "hoibao")
    'Không có lệnh “hoi”.\nXem cách dùng: hoibao --help'
    """
    for pattern, vietnamese in _MISTAKES:
        found = re.match(pattern, english, re.DOTALL)
        if found:
            english = vietnamese.format(found[1])
            break
    return f"{english}\nXem cách dùng: {command} --help"
