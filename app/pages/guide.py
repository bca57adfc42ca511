"""The words of the OpenAPI file that belong to no single operation: the manners in short, and what each tag is."""

from typing import Any

DESCRIPTION = """\
**Tiếng Việt.** 47 phường, xã của thành phố Thanh Hóa gửi số liệu chuyển đổi số; thành phố thấy ngay con số tổng hợp,
kèm nguồn gốc, mức độ đầy đủ và mục tiêu của kế hoạch.

- **Đọc** số liệu công bố không cần khóa. **Gửi** số liệu cần khóa trong tiêu đề `Authorization: Bearer dxk_…`; người
  quản trị cấp khóa bằng `dxi keys create` hoặc `POST /api/v1/keys`. Trên trang này, bấm **Authorize** và dán khóa
  vào.
- Số là số JSON, giữ nguyên từng chữ số. Không có số liệu khác với số 0.
- Danh sách: `{"data": [...], "next": ..., "seq": ...}`; đọc tiếp bằng `cursor`, tối đa 1000 dòng một trang.
- Mọi danh sách có thêm dạng CSV, XLSX, NDJSON: `format=csv` hoặc tiêu đề `Accept`.
- Mọi thay đổi có một số thứ tự `seq`, cũng nằm ở tiêu đề `X-Seq`. `as_of` trả lời đúng như lúc đó.
- Kỳ công bố (`/releases`) đặt tên cho một thời điểm; `/city/compare` và `/observations/compare` nói điều gì đã đổi giữa
  hai thời điểm và vì sao.
- Gửi lại `ETag` bằng `If-None-Match` thì nhận 304 khi không có gì đổi; sửa thì gửi `If-Match`.
- Gửi số liệu kèm `Idempotency-Key` thì gửi lại bao nhiêu lần cũng chỉ ghi một lần.
- Lỗi theo RFC 9457 (`application/problem+json`), nói rõ sai ở đâu và sửa thế nào; xem `/problems`. Tiếng Việt là mặc
  định; tiếng Anh bằng `lang=en` hoặc `Accept-Language: en`.

**English.** The 47 wards and communes of Thanh Hóa city send their digital-transformation figures; the city sees the
figure they make at once, with its origin, its coverage and the target of the plan.

- **Reading** published data needs no key. **Sending** needs one in the header `Authorization: Bearer dxk_…`; an
  administrator issues it with `dxi keys create` or `POST /api/v1/keys`. On this page press **Authorize** and paste
  it.
- Numbers are JSON numbers and keep every digit. No figure is not the figure 0.
- Lists are `{"data": [...], "next": ..., "seq": ...}`; read on with `cursor`, at most 1000 rows a page.
- Every list also comes as CSV, XLSX or NDJSON: `format=csv`, or the header `Accept`.
- Every change has a number, `seq`, which also is in the header `X-Seq`. `as_of` answers as the service would have
  answered then.
- A release (`/releases`) is such a moment under a name; `/city/compare` and `/observations/compare` tell what changed
  between two moments, and why.
- Send the `ETag` back as `If-None-Match` to get 304 while nothing changed; to change something send `If-Match`.
- With an `Idempotency-Key` figures may be sent any number of times and are stored once.
- Errors follow RFC 9457 (`application/problem+json`): where it went wrong and the way out; see `/problems`.
  Vietnamese is the default; English comes with `lang=en` or `Accept-Language: en`.
- `HEAD` works wherever `GET` does; `OPTIONS` and 405 list the methods of a path. Parameters that an operation does
  not know are refused by name.
"""

KEY = (
    "Khóa truy cập `dxk_<id>_<secret>`, do người quản trị cấp: `dxi keys create --name … --scope …`."
    " · An access key, issued by an administrator: `dxi keys create --name … --scope …`, or `POST /api/v1/keys`."
)

_TAGS = {
    "city": "Con số của thành phố: mới nhất, theo thời gian, xếp hạng, tiến độ, đầy đủ. · The city's figures.",
    "submissions": "Phường, xã gửi số liệu và xem kết quả. · What wards send, and what became of it.",
    "observations": "Từng số liệu với mọi lần sửa. · Every single figure with its revisions.",
    "indicators": "Danh mục chỉ tiêu, có phiên bản. · The registry of indicators, in versions.",
    "targets": "Mục tiêu của kế hoạch. · The plan's targets.",
    "documents": "Văn bản gốc và từng điều khoản. · The plan and its clauses, in its own words.",
    "initiatives": "Dự án, hệ thống, mốc, nhiệm vụ. · Projects, systems, milestones, tasks of the plan.",
    "areas": "Địa bàn theo thời gian. · Places, each during its span of time.",
    "exports": "Tải toàn bộ số liệu về. · Everything as files.",
    "dialects": "Số liệu theo các chuẩn SDMX, JSON-stat, NGSI-LD, DCAT. · The figures in other people's standards.",
    "releases": "Các kỳ công bố: số liệu như đã biết ở một thời điểm, có tên. · A moment of all figures, by name.",
    "changes": "Nhật ký thay đổi, mỗi thay đổi một lần. · The feed: every change once.",
    "webhooks": "Đẩy thay đổi tới hệ thống khác. · Changes pushed to other systems.",
    "access": "Khóa, quyền và nhật ký kiểm tra. · Keys, scopes and the audit log.",
    "operation": "Tình trạng, phiên bản, số đo. · Health, version, metrics.",
}
TAGS: list[dict[str, Any]] = [{"name": name, "description": words} for name, words in _TAGS.items()]
