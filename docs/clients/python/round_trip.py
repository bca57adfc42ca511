"""Send a ward's figures, see the city's, read a refusal, with the generated client: python round_trip.py http://… dxk_…"""

import sys

from dxi_client import AuthenticatedClient
from dxi_client.api.city import series
from dxi_client.api.submissions import submit
from dxi_client.models import CityList, Lang, ProblemDocument, RowIn, SubmissionIn, SubmissionView

INDICATOR = "adults_with_smartphone_rate"


def figures(period: str) -> SubmissionIn:
    row = RowIn(indicator=INDICATOR, numerator=8123, denominator=9340)
    return SubmissionIn(area="14758", period=period, rows=[row])


with AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2]) as service:
    receipt = submit.sync(client=service, body=figures("2025-04"), idempotency_key="python-2025-04")
    assert isinstance(receipt, SubmissionView), receipt
    print(receipt.state, receipt.summary.created + receipt.summary.unchanged)

    city = series.sync(client=service, indicator=INDICATOR, period_from="2025-04", period_to="2025-04")
    assert isinstance(city, CityList), city
    print(city.data[0].period, city.data[0].reported, city.data[0].expected)

    refused = submit.sync(client=service, body=figures("2199-04"), lang=Lang.EN)
    assert isinstance(refused, ProblemDocument), refused
    print(refused.status, refused.code, refused.errors[0].pointer, refused.errors[0].code)
