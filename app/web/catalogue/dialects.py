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
    "entity-not-found": Entry(
        404,
        Words(
            "Không có thực thể này",
            "Không có thực thể “{given}”.[ Có phải bạn định viết “{hint}”?]",
            "Mỗi chỉ tiêu đang dùng là một thực thể, mã là `urn:ngsi-ld:KeyPerformanceIndicator:` rồi đến mã chỉ tiêu."
            " Danh sách: `/api/v1/ngsi-ld/v1/entities?attrs=name`.",
        ),
        Words(
            "No such entity",
            "There is no entity “{given}”.[ Did you mean “{hint}”?]",
            "Every indicator in use is an entity, with the id `urn:ngsi-ld:KeyPerformanceIndicator:` and then the"
            " indicator's code. They are listed at `/api/v1/ngsi-ld/v1/entities?attrs=name`.",
        ),
    ),
    "too-many-cells": Entry(
        422,
        Words(
            "Khối số liệu quá lớn",
            "Khối số liệu có {given} ô.[ Giới hạn: {expected}.]",
            "JSON-stat trả cả khối trong một câu trả lời nên có giới hạn 50.000 ô. Hãy chọn ít chỉ tiêu, địa bàn hoặc"
            " kỳ hơn, ví dụ `indicator=adults_with_smartphone_rate&period_from=2025-01`; hoặc lấy"
            " `/api/v1/sdmx/data/OBSERVATIONS`, không giới hạn.",
        ),
        Words(
            "The cube is too large",
            "The cube has {given} cells.[ The limit: {expected}.]",
            "JSON-stat is one whole answer, so a cube may have 50,000 cells. Ask for fewer indicators, areas or"
            " periods, for example `indicator=adults_with_smartphone_rate&period_from=2025-01`; or take"
            " `/api/v1/sdmx/data/OBSERVATIONS`, which has no limit.",
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
