"""Other people's dialects: what they name and the service does not have."""

from app.web.catalogue.entry import Entry, Words

ENTRIES = {
    "sdmx-not-found": Entry(
        404,
        Words(
            "Không có cấu trúc hay luồng dữ liệu SDMX này",
            "Không có “{given}”.[ Có phải bạn định viết “{hint}”?][ Có: {expected}.]",
            "Cơ quan, mã hoặc phiên bản bị sai. Các luồng dữ liệu ở `/api/v1/sdmx/dataflow`; mọi cấu trúc ở"
            " `/api/v1/sdmx/structure/*`. Ví dụ: `/api/v1/sdmx/data/CITY`.",
        ),
        Words(
            "No such SDMX structure or dataflow",
            "There is no “{given}”.[ Did you mean “{hint}”?][ There are: {expected}.]",
            "The agency, id or version is wrong. The dataflows are at `/api/v1/sdmx/dataflow`, every structure at"
            " `/api/v1/sdmx/structure/*`. For example: `/api/v1/sdmx/data/CITY`.",
        ),
    ),
    "sdmx-key-malformed": Entry(
        400,
        Words(
            "Khóa chuỗi SDMX sai",
            "Không đọc được “{given}” trong khóa chuỗi {expected}.[ Có phải bạn định viết “{hint}”?]",
            "Khóa có ba phần cách nhau bằng dấu chấm: tần suất, địa bàn, chỉ tiêu. Để trống hoặc `*` là tất cả, `+` nối"
            " nhiều mã. Ví dụ: `M.14755+14758.adults_with_smartphone_rate`, `..commune_dx_completed`.",
        ),
        Words(
            "The SDMX key is wrong",
            "“{given}” cannot be read in the series key {expected}.[ Did you mean “{hint}”?]",
            "A key has three parts with points between: frequency, area, indicator. Nothing or `*` means every code,"
            " `+` joins several. For example: `M.14755+14758.adults_with_smartphone_rate`, `..commune_dx_completed`.",
        ),
    ),
}
