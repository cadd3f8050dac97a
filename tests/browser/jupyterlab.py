"""JupyterLab in the browser: a server of its own, a notebook run to its end, and the
time of a round trip.
"""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from tests.browser.watching import eventually

ROOT = Path(__file__).resolve().parents[2]
READY = """async () => {
  const app = window.jupyterapp, panel = app?.shell?.currentWidget, context = panel?.context;
  if (!context?.isReady || !context.sessionContext?.session?.kernel) return false;
  await context.sessionContext.session.kernel.info;
  return true;
}"""


@contextmanager
def notebook(browser, folder, cells):
    """A browser page with a notebook of these code cells open in JupyterLab and run."""
    content = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {},
            "source": c,
            "outputs": [],
            "execution_count": None,
        }
        for i, c in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    text = json.dumps(
        {
            "cells": content,
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
    (Path(folder) / "explorer.ipynb").write_text(text)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "JUPYTER_CONFIG_DIR": f"{folder}/config",
        "JUPYTERLAB_SETTINGS_DIR": f"{folder}/settings",
    }
    settings |= {
        "JUPYTERLAB_WORKSPACES_DIR": f"{folder}/workspaces",
        "PYTHONPATH": str(ROOT),
    }
    environment = {k: v for k, v in os.environ.items() if k != "FBKIT_SITE"} | settings
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        f"--port={port}",
        "--ip=127.0.0.1",
        "--allow-root",
    ]
    command += [
        "--ServerApp.port_retries=0",
        "--LabApp.expose_app_in_browser=True",
        "--IdentityProvider.token=test",
    ]
    command += [f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with open(Path(folder) / "server.log", "w") as log:
        server = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, cwd=folder
        )
    try:
        assert eventually(
            lambda: answers(f"http://127.0.0.1:{port}/api?token=test"), 60
        ), Path(log.name).read_text()
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"http://127.0.0.1:{port}/lab/tree/explorer.ipynb?token=test")
        assert eventually(lambda: page.evaluate(READY), 60), (
            "JupyterLab did not open the notebook"
        )
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        yield page
        page.close()
    finally:
        server.terminate()
        server.wait(20)


def answers(address):
    try:
        return urllib.request.urlopen(address, timeout=2).status == 200
    except OSError:
        return False


# Turns one control and reports the milliseconds until the summary has changed.
ROUND_TRIP = """([name, key]) => new Promise(done => {
  const root = document.querySelector(`[data-explorer="${name}"]`);
  const control = root.querySelector("input[type=range]"), words = root.querySelector("[aria-live]");
  const began = performance.now();
  const observer = new MutationObserver(() => { observer.disconnect(); done(performance.now() - began); });
  observer.observe(words, { childList: true, characterData: true, subtree: true });
  control.value = Number(control.value) + key;
  control.dispatchEvent(new Event("input", { bubbles: true }));
})"""
