"""All errors that this package raises on purpose.

IngestError                 caught once, in commands/app.py, and reported on one line
├── SettingsError           settings or options are missing or malformed; all in one message
├── LockError               another run or build holds the data folder
├── SourceError             a source cannot be reached, listed or read; a retry will not help
│   ├── SourceUnavailable   the connection broke, stalled or was refused for now; a retry may help
│   ├── SourceRefused       the server refused the login, or wants no request for a long time
│   ├── NotResumable        a file can only be read from its start, or has changed meanwhile
│   ├── FileAbsent          a listed file is not there, or not yet
│   └── FileGone            a listed file was there, and the server says that it is gone for good
├── KeyringError            gpg is missing, has no such key, or refuses
├── ConversionError         the process that converts files does not start, or someone stopped it
├── LedgerError             the ledger cannot be read
├── WarehouseError          the warehouse is missing, or cannot be read or built
├── MirrorError             object storage fails, or its mirror is not this data folder's
├── PublishError            the warehouse must not be published, or no older release is there
├── UnknownNameError        no file, day, client, resource or column has the given name
└── RejectedError           a delivered file is not what it claims; it goes to quarantine
    └── UnreadError         gpg changes the contents or does not read them (openpgp/report.py)
"""

from enum import StrEnum


class IngestError(Exception):
    """A foreseeable fault; its message is one line for a person."""


class SettingsError(IngestError):
    """Settings or options are missing or malformed; the message names all of them."""


class LockError(IngestError):
    """Another run or build holds the data folder."""


class SourceError(IngestError):
    """A source cannot be reached, listed or read, and a retry will not help."""


class SourceUnavailable(SourceError):  # noqa: N818 - names the state of the source
    """The connection broke, stalled or was refused for now; a retry may help."""

    def __init__(self, message: str, *, retry_after_s: float = 0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        """Seconds that the source asks us to wait before the next request."""


class SourceRefused(SourceError):  # noqa: N818 - names the state of the source
    """The server refused the login, or wants no request for a long time; stop asking it."""


class NotResumable(SourceError):  # noqa: N818 - names the state of the file
    """A file can only be read from its start, or has changed since it was begun."""


class FileAbsent(SourceError):  # noqa: N818 - names the state of the file
    """A listed file is not there, or not yet."""


class FileGone(SourceError):  # noqa: N818 - names the state of the file
    """A listed file was there, and the server says that it is gone for good."""


class KeyringError(IngestError):
    """gpg is missing, has no such key, or refuses."""


class ConversionError(IngestError):
    """The process that converts files does not start, or someone has stopped it."""


class LedgerError(IngestError):
    """The ledger cannot be read."""


class WarehouseError(IngestError):
    """The warehouse is missing, or cannot be read or built."""


class MirrorError(IngestError):
    """Object storage cannot be reached or refuses, or its mirror is not this data folder's."""


class PublishError(IngestError):
    """The warehouse must not be published, or there is no older release to go back to."""


class UnknownNameError(IngestError):
    """No file, day, client, resource or column has the given name."""


class Reason(StrEnum):
    """The reason why a delivered file is in quarantine; programs read it."""

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
    ERASED = "erased"


class RejectedError(IngestError):
    """A delivered file is not what it claims to be; it goes to quarantine."""

    def __init__(self, reason: Reason, *, expected: str, found: str) -> None:
        super().__init__(f"{reason}: expected {expected}, found {found}")
        self.reason = reason
        self.expected = expected
        self.found = found


def one_line(error: BaseException) -> str:
    """Report an error on one line; of an unforeseen error only the class, as it may hold data."""
    match error:
        case IngestError():
            return " ".join(str(error).splitlines())
        case OSError():
            return f"{error.filename or 'disk'}: expected to work, found {error.strerror}"
        case KeyboardInterrupt():
            return "expected to end, found an interruption; the same command goes on from here"
    return f"expected to end, found {type(error).__name__}"


def damaged(found: str) -> RejectedError:
    """Make the error for a file that is no complete OpenPGP message."""
    return RejectedError(Reason.DAMAGED, expected="an intact OpenPGP message", found=found)
