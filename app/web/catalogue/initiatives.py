"""Initiatives: what a steward changes of the plan's projects, systems and milestones."""

from app.web.catalogue.entry import Entry, Words

ENTRIES = {
    "initiative-not-found": Entry(
        404,
        Words(
            "Không có nội dung này",
            "Không có dự án, hệ thống, mốc hay nhiệm vụ nào mang mã “{given}”[; có phải {hint}?].",
            "Xem toàn bộ danh mục ở `/api/v1/initiatives`, hoặc tìm theo chữ bằng tham số `q`. Ví dụ:"
            " `/api/v1/initiatives?q=camera`.",
        ),
        Words(
            "No such initiative",
            "There is no project, system, milestone or task of code “{given}”[; did you mean {hint}?].",
            "See the whole list at `/api/v1/initiatives`, or look for words in it by `q`. For example:"
            " `/api/v1/initiatives?q=camera`.",
        ),
    ),
    "initiative-exists": Entry(
        409,
        Words(
            "Mã đã được dùng",
            "Đã có một nội dung của kế hoạch mang mã “{given}”.",
            "Mỗi mã chỉ dùng một lần, kể cả khi đã ngừng dùng. Hãy chọn mã khác, hoặc sửa nội dung hiện có bằng"
            " `PATCH /api/v1/initiatives/<mã>`.",
        ),
        Words(
            "The initiative exists",
            "There already is an initiative of code “{given}”.",
            "A code is used once, even when its initiative is retired. Choose another, or change what is there by"
            " `PATCH /api/v1/initiatives/<code>`.",
        ),
    ),
    "initiative-has-children": Entry(
        409,
        Words(
            "Còn nội dung trực thuộc",
            "Chưa thể ngừng dùng vì còn nội dung trực thuộc: {children}.",
            "Nội dung trực thuộc sẽ không còn nơi để tính vào. Hãy ngừng dùng chúng trước, hoặc chuyển chúng sang nơi"
            " khác bằng cách sửa `parent`.",
        ),
        Words(
            "Others belong to it",
            "It cannot be retired while others belong to it: {children}.",
            "What belongs to it would hang on nothing. Retire those first, or give them another `parent`.",
        ),
    ),
    "unknown-parent": Entry(
        422,
        Words(
            "Không có nội dung cấp trên này",
            "Không có nội dung nào đang dùng mang mã “{given}”[; có phải {hint}?].",
            "`parent` là mã của dự án, gói hoặc mốc mà nội dung này thuộc về và đang được dùng. Xem ở"
            " `/api/v1/initiatives`, hoặc gửi `null` nếu không có.",
        ),
        Words(
            "No such parent",
            "There is no initiative in use of code “{given}”[; did you mean {hint}?].",
            "`parent` is the code of the project, package or milestone that this one belongs to, and it must be in use."
            " See `/api/v1/initiatives`, or send `null` when there is none.",
        ),
    ),
    "parent-cycle": Entry(
        422,
        Words(
            "Vòng lặp cấp trên",
            "“{given}” không thể là cấp trên, vì chính nó thuộc về nội dung này.",
            "Một nội dung không thể thuộc về chính mình, dù trực tiếp hay qua các nội dung khác. Hãy chọn `parent`"
            " khác.",
        ),
        Words(
            "The parents go round",
            "“{given}” cannot be the parent, for it belongs to this initiative itself.",
            "Nothing belongs to itself, neither straight away nor through others that belong to it. Choose another"
            " `parent`.",
        ),
    ),
    "unknown-target": Entry(
        422,
        Words(
            "Không có mục tiêu này",
            "Không có mục tiêu nào mang mã “{given}”[; có phải {hint}?].",
            "`target` là mã của mục tiêu mà mốc này thể hiện. Xem các mục tiêu ở `/api/v1/targets`, hoặc gửi `null` nếu"
            " không có.",
        ),
        Words(
            "No such target",
            "There is no target of id “{given}”[; did you mean {hint}?].",
            "`target` is the id of the target that the milestone stands for. See `/api/v1/targets`, or send `null` when"
            " there is none.",
        ),
    ),
    "ends-before-start": Entry(
        422,
        Words(
            "Kết thúc trước khi bắt đầu",
            "Ngày kết thúc {given} đứng trước ngày bắt đầu[; cần {expected}].",
            "`starts` và `ends` là ngày đầu và ngày cuối, tính cả hai ngày. Hãy sửa một trong hai, hoặc gửi `null` nếu"
            " chưa biết.",
        ),
        Words(
            "It ends before it starts",
            "The last day {given} lies before the first one[; it must be {expected}].",
            "`starts` and `ends` are the first and the last day, both included. Change one of them, or send `null` when"
            " it is not known.",
        ),
    ),
    "status-in-future": Entry(
        422,
        Words(
            "Tình trạng của ngày chưa đến",
            "Ngày của tình trạng, {given}, chưa đến[; cần {expected}].",
            "Tình trạng nói điều đã có, nên ngày của nó không thể ở tương lai. Dự kiến thì ghi vào `ends` hoặc"
            " `status_note`.",
        ),
        Words(
            "A status of a day to come",
            "The day of the status, {given}, has not come[; it must be {expected}].",
            "A status tells what is, so its day cannot lie ahead. What is expected belongs in `ends` or `status_note`.",
        ),
    ),
    "status-required": Entry(
        422,
        Words(
            "Thiếu tình trạng",
            "Có ngày hoặc ghi chú “{given}” nhưng không có tình trạng.",
            "`status_date` và `status_note` nói rõ thêm về `status`. Hãy gửi `status`, ví dụ `in_progress`, hoặc bỏ cả"
            " ngày và ghi chú.",
        ),
        Words(
            "A status is needed",
            "There is a day or a note, “{given}”, and no status.",
            "`status_date` and `status_note` say more about a `status`. Send one, for example `in_progress`, or leave"
            " both out.",
        ),
    ),
    "responsible-incomplete": Entry(
        422,
        Words(
            "Nêu chưa đủ cơ quan phụ trách",
            "Cơ quan phụ trách cần đủ mã và tên bằng hai ngôn ngữ.",
            "Hãy gửi cả `responsible`, `responsible_vi` và `responsible_en`, hoặc bỏ cả ba. Ví dụ: `city_pc`, “UBND"
            " thành phố”, “City People's Committee”.",
        ),
        Words(
            "The responsible body is incomplete",
            "A responsible body needs its code and its name in both languages.",
            "Send `responsible`, `responsible_vi` and `responsible_en`, or none of them. For example: `city_pc`, “UBND"
            " thành phố”, “City People's Committee”.",
        ),
    ),
}
