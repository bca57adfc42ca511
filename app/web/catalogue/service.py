"""What the service cannot do now, through no fault of the caller."""

from app.web.catalogue.entry import Entry, Words

ENTRIES = {
    "internal-error": Entry(
        500,
        Words(
            "Lỗi của dịch vụ",
            "Dịch vụ gặp lỗi ngoài dự kiến. Hãy báo cho người quản trị mã vết (trace_id) trong câu trả lời này.",
            "Lỗi nằm ở dịch vụ, không phải ở yêu cầu của bạn. Việc ghi dở dang đã được hủy. Hãy gửi `trace_id` cho"
            " người quản trị: họ tìm được đúng dòng nhật ký. Có thể thử lại với cùng `Idempotency-Key` mà không sợ"
            " ghi trùng.",
        ),
        Words(
            "The service failed",
            "Something unexpected went wrong in the service. Give its administrator the trace_id of this answer.",
            "The fault is in the service, not in your request. A write that was under way has been undone. Give the"
            " `trace_id` to the administrator, who finds the log line by it. Trying again with the same"
            " `Idempotency-Key` is safe.",
        ),
    ),
    "database-busy": Entry(
        503,
        Words(
            "Cơ sở dữ liệu đang bận",
            "Cơ sở dữ liệu đang bận; xin thử lại sau giây lát.",
            "Quá nhiều việc cùng chờ ghi, nên yêu cầu này chưa được thực hiện và không có gì được lưu. Hãy chờ số"
            " giây nêu ở `Retry-After` rồi gửi lại, tốt nhất với cùng `Idempotency-Key`.",
        ),
        Words(
            "The database is busy",
            "The database is busy; please try again in a moment.",
            "Too much waits to be written, so this request was not carried out and nothing was stored. Wait for the"
            " seconds named in `Retry-After` and send it again, best with the same `Idempotency-Key`.",
        ),
    ),
    "database-unavailable": Entry(
        503,
        Words(
            "Không kết nối được cơ sở dữ liệu",
            "Dịch vụ chưa kết nối lại được với cơ sở dữ liệu; xin thử lại sau giây lát.",
            "Cơ sở dữ liệu đang khởi động lại hoặc chuyển sang máy dự phòng; dịch vụ sẽ tự kết nối lại. Nếu bạn đang"
            " ghi thì chưa biết đã ghi xong hay chưa: hãy gửi lại với cùng `Idempotency-Key` để có câu trả lời chắc"
            " chắn.",
        ),
        Words(
            "The database is out of reach",
            "The service cannot reach its database just now; please try again in a moment.",
            "The database restarts or moves to its standby; the service comes back by itself. If you were writing, it"
            " is not known whether that was stored: send it again with the same `Idempotency-Key` to be sure.",
        ),
    ),
    "storage-full": Entry(
        507,
        Words(
            "Hết chỗ lưu trữ",
            "Máy chủ hết chỗ lưu trữ nên chưa lưu được gì; việc đọc vẫn bình thường.",
            "Ổ đĩa của cơ sở dữ liệu đã đầy. Không có gì đã xác nhận bị mất, và đọc số liệu vẫn được. Hãy báo người"
            " quản trị, rồi gửi lại sau thời gian nêu ở `Retry-After`.",
        ),
        Words(
            "The storage is full",
            "The server has no room left, so nothing was stored; reading goes on as usual.",
            "The disk of the database is full. Nothing acknowledged is lost, and figures can still be read. Tell the"
            " administrator, and send again after the time named in `Retry-After`.",
        ),
    ),
}
