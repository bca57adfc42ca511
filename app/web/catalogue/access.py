"""Who is calling, what is there for that caller, and what has changed meanwhile."""

from app.web.catalogue.entry import Entry, Words

ENTRIES = {
    "unauthenticated": Entry(
        401,
        Words(
            "Cần khóa truy cập hợp lệ",
            "Yêu cầu này cần một khóa truy cập còn hiệu lực trong tiêu đề Authorization.",
            "Khóa bị thiếu, sai, hết hạn hoặc đã bị thu hồi; dịch vụ không nói rõ là trường hợp nào. Hãy gửi tiêu đề"
            " `Authorization: Bearer dxk_…`. Chưa có khóa thì xin người quản trị cấp (`dxi keys create`).",
        ),
        Words(
            "A valid key is needed",
            "This request needs a valid key in the Authorization header.",
            "The key is missing, wrong, expired or revoked; the service does not say which. Send the header"
            " `Authorization: Bearer dxk_…`. An administrator issues keys (`dxi keys create`).",
        ),
    ),
    "missing-scope": Entry(
        403,
        Words(
            "Khóa không có quyền này",
            "Khóa của bạn thiếu quyền cần thiết[: {expected}].",
            "Khóa hợp lệ nhưng không được cấp quyền cho thao tác này. Quyền gồm `read`, `submit`, `review`,"
            " `steward`, `admin`. Hãy xem quyền của mình ở `/api/v1/me`, và xin người quản trị cấp khóa khác nếu cần.",
        ),
        Words(
            "The key may not do this",
            "Your key lacks the scope this needs[: {expected}].",
            "The key is valid, but not for this operation. Scopes are `read`, `submit`, `review`, `steward` and"
            " `admin`. See your own at `/api/v1/me`, and ask an administrator for another key if you need one.",
        ),
    ),
    "not-yours-to-change": Entry(
        403,
        Words(
            "Không thuộc địa bàn của bạn",
            "Số liệu của địa bàn {given} không do khóa của bạn quản lý.",
            "Bạn xem được số liệu này, nhưng chỉ địa bàn sở hữu nó hoặc người quản lý danh mục (`steward`) mới được"
            " sửa hay rút. Hãy liên hệ địa bàn đó. Địa bàn của khóa bạn dùng có ở `/api/v1/me`.",
        ),
        Words(
            "Not yours to change",
            "Figures of area {given} are not in the care of your key.",
            "You may read this figure, but only the area it belongs to, or a `steward`, may correct or withdraw it."
            " Turn to that area. The areas of your own key are at `/api/v1/me`.",
        ),
    ),
    "observation-not-found": Entry(
        404,
        Words(
            "Không có số liệu này",
            "Không có số liệu “{given}”.",
            "Mã số liệu gồm `<chỉ tiêu>.<địa bàn>.<kỳ>`, và chưa có ai báo cáo ô này, hoặc mã bị gõ sai. Không có số"
            " liệu không có nghĩa là số 0. Ví dụ: `commune_dx_completed.380-202501.2025-01`.",
        ),
        Words(
            "No such observation",
            "There is no observation “{given}”.",
            "An observation's id is `<indicator>.<area id>.<period>`; nobody has reported this cell, or the id has a"
            " slip. No observation does not mean 0. For example: `commune_dx_completed.380-202501.2025-01`.",
        ),
    ),
    "submission-not-found": Entry(
        404,
        Words(
            "Không có lần gửi này",
            "Không có lần gửi “{given}” nào mà bạn được xem.",
            "Mã lần gửi bị sai, hoặc lần gửi đó thuộc về khóa khác. Mỗi khóa chỉ xem được các lần gửi của mình, trừ"
            " người rà soát. Danh sách các lần gửi của bạn: `/api/v1/submissions`.",
        ),
        Words(
            "No such submission",
            "There is no submission “{given}” that you may see.",
            "The id is wrong, or the submission belongs to another key. A key sees its own submissions only;"
            " reviewers see all. Yours are listed at `/api/v1/submissions`.",
        ),
    ),
    "feed-cursor-gone": Entry(
        410,
        Words(
            "Điểm đọc không còn",
            "Không đọc tiếp được từ số thứ tự {given} của nhật ký[; hiện có {expected}].[ Đọc lại từ đầu: {hint}]",
            "Cơ sở dữ liệu đã được khôi phục từ bản sao lưu, hoặc điểm bạn đang đọc nằm sau thay đổi mới nhất hay"
            " trước thay đổi cũ nhất còn giữ. Bản sao của bạn có thể không còn khớp: hãy bỏ nó và đọc lại từ đầu theo"
            " liên kết trong `Link`, thường là `/api/v1/changes?after=0`.",
        ),
        Words(
            "This place in the feed is gone",
            "One cannot go on from seq {given} in the log of changes[; there is {expected}].[ Start over: {hint}]",
            "The database was restored from a backup, or the place you read from lies beyond the newest change or"
            " before the oldest one kept. Your copy may no longer agree: drop it and read again from the start, by the"
            " address in `Link`, mostly `/api/v1/changes?after=0`.",
        ),
    ),
    "if-match-required": Entry(
        428,
        Words(
            "Cần tiêu đề If-Match",
            "Muốn sửa, hãy gửi kèm If-Match với ETag của bản bạn đã đọc.",
            "Tiêu đề này bảo đảm bạn không ghi đè lên thay đổi của người khác mà bạn chưa thấy. Hãy đọc lại bằng GET,"
            ' lấy giá trị `ETag`, rồi gửi `If-Match: "<etag>"`. `If-Match: *` chấp nhận bất kỳ bản nào.',
        ),
        Words(
            "If-Match is needed",
            "To change this, send If-Match with the ETag of what you read.",
            "The header makes sure that you do not overwrite a change you have not seen. GET the resource, take its"
            ' `ETag`, and send `If-Match: "<etag>"`. `If-Match: *` takes whatever is there.',
        ),
    ),
    "if-match-stale": Entry(
        412,
        Words(
            "Đã có người sửa trước",
            "Bản bạn đã đọc không còn là bản mới nhất[; bản mới nhất là {expected}].",
            "Từ lúc bạn đọc đến lúc bạn sửa, đã có một thay đổi khác. Không có gì bị ghi đè. Hãy GET lại, xem thay"
            " đổi đó có ảnh hưởng đến việc bạn định sửa không, rồi gửi lại với `ETag` mới.",
        ),
        Words(
            "Somebody changed it first",
            "What you read is no longer the newest revision[; that is {expected}].",
            "Between your reading and your writing came another change. Nothing was overwritten. GET the resource"
            " again, see whether your change still stands, and send it with the new `ETag`.",
        ),
    ),
    "idempotency-key-in-use": Entry(
        409,
        Words(
            "Yêu cầu trùng đang được xử lý",
            "Một yêu cầu với cùng Idempotency-Key đang được xử lý.",
            "Lần gửi trước với cùng khóa chống trùng chưa xong. Hãy chờ số giây nêu ở `Retry-After` rồi gửi lại đúng"
            " yêu cầu đó: bạn sẽ nhận được kết quả của lần đầu, không có gì bị ghi hai lần.",
        ),
        Words(
            "The same request is still running",
            "A request with the same Idempotency-Key is still running.",
            "The first try with this key has not ended. Wait for the seconds named in `Retry-After` and send the very"
            " same request again: you will get the first one's answer, and nothing is written twice.",
        ),
    ),
    "idempotency-key-reused": Entry(
        422,
        Words(
            "Idempotency-Key đã dùng cho yêu cầu khác",
            "Idempotency-Key này đã dùng cho một yêu cầu có nội dung khác.",
            "Mỗi khóa chống trùng gắn với đúng một nội dung trong 7 ngày. Gửi lại cùng nội dung thì dùng lại khóa cũ;"
            " nội dung mới thì tạo khóa mới, ví dụ `uuidgen`.",
        ),
        Words(
            "The Idempotency-Key was used for something else",
            "This Idempotency-Key was used for a request with another body.",
            "A key stands for one request for seven days. To retry the same body keep the key; for a new body make a"
            " new one, for example with `uuidgen`.",
        ),
    ),
    "indicator-not-found": Entry(
        404,
        Words(
            "Không có chỉ tiêu này",
            "Không có chỉ tiêu “{given}”.[ Có phải bạn định viết “{hint}”?]",
            "Mã chỉ tiêu không có trong danh mục, hoặc chưa có vào thời điểm `as_of`. Danh mục đầy đủ:"
            " `/api/v1/indicators`; tìm theo tên không dấu: `/api/v1/indicators?q=dien thoai`.",
        ),
        Words(
            "No such indicator",
            "There is no indicator “{given}”.[ Did you mean “{hint}”?]",
            "The registry has no indicator of this code, or had none at the `as_of` asked for. The whole registry is"
            " at `/api/v1/indicators`; search it with `/api/v1/indicators?q=smartphone`.",
        ),
    ),
    "target-not-found": Entry(
        404,
        Words(
            "Không có mục tiêu này",
            "Không có mục tiêu “{given}”.[ Có phải bạn định viết “{hint}”?]",
            "Mã mục tiêu bị sai, hoặc mục tiêu chưa có vào thời điểm `as_of`. Danh sách mục tiêu: `/api/v1/targets`;"
            " của một chỉ tiêu: `/api/v1/targets?indicator=commune_dx_completed`.",
        ),
        Words(
            "No such target",
            "There is no target “{given}”.[ Did you mean “{hint}”?]",
            "The id is wrong, or there was no such target at the `as_of` asked for. All targets are at"
            " `/api/v1/targets`; those of one indicator at `/api/v1/targets?indicator=commune_dx_completed`.",
        ),
    ),
    "area-not-found": Entry(
        404,
        Words(
            "Không có địa bàn này",
            "Không có địa bàn “{given}”.[ Có phải bạn định viết “{hint}”?]",
            "Địa bàn được gọi bằng mã (`14758`) hoặc mã kèm tháng bắt đầu hiệu lực (`14758-202501`). Danh sách:"
            " `/api/v1/areas`; tìm theo tên không dấu: `/api/v1/areas?q=dong tho`.",
        ),
        Words(
            "No such area",
            "There is no area “{given}”.[ Did you mean “{hint}”?]",
            "An area is named by its code (`14758`) or its id, the code with the month it began (`14758-202501`). The"
            " list is at `/api/v1/areas`; search without marks: `/api/v1/areas?q=dong tho`.",
        ),
    ),
    "document-not-found": Entry(
        404,
        Words(
            "Không có văn bản này",
            "Không có văn bản “{given}”.[ Có phải bạn định viết “{hint}”?]",
            "Mã văn bản không có trong các văn bản đã nạp. Danh sách văn bản: `/api/v1/documents`.",
        ),
        Words(
            "No such document",
            "There is no document “{given}”.[ Did you mean “{hint}”?]",
            "No document of this id is known here. All of them are listed at `/api/v1/documents`.",
        ),
    ),
    "clause-not-found": Entry(
        404,
        Words(
            "Không có điều khoản này",
            "Không có điều khoản “{given}”.[ Có phải bạn định viết “{hint}”?]",
            "Mã điều khoản bị sai. Các điều khoản của một văn bản nằm trong chính văn bản đó:"
            " `/api/v1/documents/<mã>`.",
        ),
        Words(
            "No such clause",
            "There is no clause “{given}”.[ Did you mean “{hint}”?]",
            "The id of the clause is wrong. The clauses of a document come with it: `/api/v1/documents/<id>`.",
        ),
    ),
}
