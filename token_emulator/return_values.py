"""Names and numbers of what C_Login may answer (PKCS#11 v2.40 §5.1, §5.6), and of a few that real drivers answer."""

from __future__ import annotations

from types import MappingProxyType

RETURN_VALUES = MappingProxyType(
    {
        "CKR_HOST_MEMORY": 0x002,
        "CKR_GENERAL_ERROR": 0x005,
        "CKR_FUNCTION_FAILED": 0x006,
        "CKR_ARGUMENTS_BAD": 0x007,
        "CKR_DEVICE_ERROR": 0x030,
        "CKR_DEVICE_MEMORY": 0x031,
        "CKR_DEVICE_REMOVED": 0x032,
        "CKR_FUNCTION_CANCELED": 0x050,
        "CKR_FUNCTION_NOT_SUPPORTED": 0x054,
        "CKR_OPERATION_NOT_INITIALIZED": 0x091,
        "CKR_PIN_INCORRECT": 0x0A0,
        "CKR_PIN_INVALID": 0x0A1,
        "CKR_PIN_LEN_RANGE": 0x0A2,
        "CKR_PIN_EXPIRED": 0x0A3,
        "CKR_PIN_LOCKED": 0x0A4,
        "CKR_SESSION_CLOSED": 0x0B0,
        "CKR_SESSION_HANDLE_INVALID": 0x0B3,
        "CKR_SESSION_READ_ONLY_EXISTS": 0x0B7,
        "CKR_TOKEN_NOT_PRESENT": 0x0E0,
        "CKR_TOKEN_NOT_RECOGNIZED": 0x0E1,
        "CKR_USER_ALREADY_LOGGED_IN": 0x100,
        "CKR_USER_PIN_NOT_INITIALIZED": 0x102,
        "CKR_USER_TYPE_INVALID": 0x103,
        "CKR_USER_ANOTHER_ALREADY_LOGGED_IN": 0x104,
        "CKR_USER_TOO_MANY_TYPES": 0x105,
        "CKR_CRYPTOKI_NOT_INITIALIZED": 0x190,
        "CKR_FUNCTION_REJECTED": 0x200,
    }
)


def number_of(text: str) -> int:
    """The number of a CKR, given by name, with CKR_ or without, or as a number. Raises ValueError."""
    name = text.upper() if text.upper().startswith("CKR_") else f"CKR_{text.upper()}"
    return RETURN_VALUES[name] if name in RETURN_VALUES else int(text, 0)


def name_of(number: int) -> str:
    """Its name, or the number in hexadecimal digits."""
    return next((name for name, value in RETURN_VALUES.items() if value == number), f"{number:#x}")
