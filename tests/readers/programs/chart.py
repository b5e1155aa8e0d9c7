"""Log in to a Superset with Chromium, open a table chart, and print what a person reads there.

The first line from standard input is the password. Every other asks for the chart once more; the
answer is one line of JSON.
"""

import json
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

SHOWN_WITHIN_S = 60
ROWS = "return [...document.querySelectorAll('table tbody tr')].map("
CELLS = "row => [...row.querySelectorAll('td')].map(cell => cell.innerText.trim()))"


def open_browser(profile: str) -> webdriver.Chrome:
    """Start Debian's Chromium with Debian's driver: nothing is looked for elsewhere."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for option in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "window-size=1400,1000"):
        options.add_argument(f"--{option}")
    options.add_argument(f"--user-data-dir={profile}")
    # whatever a page asks for beyond this machine ends here
    options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    return webdriver.Chrome(
        options=options, service=webdriver.ChromeService("/usr/bin/chromedriver")
    )


def log_in(browser: webdriver.Chrome, *, url: str, user: str, password: str) -> None:
    browser.get(f"{url}/login/")
    wait = WebDriverWait(browser, SHOWN_WITHIN_S)
    wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, "#username"))
    browser.find_element(By.CSS_SELECTOR, "#username").send_keys(user)
    browser.find_element(By.CSS_SELECTOR, "#password").send_keys(password + "\n")
    wait.until(lambda page: "/login" not in page.current_url)


def read_table(browser: webdriver.Chrome, *, page: str) -> list[list[str]]:
    browser.get(page)
    WebDriverWait(browser, SHOWN_WITHIN_S).until(lambda _: browser.execute_script(ROWS + CELLS))
    rows: list[list[str]] = browser.execute_script(ROWS + CELLS)
    return rows


def main() -> None:
    url, page, user, password = sys.argv[1], sys.argv[2], sys.argv[3], sys.stdin.readline().strip()
    with tempfile.TemporaryDirectory() as profile, open_browser(profile) as browser:
        log_in(browser, url=url, user=user, password=password)
        for _ in sys.stdin:
            print(json.dumps(read_table(browser, page=page)), flush=True)


if __name__ == "__main__":
    main()
