"""Everything this package raises on purpose.

IngestError                 caught once, in cli.main, and told on one line
├── SettingsError           a setting is missing or malformed (all of them at once)
├── LockError               another run holds the data folder
├── SourceError             a source cannot be reached, listed or read
│   ├── SourceUnavailable   ... and it may be worth trying again
│   ├── SourceRefused       ... as it does not let us in, or not for long
│   ├── NotResumable        a file can only be read from its start
│   ├── FileAbsent          a listed file is not there, or not yet
│   └── FileGone            a listed file was there, and will not come back
├── KeyringError            gpg is missing, or has no such key, or refuses
├── ConversionError         the process that converts files does not work, or was stopped
├── LedgerError             the ledger cannot be read
├── WarehouseError          the warehouse is not there, or cannot be read or built
├── PublishError            the warehouse is not fit to be published, or no release to go back to
├── UnknownNameError        nothing is known under a name that was given
└── RejectedError           one delivered file is not what it claims; it goes to quarantine
"""

from enum import StrEnum


class IngestError(Exception):
    """Something foreseeable went wrong; the message is one line for a person."""


class SettingsError(IngestError):
    """A setting is missing or malformed."""


class LockError(IngestError):
    """Another run holds the data folder."""


class SourceError(IngestError):
    """A source cannot be reached, listed or read, and trying again will not help."""


class SourceUnavailable(SourceError):  # noqa: N818 - a state of the source, as the tree says
    """A source broke off, stalled or refused for now."""

    def __init__(self, message: str, *, retry_after_s: float = 0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        """How long the source wants to be left alone."""


class SourceRefused(SourceError):  # noqa: N818
    """A source does not let us in; what else we would ask it for is likely to be refused, too."""


class NotResumable(SourceError):  # noqa: N818
    """A source cannot go on in the middle of a file, or that file is another by now."""


class FileAbsent(SourceError):  # noqa: N818
    """A listed file is not there, or not yet."""


class FileGone(SourceError):  # noqa: N818
    """A listed file was there, and will not come back."""


class KeyringError(IngestError):
    """gpg is missing, holds no such key, or refuses."""


class ConversionError(IngestError):
    """The process that converts files does not work, or somebody has stopped it."""


class LedgerError(IngestError):
    """The ledger cannot be read."""


class WarehouseError(IngestError):
    """The warehouse is not there, or cannot be read or built."""


class PublishError(IngestError):
    """The warehouse is not fit to be published, or there is no release to go back to."""


class UnknownNameError(IngestError):
    """Nothing is known under a name that was given."""


class Reason(StrEnum):
    """Why a delivered file is in quarantine; programs read these."""

    TRUNCATED = "truncated"
    WRONG_KEY = "wrong_key"
    DAMAGED = "damaged"
    SIZE = "size"
    CHECKSUM = "checksum"
    RECORD_COUNT = "record_count"
    SCHEMA = "schema"
    NOT_AVRO = "not_avro"
    TOO_LARGE = "too_large"
    MANIFEST = "manifest"
    NAME = "name"
    UNLISTED = "unlisted"
    SET_ASIDE = "set_aside"


class RejectedError(IngestError):
    """A delivered file is not what it claims to be."""

    def __init__(self, reason: Reason, *, expected: str, found: str) -> None:
        super().__init__(f"{reason}: expected {expected}, found {found}")
        self.reason = reason
        self.expected = expected
        self.found = found


def one_line(error: BaseException) -> str:
    """Tell on one line what went wrong, for a person; of what nobody foresaw, only its kind."""
    match error:
        case IngestError():
            return " ".join(str(error).splitlines())
        case OSError():
            return f"{error.filename or 'disk'}: expected to work, found {error.strerror}"
        case KeyboardInterrupt():
            return "expected to end, found an interruption; the same command goes on from here"
    return f"expected to end, found {type(error).__name__}"


def damaged(found: str) -> RejectedError:
    """Say that a file is no OpenPGP message that can be decrypted whole, and what it is."""
    return RejectedError(Reason.DAMAGED, expected="an intact OpenPGP message", found=found)
