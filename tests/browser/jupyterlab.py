"""JupyterLab in the browser: a server of its own, and a notebook run to its end."""

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
  const panel = window.jupyterapp?.shell?.currentWidget;
  const context = panel?.context;
  const session = context?.sessionContext?.session;
  if (!context?.isReady || !session?.kernel) return false;
  await session.kernel.info;
  return true;
}"""
# Turns one control and reports the milliseconds until the summary has changed; a
# change that leaves the summary as it was would be waited for without end.
ROUND_TRIP = """([name, key]) => new Promise((done, fail) => {
  setTimeout(() => fail(new Error("the summary did not change in 20 s")), 20000);
  const root = document.querySelector(`[data-explorer="${name}"]`);
  const control = root.querySelector(".fbkit-controls input[type=range]");
  const words = root.querySelector(".fbkit-summary");
  const began = performance.now();
  const observer = new MutationObserver(() => {
    observer.disconnect();
    done(performance.now() - began);
  });
  observer.observe(words, { childList: true, characterData: true, subtree: true });
  control.value = Number(control.value) + key;
  control.dispatchEvent(new Event("input", { bubbles: true }));
})"""
OPTIONS = [
    "--no-browser",
    "--ip=127.0.0.1",
    "--allow-root",
    "--ServerApp.port_retries=0",
    "--LabApp.expose_app_in_browser=True",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--IdentityProvider.token=test",
]


def notebook_text(cells: list[str]) -> str:
    """A notebook of these code cells, as JSON."""
    content = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for i, source in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {
        "cells": content,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def server(folder: Path, port: int):
    """A JupyterLab of its own in a folder, with no settings of the machine's."""
    environment = {key: v for key, v in os.environ.items() if key != "FBKIT_SITE"}
    environment["JUPYTER_CONFIG_DIR"] = str(folder / "config")
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    environment["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")
    environment["PYTHONPATH"] = str(ROOT)
    place = [f"--port={port}", f"--ServerApp.root_dir={folder}"]
    command = [sys.executable, "-m", "jupyterlab", *OPTIONS, *place]
    log = folder / "server.log"
    with open(log, "w", encoding="utf-8") as stream:
        running = subprocess.Popen(
            command, env=environment, stdout=stream, stderr=stream, cwd=folder
        )
    try:
        address = f"http://127.0.0.1:{port}"
        started = eventually(lambda: answers(f"{address}/api?token=test"), 60)
        assert started, log.read_text(encoding="utf-8")
        yield address
    finally:
        running.terminate()
        running.wait(20)


@contextmanager
def notebook(browser, folder, cells):
    """A browser page with a notebook of these code cells open in JupyterLab and run."""
    folder = Path(folder)
    text = notebook_text(cells)
    (folder / "explorer.ipynb").write_text(text, encoding="utf-8")
    with server(folder, free_port()) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{address}/lab/tree/explorer.ipynb?token=test")
        opened = eventually(lambda: page.evaluate(READY), 60)
        assert opened, "JupyterLab did not open the notebook"
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        yield page
        page.close()


def answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(address, timeout=2).status == 200
    except OSError:
        return False
