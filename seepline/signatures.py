"""Ed25519 signatures (RFC 8032) checked, and nothing else: pure, no file. A door of `cryptography`."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PUBLIC_KEY_BYTES, SIGNATURE_BYTES = 32, 64


def is_public_key(data: bytes) -> bool:
    """Tell whether these bytes can be a public key."""
    if len(data) != PUBLIC_KEY_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(data)
    except ValueError:
        return False
    return True


def is_signed_by(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether a signature of 64 bytes is that of a key over a message.

    >>> is_signed_by(bytes(32), bytes(64), b"anything")
    False
    """
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
