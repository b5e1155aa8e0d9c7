"""The page in Chromium: on a desk, on a phone, on paper."""

import json
import re
from pathlib import Path

import pytest

from tests.support import browser

WIDTHS = (browser.NARROWEST, 768, 900, 1200)
A4_POINTS = (595, 842)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
MEASURE = """
<script>
addEventListener("load", () => {
  const box = document.documentElement, widest = [...document.querySelectorAll("figure, .cards")]
    .map(each => each.getBoundingClientRect().right);
  document.querySelectorAll("details").forEach(each => each.open = true);
  parent.measured.push([innerWidth, box.scrollWidth, Math.ceil(Math.max(...widest))]);
  const charts = document.querySelectorAll("svg").length;
  parent.document.getElementById("measured").textContent = JSON.stringify(
    {measured: parent.measured, owned: parent.owned, charts});
});
</script>
"""
WRAPPER = """
<!doctype html><title>wrapper</title><pre id="measured"></pre>
<script>measured = []; owned = 0</script>
"""


def test_nothing_scrolls_sideways_and_nothing_injected_runs(page: str, tmp_path: Path) -> None:
    """The copy has no policy that would hold a script back: escaping alone must do that."""
    copy, without_policies = POLICY.subn("", page)
    (tmp_path / "copy.html").write_text(copy.replace("</body>", f"{MEASURE}</body>"))
    frames = "".join(
        f'<iframe src="copy.html" width="{width}" height="900" style="border:0"></iframe>'
        for width in WIDTHS
    )
    (tmp_path / "wrapper.html").write_text(WRAPPER + frames)

    shown = browser.show(tmp_path / "wrapper.html")

    found = json.loads(re.findall(r'<pre id="measured">(.*?)</pre>', shown.dom)[0])
    assert without_policies == 1
    assert sorted(width for width, _, _ in found["measured"]) == list(WIDTHS)
    assert [each for each in found["measured"] if max(each[1:]) > each[0]] == []
    assert found["charts"] == page.count("<svg")
    assert (found["owned"], shown.console) == (0, [])


def test_the_page_as_it_is_has_a_quiet_console(page: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page)

    shown = browser.show(tmp_path / "report.html")

    assert shown.console == []
    assert "<h2>The last runs</h2>" in shown.dom


def test_the_page_prints_on_a4(page: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page)

    pdf = browser.print_pdf(tmp_path / "report.html", pdf=tmp_path / "report.pdf")

    boxes = [list(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([^]]*)]", pdf)]
    assert boxes
    assert all(box == pytest.approx([0, 0, *A4_POINTS], abs=1) for box in boxes)
