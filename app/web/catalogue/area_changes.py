"""Reorganisations: applying them, undoing them, and what ended areas can no longer do."""

from app.web.catalogue.entry import Entry, Words

ENTRIES = {
    "geography-without-areas": Entry(
        422,
        Words(
            "Ngày này chưa có bản đồ địa bàn",
            "Không có phường, xã nào có hiệu lực vào ngày {given}[; sớm nhất là {expected}].",
            "`geography` là ngày mà số liệu được quy về các địa bàn có hiệu lực hôm đó, ví dụ `2025-07-01` cho bảy"
            " phường mới. Các đợt sắp xếp: `/api/v1/area-changes`.",
        ),
        Words(
            "There is no map of this day",
            "No ward or commune was valid on {given}[; the first day is {expected}].",
            "`geography` is the day on whose areas figures are told, for example `2025-07-01` for the seven new wards."
            " The area changes are at `/api/v1/area-changes`.",
        ),
    ),
    "area-not-on-map": Entry(
        422,
        Words(
            "Địa bàn không có trên bản đồ này",
            "Địa bàn “{given}” không có hiệu lực vào ngày {expected}.[ Có liên quan: {hint}.]",
            "Với `geography`, `area` là một địa bàn của ngày đó: số liệu cũ được quy về địa bàn mới. Ví dụ, phường Đông"
            " Thọ cũ (14758-202501) nằm trong các phường Hàm Rồng và Hạc Thành của bản đồ 2025-07-01.",
        ),
        Words(
            "The area is not on this map",
            "The area “{given}” was not valid on {expected}.[ Related: {hint}.]",
            "With `geography`, `area` is one of that day: old figures are told for the new areas. For example, the"
            " former Đông Thọ (14758-202501) lies in Hàm Rồng and Hạc Thành on the map of 2025-07-01.",
        ),
    ),
    "area-not-valid-on-day": Entry(
        404,
        Words(
            "Địa bàn không có hiệu lực vào ngày này",
            "“{given}” không chỉ địa bàn nào có hiệu lực vào ngày {expected}.[ Có: {hint}.]",
            "Mã địa bàn được dùng lại sau khi sắp xếp; `at` chọn địa bàn của ngày đó. Ví dụ, 14758 là Đông Thọ đến hết"
            " 2025-06-30 và là Hàm Rồng từ 2025-07-01. Bỏ `at` để xem địa bàn theo mã riêng của nó.",
        ),
        Words(
            "No such area on this day",
            "“{given}” names no area that was valid on {expected}.[ There is: {hint}.]",
            "Codes are reused after a reorganisation; `at` picks the area of that day. For example, 14758 is Đông Thọ"
            " until 2025-06-30 and Hàm Rồng from 2025-07-01. Leave out `at` to see an area by its id.",
        ),
    ),
    "share-not-found": Entry(
        404,
        Words(
            "Không có tỷ lệ nào được nhập",
            "Địa bàn “{given}” không có tỷ lệ nào được nhập trong đợt sắp xếp này.",
            "Chỉ địa bàn bị chia (`part`) mới có tỷ lệ, sau khi được nhập. Xem:"
            " `/api/v1/area-changes/2025-07-01/shares`.",
        ),
        Words(
            "No share was entered",
            "No share of the area “{given}” stands in this area change.",
            "Only an area that was divided (`part`) has shares, once they are entered. See for example"
            " `/api/v1/area-changes/2025-07-01/shares`.",
        ),
    ),
    "link-not-in-part": Entry(
        422,
        Words(
            "Không phải phần của một địa bàn bị chia",
            "Đợt sắp xếp này không có liên kết từng phần “{given}”[; có: {expected}].",
            "Tỷ lệ chỉ nhập cho liên kết `part`. Ví dụ: Đông Thọ (14758) đi một phần vào Hàm Rồng (14758) và một phần"
            " vào Hạc Thành (14797).",
        ),
        Words(
            "No part of a divided area",
            "This area change has no link in part “{given}”[; there are {expected}].",
            "A share is entered for a `part` link only. For example, Đông Thọ (14758) went in part to Hàm Rồng (14758)"
            " and in part to Hạc Thành (14797).",
        ),
    ),
    "share-out-of-range": Entry(
        422,
        Words(
            "Tỷ lệ ngoài khoảng cho phép",
            "“{given}” không phải tỷ lệ: cần số lớn hơn 0 và nhỏ hơn 1, không quá 12 chữ số thập phân.",
            "Tỷ lệ là phần của địa bàn cũ đi vào địa bàn mới, ví dụ `0.62` cho 62 %. Đi toàn bộ thì liên kết"
            " là `whole`.",
        ),
        Words(
            "Share out of range",
            "“{given}” is no share: a number above 0 and below 1 with at most 12 decimals is wanted.",
            "A share is how much of the old area came over, for example `0.62` for 62 %. All of it is a `whole` link.",
        ),
    ),
    "shares-contradict": Entry(
        422,
        Words(
            "Tổng các tỷ lệ không khớp",
            "Các tỷ lệ của địa bàn “{given}” cộng lại phải là {expected}.",
            "Khi mọi phần của một địa bàn cũ đều có tỷ lệ, chúng cộng lại đúng bằng 1; khi còn thiếu thì nhỏ hơn 1. Ví"
            " dụ: `0.62` và `0.38`.",
        ),
        Words(
            "The shares do not add up",
            "The shares of the area “{given}” must add up to {expected}.",
            "Once every part of an old area has a share they add up to 1 exactly; while some are missing, to less. For"
            " example `0.62` and `0.38`.",
        ),
    ),
    "unknown-file": Entry(
        422,
        Words(
            "Không có tệp này",
            "Không có đợt sắp xếp “{given}” kèm theo dịch vụ[; có sẵn: {expected}].",
            "`file` là ngày của một đợt sắp xếp đã soạn sẵn, ví dụ `2025-07-01`. Với đợt khác, hãy gửi toàn bộ"
            " nội dung: `day`, `document`, `areas`, `links`.",
        ),
        Words(
            "No such file",
            "No reorganisation “{given}” comes with the service[; there is {expected}].",
            "`file` is the day of a reorganisation that is ready to apply, for example `2025-07-01`. For another one"
            " send its whole content: `day`, `document`, `areas`, `links`.",
        ),
    ),
    "file-with-content": Entry(
        422,
        Words(
            "Vừa có tệp vừa có nội dung",
            "Đã nêu `file` thì không gửi thêm nội dung.",
            "Hãy gửi hoặc `file` (một đợt đã soạn sẵn), hoặc toàn bộ nội dung, không gửi cả hai. Ví dụ:"
            ' `"file": "2025-07-01"`.',
        ),
        Words(
            "Both a file and content",
            "With `file`, no other content is sent.",
            "Send either `file` (a reorganisation that is ready) or the whole content, not both. For example:"
            ' `"file": "2025-07-01"`.',
        ),
    ),
    "area-not-of-the-city": Entry(
        422,
        Words(
            "Không phải địa bàn của thành phố lúc đó",
            "Địa bàn “{given}” không thuộc thành phố vào ngày trước đợt sắp xếp.",
            "Chỉ những phường, xã thuộc thành phố cho đến ngày sắp xếp mới đi vào đợt sắp xếp; nơi khác ghi ở"
            " `outside`. Xem: `/api/v1/areas?at=2025-06-30`.",
        ),
        Words(
            "Not an area of the city then",
            "The area “{given}” was no part of the city on the day before the reorganisation.",
            "Only areas that belonged to the city until that day go into its reorganisation; others stand in `outside`."
            " See for example `/api/v1/areas?at=2025-06-30`.",
        ),
    ),
    "link-contradicts": Entry(
        422,
        Words(
            "Hai dòng trái nhau",
            "“{given}” trái với một dòng trước: đã có cùng cặp này, hoặc địa bàn đã đi toàn bộ.",
            "Một địa bàn đi toàn bộ (`whole`) vào một nơi, hoặc từng phần (`part`) vào nhiều nơi, mỗi nơi một dòng. Ví"
            " dụ: Đông Thọ đi một phần vào Hàm Rồng và một phần vào Hạc Thành.",
        ),
        Words(
            "Two links contradict",
            "“{given}” contradicts an earlier link: the pair is there already, or the area went whole.",
            "An area goes whole (`whole`) to one place, or in parts (`part`) to several, one link each. For example,"
            " a part of Đông Thọ went to Hàm Rồng and a part to Hạc Thành.",
        ),
    ),
    "area-change-not-found": Entry(
        404,
        Words(
            "Không có đợt sắp xếp này",
            "Không có đợt sắp xếp nào mang mã “{given}”.",
            "Mã của một đợt sắp xếp là ngày có hiệu lực của nó, ví dụ `2025-07-01`. Đợt chưa áp dụng hoặc đã hoàn tác"
            " thì không có ở đây. Danh sách: `/api/v1/area-changes`.",
        ),
        Words(
            "No such area change",
            "There is no area change “{given}”.",
            "An area change goes by the day it took effect, for example `2025-07-01`. One that was not applied, or was"
            " undone, is not there. The list is at `/api/v1/area-changes`.",
        ),
    ),
    "area-change-applied": Entry(
        409,
        Words(
            "Đợt sắp xếp đã được áp dụng",
            "Đợt sắp xếp ngày {given} đã được áp dụng.",
            "Mỗi ngày chỉ có một đợt sắp xếp, áp dụng một lần. Xem nó ở `/api/v1/area-changes/2025-07-01`; khi chưa có"
            " số liệu theo địa bàn mới, nó có thể được hoàn tác bằng `DELETE`.",
        ),
        Words(
            "The area change is applied already",
            "The area change of {given} has been applied.",
            "A day has one area change, applied once. See it at, for example, `/api/v1/area-changes/2025-07-01`; as"
            " long as nothing was said about its new areas, `DELETE` undoes it.",
        ),
    ),
    "area-has-later-rows": Entry(
        409,
        Words(
            "Đã có số liệu sau ngày sắp xếp",
            "Có {given} số liệu của các địa bàn sẽ chấm dứt, cho kỳ sau ngày sắp xếp[: {expected}].",
            "Một địa bàn đã chấm dứt không thể có số liệu cho kỳ kết thúc sau đó. Hãy thu hồi các số liệu này"
            " (`DELETE /api/v1/observations/<mã>`), rồi áp dụng lại. Ví dụ: số liệu 2025-07 của phường Đông Thọ.",
        ),
        Words(
            "There are figures beyond the day",
            "There are {given} figures of areas that would end, for periods after that day[: {expected}].",
            "An area that ended has no figures for periods that end later. Withdraw them"
            " (`DELETE /api/v1/observations/<id>`) and apply again. For example, those of Đông Thọ for 2025-07.",
        ),
    ),
    "area-change-in-use": Entry(
        409,
        Words(
            "Đợt sắp xếp đang được dùng",
            "Không hoàn tác được đợt {given}: đã có số liệu, mục tiêu hoặc đợt sau của địa bàn mới[: {expected}].",
            "Chỉ hoàn tác được khi chưa có gì được ghi cho địa bàn mới, kể cả số liệu đã thu hồi. Ví dụ: sau khi phường"
            " Hạc Thành gửi số liệu 2025-07, đợt 2025-07-01 không còn hoàn tác được.",
        ),
        Words(
            "The area change is in use",
            "The change of {given} cannot be undone: its new areas have figures, targets or heirs[: {expected}].",
            "It can be undone only while nothing was stored for its new areas, withdrawn figures included. For example,"
            " once Hạc Thành has sent figures for 2025-07, the change of 2025-07-01 stays.",
        ),
    ),
    "key-area-ended": Entry(
        422,
        Words(
            "Địa bàn của khóa đã chấm dứt",
            "Địa bàn của khóa này ({given}) đã chấm dứt nên khóa không gửi được gì nữa.[ Địa bàn kế thừa: {hint}.]",
            "Sau khi sắp xếp, khóa cũ vẫn đọc được, nhưng muốn gửi thì quản trị viên phải cấp khóa mới cho địa bàn kế"
            " thừa; khóa mới có thể kèm cả địa bàn cũ để sửa số liệu cũ. Ví dụ: `dxi keys create --area 14758-202507`.",
        ),
        Words(
            "The key's area has ended",
            "The area of this key ({given}) has ended, so the key sends nothing any more.[ Its successors: {hint}.]",
            "After a reorganisation the old key still reads, but to send, an administrator must issue a key for the"
            " successor; it may hold the old area too, to correct the past. For example:"
            " `dxi keys create --area 14758-202507`.",
        ),
    ),
}
