"""Checks a committed bundle and unpacks it into the slot that does not run.

Done by the program that runs, at its next start and before anything else: the heap is empty then, and a line
that is silent for some seconds is that of a logger that restarts; seconds of work while serving are late answers.

Nothing is touched before everything about the bundle is known to be right; then the idle slot is marked empty,
emptied, filled, read back and marked as the one to start, in this order. A power cut anywhere leaves one whole
program and a record that names it, and the next start does the rest.
"""

import hashlib
import sys

from firmware import rom_image, slots
from firmware.pending import keep_pending, parse_pending
from firmware.update import INSTALLED, REFUSED, keep_news
from seepline.wire import bundle_format, seal

RELEASE_KEY = "release_key"  # store item: public key, 32 bytes, written at first flash

_PIECE_BYTES = 512


class RefusedBundleError(Exception):
    """The bundle cannot be installed; args: detail as in seepline/wire/seal.py, version of the bundle or 0."""


def finish(store, places, staged: str) -> None:
    """Do what `Update.commit` left to do; the caller then restarts the logger, into the new slot or into this one.

    After three starts that did not come to an end the bundle is given up.
    """
    tries, length, digest = parse_pending(store) or (0, 0, b"")
    record = slots.load(store)
    before = record.versions[record.active]
    if record.tries:  # this is the start after: the power went between the switch and the last line below
        pass
    elif not tries:
        keep_news(store, REFUSED, seal.NOT_WRITTEN, before, 0)
    else:
        keep_pending(store, tries - 1, length, digest)
        try:
            install(staged, digest, store, places)
        except RefusedBundleError as error:
            detail, version = error.args
            keep_news(store, REFUSED, detail, before, version)
    keep_pending(store, 0, 0, b"")


def install(path: str, digest: bytes, store, places) -> int:
    """Check the bundle in a file, unpack it into the idle slot, have that one started next; return its version.

    Raises
    ------
    RefusedBundleError
        The running slot and its record are as before.
    """
    record = slots.load(store)
    idle, version = 1 - record.active, 0
    try:
        with open(path, "rb") as bundle:
            head = _checked(bundle, digest, store, record)
            version = head.version
            bundle.seek(bundle_format.HEAD_BYTES)
            entries = list(bundle_format.read_entries(bundle, head))
            _expect(rom_image.fits(places, entries), seal.NO_ROOM, head.version)
            contents = head.manifest_bytes + bundle_format.SIGNATURE_BYTES
            bundle.seek(contents)
            rom_image.check(entries, bundle)
            slots.keep(store, slots.with_version(record, idle, 0))
            bundle.seek(contents)
            rom_image.fill(places, idle, head.version, entries, bundle)
    except rom_image.ContentError:
        raise RefusedBundleError(seal.NO_BUNDLE, version) from None
    except OSError:
        raise RefusedBundleError(seal.NOT_WRITTEN, version) from None
    placed = slots.with_version(record, idle, version)
    keep_news(store, INSTALLED, 0, record.versions[record.active], version)
    slots.keep(store, slots.Slots(idle, slots.TRIES, placed.versions, record.floor, 0))
    return version


def _expect(truth: bool, detail: int, version: int = 0) -> None:
    if not truth:
        raise RefusedBundleError(detail, version)


def _checked(bundle, digest: bytes, store, record: slots.Slots) -> bundle_format.Head:
    """Return the head of a bundle that is whole, signed, for this processor and newer than what runs."""
    _expect(_digest(bundle) == digest, seal.NOT_STAGED)
    bundle.seek(0)
    try:
        head = bundle_format.read_head(bundle)
        length = sum([entry.length for entry in bundle_format.read_entries(bundle, head)])
        manifest = bundle_format.manifest_sha256(bundle, head)
    except ValueError:
        raise RefusedBundleError(seal.NO_BUNDLE, 0) from None
    signature = bundle.read(bundle_format.SIGNATURE_BYTES)
    whole = head.manifest_bytes + bundle_format.SIGNATURE_BYTES + length
    _expect(bundle.seek(0, 2) == whole, seal.NO_BUNDLE, head.version)
    detail = refusal(head, store, record)
    _expect(not detail, detail, head.version)
    _expect(_is_signed(store, manifest, signature), seal.NOT_SIGNED, head.version)
    return head


def refusal(head: bundle_format.Head, store, record: slots.Slots) -> int:
    """Return why a bundle cannot be installed here, as far as its head tells; 0 = it may."""
    if not store.get(RELEASE_KEY):
        return seal.NO_RELEASE_KEY
    if record.tries:  # the other slot is what it may have to turn back to
        return seal.ON_TRIAL
    if head.abi != sys.implementation._mpy & 0xFFFF:
        return seal.WRONG_ABI
    if head.version <= record.versions[record.active] or head.version < record.floor:
        return seal.NOT_NEWER
    return 0


def _digest(bundle) -> bytes:
    digest = hashlib.sha256()
    piece = bundle.read(_PIECE_BYTES)
    while piece:
        digest.update(piece)
        piece = bundle.read(_PIECE_BYTES)
    return digest.digest()


def _is_signed(store, manifest: bytes, signature: bytes) -> bool:
    from firmware import ed25519

    return ed25519.verify(store.get(RELEASE_KEY), bundle_format.signed_message(manifest), signature)
