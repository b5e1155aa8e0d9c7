"""Check the settings: whether they can be read, and where each comes from."""

from collections.abc import Iterator

from ingest.commands.checks.finding import Finding, Findings
from ingest.errors import SettingsError
from ingest.settings import Settings, load_settings
from ingest.settings.origins import list_origins, list_unknown

NEEDED = ("source", "gnupghome")
_FOUND = Findings("settings")


def check_settings() -> tuple[Settings | None, list[Finding]]:
    """Read the settings; without those that a run needs there is nothing else to check."""
    found = []
    try:
        found += [_FOUND.misused(each) for each in list_unknown()]
        settings = load_settings(*NEEDED)
        found += _list_all(settings)
    except SettingsError as error:
        return None, [*found, _FOUND.fault(error)]
    return settings, found


def _list_all(settings: Settings) -> Iterator[Finding]:
    for each in list_origins(settings):
        yield _FOUND.good(f"{each.name}={each.value} ({each.place})")
