"""Indicators, targets, areas and keys: what a steward or an administrator changes."""

from app.web.catalogue.entry import Entry, Words

ENTRIES = {
    "area-exists": Entry(
        409,
        Words(
            "Địa bàn đã có",
            "Địa bàn “{given}” đã có trong danh mục.",
            "Mã địa bàn gồm mã hành chính và tháng bắt đầu hiệu lực, và mã này đã có. Hãy xem địa bàn hiện có ở"
            " `/api/v1/areas/<mã>`. Ví dụ: `14758-202507` khác với `14758-202501`.",
        ),
        Words(
            "The area exists",
            "The area “{given}” is already known.",
            "An area's id is its code and the month it began, and this one is taken. See what is there at"
            " `/api/v1/areas/<id>`. For example, `14758-202507` is not `14758-202501`.",
        ),
    ),
    "indicator-exists": Entry(
        409,
        Words(
            "Chỉ tiêu đã có",
            "Đã có chỉ tiêu mang mã “{given}”.",
            "Mỗi mã chỉ tiêu chỉ dùng một lần, kể cả khi chỉ tiêu đã ngừng dùng. Hãy chọn mã khác, hoặc sửa chỉ tiêu"
            " hiện có bằng `PATCH /api/v1/indicators/<mã>`. Ví dụ: `adults_with_smartphone_rate`.",
        ),
        Words(
            "The indicator exists",
            "There already is an indicator of code “{given}”.",
            "A code is used once, even when its indicator is retired. Choose another, or change what is there by"
            " `PATCH /api/v1/indicators/<code>`. For example: `adults_with_smartphone_rate`.",
        ),
    ),
    "definition-fixed": Entry(
        409,
        Words(
            "Định nghĩa không đổi được nữa",
            "Chỉ tiêu đã có số liệu nên không đổi được {members}.",
            "Đổi những trường này sẽ làm sai lệch ý nghĩa của các số liệu đã báo cáo. Hãy tạo một chỉ tiêu mới với mã"
            " khác, rồi ngừng dùng chỉ tiêu cũ. Tên, mô tả và tiêu chí thì vẫn sửa được.",
        ),
        Words(
            "The definition is fixed",
            "The indicator has figures, so its {members} cannot change.",
            "Changing these members would change what the figures already sent mean. Make a new indicator with"
            " another code and retire the old one. Names, description and criterion can still be changed.",
        ),
    ),
    "indicator-in-use": Entry(
        409,
        Words(
            "Chỉ tiêu đang được dùng",
            "Chỉ tiêu đang là trọng số của {users}.",
            "Các chỉ tiêu khác dùng chỉ tiêu này làm trọng số để tính trung bình, nên không thể ngừng dùng hay đổi"
            " cấp, đổi tần suất. Hãy đổi trọng số của các chỉ tiêu đó trước, bằng `PATCH /api/v1/indicators/<mã>`.",
        ),
        Words(
            "The indicator is in use",
            "The indicator is the weight of {users}.",
            "Other indicators weigh their mean by this one, so it cannot be retired or moved to another level or"
            " frequency. Give them another weight first, by `PATCH /api/v1/indicators/<code>`.",
        ),
    ),
    "rollup-not-for-measure": Entry(
        422,
        Words(
            "Quy tắc tổng hợp không hợp loại đo",
            "Quy tắc “{given}” không dùng được cho loại đo này.[ Dùng được: {expected}.]",
            "Quy tắc tổng hợp (`rollup`) phải hợp với loại đo (`measure`): tỷ lệ không cộng được, chỉ tiêu đạt/chưa"
            " đạt không lấy trung bình. Ví dụ: `ratio` đi với `ratio_of_sums`, `flag` đi với `share_reaching`.",
        ),
        Words(
            "The rule does not fit the measure",
            "The rule “{given}” cannot be used for this measure.[ Usable: {expected}.]",
            "The `rollup` must fit the `measure`: shares cannot be added up, and flags have no mean. For example,"
            " `ratio` goes with `ratio_of_sums`, and `flag` with `share_reaching`.",
        ),
    ),
    "rollup-not-for-level": Entry(
        422,
        Words(
            "Quy tắc tổng hợp không hợp cấp",
            "Quy tắc “{given}” không dùng được cho cấp thu thập này.[ Dùng được: {expected}.]",
            "Chỉ tiêu cấp thành phố không có gì để tổng hợp nên dùng `none`; chỉ tiêu cấp xã cần một quy tắc khác"
            " `none`. Hãy sửa `rollup` hoặc `level`.",
        ),
        Words(
            "The rule does not fit the level",
            "The rule “{given}” cannot be used at this level.[ Usable: {expected}.]",
            "An indicator of the city has nothing to roll up and takes `none`; one of the communes takes any rule but"
            " `none`. Change `rollup` or `level`.",
        ),
    ),
    "over-time-not-for-flag": Entry(
        422,
        Words(
            "Cách gộp theo thời gian không hợp",
            "Chỉ tiêu đạt hay chưa đạt không dùng được “{given}”[; dùng {expected}].",
            "Đạt hay chưa đạt là một trạng thái, không cộng hay lấy trung bình theo thời gian được. Hãy đặt"
            " `over_time` là `latest`.",
        ),
        Words(
            "Not over time for a flag",
            "An indicator that is met or not cannot take “{given}”[; take {expected}].",
            "Being met is a state, which is neither added up nor averaged over time. Set `over_time` to `latest`.",
        ),
    ),
    "unit-not-for-ratio": Entry(
        422,
        Words(
            "Đơn vị không hợp với tỷ lệ",
            "Tỷ lệ không dùng đơn vị “{given}”[; dùng {expected}].",
            "Tỷ lệ được thể hiện bằng phần trăm, nên `unit` là `PT` (mã SDMX của phần trăm). Nếu số liệu là số người"
            " hay số tiền thì đổi `measure` thành `count` hoặc `amount`.",
        ),
        Words(
            "Not the unit of a ratio",
            "A ratio does not take the unit “{given}”[; take {expected}].",
            "A ratio is shown in percent, so its `unit` is `PT`, the code of SDMX for percent. If the figures are"
            " people or money, make the `measure` `count` or `amount`.",
        ),
    ),
    "criterion-required": Entry(
        422,
        Words(
            "Thiếu tiêu chí",
            "Quy tắc share_reaching cần một tiêu chí để biết thế nào là đạt.",
            'Quy tắc này đếm số địa bàn đạt tiêu chí, nên phải nêu tiêu chí. Ví dụ: `"criterion": {"comparator":'
            ' "ge", "value": 80}` nghĩa là đạt từ 80 trở lên.',
        ),
        Words(
            "A criterion is needed",
            "The rule share_reaching needs a criterion: what it means to reach it.",
            'The rule counts the areas that reach a criterion, so there must be one. For example, `"criterion":'
            ' {"comparator": "ge", "value": 80}` means 80 or more.',
        ),
    ),
    "criterion-not-used": Entry(
        422,
        Words(
            "Tiêu chí không được dùng",
            "Quy tắc “{rule}” không dùng tiêu chí.",
            "Tiêu chí chỉ có nghĩa với quy tắc `share_reaching`. Hãy bỏ `criterion` (hoặc gửi `null`), hoặc đổi"
            " `rollup` thành `share_reaching`.",
        ),
        Words(
            "The criterion is not used",
            "The rule “{rule}” uses no criterion.",
            "A criterion means something to `share_reaching` only. Leave `criterion` out (or send `null`), or make"
            " the `rollup` `share_reaching`.",
        ),
    ),
    "weight-required": Entry(
        422,
        Words(
            "Thiếu trọng số",
            "Quy tắc weighted_mean cần một chỉ tiêu làm trọng số[; ví dụ {hint}].",
            "Trung bình có trọng số cần biết trọng số lấy từ chỉ tiêu nào. Hãy đặt `weight` là mã của một chỉ tiêu"
            " cùng cấp, cùng tần suất, ví dụ dân số.",
        ),
        Words(
            "A weight is needed",
            "The rule weighted_mean needs an indicator to weigh by[; for example {hint}].",
            "A weighted mean has to know which indicator the weights come from. Set `weight` to the code of one of"
            " the same level and frequency, for instance the population.",
        ),
    ),
    "weight-not-used": Entry(
        422,
        Words(
            "Trọng số không được dùng",
            "Quy tắc này không dùng trọng số “{given}”.",
            "Trọng số chỉ có nghĩa với quy tắc `weighted_mean`. Hãy bỏ `weight` (hoặc gửi `null`), hoặc đổi `rollup`"
            " thành `weighted_mean`.",
        ),
        Words(
            "The weight is not used",
            "This rule does not use the weight “{given}”.",
            "A weight means something to `weighted_mean` only. Leave `weight` out (or send `null`), or make the"
            " `rollup` `weighted_mean`.",
        ),
    ),
    "unknown-weight": Entry(
        422,
        Words(
            "Không có chỉ tiêu làm trọng số",
            "Không có chỉ tiêu “{given}” đang dùng để làm trọng số.[ Có phải bạn định viết “{hint}”?]",
            "`weight` là mã của một chỉ tiêu có trong danh mục và chưa ngừng dùng. Danh mục: `/api/v1/indicators`.",
        ),
        Words(
            "No such weight",
            "There is no indicator “{given}” in use to weigh by.[ Did you mean “{hint}”?]",
            "`weight` is the code of an indicator of the registry that is not retired. The registry is at"
            " `/api/v1/indicators`.",
        ),
    ),
    "weight-cycle": Entry(
        422,
        Words(
            "Trọng số vòng tròn",
            "Chỉ tiêu sẽ tự làm trọng số cho chính mình qua “{given}”.",
            "Trọng số của một chỉ tiêu không được quay vòng về chính nó, vì như vậy không tính được. Hãy chọn một chỉ"
            " tiêu độc lập, ví dụ dân số.",
        ),
        Words(
            "The weight goes in a circle",
            "The indicator would weigh itself, by way of “{given}”.",
            "The weight of an indicator cannot lead back to itself: nothing could be computed. Choose one that stands"
            " on its own, for instance the population.",
        ),
    ),
    "weight-differs": Entry(
        422,
        Words(
            "Trọng số khác cấp hoặc tần suất",
            "Trọng số ({given}) phải cùng cấp và tần suất với chỉ tiêu[ ({expected})].",
            "Mỗi địa bàn trong mỗi kỳ cần một trọng số của chính kỳ đó, nên hai chỉ tiêu phải cùng `level` và cùng"
            " `frequency`. Hãy chọn trọng số khác.",
        ),
        Words(
            "The weight differs",
            "The weight ({given}) must have the level and frequency of the indicator[ ({expected})].",
            "Each area needs a weight of the same period, so both indicators must share `level` and `frequency`."
            " Choose another weight.",
        ),
    ),
    "unknown-clause": Entry(
        422,
        Words(
            "Không có điều khoản này",
            "Không có điều khoản “{given}” trong các văn bản đã nạp.",
            "`clause` là mã của một điều khoản trong văn bản gốc. Xem các điều khoản của từng văn bản ở"
            " `/api/v1/documents/<mã>`, hoặc gửi `null` nếu không có.",
        ),
        Words(
            "No such clause",
            "There is no clause “{given}” in the documents known here.",
            "`clause` is the id of a clause of a source document. See the clauses of each at"
            " `/api/v1/documents/<id>`, or send `null` when there is none.",
        ),
    ),
    "target-exists": Entry(
        409,
        Words(
            "Mục tiêu đã có",
            "Đã có mục tiêu mang mã “{given}”.",
            "Mỗi mã mục tiêu chỉ dùng một lần. Hãy bỏ `id` để dịch vụ tự đặt mã, hoặc sửa mục tiêu hiện có bằng"
            " `PATCH /api/v1/targets/<mã>`.",
        ),
        Words(
            "The target exists",
            "There already is a target of id “{given}”.",
            "An id is used once. Leave `id` out and the service makes one, or change what is there by `PATCH"
            " /api/v1/targets/<id>`.",
        ),
    ),
    "target-level-differs": Entry(
        422,
        Words(
            "Cấp mục tiêu không khớp địa bàn",
            "Cấp “{given}” không phải là cấp của địa bàn đã nêu[ ({expected})].",
            "Mục tiêu nêu một địa bàn cụ thể thì `level` phải là cấp của địa bàn đó: `city` cho thành phố, `commune`"
            " cho phường, xã. Hãy sửa `level`, hoặc bỏ `area`.",
        ),
        Words(
            "The target's level is not its area's",
            "The level “{given}” is not that of the area named[ ({expected})].",
            "When a target names an area, its `level` is that area's: `city` or `commune`. Change `level`, or leave"
            " `area` out.",
        ),
    ),
    "interim-outside-way": Entry(
        422,
        Words(
            "Mốc giữa kỳ ở ngoài chặng đường",
            "Mốc ngày {given} không nằm giữa ngày gốc và hạn của mục tiêu[ ({expected})].",
            "Mỗi mốc trong `trajectory` phải sau ngày của `baseline` (nếu có) và trước `due`; chính ngày hạn đã có giá"
            " trị của mục tiêu. Hãy sửa `date` của mốc, hoặc sửa `due` hay `baseline` trong cùng yêu cầu.",
        ),
        Words(
            "An interim point outside the way",
            "The interim point of {given} does not lie between the baseline's day and the due day[ ({expected})].",
            "Each point of `trajectory` comes after the day of `baseline` (if there is one) and before `due`; the due"
            " day itself has the target's value. Change the point's `date`, or `due` or `baseline` with it.",
        ),
    ),
    "interim-out-of-order": Entry(
        422,
        Words(
            "Mốc giữa kỳ sai thứ tự",
            "Mốc ngày {given} không đến sau mốc trước nó[ ({expected})].",
            "Các mốc trong `trajectory` xếp theo ngày tăng dần, mỗi ngày một mốc. Hãy xếp lại, hoặc bỏ mốc trùng ngày.",
        ),
        Words(
            "Interim points out of order",
            "The interim point of {given} does not come after the one before it[ ({expected})].",
            "The points of `trajectory` go by day, oldest first, one a day. Put them in order, or leave the doubled"
            " day out.",
        ),
    ),
    "flag-target-not-one": Entry(
        422,
        Words(
            "Mục tiêu của chỉ tiêu đạt/chưa đạt",
            "Mục tiêu cho một địa bàn của chỉ tiêu đạt hay chưa đạt phải là {expected}, không phải {given}.",
            "Một địa bàn chỉ có thể đạt (1) hoặc chưa đạt (0). Mục tiêu tính theo phần trăm số địa bàn thì đặt ở cấp"
            ' thành phố. Ví dụ: `"level": "city", "value": 100`.',
        ),
        Words(
            "The target of a flag",
            "For one area, the target of an indicator that is met or not is {expected}, not {given}.",
            "One area either meets it (1) or not (0). A share of areas in percent is a target of the city. For"
            ' example: `"level": "city", "value": 100`.',
        ),
    ),
    "areas-required": Entry(
        422,
        Words(
            "Khóa gửi số liệu cần địa bàn",
            "Khóa có quyền submit phải nêu ít nhất một địa bàn.",
            "Khóa của phường, xã chỉ được gửi số liệu của chính mình, nên phải nêu địa bàn khi cấp khóa. Ví dụ:"
            ' `"scopes": ["submit"], "areas": ["14758"]`.',
        ),
        Words(
            "The key needs its areas",
            "A key with the scope submit names at least one area.",
            "A ward's key sends that ward's figures only, so its areas are named when it is issued. For example:"
            ' `"scopes": ["submit"], "areas": ["14758"]`.',
        ),
    ),
    "expires-in-past": Entry(
        422,
        Words(
            "Thời điểm hết hạn đã qua",
            "Thời điểm hết hạn {given} đã qua.",
            "Khóa sẽ hết hạn ngay khi được cấp. Hãy chọn một thời điểm trong tương lai, có múi giờ, hoặc bỏ `expires`"
            " để khóa không hết hạn. Ví dụ: `2030-12-31T17:00:00Z`.",
        ),
        Words(
            "The expiry has passed",
            "The expiry {given} has passed.",
            "The key would be dead as soon as it is issued. Choose a time ahead, with its offset, or leave `expires`"
            " out for a key that does not expire. For example: `2030-12-31T17:00:00Z`.",
        ),
    ),
    "too-few-readings": Entry(
        422,
        Words(
            "Chưa đủ số liệu để dự báo",
            "Chỉ tiêu này có số liệu chính xác của {given} kỳ; dự báo cần ít nhất 4 kỳ.",
            "Dự báo đi theo 12 kỳ gần nhất có số liệu; ít hơn 4 kỳ thì chưa nói được xu hướng. Hãy chờ thêm kỳ báo cáo,"
            " hoặc xem từng kỳ ở `/api/v1/city/series`. Ví dụ: số liệu “trên 99%” chỉ là giới hạn nên không được tính.",
        ),
        Words(
            "Too few readings for a forecast",
            "The indicator has exact figures in {given} periods; a forecast needs at least 4.",
            "A forecast follows the last 12 periods that have a figure; fewer than 4 show no way. Wait for more"
            " reports, or see each period at `/api/v1/city/series`. For example, “over 99 %” is a bound and"
            " is not counted.",
        ),
    ),
    "too-many-periods": Entry(
        422,
        Words(
            "Khoảng thời gian quá dài",
            "Khoảng thời gian có {given} kỳ, quá nhiều cho một câu trả lời[ (số kỳ {expected})].",
            "Một câu trả lời chỉ chứa một số kỳ nhất định. Hãy thu hẹp `period_from` và `period_to`, hoặc đọc nhiều"
            " lần. Ví dụ: `period_from=2020-01&period_to=2025-12` là 72 tháng.",
        ),
        Words(
            "Too many periods",
            "The span has {given} periods, too many for one answer[ (periods {expected})].",
            "One answer holds a limited number of periods. Narrow `period_from` and `period_to`, or ask several"
            " times. For example, `period_from=2020-01&period_to=2025-12` is 72 months.",
        ),
    ),
}
