"""The application as a process in a terminal: code a passage with keys, quit, start again, find it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from qualbench.coding.codings import list_codings
from qualbench.study.database import Study, open_study

PATIENCE = 30.0  # seconds after which a terminal that does not show what is awaited has failed
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]")

Terminal = tuple[Callable[[str], None], Callable[[str], None]]
"""A function that types, and one that waits until some words are on the screen."""


@contextmanager
def pseudo_terminal(command: list[str], columns: int, rows: int) -> Iterator[Terminal]:
    """Run a command in a pseudo-terminal of the kernel's own."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env=os.environ | {"TERM": "xterm-256color"},
    )
    os.close(slave)
    written = bytearray()
    seen = 0

    def read() -> bool:
        if not select.select([master], [], [], 0.2)[0]:
            return process.poll() is None
        try:
            written.extend(os.read(master, 65536))
        except OSError:  # the other end is closed
            return False
        return True

    def wait_for(words: str) -> None:
        nonlocal seen
        until = time.monotonic() + PATIENCE
        while words not in _CONTROL.sub("", written[seen:].decode("utf-8", "replace")):
            assert time.monotonic() < until and read(), f"'{words}' was not shown"
        seen = len(written)

    try:
        yield lambda keys: [os.write(master, keys.encode()), None][1], wait_for
        until = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < until:
            read()
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
        os.close(master)


@contextmanager
def tmux(command: list[str], columns: int, rows: int) -> Iterator[Terminal]:
    """Run a command in tmux."""
    name = f"qualbench-{uuid.uuid4().hex[:8]}"
    call = ["tmux", "-L", name]
    line = " ".join(f"'{part}'" for part in command)
    home = f"QUALBENCH_HOME='{os.environ['QUALBENCH_HOME']}'"
    size = ["-x", str(columns), "-y", str(rows)]
    subprocess.run([*call, "-f", os.devnull, "new-session", "-d", *size, f"{home} {line}"], check=True)

    def screen() -> str:
        return subprocess.run(
            [*call, "capture-pane", "-p"], capture_output=True, text=True, check=False
        ).stdout

    def wait_for(words: str) -> None:
        until = time.monotonic() + PATIENCE
        while words not in screen():
            assert time.monotonic() < until, f"'{words}' was not shown:\n{screen()}"
            select.select([], [], [], 0.1)

    try:
        yield lambda keys: [subprocess.run([*call, "send-keys", "-l", keys], check=True), None][1], wait_for
        until = time.monotonic() + PATIENCE
        while not subprocess.run([*call, "has-session"], capture_output=True, check=False).returncode:
            assert time.monotonic() < until, "it did not quit"
            select.select([], [], [], 0.1)
    finally:
        subprocess.run([*call, "kill-server"], capture_output=True, check=False)


TERMINALS = [
    pytest.param(pseudo_terminal, id="pseudo-terminal"),
    pytest.param(tmux, id="tmux", marks=pytest.mark.skipif(not shutil.which("tmux"), reason="no tmux here")),
]


@pytest.mark.parametrize("terminal", TERMINALS)
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
def test_a_passage_coded_with_keys_is_there_after_a_restart(
    own: Study, terminal: Callable[..., Iterator[Terminal]], columns: int, rows: int
) -> None:
    own.close()
    command = [sys.executable, "-m", "qualbench", "--study", str(own.folder), "--coder", "EF"]
    with terminal(command, columns, rows) as (press, wait_for):
        wait_for("15 sources")
        press("j\r")
        wait_for("layer EF: 0 codings")
        press("}}}s")
        wait_for("3 words selected")
        press("c")
        wait_for("type a code")
        press("fear\r")
        wait_for("'Trust and fear of social work': coded. 3 words.")
        press("q")
    again = open_study(own.folder, coder="EF")
    assert [(c.source, c.quote) for c in list_codings(again)] == [("P01_baseline", "Aye, leave him.")]
    again.close()
    with terminal(command, columns, rows) as (press, wait_for):
        wait_for("15 sources")
        press("j\r")
        wait_for("layer EF: 1 coding,")
        press("]c")
        wait_for("1 code here: h Trust and fear of social work")
        press("u")
        wait_for("Undid: Coded 'Trust and fear of social work' in P01_baseline")
        press("q")
