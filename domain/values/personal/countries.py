"""The countries and regions that issue passports, by the code that a passport bears."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.values.identifiers import typed_code

_ISO_3166 = """
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA
BGD BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN
CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU
EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB
GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL
ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO
LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR
MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER
PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM
SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK
TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM
VUT WLF WSM YEM ZAF ZMB ZWE
DEU
USA
"""
"""The codes of three letters of ISO 3166-1, which GB/T 2659 adopts."""
_CODES = frozenset(_ISO_3166.split())
_AS_PRINTED = {"D": "DEU"}
"""Passports of Germany bear one letter (ICAO Doc 9303-3)."""


def country_code(text: str) -> str:
    """Returns the code of the country that issued a passport, as the passport bears it."""
    code = typed_code(text, "国家（地区）代码")
    code = _AS_PRINTED.get(code, code)
    if code not in _CODES:
        raise ValueError("应为护照上印的国家（地区）三字代码，如USA、JPN")
    return code


def is_foreign(code: str) -> bool:
    """True for the code of another country, in any case of letters."""
    return code.upper() in _CODES - {"CHN"}


Country = Annotated[
    str,
    AfterValidator(country_code),
    Field(description="护照签发国家（地区）的三字代码 (GB/T 2659)", examples=["USA"]),
]
