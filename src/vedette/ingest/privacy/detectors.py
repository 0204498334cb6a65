"""Built-in detectors: a pattern in RE2 syntax that says where to look, and a check of what was found.

No pattern matches a line break except the one of private keys, so that many values can be searched as one text.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import orjson


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds one kind of thing."""

    name: str
    title: str
    pattern: str
    """RE2 syntax; searched, not anchored."""
    accepts: Callable[[str], bool]
    """Whether what the pattern found is one, such as by its check digits."""
    example: str
    """Something it finds, for the page and the tests."""


def _any(_found: str) -> bool:
    return True


_DOUBLED: Final = bytes.maketrans(
    b"0123456789", bytes(48 + (2 * digit - 9 if digit > 4 else 2 * digit) for digit in range(10))
)
_NO_SEPARATORS: Final = str.maketrans("", "", " -")


def is_luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1."""
    text = digits.encode()
    total = sum(text[::-2]) + sum(text[-2::-2].translate(_DOUBLED)) - 48 * len(text)
    return total % 10 == 0


def is_credit_card(found: str) -> bool:
    """13 to 19 digits, a prefix in use, and the check digit; not one digit repeated."""
    if found[0] not in "23456":
        return False
    digits = found.translate(_NO_SEPARATORS)
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and is_luhn(digits)


# Lengths by country, from the IBAN registry of SWIFT.
_IBAN_REGISTRY: Final = (
    "AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24 DE:22 DK:18 DO:28 "
    "EE:20 EG:29 ES:24 FI:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27 GT:28 HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 "
    "IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 LV:21 LY:25 MC:27 MD:24 ME:22 MK:19 MR:27 MT:31 MU:30 "
    "NL:18 NO:15 PK:24 PL:28 PS:29 PT:25 QA:29 RO:24 RS:22 SA:24 SC:31 SE:24 SI:19 SK:24 SM:27 ST:25 SV:28 TL:23 "
    "TN:24 TR:26 UA:29 VA:22 VG:24 XK:20"
)
_IBAN_LENGTHS: Final = dict(pair.split(":") for pair in _IBAN_REGISTRY.split())


def is_iban(found: str) -> bool:
    """The length of its country and the check digits of ISO 7064 (mod 97)."""
    text = found.replace(" ", "")
    if _IBAN_LENGTHS.get(text[:2]) != str(len(text)):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


def is_phone(found: str) -> bool:
    """8 to 15 digits (E.164 allows 15)."""
    return 8 <= sum(character.isdigit() for character in found) <= 15


def is_address(found: str) -> bool:
    """An IP address of either version, whole."""
    try:
        ipaddress.ip_address(found)
    except ValueError:
        return False
    return True


def is_jwt(found: str) -> bool:
    """The first part is a JSON object that names its algorithm."""
    head = found.partition(".")[0]
    try:
        header = orjson.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(header, dict) and "alg" in header


_CLOUD_KEYS: Final = (
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",  # AWS
    r"\bAIza[0-9A-Za-z_-]{35}",  # Google
    r"\bya29\.[0-9A-Za-z_-]{20,}",  # Google OAuth
    r"\bgh[pousr]_[A-Za-z0-9]{36,}",  # GitHub
    r"\bgithub_pat_[A-Za-z0-9_]{22,}",
    r"\bglpat-[A-Za-z0-9_-]{20,}",  # GitLab
    r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",  # Slack
    r"\b[rs]k_live_[0-9A-Za-z]{16,}",  # Stripe
    r"\bsk-[A-Za-z0-9_-]{20,}",  # OpenAI, Anthropic
    r"\bhf_[A-Za-z]{30,}",  # Hugging Face
    r"\bnpm_[A-Za-z0-9]{36}",
    r"\bdop_v1_[a-f0-9]{64}",  # DigitalOcean
    r"AccountKey=[A-Za-z0-9+/]{40,}={0,2}",  # Azure
    r"\bvdt_[A-Za-z0-9]+_[A-Za-z0-9_-]{40,}",  # our own
)

_IPV4: Final = r"\b(?:\d{1,3}\.){3}\d{1,3}\b"
_IPV6: Final = (
    r"\b[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,6}:[0-9A-Fa-f]{1,4}\b"
    r"|\b[0-9A-Fa-f]{1,4}::[0-9A-Fa-f]{1,4}\b|::[0-9A-Fa-f]{1,4}\b"
)

DETECTORS: Final[Mapping[str, Detector]] = {
    it.name: it
    for it in (
        Detector(
            "private_key",
            "Private key",
            r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?s:.*?)"
            r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|$)",
            _any,
            "-----BEGIN PRIVATE KEY-----MC4CAQAwBQYDK2VwBCIEIA-----END PRIVATE KEY-----",
        ),
        Detector(
            "jwt",
            "JSON web token",
            r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
            is_jwt,
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl",
        ),
        Detector("cloud_key", "Cloud or service key", "|".join(_CLOUD_KEYS), _any, "AKIAIOSFODNN7EXAMPLE"),
        Detector(
            "bearer",
            "Bearer token",
            r"(?i:\bbearer)[ \t]+[A-Za-z0-9._~+/=-]{16,}",
            _any,
            "Bearer 0123456789abcdef0123456789abcdef",
        ),
        Detector(
            "email",
            "E-mail address",
            r"[A-Za-z0-9._%+-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b",
            _any,
            "mary.major@example.com",
        ),
        Detector(
            "credit_card",
            "Credit card number",
            r"\b\d(?:[ -]?\d){12,18}\b",
            is_credit_card,
            "4111 1111 1111 1111",
        ),
        Detector(
            "iban",
            "IBAN",
            r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}\b",
            is_iban,
            "DE89 3704 0044 0532 0130 00",
        ),
        Detector(
            "phone",
            "Phone number",
            r"\+\d[\d ().-]{6,20}\d\b|\(\d{3}\) ?\d{3}[-. ]\d{4}\b|\b\d{3}[-.]\d{3}[-.]\d{4}\b",
            is_phone,
            "+49 30 901820",
        ),
        Detector("ip", "IP address", f"{_IPV4}|{_IPV6}", is_address, "203.0.113.7"),
    )
}

SECRETS: Final = ("private_key", "jwt", "cloud_key", "bearer")
"""What no label is meant to hold: masked where nobody has said otherwise."""
