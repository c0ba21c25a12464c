"""What the bot says beside answers, in Vietnamese."""

from bot.journal.journal import ANSWER_DAYS, CONVERSATION_HOURS, MOST_ANSWERS

COMMANDS = {
    "start": "Giới thiệu và câu hỏi ví dụ",
    "help": "Cách hỏi và các lệnh",
    "nguon": "Các bài báo đang có",
    "bai": "Đọc một bài: /bai 2",
    "moi": "Bắt đầu cuộc trò chuyện mới",
    "riengtu": "Bot lưu gì về bạn, trong bao lâu",
    "xoa": "Xóa mọi thứ bot lưu về bạn",
}
GROUP_COMMANDS = {"hoi": "Hỏi các bài báo: /hoi câu hỏi"} | {
    name: COMMANDS[name] for name in ("nguon", "bai", "moi", "help", "riengtu", "xoa")
}
DESCRIPTION = (
    "Hỏi bằng tiếng Việt, có dấu hay không dấu: bot tìm trong các bài báo, đưa ra câu trả lời nguyên văn kèm "
    "trích dẫn. Bot không tự viết thêm điều gì."
)
SHORT_DESCRIPTION = "Hỏi các bài báo, nhận đoạn trả lời kèm trích dẫn."

WELCOME = (
    "Chào bạn! Tôi là Hỏi Báo. Bạn hỏi, tôi tìm trong {articles} bài báo, đưa ra đúng câu trả lời trong bài và "
    "trích dẫn nguồn; tôi không tự viết thêm điều gì."
)
TRY = "Hãy gõ một câu hỏi, hoặc thử:"
HELP = """\
Gõ câu hỏi bằng tiếng Việt, có dấu hay không dấu, viết tắt cũng được. Hỏi tiếp thì cứ gõ câu ngắn (“thế ở Cà Mau?”); \
muốn hỏi tiếp một câu trả lời cũ thì trả lời (reply) tin đó. Sửa câu hỏi thì câu trả lời được sửa theo.

Trong nhóm: nhắc @{username}, trả lời tin của bot, hoặc gõ /hoi câu hỏi.
Ở bất cứ đâu: gõ @{username} câu hỏi, rồi chọn một đoạn để gửi."""
FORGOTTEN_TALK = "Đã quên cuộc trò chuyện trước. Bạn hỏi câu mới nhé!"
PRIVACY = f"""\
Bot lưu những gì:
• Câu hỏi của bạn và câu trả lời, để các nút dưới câu trả lời còn dùng được: {ANSWER_DAYS} ngày, \
nhiều nhất {MOST_ANSWERS // 1000}.000 câu của mọi người.
• Đánh giá 👍/👎 của bạn: cùng thời hạn.
• Cuộc trò chuyện đang dở, để hiểu câu hỏi tiếp: {CONVERSATION_HOURS} giờ từ câu cuối.

Bot không lưu tên hay số của bạn, chỉ một mã băm không đọc ngược được. Nhật ký vận hành {{log}}. \
Mọi thứ nằm trên máy chạy bot, không gửi cho ai khác.

/xoa xóa ngay mọi thứ bot lưu về bạn."""
LOG_WITHOUT = "không ghi nội dung câu hỏi"
LOG_WITH = "có ghi nội dung câu hỏi (người vận hành đã bật)"
ERASED = (
    "Đã xóa: {answers} câu hỏi, {votes} đánh giá, {conversations} cuộc trò chuyện. "
    "Các nút dưới những câu trả lời đó không còn dùng được."
)


READS_TEXT = "Tôi chỉ đọc được câu hỏi bằng chữ. Bạn gõ câu hỏi giúp nhé!"
UNKNOWN_COMMAND = "Không có lệnh này. Gõ /help để xem các lệnh."
TOO_MANY = "Bạn hỏi nhanh quá: mỗi phút tối đa {limit} câu. Hãy chờ {seconds} giây rồi hỏi tiếp."
TOO_MANY_INLINE = "Bạn gõ nhanh quá. Hãy chờ một chút rồi gõ tiếp."
NOT_ALLOWED = "Bot này chỉ dành cho người và nhóm được mời. Gửi số này cho người vận hành nếu bạn muốn dùng: {chat}."
NOT_ALLOWED_SHORT = "Bot này chỉ dành cho người và nhóm được mời."
APOLOGY = "Xin lỗi, có lỗi bất ngờ. Bạn thử lại sau nhé. (Mã lỗi: {error})"
NO_ARTICLE = "Không có bài số {number}. Có {count} bài: gõ /nguon để xem danh sách."
WHICH_ARTICLE = "Cho biết số của bài, từ 1 đến {count}, ví dụ: /bai 2. Gõ /nguon để xem danh sách."
GONE_ARTICLE = "Bài này không còn trong kho bài báo."

TOO_OLD = "Câu trả lời này đã quá cũ nên các nút không còn dùng được. Bạn hỏi lại nhé!"
UNKNOWN_BUTTON = "Nút này không còn dùng được."
THANKS_GOOD = "Cảm ơn bạn đã đánh giá 👍"
THANKS_BAD = "Cảm ơn bạn đã đánh giá 👎"
RESTRICTED = "Từ giờ chỉ tìm trong bài “{title}”. Gõ /moi để tìm lại mọi bài."
UNRESTRICTED = "Đã tìm lại trong mọi bài."

UNDERSTOOD, CORRECTED = "Hiểu là: ", "Ý bạn là: "
MISSING = "Không thấy trong bài: "
NEAREST = "Đoạn gần nhất:"
SUGGESTIONS = "Có thể hỏi:"
ASKED = "Hỏi: "
ONLY_IN = "Chỉ tìm trong bài: "
SOURCES = "{count} bài báo. Chạm để đọc; 🔎 để chỉ tìm trong bài đó."
UNTITLED = "(không có đầu đề)"
PASSAGE_OF = "Đoạn {number}/{count}"

MORE, CONTEXT, WHOLE, READ_ON = "Thêm đoạn", "Ngữ cảnh", "Cả bài", "Đọc tiếp"
ONLY_HERE, EVERYWHERE, COPY = "Chỉ tìm trong bài này", "Tìm trong mọi bài", "Sao chép trích dẫn"
BACK, LIST, GOOD, BAD = "‹ Câu trả lời", "Danh sách bài", "👍", "👎"
BACK_TO_PASSAGE = "‹ Đoạn trích"

INLINE_HINT = "Gõ câu hỏi về các bài báo…"
STATISTICS = """\
{articles} bài, {passages} đoạn. Đang lưu {answers} câu trả lời: {good} 👍, {bad} 👎.
Từ lúc khởi động ({since}): {questions} câu hỏi, {not_found} câu không có trong bài, {errors} lỗi."""
