"""The rules of the figures in words, for whoever redoes them: Vietnamese, then English."""

from app.core.entities import OverTime, Rule

RULES: dict[Rule, tuple[str, str]] = {
    Rule.SUM: (
        "Cộng số của các địa bàn có số liệu.",
        "Add the figures of the areas that have one.",
    ),
    Rule.RATIO_OF_SUMS: (
        "Cộng các tử số, cộng các mẫu số, rồi lấy 100 × tổng tử số ÷ tổng mẫu số; không lấy trung bình các tỷ lệ.",
        "Add the numerators, add the denominators, then take 100 × the first sum ÷ the second; rates are not averaged.",
    ),
    Rule.SHARE_REACHING: (
        (
            "Đếm số địa bàn đạt tiêu chí, rồi lấy 100 × số đó ÷ tổng số địa bàn phải báo cáo; địa bàn chưa báo cáo"
            " tính là chưa đạt."
        ),
        (
            "Count the areas that meet the criterion, then take 100 × that ÷ all areas expected; a silent area counts"
            " as not reached."
        ),
    ),
    Rule.MEAN: (
        "Cộng số của các địa bàn có số liệu, rồi chia cho số địa bàn đó.",
        "Add the figures of the areas that have one, then divide by how many they are.",
    ),
    Rule.WEIGHTED_MEAN: (
        "Nhân số của mỗi địa bàn với trọng số của nó, cộng lại, rồi chia cho tổng các trọng số.",
        "Multiply each area's figure by its weight, add up, then divide by the sum of the weights.",
    ),
    Rule.MIN: ("Lấy số nhỏ nhất trong các địa bàn có số liệu.", "Take the lowest figure of the areas that have one."),
    Rule.MAX: ("Lấy số lớn nhất trong các địa bàn có số liệu.", "Take the highest figure of the areas that have one."),
    Rule.NONE: (
        "Không tổng hợp từ địa bàn: dùng số do chính thành phố báo cáo.",
        "Nothing is rolled up: the figure is the one the city itself reported.",
    ),
}
OVER_TIME: dict[OverTime, tuple[str, str]] = {
    OverTime.LATEST: (
        "Trong kỳ dài hơn, lấy số mới nhất của mỗi địa bàn; số cũ còn được dùng tiếp trong {months} tháng.",
        "Within a longer period each area shows its last figure; an earlier one stands for {months} months.",
    ),
    OverTime.SUM: (
        "Trong kỳ dài hơn, cộng các kỳ con của mỗi địa bàn; thiếu một kỳ con thì địa bàn đó là thiếu số liệu.",
        "Within a longer period each area's sub-periods are added; one that lacks a sub-period is missing.",
    ),
    OverTime.MEAN: (
        (
            "Trong kỳ dài hơn, lấy trung bình các kỳ con của mỗi địa bàn (tỷ lệ: cộng tử số và mẫu số); thiếu một kỳ"
            " con thì địa bàn đó là thiếu số liệu."
        ),
        (
            "Within a longer period each area's sub-periods are averaged (ratios: components added); one that lacks a"
            " sub-period is missing."
        ),
    ),
}
BASES: dict[str, tuple[str, str]] = {
    "rolled_up": (
        "Con số được tổng hợp từ các địa bàn.",
        "The figure is rolled up from the areas.",
    ),
    "reported": (
        "Con số là số mới nhất do chính thành phố báo cáo, vì chưa đủ địa bàn có số liệu.",
        "The figure is the newest one the city itself reported, as too few areas have given theirs.",
    ),
    "none": ("Chưa có số liệu.", "There is no figure yet."),
}
ON_MAP = (
    (
        "Số liệu được quy về các địa bàn của ngày {day}: địa bàn mới cộng từ các địa bàn cũ nhập vào, phần bị chia nhân"
        " với tỷ lệ đã nhập; nơi thiếu một địa bàn cũ hoặc tỷ lệ thì không so sánh được."
    ),
    (
        "Figures are told for the areas of {day}: a new area adds up the old ones that went into it, a divided one"
        " times the share entered; where an old area or a share is missing it is not comparable."
    ),
)
STEPS: dict[str, tuple[str, str]] = {
    "sum": ("Cộng các số hạng.", "Add the terms."),
    "mean": ("Cộng các số hạng rồi chia cho số số hạng.", "Add the terms and divide by how many they are."),
    "percent": ("Lấy 100 × số thứ nhất ÷ số thứ hai.", "Take 100 × the first ÷ the second."),
    "divide": ("Chia số thứ nhất cho số thứ hai.", "Divide the first by the second."),
    "sum_of_products": (
        "Nhân mỗi số với trọng số (hoặc tỷ lệ) rồi cộng lại.",
        "Multiply each by its weight (or share) and add up.",
    ),
    "lowest": ("Lấy số nhỏ nhất.", "Take the lowest."),
    "highest": ("Lấy số lớn nhất.", "Take the highest."),
    "take": ("Đây là con số được hiển thị.", "This is the figure that is shown."),
    "round": (
        "Làm tròn đến {decimals} chữ số thập phân, nửa thì tăng về phía xa số 0.",
        "Round to {decimals} decimals, halves away from zero.",
    ),
}
