from bot.console.usage import usage_message


def test_a_mistake_that_is_not_known_is_passed_on():
    assert usage_message("Something new.", "hoibao ask") == "Something new.\nXem cách dùng: hoibao ask --help"


def test_what_was_typed_is_said_as_typed():
    said = usage_message("No such command '{0}%s'.", "hoibao")
    assert said == "Không có lệnh “{0}%s”.\nXem cách dùng: hoibao --help"
