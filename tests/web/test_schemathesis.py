"""Thousands of requests made up from the OpenAPI file, right ones and wrong ones, with all of schemathesis' checks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.access import commands as access
from app.areas import queries as areas
from app.db.engine import Database
from app.main import open_ledger
from app.settings import Settings
from tests.web.serving import serving

pytestmark = pytest.mark.endurance

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Target:
    """A served instance that schemathesis is let loose on."""

    folder: Path
    address: str
    key: str

    def tried(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The stream of changes is left out: it never ends."""
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            f"--config-file={ROOT / 'tests' / 'web' / 'schemathesis.toml'}",
            "run",
            f"{self.address}/openapi.json",
            "--checks=all",
            f"--header=Authorization: Bearer {self.key}",
            "--exclude-path=/api/v1/changes/stream",
            "--continue-on-failure",
            "--seed=57",
            "--no-color",
            *arguments,
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=900, check=False
        )


@pytest.fixture
def target(databases: Any, tmp_path: Path) -> Iterator[Target]:
    with databases.fresh("sqlite", tmp_path) as url, serving(url) as address:
        with closing(Database(url)) as database:
            ledger = open_ledger(Settings(database_url=url), database=database)
            with ledger.write("test") as session:
                _, key = access.create(session, name="schemathesis", scopes=("admin",), areas=(), expires=None)
        yield Target(tmp_path, address, key)


def test_nothing_is_answered_but_what_the_file_says(target: Target):
    done = target.tried("--phases=examples,coverage,fuzzing,stateful", "--max-examples=2")

    assert done.returncode == 0, done.stdout[-6000:]
    assert "Tested: 0" not in done.stdout


def test_a_server_error_would_be_found(target: Target, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("injected")

    monkeypatch.setattr(areas, "places", broken)
    done = target.tried("--phases=examples", "--include-path=/api/v1/areas")

    assert done.returncode == 1
    assert "Server error" in done.stdout
