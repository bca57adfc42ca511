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
    "too-many-streams": Entry(
        503,
        Words(
            "Quá nhiều luồng đang mở",
            "Dịch vụ đang giữ {limit} luồng sự kiện và chưa mở thêm được; xin thử lại sau giây lát.",
            "Mỗi luồng `/api/v1/changes/stream` chiếm một kết nối lâu dài, nên số luồng có giới hạn. Hãy đóng luồng"
            " thừa, chờ số giây nêu ở `Retry-After`, hoặc đọc từng trang ở `/api/v1/changes`.",
        ),
        Words(
            "Too many streams are open",
            "The service holds {limit} event streams and cannot open another; please try again in a moment.",
            "Each stream of `/api/v1/changes/stream` takes a lasting connection, so their number is limited. Close"
            " those you do not need, wait for the seconds named in `Retry-After`, or read pages at `/api/v1/changes`.",
        ),
    ),
    "replica-behind": Entry(
        503,
        Words(
            "Bản sao chưa theo kịp",
            "Bản sao của cơ sở dữ liệu chưa biết thay đổi {given}[; mới biết {expected}]; xin thử lại sau giây lát.",
            "Cơ sở dữ liệu chính chưa kết nối được, nên bản sao trả lời thay; nó chưa nhận được thay đổi mà `min_seq`,"
            " `as_of` hoặc con trỏ nêu. Hãy chờ số giây nêu ở `Retry-After` rồi hỏi lại; không cần đọc lại từ đầu. Bỏ"
            " `min_seq` thì nhận điều bản sao đã biết.",
        ),
        Words(
            "The replica is behind",
            "The database's replica does not know change {given} yet[; it knows {expected}]; please try again in a"
            " moment.",
            "The primary database is out of reach, so its replica answers in its place, and has not received the change"
            " that `min_seq`, `as_of` or the cursor names. Wait for the seconds named in `Retry-After` and ask again;"
            " there is no need to start over. Without `min_seq` you get what the replica knows.",
        ),
    ),
    "too-many-writes": Entry(
        429,
        Words(
            "Ghi quá nhiều",
            "Khóa này đã dùng hết {limit} lần ghi của phút này; xin chờ {wait} giây.",
            "Mỗi khóa được ghi một số lần nhất định mỗi phút, tính chung mọi tiến trình và máy chủ; giới hạn nêu ở"
            " `/version`, phần còn lại ở tiêu đề `RateLimit`. Không có gì của yêu cầu này được lưu. Hãy chờ số giây nêu"
            " ở `Retry-After`; nhiều dòng nên gửi chung trong một lần nộp.",
        ),
        Words(
            "Too many writes",
            "This key has used up its {limit} writes of this minute; please wait {wait} seconds.",
            "A key may write so many times a minute, counted over all processes and machines; `/version` tells the"
            " limit, the header `RateLimit` what is left of it. Nothing of this request was stored. Wait for the"
            " seconds named in `Retry-After`; many rows are best sent in one submission.",
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
    "not-ready": Entry(
        503,
        Words(
            "Dịch vụ chưa sẵn sàng",
            "Dịch vụ chưa sẵn sàng nhận yêu cầu.[ {message}]",
            "Trang này dành cho bộ giám sát: `errors` nêu từng điều còn thiếu, như cơ sở dữ liệu chưa kết nối được"
            " hoặc chưa được nâng cấp. Người quản trị sửa xong thì trạng thái tự trở lại bình thường.",
        ),
        Words(
            "The service is not ready",
            "The service is not ready to take requests.[ {message}]",
            "This is for monitors: `errors` names everything that stands in the way, such as a database that cannot"
            " be reached or was not migrated. Once the administrator has mended it, the state turns by itself.",
        ),
    ),
    "settings-not-durable": Entry(
        503,
        Words(
            "Thiết lập có thể làm mất số liệu",
            "Máy chủ cơ sở dữ liệu đang để {given}; cần {expected}.",
            "Với thiết lập này, số liệu đã xác nhận có thể mất khi mất điện. Hãy bật lại `fsync` và"
            " `synchronous_commit` trên PostgreSQL, hoặc đặt `DXI_REQUIRE_DURABLE=false` nếu chỉ để thử nghiệm.",
        ),
        Words(
            "The settings could lose figures",
            "The database server has {given}; it must be {expected}.",
            "With this setting, figures already acknowledged could be lost when the power fails. Turn `fsync` and"
            " `synchronous_commit` on again in PostgreSQL, or set `DXI_REQUIRE_DURABLE=false` for a mere trial.",
        ),
    ),
    "schema-mismatch": Entry(
        503,
        Words(
            "Cơ sở dữ liệu khác phiên bản",
            "Cơ sở dữ liệu ở phiên bản {given}, cần phiên bản {expected}[; hãy chạy: {hint}].",
            "Phiên bản của cơ sở dữ liệu không khớp với phiên bản của chương trình. Hãy sao lưu, rồi chạy `dxi"
            " migrate`, và khởi động lại.",
        ),
        Words(
            "The database is of another version",
            "The database is at version {given} and should be at {expected}[; run: {hint}].",
            "The version of the database does not match that of the program. Make a backup, run `dxi migrate`, and"
            " start again.",
        ),
    ),
}
