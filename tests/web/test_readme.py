"""The README's commands do what they say: every fenced `console` block with curl runs against a served instance.

Lines that start with `$ ` are commands, a backslash goes on; the rest is what they print, `…` standing for anything.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.access import commands as access
from app.db.engine import Database
from app.main import open_ledger
from app.settings import Settings
from tests.web.serving import serving

README = Path(__file__).resolve().parents[2] / "README.md"


@dataclass
class Step:
    command: str
    printed: str


def steps(text: str) -> list[list[Step]]:
    """The console blocks that hold a curl command, each as its commands with what they print."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        made: list[Step] = []
        for line in block.splitlines():
            if made and made[-1].command.endswith("\\"):
                made[-1].command += f"\n{line.removeprefix('> ')}"
            elif line.startswith("$ "):
                made.append(Step(line[2:], ""))
            elif made:
                made[-1].printed += f"{line}\n"
        if any("curl" in s.command for s in made):
            found.append(made)
    return found


@pytest.fixture
def shell(databases: Any, tmp_path: Path) -> Iterator[Any]:
    """Runs a command where the service is on the port that the README names; `DXI_KEY` is an administrator's."""
    if shutil.which("curl") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("curl was not found, so the README was not tried")
    with databases.fresh("sqlite", tmp_path) as url, serving(url) as address:
        with closing(Database(url)) as database:
            ledger = open_ledger(Settings(database_url=url), database=database)
            with ledger.write("test") as session:
                _, key = access.create(session, name="readme", scopes=("admin",), areas=(), expires=None)
        curl = tmp_path / "curl"
        # Fails on 4xx and 5xx as well, which plain curl does not.
        curl.write_text(f'#!/bin/sh\nexec {shutil.which("curl")} --fail-with-body "$@"\n')
        curl.chmod(0o755)

        def run(command: str) -> subprocess.CompletedProcess[str]:
            environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path), "DXI_KEY": key}
            environment["LC_ALL"] = "C.UTF-8"
            here = re.sub(r"(https?://)?(127\.0\.0\.1|localhost):8000", address, command)
            return subprocess.run(
                ["bash", "-euo", "pipefail", "-c", here],
                capture_output=True,
                text=True,
                timeout=60,
                env=environment,
                cwd=tmp_path,
                check=False,
            )

        yield run


def like(printed: str) -> re.Pattern[str]:
    """A pattern for what a command prints: white space does not matter, `…` stands for anything."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in printed.strip().split("…")]
    return re.compile(r"\s*.*?\s*".join(parts), re.DOTALL)


def test_every_command_of_the_readme_runs(shell: Any):
    if not README.exists():
        pytest.skip("there is no README yet")
    blocks = steps(README.read_text())

    for block in blocks:
        for step in block:
            if not step.command.lstrip().startswith(("curl", "KEY=", "export ")) and "curl" not in step.command:
                continue
            done = shell(step.command)
            assert done.returncode == 0, f"{step.command}\n{done.stdout}\n{done.stderr}"
            assert like(step.printed).search(done.stdout), (
                f"{step.command}\n{done.stdout}\n--- expected\n{step.printed}"
            )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("curl -s 127.0.0.1:8000/healthz", 0),
        ("curl -s http://localhost:8000/api/v1/areas/380-202501", 0),
        ('curl -s -H "Authorization: Bearer $DXI_KEY" http://127.0.0.1:8000/api/v1/me', 0),
        ("curl -s 127.0.0.1:8000/api/v1/me", 22),
        ("curl -s 127.0.0.1:8000/nowhere | cat", 22),
        ("false", 1),
    ],
)
def test_a_command_that_fails_is_noticed(shell: Any, command: str, code: int):
    assert shell(command).returncode == code


def test_blocks_are_read_with_their_output():
    text = (
        '# x\n```console\n$ make serve\n```\n```console\n$ curl -s \\\n    /healthz\n{"status": …}\n$ echo 1\n1\n```\n'
    )

    assert steps(text) == [[Step("curl -s \\\n    /healthz", '{"status": …}\n'), Step("echo 1", "1\n")]]
    assert like('{"status": …}').search('{"status":  "alive"}')
    assert not like('{"status": …}').search('{"state": 1}')
