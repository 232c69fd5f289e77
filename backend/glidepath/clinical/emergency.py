"""Whom to call, by country."""

from typing import Final

# GSM and UMTS phones connect 112 to the local emergency service in every network (3GPP TS 22.101),
# with a locked keypad and without a SIM where the network allows it.
GSM_EMERGENCY_NUMBER: Final = "112"

# 112 reaches every service, the ambulance included, in all member states (Directive 2018/1972).
_EUROPEAN_UNION: Final = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK EU"
)

# The number that brings medical help; where services have numbers of their own, the ambulance.
_NUMBERS: Final[dict[str, str]] = dict.fromkeys(_EUROPEAN_UNION.split(), "112") | {
    "AR": "107",
    "AU": "000",
    "BR": "192",
    "CA": "911",
    "CH": "144",
    "CL": "131",
    "CO": "123",
    "CR": "911",
    "DO": "911",
    "EC": "911",
    "GB": "999",
    "IN": "112",
    "IS": "112",
    "JP": "119",
    "KR": "119",
    "MX": "911",
    "NO": "113",
    "NZ": "111",
    "PA": "911",
    "PE": "106",
    "PR": "911",
    "TR": "112",
    "US": "911",
    "UY": "911",
}


def emergency_number(country: str) -> str:
    """`country` is an ISO 3166-1 alpha-2 code in any case; an unknown one gets 112."""
    return _NUMBERS.get(country.upper(), GSM_EMERGENCY_NUMBER)
