"""What a ward sends: rows, periods, areas and numbers, as their indicator wants them."""

from app.web.catalogue.entry import Entry, Words

ENTRIES = {
    "submission-rejected": Entry(
        422,
        Words(
            "Lần gửi bị từ chối",
            "Có {count} dòng chưa đúng nên chưa có gì được lưu.[ {place}: {message}]",
            "Mặc định, một lần gửi được lưu toàn bộ hoặc không lưu gì. Mỗi dòng sai có một mục trong `errors`, chỉ rõ"
            " chỗ sai và cách sửa. Hãy sửa rồi gửi lại tất cả, hoặc dùng `on_error=accept_valid` để lưu các dòng"
            " đúng.",
        ),
        Words(
            "The submission was refused",
            "Nothing was stored; rows with errors: {count}.[ {place}: {message}]",
            "A submission is stored whole or not at all. Each bad row has an entry in `errors` that names the place"
            " and the way out. Mend the rows and send all of them again, or store the good ones with"
            " `on_error=accept_valid`.",
        ),
    ),
    "no-rows": Entry(
        422,
        Words(
            "Không có dòng nào",
            "Lần gửi không có dòng số liệu nào trong “rows”.",
            "Một lần gửi cần ít nhất một dòng. Không có số liệu thì không cần gửi: im lặng khác với số 0. Ví dụ:"
            ' `{"period": "2025-03", "rows": [{"indicator": "commune_dx_completed", "value": true}]}`.',
        ),
        Words(
            "No rows",
            "The submission has no row in “rows”.",
            "A submission needs at least one row. With no figures there is nothing to send: silence is not 0. For"
            ' example: `{"period": "2025-03", "rows": [{"indicator": "commune_dx_completed", "value": true}]}`.',
        ),
    ),
    "too-many-rows": Entry(
        413,
        Words(
            "Quá nhiều dòng",
            "Lần gửi có {given} dòng; mỗi lần được tối đa 10.000 dòng.",
            "Hãy chia thành nhiều lần gửi, mỗi lần không quá 10.000 dòng và có `Idempotency-Key` riêng. Ví dụ: mỗi kỳ"
            " báo cáo một lần gửi.",
        ),
        Words(
            "Too many rows",
            "The submission has {given} rows; 10,000 is the most.",
            "Split it into several, each of at most 10,000 rows and with an `Idempotency-Key` of its own. For"
            " example, one submission a period.",
        ),
    ),
    "duplicate-cell": Entry(
        422,
        Words(
            "Một ô có hai dòng",
            "Ô {given} đã có ở dòng {first} của cùng lần gửi.",
            "Trong một lần gửi, mỗi chỉ tiêu của một địa bàn trong một kỳ chỉ có một dòng (đếm từ 0). Hãy giữ lại"
            " dòng đúng. Nếu muốn sửa số đã gửi trước đó, hãy gửi một lần mới.",
        ),
        Words(
            "The same cell twice",
            "The cell {given} already stands in row {first} of this submission.",
            "Within a submission, an indicator of an area in a period has one row (counted from 0). Keep the right"
            " one. To correct what was sent before, send another submission.",
        ),
    ),
    "unknown-indicator": Entry(
        422,
        Words(
            "Không có chỉ tiêu này",
            "Không có chỉ tiêu “{given}”.[ Có phải bạn định viết “{hint}”?]",
            "Mã chỉ tiêu không có trong danh mục. Mã chỉ gồm chữ thường không dấu, chữ số và `_`. Danh mục đầy đủ:"
            " `/api/v1/indicators`; tìm theo tên: `/api/v1/indicators?q=dien thoai`.",
        ),
        Words(
            "No such indicator",
            "There is no indicator “{given}”.[ Did you mean “{hint}”?]",
            "The registry has no indicator of this code. Codes have small letters, digits and `_`. The whole registry"
            " is at `/api/v1/indicators`; search by name: `/api/v1/indicators?q=smartphone`.",
        ),
    ),
    "indicator-retired": Entry(
        422,
        Words(
            "Chỉ tiêu đã ngừng dùng",
            "Chỉ tiêu “{given}” đã ngừng dùng và không nhận số liệu mới.",
            "Chỉ tiêu này không còn trong bộ chỉ tiêu hiện hành; số liệu cũ vẫn xem được. Hãy bỏ dòng đó, hoặc hỏi"
            " người quản lý danh mục xem chỉ tiêu nào thay thế. Danh mục: `/api/v1/indicators`.",
        ),
        Words(
            "The indicator is retired",
            "The indicator “{given}” is retired and takes no new figures.",
            "It is no longer part of the set; its old figures can still be read. Leave the row out, or ask the"
            " steward which indicator takes its place. The registry is at `/api/v1/indicators`.",
        ),
    ),
    "indicator-not-valid-in-period": Entry(
        422,
        Words(
            "Chỉ tiêu chưa có trong kỳ này",
            "Chỉ tiêu chưa áp dụng cho kỳ {given}[; áp dụng khi ngày cuối kỳ {expected}].",
            "Định nghĩa của chỉ tiêu chỉ bắt đầu từ một ngày nhất định, sau kỳ bạn gửi. Hãy kiểm tra lại kỳ. Các"
            " phiên bản và ngày bắt đầu có ở `/api/v1/indicators/<mã>/versions`.",
        ),
        Words(
            "The indicator did not exist then",
            "The indicator does not apply to period {given}[; the period's last day must be {expected}].",
            "The definition of the indicator starts on a day after the period you sent. Check the period. Versions"
            " and their first days are at `/api/v1/indicators/<code>/versions`.",
        ),
    ),
    "frequency-mismatch": Entry(
        422,
        Words(
            "Kỳ không đúng tần suất",
            "Kỳ “{given}” không đúng tần suất của chỉ tiêu[ {indicator}][; dạng đúng: {expected}].",
            "Mỗi chỉ tiêu có một tần suất: năm, nửa năm, quý hoặc tháng, và số liệu phải theo đúng tần suất đó. Ví"
            " dụ: chỉ tiêu hằng tháng nhận `2025-03`, không nhận `2025-Q1`.",
        ),
        Words(
            "The period has the wrong frequency",
            "The period “{given}” is not of the frequency of the indicator[ {indicator}][; its form is {expected}].",
            "Each indicator has one frequency (year, half, quarter or month), and figures come in it. For example, a"
            " monthly indicator takes `2025-03`, not `2025-Q1`.",
        ),
    ),
    "period-not-open": Entry(
        422,
        Words(
            "Kỳ chưa bắt đầu",
            "Kỳ “{given}” chưa bắt đầu[; kỳ mới nhất nhận số liệu: {expected}].",
            "Không nhận số liệu của kỳ chưa bắt đầu (theo giờ Việt Nam). Hãy kiểm tra năm và tháng: thường là gõ nhầm"
            " năm. Dự báo không gửi ở đây.",
        ),
        Words(
            "The period has not begun",
            "The period “{given}” has not begun[; the newest open one: {expected}].",
            "Figures for a period that has not begun (by Vietnam time) are not taken. Check year and month: mostly"
            " the year is a slip. Forecasts are not sent here.",
        ),
    ),
    "unknown-area": Entry(
        422,
        Words(
            "Không có địa bàn này",
            "Không có địa bàn “{given}”.[ Có phải bạn định viết “{hint}”?]",
            "Địa bàn được gọi bằng mã (`14758`) hoặc mã kèm tháng bắt đầu hiệu lực (`14758-202501`), không bằng tên."
            " Danh sách: `/api/v1/areas`; tìm theo tên không dấu: `/api/v1/areas?q=dong tho`.",
        ),
        Words(
            "No such area",
            "There is no area “{given}”.[ Did you mean “{hint}”?]",
            "An area is named by its code (`14758`) or its id, the code with the month it began (`14758-202501`), not"
            " by name. The list is at `/api/v1/areas`; search without marks: `/api/v1/areas?q=dong tho`.",
        ),
    ),
    "area-code-ambiguous": Entry(
        400,
        Words(
            "Mã địa bàn không rõ",
            "Mã “{given}” đã dùng cho nhiều địa bàn[: {expected}]. Hãy nêu ngày, hoặc dùng mã đầy đủ.",
            "Mã hành chính được dùng lại sau khi sắp xếp đơn vị, nên một mã có thể chỉ hai nơi khác nhau. Hãy thêm"
            " `at=2025-07-01` hoặc dùng mã kèm tháng bắt đầu, ví dụ `14758-202507`.",
        ),
        Words(
            "The area code is ambiguous",
            "The code “{given}” has meant several areas[: {expected}]. Give a date, or an id.",
            "Official codes are used again after a reorganisation, so one code may mean two places. Add"
            " `at=2025-07-01`, or use the id with the month it began, for example `14758-202507`.",
        ),
    ),
    "area-not-yours": Entry(
        422,
        Words(
            "Không phải địa bàn của bạn",
            "Khóa của bạn không gửi được số liệu cho địa bàn “{given}”[; chỉ cho {expected}].",
            "Khóa của một phường, xã chỉ gửi được số liệu của chính địa bàn đó. Hãy bỏ trường `area` để dùng địa bàn"
            " của khóa, hoặc dùng khóa của địa bàn kia. Xem địa bàn của khóa: `/api/v1/me`.",
        ),
        Words(
            "Not your area",
            "Your key cannot send figures for area “{given}”[; only for {expected}].",
            "A ward's key sends that ward's figures only. Leave `area` out to use the key's own, or use the other"
            " ward's key. The areas of your key are at `/api/v1/me`.",
        ),
    ),
    "area-not-valid-in-period": Entry(
        422,
        Words(
            "Địa bàn không tồn tại trong kỳ này",
            "Địa bàn “{given}”[ ({name})] không tồn tại vào ngày cuối kỳ[ {period}][; hiệu lực: {expected}].[ Địa bàn"
            " kế thừa: {hint}.]",
            "Số liệu của một kỳ thuộc về các địa bàn còn hiệu lực vào ngày cuối kỳ đó. Sau khi sắp xếp đơn vị hành"
            " chính, hãy gửi cho địa bàn kế thừa. Lịch sử: `/api/v1/areas/<mã>/lineage`.",
        ),
        Words(
            "The area did not exist in this period",
            "The area “{given}”[ ({name})] did not exist on the last day of the period[ {period}][; valid:"
            " {expected}].[ Its successors: {hint}.]",
            "A period's figures concern the areas valid on its last day. After a reorganisation, send for the area"
            " that took the place of this one. Its history is at `/api/v1/areas/<id>/lineage`.",
        ),
    ),
    "area-level-mismatch": Entry(
        422,
        Words(
            "Sai cấp địa bàn",
            "Chỉ tiêu này thu thập ở cấp {expected}, không phải ở cấp của địa bàn “{given}”.",
            "Mỗi chỉ tiêu được thu thập ở một cấp: cấp xã (`commune`) hoặc thành phố (`city`). Xem trường `level` của"
            " chỉ tiêu ở `/api/v1/indicators/<mã>`, rồi gửi cho đúng địa bàn.",
        ),
        Words(
            "The area is of another level",
            "This indicator is collected at level {expected}, which area “{given}” is not.",
            "Each indicator is collected at one level: `commune` or `city`. See the `level` of the indicator at"
            " `/api/v1/indicators/<code>`, and send for an area of that level.",
        ),
    ),
    "area-not-a-city": Entry(
        422,
        Words(
            "Không phải là thành phố",
            "“{given}” là phường, xã; số liệu tổng hợp ở đây là của thành phố[ ({expected})].",
            "Các đường dẫn `/city/…` trả lời cho cả thành phố. Số liệu của từng phường, xã xem ở"
            " `/api/v1/observations?area=<mã>`, thứ hạng của nó ở `/api/v1/city/ranking`. Hãy bỏ `area` hoặc nêu mã"
            " thành phố.",
        ),
        Words(
            "Not a city",
            "“{given}” is a ward or commune; the figures here are those of a city[ ({expected})].",
            "The paths `/city/…` answer for a whole city. The figures of one ward or commune are at"
            " `/api/v1/observations?area=<code>`, its rank at `/api/v1/city/ranking`. Leave `area` out, or name the"
            " city.",
        ),
    ),
    "status-with-value": Entry(
        422,
        Words(
            "Vừa có trạng thái vừa có giá trị",
            "Trạng thái “{given}” không đi cùng giá trị tại “{place}”.",
            '`"status": "M"` (không áp dụng) hoặc `"Q"` (không công bố) thay cho giá trị, nên không gửi cả hai. Hãy'
            " bỏ một trong hai. Có số liệu thì chỉ gửi số liệu.",
        ),
        Words(
            "A status and a value",
            "The status “{given}” does not go with a value at “{place}”.",
            '`"status": "M"` (not applicable) or `"Q"` (withheld) stands instead of a value, so only one of them is'
            " sent. Drop the other. If you have a figure, send just that.",
        ),
    ),
    "value-required": Entry(
        422,
        Words(
            "Thiếu giá trị",
            "Dòng này chưa có giá trị.",
            "Mỗi dòng cần `value`, hoặc `numerator` và `denominator`, hoặc một trạng thái (`status`). Không có số"
            ' liệu thì bỏ dòng đó đi. Ví dụ: `{"indicator": "…", "value": 12.5}`.',
        ),
        Words(
            "A value is needed",
            "This row has no value.",
            "A row needs its `value`, or `numerator` and `denominator`, or a `status`. With no figure, leave the row"
            ' out. For example: `{"indicator": "…", "value": 12.5}`.',
        ),
    ),
    "components-required": Entry(
        422,
        Words(
            "Cần tử số và mẫu số",
            "Chỉ tiêu này cần tử số và mẫu số; chỉ có tỷ lệ thì chưa đủ.",
            "Tỷ lệ của thành phố được tính bằng tổng tử số chia tổng mẫu số của các phường, xã, không phải trung bình"
            ' các tỷ lệ. Hãy gửi cả hai số. Ví dụ: `{"indicator": "…", "numerator": 8123, "denominator": 9340}`.',
        ),
        Words(
            "Numerator and denominator are needed",
            "This indicator needs its numerator and denominator; the share alone will not do.",
            "The city's share is the sum of all numerators over the sum of all denominators, never a mean of shares."
            ' Send both. For example: `{"indicator": "…", "numerator": 8123, "denominator": 9340}`.',
        ),
    ),
    "component-missing": Entry(
        422,
        Words(
            "Thiếu một trong hai thành phần",
            "Tử số và mẫu số phải đi cùng nhau; còn thiếu “{place}”.",
            "Chỉ có một trong hai số thì không tính được tỷ lệ. Hãy gửi cả `numerator` và `denominator`, kể cả khi"
            ' một số bằng 0. Ví dụ: `"numerator": 0, "denominator": 120`.',
        ),
        Words(
            "One component is missing",
            "Numerator and denominator go together; “{place}” is missing.",
            "With one of the two no share can be made. Send both `numerator` and `denominator`, even when one is 0."
            ' For example: `"numerator": 0, "denominator": 120`.',
        ),
    ),
    "components-not-allowed": Entry(
        422,
        Words(
            "Chỉ tiêu không có tử số, mẫu số",
            "Chỉ tiêu này không phải tỷ lệ nên không nhận tử số và mẫu số.",
            "Tử số và mẫu số chỉ dành cho chỉ tiêu tỷ lệ (`measure: ratio`). Với số lượng, số tiền, hoặc đạt/chưa"
            ' đạt, hãy gửi `value`. Ví dụ: `{"indicator": "commune_dx_completed", "value": true}`.',
        ),
        Words(
            "No components here",
            "This indicator is no ratio, so it takes no numerator and denominator.",
            "Components belong to ratios (`measure: ratio`). For counts, amounts and flags send `value`. For example:"
            ' `{"indicator": "commune_dx_completed", "value": true}`.',
        ),
    ),
    "qualifier-not-allowed": Entry(
        422,
        Words(
            "Không dùng được dấu so sánh",
            "Chỉ tiêu đạt hay chưa đạt không nhận “{given}”.",
            "“Trên”, “ít nhất” chỉ có nghĩa với con số. Với chỉ tiêu đạt hay chưa đạt, hãy bỏ `qualifier` và gửi"
            " `true` hoặc `false`.",
        ),
        Words(
            "No qualifier here",
            "An indicator that is met or not takes no “{given}”.",
            "“Over” and “at least” make sense for numbers only. For an indicator that is met or not, leave"
            " `qualifier` out and send `true` or `false`.",
        ),
    ),
    "negative-value": Entry(
        422,
        Words(
            "Giá trị âm",
            "Giá trị {given} không thể âm.",
            "Số lượng, tỷ lệ, tử số và mẫu số không thể nhỏ hơn 0. Nếu muốn giảm số đã báo cáo trước đó, hãy gửi lại"
            " tổng số đúng, không gửi phần chênh lệch.",
        ),
        Words(
            "A negative value",
            "The value {given} cannot be below zero.",
            "Counts, shares and components are never below 0. To lower a figure reported before, send the right total"
            " again, not the difference.",
        ),
    ),
    "too-many-decimals": Entry(
        422,
        Words(
            "Quá nhiều chữ số thập phân",
            "Số {given} có quá nhiều chữ số sau dấu chấm[ (số chữ số {expected})].",
            "Mỗi chỉ tiêu nhận số chữ số thập phân của mình cộng thêm 6. Số dài hơn thường do máy tính chia ra: hãy"
            " gửi tử số và mẫu số, hoặc làm tròn. Ví dụ: `84.39`.",
        ),
        Words(
            "Too many decimals",
            "The number {given} has too many digits after the point[ (digits {expected})].",
            "An indicator takes its own decimals and 6 more. Longer numbers mostly come from a computer's division:"
            " send the components, or round. For example: `84.39`.",
        ),
    ),
    "numerator-exceeds-denominator": Entry(
        422,
        Words(
            "Tử số lớn hơn mẫu số",
            "Tử số {given} lớn hơn mẫu số[ ({expected})].",
            "Tử số là một phần của mẫu số, nên không thể lớn hơn. Có thể hai số bị đảo chỗ, hoặc thuộc hai kỳ khác"
            " nhau. Ví dụ đúng: 8123 người dùng trên 9340 người lớn.",
        ),
        Words(
            "The numerator exceeds the denominator",
            "The numerator {given} is larger than its denominator[ ({expected})].",
            "The numerator is a part of the denominator, so it cannot be larger. Perhaps the two changed places, or"
            " come from different periods. Right: 8123 users of 9340 adults.",
        ),
    ),
    "value-contradicts-components": Entry(
        422,
        Words(
            "Giá trị không khớp tử số, mẫu số",
            "Giá trị {given} không khớp với tử số chia mẫu số[ ({expected})].",
            "Khi gửi cả tỷ lệ lẫn tử số và mẫu số, chúng phải khớp nhau đến đúng số chữ số thập phân đã viết. Hãy bỏ"
            " `value` và chỉ gửi tử số, mẫu số: dịch vụ tự tính. Ví dụ: 8123 ÷ 9340 là `86.97`.",
        ),
        Words(
            "The value contradicts its components",
            "The value {given} is not numerator over denominator[ ({expected})].",
            "When a share comes with its components, they must agree to the decimals written. Leave `value` out and"
            " send the components: the service divides. For example, 8123 ÷ 9340 is `86.97`.",
        ),
    ),
    "unusual-change": Entry(
        422,
        Words(
            "Thay đổi bất thường",
            "Số {reading} thay đổi {change} so với số liền trước ({last}); thường thay đổi {median}, lệch không quá"
            " {limit} (phương pháp {method}: trung vị độ lệch tuyệt đối MAD {mad}, {readings} số trước đó). Đã được"
            " nhận, xin kiểm tra lại.",
            "Đây là cảnh báo, số liệu vẫn được lưu. Mức thay đổi so với số liền trước lệch khỏi trung vị của các thay"
            " đổi trước đó hơn 3,5 × 1,4826 × MAD, và lớn hơn một phần hai mươi số liền trước. Cần ít nhất 6 số trước"
            " đó. Hãy xem có gõ nhầm chữ số hay đơn vị không; nếu số đúng thì không phải làm gì.",
        ),
        Words(
            "An unusual change",
            "The figure {reading} changed by {change} since the one before ({last}); it usually changes by {median},"
            " give or take {limit} (method {method}: median absolute deviation MAD {mad}, {readings} figures before)."
            " It was taken, please check it.",
            "This is a warning, and the figure is stored. Its change since the figure before lies further from the"
            " median of the changes before it than 3.5 × 1.4826 × MAD, and is more than a twentieth of the figure"
            " before. It takes at least 6 figures before. See whether a digit or the unit slipped; if the figure is"
            " right, nothing has to be done.",
        ),
    ),
    "fractional-count": Entry(
        422,
        Words(
            "Số lượng có phần lẻ",
            "Số lượng {given} có phần lẻ; đã được nhận, xin kiểm tra lại.",
            "Đây là cảnh báo, số liệu vẫn được lưu. Số lượng (người, hộ, cơ sở) thường là số nguyên. Nếu là nhầm lẫn,"
            " hãy gửi lại số đúng.",
        ),
        Words(
            "A count with decimals",
            "The count {given} has decimals; it was taken, please check it.",
            "This is a warning, and the figure is stored. Counts (of people, households, places) are mostly whole. If"
            " it was a slip, send the right number.",
        ),
    ),
}
