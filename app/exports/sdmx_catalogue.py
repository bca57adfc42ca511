"""What the service maintains in SDMX: two structures, their concepts, and code lists made of the registry.

Concepts and codes that SDMX has keep its names (cross-domain concepts, CL_FREQ, CL_OBS_STATUS, CL_UNIT_MULT).
"""

from collections.abc import Iterable, Mapping

from app.core.entities import Definition
from app.core.registry import View
from app.exports.publisher import CITY, OBSERVATIONS, PUBLISHER, TITLE, UNITS
from app.formats.sdmx import TIME, VALUE, Agency, Catalogue, Code, Codelist, Component, Names, Structure

AGENCY = Agency("THANH_HOA", PUBLISHER)

FREQUENCIES = {
    "A": ("Năm", "Annual"),
    "S": ("Nửa năm", "Half-yearly, semester"),
    "Q": ("Quý", "Quarterly"),
    "M": ("Tháng", "Monthly"),
}
_STATUSES = {
    "A": ("Giá trị bình thường", "Normal value"),
    "B": ("Ngắt chuỗi", "Time series break"),
    "E": ("Giá trị ước tính", "Estimated value"),
    "F": ("Giá trị dự báo", "Forecast value"),
    "L": ("Thiếu: có nhưng chưa thu thập", "Missing value; data exist but were not collected"),
    "M": ("Thiếu: không thể có", "Missing value; data cannot exist"),
    "P": ("Giá trị tạm thời", "Provisional value"),
    "Q": ("Thiếu: không công bố", "Missing value; suppressed"),
}
_MULTIPLIERS = {
    "0": ("Đơn vị", "Units"),
    "3": ("Nghìn", "Thousands"),
    "6": ("Triệu", "Millions"),
    "9": ("Tỷ", "Billions"),
    "12": ("Nghìn tỷ", "Trillions"),
}
_QUALIFIERS = {
    "eq": ("Đúng bằng", "Exactly"),
    "gt": ("Trên", "Over"),
    "ge": ("Từ … trở lên", "At least"),
    "lt": ("Dưới", "Under"),
    "le": ("Không quá", "At most"),
}
_BASES = {
    "rolled_up": ("Tổng hợp từ các địa bàn", "Rolled up from the areas"),
    "reported": ("Thành phố tự báo cáo", "Reported by the city itself"),
    "none": ("Chưa có số liệu", "No figure"),
}
_QUALITIES = {
    "ok": ("Đủ địa bàn", "Enough areas"),
    "partial": ("Mới có một phần địa bàn", "Some of the areas"),
    "none": ("Chưa địa bàn nào", "None of the areas"),
}

DIMENSIONS = (
    Component("FREQ", ("Tần suất", "Frequency"), "CL_FREQ"),
    Component("REF_AREA", ("Địa bàn", "Reference area"), "CL_AREA"),
    Component("INDICATOR", ("Chỉ tiêu", "Indicator"), "CL_INDICATOR"),
)
MEASURES = (
    Component(TIME, ("Kỳ", "Time period"), "ObservationalTimePeriod"),
    Component(VALUE, ("Giá trị", "Observation value"), "Decimal"),
)
_SHARED = (
    Component("OBS_STATUS", ("Tình trạng số liệu", "Observation status"), "CL_OBS_STATUS", required=True),
    Component("QUALIFIER", ("Số liệu là giới hạn nào", "How the value is meant"), "CL_QUALIFIER"),
    Component("NUMERATOR", ("Tử số", "Numerator"), "Decimal"),
    Component("DENOMINATOR", ("Mẫu số", "Denominator"), "Decimal"),
    Component("UNIT_MEASURE", ("Đơn vị đo", "Unit of measure"), "CL_UNIT_MEASURE", required=True, of_series=True),
    Component("UNIT_MULT", ("Bội số đơn vị", "Unit multiplier"), "CL_UNIT_MULT", required=True, of_series=True),
    Component("DECIMALS", ("Số chữ số thập phân", "Decimals"), "Integer", required=True, of_series=True),
)
OBSERVED = Structure(
    "OBSERVATIONS", OBSERVATIONS, DIMENSIONS, (*_SHARED, Component("COMMENT_OBS", ("Ghi chú", "Comment"), "String"))
)
CITY_FIGURES = Structure(
    "CITY",
    CITY,
    DIMENSIONS,
    (
        *_SHARED,
        Component("BASIS", ("Cơ sở", "Basis"), "CL_BASIS"),
        Component("QUALITY", ("Mức độ đầy đủ", "Quality of the roll-up"), "CL_QUALITY"),
        Component("VALUE_PERIOD", ("Kỳ của giá trị", "Period the value comes from"), "ObservationalTimePeriod"),
        Component("EXPECTED", ("Địa bàn phải báo cáo", "Areas expected"), "Integer"),
        Component("REPORTED", ("Địa bàn đã báo cáo", "Areas that reported"), "Integer"),
        Component("CARRIED", ("Địa bàn dùng số cũ", "Areas with an earlier reading"), "Integer"),
        Component("MISSING", ("Địa bàn thiếu số liệu", "Areas missing"), "Integer"),
    ),
)
FLOWS = {flow.id: flow for flow in (OBSERVED, CITY_FIGURES)}


def catalogue(view: View) -> Catalogue:
    """The structures with the codes that the registry had at that moment."""
    definitions = view.definitions()
    units = {unit: UNITS.get(unit, (unit, unit)) for d in definitions for unit in (d.unit, d.figure_unit)}
    codelists = (
        _listed("CL_FREQ", ("Tần suất", "Frequency"), FREQUENCIES),
        Codelist("CL_AREA", ("Địa bàn", "Areas"), tuple(_areas(view))),
        Codelist("CL_INDICATOR", ("Chỉ tiêu", "Indicators"), tuple(map(_indicator, definitions))),
        _listed("CL_OBS_STATUS", ("Tình trạng số liệu", "Observation status"), _STATUSES),
        _listed("CL_QUALIFIER", ("Số liệu là giới hạn nào", "How a value is meant"), _QUALIFIERS),
        _listed("CL_UNIT_MEASURE", ("Đơn vị đo", "Units of measure"), dict(sorted(units.items()))),
        _listed("CL_UNIT_MULT", ("Bội số đơn vị", "Unit multipliers"), _MULTIPLIERS),
        _listed("CL_BASIS", ("Cơ sở của con số", "What a figure stands on"), _BASES),
        _listed("CL_QUALITY", ("Mức độ đầy đủ", "Quality of the roll-up"), _QUALITIES),
    )
    return Catalogue(AGENCY, TITLE, MEASURES, codelists, tuple(FLOWS.values()))


def _listed(id: str, name: Names, codes: Mapping[str, Names]) -> Codelist:
    return Codelist(id, name, tuple(Code(code, words) for code, words in codes.items()))


def _areas(view: View) -> Iterable[Code]:
    """A place is a code of its own for each span of time: official codes come back with other meanings.

    Which city it is part of stays unsaid, for SDMX-ML takes no parent that begins with a digit.
    """
    for area in sorted(view.places(), key=lambda a: a.id):
        yield Code(area.id, (area.name_vi, area.name_en))


def _indicator(definition: Definition) -> Code:
    described = (definition.definition_vi, definition.definition_en)
    return Code(definition.code, (definition.name_vi, definition.name_en), described if all(described) else None)
