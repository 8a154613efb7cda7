"""The address that opens once, the cookie, the policy, and a server started by its command."""

import os
import re
import signal
import subprocess
import sys

import pytest

from browser.pages import Site
from jamjae.explorer.shown import Shown


def test_the_address_opens_once_and_the_page_reloads(opened, fitted):
    site = Site([Shown(fitted("vae"))])
    page = opened().visit(site)
    assert page.page.url == site.root
    page.page.reload()
    page.ready()
    assert all(c["httpOnly"] and c["sameSite"] == "Strict" for c in page.context.cookies())
    other = opened(["403"])
    assert other.page.goto(site.address).status == 403
    assert "token" in other.page.inner_text("body")
    again = opened().visit(site)  # with the cookie
    again.page.goto(site.address)
    again.ready()
    assert again.page.url == site.root
    site.stop()


def test_the_policy_refuses_what_is_not_the_pages(at):
    page = at("vae")
    tried = page.page.evaluate("""async () => {
      const script = Object.assign(document.createElement("script"), { textContent: "window.inline = 1" });
      document.body.append(script);
      return [window.inline ?? null, await fetch("http://localhost:9/").then(() => "answered", () => "refused")];
    }""")
    assert tried == [None, "refused"]
    page.until(lambda: page.page.evaluate("violations.length") == 2)
    broken = page.page.evaluate("violations.splice(0).map((v) => v.split(' ')[0])")
    assert broken == ["script-src-elem", "connect-src"]
    page.said.clear()


@pytest.mark.slow
def test_the_command_serves_until_it_is_stopped(opened, fitted):
    command = [sys.executable, "-m", "jamjae.cli", "explore", str(fitted("vae").folder), "--no-open"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    try:
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=\S+", address)
        page = opened(["ERR_CONNECTION_REFUSED", "does not answer"])
        page.page.goto(address)
        page.ready()
        page.tool("steps")
        page.until(lambda: page("#tools .steps > li").count() == 6)  # nothing is being computed any more
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
