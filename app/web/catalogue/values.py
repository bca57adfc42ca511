"""One value of the wrong kind, wherever it stands."""

from app.web.catalogue.entry import Entry, Words

ENTRIES = {
    "required": Entry(
        422,
        Words(
            "Thiếu giá trị bắt buộc",
            "Thiếu giá trị bắt buộc tại “{place}”[; ví dụ: {expected}].",
            "Một trường hay tham số bắt buộc chưa có. `pointer` hoặc `parameter` trong `errors` nêu chỗ thiếu; hãy bổ"
            ' sung rồi gửi lại. Ví dụ: mỗi dòng phải có `"indicator"`.',
        ),
        Words(
            "A value is missing",
            "A value is needed at “{place}”[; for example: {expected}].",
            "A member or parameter that must be there is not. `pointer` or `parameter` in `errors` names the place;"
            ' fill it in and send again. For example, every row needs its `"indicator"`.',
        ),
    ),
    "unknown-member": Entry(
        422,
        Words(
            "Trường không tồn tại",
            "Không có trường nào tên như vậy tại “{place}”.[ Có phải bạn định viết “{hint}”?][ Dùng được: {expected}.]",
            "Đối tượng JSON có một trường mà dịch vụ không biết. Trường lạ không bị bỏ qua, vì một lỗi gõ có thể làm"
            ' mất số liệu. Ví dụ: viết `"numerator"`, không viết `"numerater"`.',
        ),
        Words(
            "Unknown member",
            "There is no member of that name at “{place}”.[ Did you mean “{hint}”?][ Known: {expected}.]",
            "The JSON object has a member that the service does not know. It is not ignored, because a slip of the"
            ' pen could lose a figure. For example: `"numerator"`, not `"numerater"`.',
        ),
    ),
    "not-a-text": Entry(
        422,
        Words(
            "Phải là văn bản",
            "Giá trị tại “{place}” phải là văn bản trong dấu nháy kép.",
            'Trường này nhận văn bản JSON. Hãy đặt giá trị trong dấu nháy kép, ví dụ `"area": "14758"`: mã địa bàn là'
            " văn bản, không phải số.",
        ),
        Words(
            "Not a text",
            "The value at “{place}” must be text in double quotes.",
            'This member takes a JSON string. Put the value in double quotes, for example `"area": "14758"`: a code'
            " is text, not a number.",
        ),
    ),
    "not-a-boolean": Entry(
        422,
        Words(
            "Phải là true hoặc false",
            "Giá trị tại “{place}” phải là true hoặc false[, không phải {given}].",
            "Chỉ tiêu đạt hay chưa đạt được báo cáo bằng `true` (đạt) hoặc `false` (chưa đạt), không có dấu nháy. Ví"
            ' dụ: `{"indicator": "commune_dx_completed", "value": true}`.',
        ),
        Words(
            "Not true or false",
            "The value at “{place}” must be true or false[, not {given}].",
            'Whether something is met is said by `true` or `false`, without quotes. For example: `{"indicator":'
            ' "commune_dx_completed", "value": true}`.',
        ),
    ),
    "not-a-list": Entry(
        422,
        Words(
            "Phải là danh sách",
            "Giá trị tại “{place}” phải là một danh sách trong ngoặc vuông.",
            'Trường này nhận một mảng JSON, kể cả khi chỉ có một phần tử. Ví dụ: `"rows": [{…}]`, không phải `"rows":'
            " {…}`.",
        ),
        Words(
            "Not a list",
            "The value at “{place}” must be a list in square brackets.",
            'This member takes a JSON array, even for a single entry. For example: `"rows": [{…}]`, not `"rows": {…}`.',
        ),
    ),
    "not-an-object": Entry(
        422,
        Words(
            "Phải là đối tượng",
            "Giá trị tại “{place}” phải là một đối tượng JSON.",
            'Chỗ này cần một đối tượng JSON, tức các cặp tên và giá trị trong ngoặc nhọn. Ví dụ: `{"indicator":'
            ' "commune_dx_completed", "value": true}`.',
        ),
        Words(
            "Not an object",
            "The value at “{place}” must be a JSON object.",
            'A JSON object is needed here: names and values in curly brackets. For example: `{"indicator":'
            ' "commune_dx_completed", "value": true}`.',
        ),
    ),
    "not-an-integer": Entry(
        422,
        Words(
            "Phải là số nguyên",
            "Giá trị tại “{place}” phải là một số nguyên[, không phải “{given}”].",
            "Chỗ này chỉ nhận số nguyên, viết bằng chữ số 0–9, không có dấu chấm hay dấu phẩy phân cách hàng nghìn."
            " Ví dụ: `limit=100`.",
        ),
        Words(
            "Not a whole number",
            "The value at “{place}” must be a whole number[, not “{given}”].",
            "Only a whole number does here, written with the digits 0–9 and no separators. For example: `limit=100`.",
        ),
    ),
    "not-a-number": Entry(
        422,
        Words(
            "Phải là số",
            "Giá trị tại “{place}” phải là một số JSON[, không phải “{given}”].",
            'Số liệu phải là số JSON, không có dấu nháy, dùng dấu chấm thập phân: `84.39`. Viết `"84.39"` hay `84,39`'
            " đều không được nhận, vì có thể hiểu nhầm.",
        ),
        Words(
            "Not a number",
            "The value at “{place}” must be a JSON number[, not “{given}”].",
            'A figure is a JSON number: no quotes, and a point before the decimals: `84.39`. Neither `"84.39"` nor'
            " `84,39` is taken, because they could be misread.",
        ),
    ),
    "number-not-finite": Entry(
        422,
        Words(
            "Không phải số hữu hạn",
            "“{given}” không phải là một con số.",
            "`NaN` và `Infinity` không phải JSON và không phải số liệu. Nếu không có số liệu thì đừng gửi dòng đó;"
            ' nếu không áp dụng thì gửi `"status": "M"` thay cho giá trị.',
        ),
        Words(
            "Not a finite number",
            "“{given}” is not a number.",
            "`NaN` and `Infinity` are neither JSON nor figures. If there is no figure, leave the row out; if none"
            ' applies, send `"status": "M"` instead of a value.',
        ),
    ),
    "number-too-precise": Entry(
        422,
        Words(
            "Số có quá nhiều chữ số",
            "Số “{given}” có hơn 28 chữ số có nghĩa.",
            "Dịch vụ giữ nguyên từng chữ số đã gửi, tối đa 28 chữ số có nghĩa. Số dài hơn thường là rác do máy tính"
            " tạo ra khi chia. Hãy gửi số đã làm tròn hợp lý, ví dụ `84.39`.",
        ),
        Words(
            "The number has too many digits",
            "The number “{given}” has more than 28 significant digits.",
            "The service keeps every digit it is sent, up to 28. Longer numbers are mostly what a computer's division"
            " left behind. Send the number sensibly rounded, for example `84.39`.",
        ),
    ),
    "number-out-of-range": Entry(
        422,
        Words(
            "Số mũ quá lớn",
            "Số “{given}” có số mũ nằm ngoài khoảng từ -12 đến 12.",
            "Số viết dạng khoa học được nhận với số mũ từ -12 đến 12. Hãy viết số đầy đủ hoặc đổi đơn vị. Ví dụ:"
            " `1e6` là một triệu, `1e30` thì không được nhận.",
        ),
        Words(
            "The exponent is too large",
            "The number “{given}” has an exponent beyond ±12.",
            "In scientific notation, exponents from -12 to 12 are taken. Write the number out, or use another unit."
            " For example: `1e6` is a million, `1e30` is not taken.",
        ),
    ),
    "not-a-date": Entry(
        422,
        Words(
            "Ngày không đúng",
            "“{given}” không phải là một ngày có thật dạng năm-tháng-ngày.",
            "Ngày viết theo dạng `YYYY-MM-DD`, và phải có trên lịch. Ví dụ: ngày 1 tháng 7 năm 2025 là `2025-07-01`;"
            " `01/07/2025` và `2025-02-30` không được nhận.",
        ),
        Words(
            "Not a date",
            "“{given}” is not a day of the calendar written year-month-day.",
            "Dates are written `YYYY-MM-DD` and must exist. For example, 1 July 2025 is `2025-07-01`; `01/07/2025`"
            " and `2025-02-30` are not taken.",
        ),
    ),
    "not-an-instant": Entry(
        422,
        Words(
            "Thời điểm không đúng",
            "“{given}” không phải là thời điểm có múi giờ.",
            "Thời điểm viết theo RFC 3339 và phải có múi giờ, để không ai hiểu nhầm. Ví dụ: `2025-03-31T17:00:00Z`"
            " hoặc `2025-04-01T00:00:00+07:00` (cùng một lúc).",
        ),
        Words(
            "Not an instant",
            "“{given}” is not a date and time with its offset.",
            "Instants are written as in RFC 3339 and need an offset, so that nobody misreads them. For example:"
            " `2025-03-31T17:00:00Z` or `2025-04-01T00:00:00+07:00`, which are the same.",
        ),
    ),
    "not-one-of": Entry(
        422,
        Words(
            "Không có trong danh sách cho phép",
            "“{given}” không dùng được tại “{place}”.[ Có phải bạn định viết “{hint}”?][ Dùng được: {expected}.]",
            "Chỗ này chỉ nhận một số giá trị nhất định, nêu trong `expected`; chữ hoa và chữ thường khác nhau. Ví dụ:"
            " `qualifier` nhận `eq`, `gt`, `ge`, `lt`, `le`.",
        ),
        Words(
            "Not one of the allowed values",
            "“{given}” is not allowed at “{place}”.[ Did you mean “{hint}”?][ Allowed: {expected}.]",
            "Only certain values are taken here, listed in `expected`; upper and lower case differ. For example,"
            " `qualifier` takes `eq`, `gt`, `ge`, `lt` and `le`.",
        ),
    ),
    "out-of-range": Entry(
        422,
        Words(
            "Ngoài khoảng cho phép",
            "“{given}” nằm ngoài khoảng cho phép[ ({expected})].",
            "Giá trị quá nhỏ hoặc quá lớn đối với chỗ này; khoảng cho phép nêu trong `expected`. Hãy kiểm tra đơn vị:"
            " tỷ lệ phần trăm gửi là `84.39`, không phải `0.8439` hay `8439`.",
        ),
        Words(
            "Out of range",
            "“{given}” lies outside the range allowed[ ({expected})].",
            "The value is too small or too large for its place; `expected` names the range. Check the unit: a"
            " percentage is sent as `84.39`, neither `0.8439` nor `8439`.",
        ),
    ),
    "text-too-short": Entry(
        422,
        Words(
            "Văn bản quá ngắn",
            "Văn bản tại “{place}” quá ngắn[ (số ký tự {expected})].",
            "Chỗ này cần văn bản dài hơn; độ dài cho phép nêu trong `expected`. Thường là trường bị bỏ trống. Ví dụ:"
            ' tên chỉ tiêu không được là `""`.',
        ),
        Words(
            "The text is too short",
            "The text at “{place}” is too short[ (characters {expected})].",
            "A longer text is needed here; `expected` names the length. Mostly the member was left empty. For"
            ' example, the name of an indicator cannot be `""`.',
        ),
    ),
    "text-too-long": Entry(
        422,
        Words(
            "Văn bản quá dài",
            "Văn bản tại “{place}” quá dài[ (số ký tự {expected})].",
            "Văn bản vượt quá độ dài cho phép nêu trong `expected`. Hãy rút gọn; phần giải trình dài nên để trong văn"
            " bản kèm theo. Ví dụ: ghi chú (`note`) tối đa 2000 ký tự.",
        ),
        Words(
            "The text is too long",
            "The text at “{place}” is too long[ (characters {expected})].",
            "The text is longer than `expected` allows. Shorten it, and keep long explanations in a document of their"
            " own. For example, a `note` holds at most 2000 characters.",
        ),
    ),
    "list-too-short": Entry(
        422,
        Words(
            "Danh sách quá ngắn",
            "Danh sách tại “{place}” có quá ít phần tử[ (số phần tử {expected})].",
            "Danh sách cần thêm phần tử; số lượng cho phép nêu trong `expected`. Thường là danh sách bị bỏ trống. Ví"
            ' dụ: một khóa cần ít nhất một quyền: `"scopes": ["submit"]`.',
        ),
        Words(
            "The list is too short",
            "The list at “{place}” has too few entries[ (entries {expected})].",
            "The list needs more entries; `expected` names how many. Mostly it was left empty. For example, a key"
            ' needs at least one scope: `"scopes": ["submit"]`.',
        ),
    ),
    "list-too-long": Entry(
        422,
        Words(
            "Danh sách quá dài",
            "Danh sách tại “{place}” có quá nhiều phần tử[ (số phần tử {expected})].",
            "Danh sách vượt quá số phần tử cho phép nêu trong `expected`. Hãy chia thành nhiều yêu cầu, hoặc bỏ các"
            " phần tử trùng nhau. Ví dụ: lọc theo vài địa bàn mỗi lần.",
        ),
        Words(
            "The list is too long",
            "The list at “{place}” has too many entries[ (entries {expected})].",
            "The list has more entries than `expected` allows. Split it into several requests, or drop entries that"
            " come twice. For example, filter by a few areas at a time.",
        ),
    ),
    "pattern-mismatch": Entry(
        422,
        Words(
            "Sai khuôn dạng",
            "“{given}” không đúng khuôn dạng tại “{place}”[: {expected}].",
            "Giá trị phải khớp khuôn dạng nêu trong `expected` (một biểu thức chính quy). Thường là thừa khoảng"
            " trắng, chữ hoa hoặc chữ có dấu trong mã. Ví dụ: mã chỉ tiêu chỉ gồm chữ thường không dấu, chữ số và"
            " `_`.",
        ),
        Words(
            "Not of the right form",
            "“{given}” does not have the form required at “{place}”[: {expected}].",
            "The value must match the form in `expected` (a regular expression). Mostly there is a space, a capital"
            " or a letter with marks in a code. For example, an indicator's code has small letters, digits and `_`"
            " only.",
        ),
    ),
    "invalid-value": Entry(
        422,
        Words(
            "Giá trị không dùng được",
            "Giá trị tại “{place}” không dùng được[; mong đợi: {expected}].",
            "Giá trị có kiểu hoặc dạng mà chỗ này không nhận. Hãy so với ví dụ của thao tác tương ứng ở `/docs`. Ví"
            " dụ: gửi `true`, không gửi `maybe`.",
        ),
        Words(
            "The value cannot be used",
            "The value at “{place}” cannot be used[; expected: {expected}].",
            "The value is of a kind or form that is not taken here. Compare it with the example of the operation at"
            " `/docs`. For example, send `true`, not `maybe`.",
        ),
    ),
    "period-malformed": Entry(
        422,
        Words(
            "Kỳ báo cáo không đúng dạng",
            "“{given}” không phải là một kỳ báo cáo[; ví dụ đúng: {expected}].",
            "Kỳ viết theo một trong bốn dạng: năm `2025`, nửa năm `2025-S1`, quý `2025-Q1`, tháng `2025-03`. Các cách"
            " viết khác như `03/2025` hay `2025-3` không được nhận.",
        ),
        Words(
            "Not a period",
            "“{given}” is not a period[; right would be: {expected}].",
            "A period has one of four forms: a year `2025`, a half `2025-S1`, a quarter `2025-Q1`, a month `2025-03`."
            " Others, such as `03/2025` or `2025-3`, are not taken.",
        ),
    ),
    "as-of-malformed": Entry(
        422,
        Words(
            "as_of không đúng dạng",
            "“{given}” không phải là số thứ tự thay đổi, cũng không phải thời điểm có múi giờ.",
            "`as_of` nhận số thứ tự (`seq`) của một thay đổi, hoặc một thời điểm có múi giờ. Ví dụ: `as_of=57` hoặc"
            " `as_of=2025-03-31T17:00:00Z`. Dấu `+` của múi giờ trong địa chỉ viết là `%2B`.",
        ),
        Words(
            "as_of is malformed",
            "“{given}” is neither the seq of a change nor an instant with an offset.",
            "`as_of` takes the `seq` of a change, or an instant with an offset. For example: `as_of=57` or"
            " `as_of=2025-03-31T17:00:00Z`. In an address, the `+` of an offset is written `%2B`.",
        ),
    ),
    "as-of-in-future": Entry(
        422,
        Words(
            "as_of nằm trong tương lai",
            "Chưa có gì được biết tại “{given}”[; hiện có {expected}].",
            "`as_of` hỏi dịch vụ đã biết gì vào lúc đó, nên không thể ở tương lai. Hãy dùng số thứ tự không lớn hơn"
            " `X-Seq` của câu trả lời bất kỳ, hoặc một thời điểm đã qua.",
        ),
        Words(
            "as_of lies in the future",
            "Nothing is known yet at “{given}”[; there is {expected}].",
            "`as_of` asks what the service knew then, so it cannot lie ahead. Use a seq no larger than the `X-Seq` of"
            " any answer, or an instant that has passed.",
        ),
    ),
    "min-seq-in-future": Entry(
        422,
        Words(
            "min_seq nằm trong tương lai",
            "Chưa có thay đổi nào mang số {given}[; hiện có {expected}].",
            "`min_seq` đòi câu trả lời biết ít nhất đến thay đổi ấy, mà dịch vụ chưa từng cấp số đó. Hãy dùng `seq`"
            " hoặc `X-Seq` của câu trả lời cho lần ghi của bạn. Nếu số ấy đúng là đã được cấp thì cơ sở dữ liệu đã được"
            " khôi phục về trước đó.",
        ),
        Words(
            "min_seq lies in the future",
            "There is no change {given} yet[; there is {expected}].",
            "`min_seq` asks for an answer that knows at least of that change, and no such number was given out. Use the"
            " `seq` or `X-Seq` of the answer to your write. If it was given out, the database has been restored to a"
            " state before it.",
        ),
    ),
    "range-reversed": Entry(
        422,
        Words(
            "Khoảng thời gian bị đảo ngược",
            "“{place}” là {given}, nằm sau điểm cuối của khoảng[; cần {expected}].",
            "Điểm đầu của khoảng nằm sau điểm cuối nên không có gì ở giữa. Danh sách rỗng sẽ trông như chưa có số liệu,"
            " vì vậy yêu cầu bị từ chối. Hãy đổi chỗ hai giá trị, ví dụ `period_from=2025-01&period_to=2025-12`.",
        ),
        Words(
            "The range is reversed",
            "“{place}” is {given}, after the end of the range[; {expected} is needed].",
            "The range begins after it ends, so nothing lies between. An empty list would look like missing figures,"
            " so the request is refused. Swap the two, for example `period_from=2025-01&period_to=2025-12`.",
        ),
    ),
}
