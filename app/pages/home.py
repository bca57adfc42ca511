"""`/`: where to go from here."""

from fastapi import APIRouter, Request, Response

from app.pages.layout import page, sent

router = APIRouter(include_in_schema=False)

_LINKS = (
    ("/api/v1/city/snapshot", "Số liệu mới nhất của thành phố", "The city's newest figures"),
    ("/api/v1/indicators", "Danh mục chỉ tiêu", "The indicators"),
    ("/docs", "Tài liệu API, thử trực tiếp", "API documentation, to try out"),
    ("/openapi.json", "Mô tả OpenAPI", "The OpenAPI file"),
    ("/problems", "Các lỗi và cách khắc phục", "Problems and their remedies"),
    ("/version", "Phiên bản và giới hạn", "Version and limits"),
    ("/healthz", "Tình trạng dịch vụ", "Health"),
)

_BODY = (
    "<h1>Chỉ tiêu chuyển đổi số thành phố Thanh Hóa</h1>\n"
    "<p>Phường, xã gửi số liệu; thành phố thấy ngay con số của mình, kèm nguồn gốc và mức độ đầy đủ.</p>\n"
    '<p lang="en">Digital-transformation indicators of Thanh Hóa city: wards and communes send figures, and the city'
    " sees its own at once, with where it comes from and how complete it is.</p>\n<ul>\n"
    + "\n".join(
        f'<li><a href="{path}">{vi}</a><br><small lang="en">{en}</small> <code>{path}</code></li>'
        for path, vi, en in _LINKS
    )
    + "\n</ul>"
)
_PAGE = page("Chỉ tiêu chuyển đổi số thành phố Thanh Hóa", _BODY)


@router.get("/")
async def home(request: Request) -> Response:
    """A small page of links in both languages."""
    return sent(request, _PAGE, "text/html")
