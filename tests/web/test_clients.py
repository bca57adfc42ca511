"""Clients made from the OpenAPI file by the README's commands: generated without a warning, type-checked, and used."""

import os
import re
import shutil
import subprocess
import sys
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

pytestmark = pytest.mark.endurance

ROOT = Path(__file__).resolve().parents[2]
TYPESCRIPT = Path("docs/clients/typescript")
NO_NODE = (
    "node and npm were not found, so no TypeScript client was made and no linter run: install Debian's nodejs and npm"
)


@dataclass
class Workplace:
    """A developer's folder with docs/clients in it, beside a served instance."""

    folder: Path
    address: str
    key: str

    def run(self, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "DXI_KEY": self.key, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def documented(self, tool: str) -> subprocess.CompletedProcess[str]:
        """The README's block for `tool`, run against this instance; it may not fail."""
        blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
        (block,) = (b for b in blocks if tool in b)
        done = self.run(block.replace("http://127.0.0.1:8000", self.address))
        assert done.returncode == 0, done.stdout + done.stderr
        return done


@pytest.fixture(scope="module")
def workplace(databases: Any, tmp_path_factory: Any) -> Iterator[Workplace]:
    folder = tmp_path_factory.mktemp("clients")
    kept_away = shutil.ignore_patterns("node_modules", "build", "dxi.d.ts")
    shutil.copytree(ROOT / "docs" / "clients", folder / "docs" / "clients", ignore=kept_away)
    with databases.fresh("sqlite", folder) as url, serving(url) as address:
        with closing(Database(url)) as database:
            ledger = open_ledger(Settings(database_url=url), database=database)
            with ledger.write("test") as session:
                _, key = access.create(session, name="clients", scopes=("admin",), areas=(), expires=None)
        yield Workplace(folder, address, key)


@pytest.fixture(scope="module")
def typescript(workplace: Workplace) -> subprocess.CompletedProcess[str]:
    """The TypeScript commands, run."""
    if shutil.which("npm") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_NODE)
    return workplace.documented("npm ci")


def test_a_python_client_is_made_checked_and_used(workplace: Workplace):
    done = workplace.documented("openapi-python-client generate")

    assert "WARNING" not in (done.stdout + done.stderr).upper()
    assert done.stdout.splitlines()[-3:] == [
        "accepted 1",
        "2025-04 1 47",
        "422 submission-rejected /rows/0/period period-not-open",
    ]
    made = {path.stem for path in workplace.folder.glob("dxi-client/dxi_client/api/*/*.py")} - {"__init__"}
    assert {"snapshot", "series", "submit", "list_observations", "show_indicator", "create_webhook"} <= made
    assert not [name for name in made if "api_v1" in name]

    # Nothing of this project's own settings, and the smallest mistake is seen.
    strict = "python -m mypy --strict --config-file= dxi-client/dxi_client docs/clients/python/round_trip.py"
    checked = workplace.run(strict, MYPYPATH="dxi-client")
    assert checked.returncode == 0, checked.stdout[-2000:]
    script = workplace.folder / "docs/clients/python/round_trip.py"
    script.write_text(script.read_text("utf-8").replace("receipt.state", "receipt.sate"), "utf-8")
    assert '"SubmissionView" has no attribute "sate"' in workplace.run(strict, MYPYPATH="dxi-client").stdout


def test_a_typescript_client_is_made_checked_and_used(workplace: Workplace, typescript: Any):
    assert typescript.stdout.splitlines()[-3:] == [
        "accepted 1",
        "2025-05 1 47",
        "422 submission-rejected /rows/0/period period-not-open",
    ]

    script = workplace.folder / TYPESCRIPT / "round_trip.ts"
    script.write_text(script.read_text("utf-8").replace("sent.data.state", "sent.data.sate"), "utf-8")
    checked = workplace.run(f"cd {TYPESCRIPT} && npm run --silent check")
    assert checked.returncode != 0
    assert "Property 'sate' does not exist" in checked.stdout


def test_the_linter_finds_nothing_and_would_find_something(workplace: Workplace, typescript: Any):
    lint = f"cd {TYPESCRIPT} && npm run --silent lint --"
    fetched = workplace.run(f"curl -s {workplace.address}/openapi.json -o openapi.json")
    assert fetched.returncode == 0

    found = workplace.run(f"{lint} ../../../openapi.json")
    bare = '{"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}}'
    (workplace.folder / "bare.json").write_text(bare, "utf-8")
    worse = workplace.run(f"{lint} ../../../bare.json")

    assert found.returncode == 0, found.stdout
    assert "No results" in found.stdout
    assert worse.returncode != 0
    assert "info-contact" in worse.stdout
