"""Whose figures these are, as every dialect names it, and the words that are the same in all of them."""

from app.core.entities import Definition
from app.core.registry import View

# The plan's "UBND thành phố", spelled out.
PUBLISHER = ("Ủy ban nhân dân thành phố Thanh Hóa", "People's Committee of Thanh Hóa City")
TITLE = ("Chỉ tiêu chuyển đổi số thành phố Thanh Hóa", "Digital-transformation indicators of Thanh Hóa City")
OBSERVATIONS = ("Số liệu từng địa bàn", "Observations of every area")
CITY = ("Con số toàn thành phố", "Figures of the whole city")
DOMAINS = {
    "economy": ("Kinh tế", "Economy"),
    "culture_society": ("Văn hóa - xã hội", "Culture and society"),
    "smart_governance": ("Quản trị thông minh", "Smart governance"),
    "infrastructure": ("Hạ tầng", "Infrastructure"),
    "government": ("Chính quyền", "Government"),
}
UNITS = {
    "PT": ("Phần trăm", "Percent"),
    "NUMBER": ("Số lượng", "Number"),
    "VND": ("Đồng Việt Nam", "Vietnamese dong"),
    "BOOL": ("Có hoặc không", "Yes or no"),
}


def spoken(words: tuple[str, str], lang: str) -> str:
    return words[1] if lang == "en" else words[0]


def active(view: View) -> list[Definition]:
    """The indicators that are not retired, by code."""
    return [d for d in view.definitions() if not d.retired]
