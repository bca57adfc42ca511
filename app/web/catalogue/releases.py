"""Releases: moments of all figures under a name."""

from app.web.catalogue.entry import Entry, Words

ENTRIES = {
    "release-exists": Entry(
        409,
        Words(
            "Tên kỳ công bố đã dùng",
            "Đã có kỳ công bố mang tên “{given}”.",
            "Kỳ công bố là lời hứa với người trích dẫn: không sửa, không xóa, và tên không dùng lại. Hãy đặt tên khác,"
            " ví dụ `q1-2025-dinh-chinh`. Các kỳ đã có: `/api/v1/releases`.",
        ),
        Words(
            "The name of the release is taken",
            "There already is a release named “{given}”.",
            "A release is a promise to whoever cites it: it is never changed nor deleted, and its name is not used"
            " again. Choose another name, for example `q1-2025-revised`. Those there are: `/api/v1/releases`.",
        ),
    ),
    "release-not-found": Entry(
        404,
        Words(
            "Không có kỳ công bố này",
            "Không có kỳ công bố “{given}”.[ Có phải bạn định viết “{hint}”?]",
            "Tên kỳ công bố bị sai, hoặc kỳ đó chưa có. Danh sách các kỳ công bố: `/api/v1/releases`.",
        ),
        Words(
            "No such release",
            "There is no release “{given}”.[ Did you mean “{hint}”?]",
            "The name is wrong, or there is no such release yet. All releases are at `/api/v1/releases`.",
        ),
    ),
    "release-fixes-as-of": Entry(
        400,
        Words(
            "Kỳ công bố đã định sẵn thời điểm",
            "Không thể dùng `as_of` bên dưới một kỳ công bố[; thời điểm của kỳ này là {expected}].",
            "Mọi câu trả lời dưới `/releases/<tên>/` là câu trả lời vào thời điểm của kỳ công bố, nên không nhận thêm"
            " `as_of`. Hãy bỏ `as_of`, hoặc đọc địa chỉ thường, ví dụ `/api/v1/city/snapshot?as_of=57`.",
        ),
        Words(
            "The release has its own moment",
            "`as_of` cannot be used below a release[; the moment of this one is {expected}].",
            "Every answer below `/releases/<name>/` is as of the release's moment, so that `as_of` is not taken again."
            " Leave it out, or read the plain address, for example `/api/v1/city/snapshot?as_of=57`.",
        ),
    ),
}
