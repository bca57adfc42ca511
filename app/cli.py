"""`dxi`: the service and its care, from the command line. Exit codes: 0 done, 1 it could not be, 2 asked wrongly."""

import argparse
import gc
import json
import logging
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from prometheus_client import values
from pydantic import ValidationError
from sqlalchemy import column, select, table
from sqlalchemy.exc import DBAPIError
from uvicorn import _subprocess
from uvicorn.supervisors import Multiprocess

from app.access import audit, queries
from app.access import commands as access
from app.access.callers import SCOPES
from app.areas import change_commands
from app.areas.change_schemas import AreaChangeIn
from app.areas.reorganisation import Reorganisation, read, shipped
from app.core.clock import rfc3339
from app.core.errors import Problem
from app.db import migrate
from app.db.engine import Database
from app.db.session import Ledger
from app.exports import command as export_command
from app.formats.tables import XLSX
from app.indicators.preview import preview
from app.indicators.queries import registry
from app.main import create_app, open_ledger
from app.observations import tallies
from app.ops import logs
from app.settings import Settings
from app.web.answers import encoded
from app.web.decoding import decode
from app.web.problems import sentence
from app.web.protocol import StreamingProtocol

ACTOR = "cli"
BACKLOG = 2048


class Failed(Exception):
    """What could not be done, as a sentence in both languages, and the exit code."""

    def __init__(self, vi: str, en: str, code: int = 1) -> None:
        super().__init__(en)
        self.vi, self.en, self.code = vi, en, code


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked, _settings(asked)) or 0)
    except Failed as failed:
        _say(failed.vi, failed.en)
        return failed.code
    except migrate.SchemaMismatch as mismatch:
        _say(mismatch.vi, mismatch.en)
    except Problem as problem:
        for fault in problem.faults or ():
            params = {"given": fault.given, "expected": fault.expected, "hint": fault.hint, **fault.params}
            _say(sentence(fault.code, "vi", params), sentence(fault.code, "en", params))
        if not problem.faults:
            _say(sentence(problem.code, "vi", problem.params), sentence(problem.code, "en", problem.params))
    except BrokenPipeError:
        # Whoever read the output has seen enough. Standard output is closed at exit once more, which must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except DBAPIError as error:
        _say(f"Không dùng được cơ sở dữ liệu: {error.orig}", f"The database cannot be used: {error.orig}")
    return 1


# -- serve -------------------------------------------------------------------------------------------------------------


def _serve(asked: argparse.Namespace, settings: Settings) -> int:
    if settings.workers > 1 and settings.embedded:
        raise Failed(
            "SQLite chỉ chạy được một tiến trình. Hãy bỏ --workers, hoặc đặt DXI_DATABASE_URL tới PostgreSQL.",
            "SQLite runs in one process only. Leave --workers out, or set DXI_DATABASE_URL to a PostgreSQL server.",
            2,
        )
    logs.configure(settings.log_level)
    _heed_signals()
    listening = _listen(settings.host, settings.port)
    with listening:
        _introduce(settings)
        if settings.workers == 1:
            return _serve_alone(settings, listening)
        return _serve_together(settings, listening)


def _introduce(settings: Settings) -> None:
    """Prepare the embedded database; print the first admin key of a service that never had one."""
    with closing(_database(settings, checkpoints=True)) as database:
        _prepare(database, settings)
        with open_ledger(settings, database=database).write("system") as session:
            token = access.first_admin(session)
    if token is not None:
        # Printed and never logged: it must not end up where logs are kept.
        _say(
            "Khóa quản trị đầu tiên, chỉ hiện một lần này; hãy cất giữ nó ngay:",
            "The first admin key, shown this once; keep it now:",
        )
        print(f"\n    {token}\n", file=sys.stderr, flush=True)


def _serve_alone(settings: Settings, listening: socket.socket) -> int:
    server = uvicorn.Server(uvicorn.Config(create_app(settings), **_server_settings(settings)))
    _log_address(listening)
    server.run(sockets=[listening])
    return 0 if server.started else 1


def _leave(_: int, __: FrameType | None) -> None:
    """Being asked to stop is no failure. uvicorn raises its signal again once every request has ended."""
    raise SystemExit(0)


def _serve_together(settings: Settings, listening: socket.socket) -> int:
    with tempfile.TemporaryDirectory(prefix="dxi-metrics-") as folder:
        # The metrics library adds up what the workers write here.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        config = uvicorn.Config("app.cli:worker", factory=True, workers=settings.workers, **_server_settings(settings))
        _log_address(listening)
        if sys.platform == "linux":
            _copy_workers()
        Multiprocess(config, sockets=[listening]).run()
    return 0


def _copy_workers() -> None:
    """Let workers be copies of this process, which start at once and share what it has loaded.

    uvicorn would load all of it anew for each. There is nothing yet that a copy must not have: no thread and no
    connection.
    """
    _subprocess.spawn = multiprocessing.get_context("fork")  # type: ignore[assignment]
    # Else each copy would sooner or later write to all of it, looking for garbage.
    gc.freeze()
    # Until its server listens to signals, a copy would take one for its parent's, and go on.
    os.register_at_fork(after_in_child=_heed_signals)


def _heed_signals() -> None:
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, _leave)


def worker() -> FastAPI:
    """The app of one of several workers, with the settings of the environment."""
    # The library looks for the folder when it is loaded, and a copy has loaded it before there was one.
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    settings = Settings()
    logs.configure(settings.log_level)
    return create_app(settings)


def _server_settings(settings: Settings) -> dict[str, Any]:
    return {
        # With uvloop the accept queue stays in the kernel, where no load shedder sees it.
        "loop": "asyncio",
        "http": StreamingProtocol,
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "backlog": BACKLOG,
        # A second is left for the way out.
        "timeout_graceful_shutdown": max(1, settings.shutdown_seconds - 1),
    }


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Failed(
            f"Không mở được cổng {port} trên {host} ({error.strerror}). Hãy chọn cổng khác bằng --port hoặc DXI_PORT.",
            f"Cannot listen on {host} port {port} ({error.strerror}). Choose another with --port or DXI_PORT.",
        ) from None


def _log_address(listening: socket.socket) -> None:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    logging.getLogger("dxi").info("listening", extra={"url": f"http://{shown}:{port}"})


# -- the database ------------------------------------------------------------------------------------------------------


def _database(settings: Settings, *, checkpoints: bool = False) -> Database:
    try:
        return Database(settings.database_url, checkpoints=checkpoints)
    except Exception as error:
        raise Failed(
            "DXI_DATABASE_URL không đúng: cần sqlite:///đường/dẫn/tệp.db hoặc postgresql://…",
            "DXI_DATABASE_URL is wrong: it must be sqlite:///path/to/file.db or postgresql://…",
            2,
        ) from error


def _prepare(database: Database, settings: Settings) -> None:
    """Bring an embedded database to this build's schema and fill an empty one; a server's is only checked."""
    if settings.embedded:
        _upgrade(database)
        with database.reads() as connection:
            empty = connection.execute(select(table("area", column("id"))).limit(1)).first() is None
        if empty:
            _fill(database, settings)
    migrate.check(database)


def _upgrade(database: Database) -> None:
    try:
        migrate.check(database)
    except migrate.SchemaMismatch as mismatch:
        try:
            migrate.upgrade(database)
        except migrate.Unmigrated:
            # Alembic does not know the revision: it is a newer build's.
            raise mismatch from None


def _fill(database: Database, settings: Settings) -> None:
    # A start that finds its database filled does without the seeds' reader.
    from app.ops.seed import seed_database

    seed_database(database, secret=settings.secret)


def _ledger(settings: Settings) -> Ledger:
    database = _database(settings)
    _prepare(database, settings)
    return open_ledger(settings, database=database)


def _migrate(asked: argparse.Namespace, settings: Settings) -> None:
    with closing(_database(settings)) as database:
        try:
            migrate.upgrade(database, asked.revision)
        except migrate.Unmigrated as error:
            migrate.check(database)
            raise Failed(f"Không nâng cấp được: {error}.", f"Cannot migrate: {error}.") from None
        at = migrate.current(database)
        _tell(f"Cấu trúc cơ sở dữ liệu đang ở phiên bản {at}.", f"The schema is at {at}.")


def _seed(asked: argparse.Namespace, settings: Settings) -> None:
    with closing(_database(settings)) as database:
        if settings.embedded:
            _upgrade(database)
        migrate.check(database)
        _fill(database, settings)
    _tell(
        "Địa bàn, chỉ tiêu, mục tiêu và số liệu gốc của kế hoạch đã có trong cơ sở dữ liệu.",
        "The plan's areas, indicators, targets and baselines are in the database.",
    )


# -- keys --------------------------------------------------------------------------------------------------------------


def _create_key(asked: argparse.Namespace, settings: Settings) -> None:
    ledger = _ledger(settings)
    with closing(ledger.database), ledger.write(ACTOR) as session:
        _, token = access.create(session, name=asked.name, scopes=asked.scope, areas=asked.area, expires=asked.expires)
    print(token)


def _list_keys(asked: argparse.Namespace, settings: Settings) -> None:
    ledger = _ledger(settings)
    with closing(ledger.database), ledger.read() as session:
        found, now = queries.keys(session), ledger.clock.now()
    for record in found:
        ended = "revoked" if record.revoked_at else "expired" if record.expires and record.expires <= now else "valid"
        expires = rfc3339(record.expires) if record.expires else "-"
        print(record.id, ended, ",".join(record.scopes), ",".join(record.areas) or "-", expires, record.name, sep="\t")


def _revoke_key(asked: argparse.Namespace, settings: Settings) -> None:
    ledger = _ledger(settings)
    with closing(ledger.database), ledger.write(ACTOR) as session:
        record = access.revoke(session, asked.id)
    _tell(f"Khóa {record.id} đã bị thu hồi.", f"{record.id} is revoked.")


# -- areas -------------------------------------------------------------------------------------------------------------


def _apply_areas(asked: argparse.Namespace, settings: Settings) -> None:
    wanted = _reorganisation(asked.file)
    ledger = _ledger(settings)
    with closing(ledger.database):
        if asked.preview:
            with ledger.read() as session:
                shown = json.loads(encoded(preview(session, wanted, "vi")))
            print(json.dumps(shown, ensure_ascii=False, indent=2))
            return
        with ledger.write(ACTOR) as writing:
            _, plan = change_commands.apply(writing, wanted)
    ends, begins, links = len(plan.ends), len(plan.begins), len(plan.links)
    _tell(
        f"Đã áp dụng đợt sắp xếp {plan.day}: {ends} địa bàn kết thúc, {begins} địa bàn bắt đầu, {links} liên kết.",
        f"Applied {plan.day}: {ends} areas end, {begins} begin, {links} links.",
    )


def _reorganisation(named: str) -> Reorganisation:
    """What a CSV or JSON file holds, or a reorganisation that came with the service, by its day."""
    path = Path(named)
    try:
        if path.suffix == ".json":
            return AreaChangeIn.model_validate(decode(path.read_bytes())).reorganisation()
        return read(path) if path.suffix == ".csv" else shipped(named)
    except (OSError, KeyError, ValueError) as error:
        raise Failed(f"Không đọc được {named}: {error}.", f"Cannot read {named}: {error}.") from error


# -- checks and files --------------------------------------------------------------------------------------------------


def _verify(asked: argparse.Namespace, settings: Settings) -> int:
    if (asked.seq is None) != (asked.head is None):
        raise Failed("--seq và --head đi cùng nhau.", "--seq and --head go together.", 2)
    with closing(_database(settings)) as database:
        if settings.embedded and not database.path.exists():
            raise Failed(f"Không có tệp {database.path}.", f"There is no file {database.path}.")
        ledger = open_ledger(settings, database=database)
        with ledger.read() as session:
            verdict = audit.verify(session, ledger.secret, seq=asked.seq, head=asked.head)
            wrong = tallies.differences(session, registry(session))
        if wrong and asked.repair:
            with ledger.write(ACTOR) as writing:
                _told_repaired(tallies.repair(writing, registry(writing)))
            wrong = []
    if wrong:
        _told_wrong(wrong)
    return _told_verdict(verdict) or (1 if wrong else 0)


def _told_repaired(count: int) -> None:
    _tell(
        f"Đã tính lại {count} bảng cộng sẵn từ số liệu đã lưu.",
        f"{count} tallies were made anew from the stored observations.",
    )


def _told_wrong(wrong: Sequence[tuple[str, str, int]]) -> None:
    parent, indicator, ends = wrong[0]
    month = f"{ends // 12}-{ends % 12 + 1:02d}"
    _say(
        f"{len(wrong)} bảng cộng sẵn không khớp số liệu đã lưu, đầu tiên là {indicator} của {parent}, tháng {month}."
        " Hãy chạy `dxi verify --repair`.",
        f"{len(wrong)} tallies are not what the stored observations add up to, {indicator} of {parent} in {month}"
        " first. Run `dxi verify --repair`.",
    )


def _told_verdict(verdict: audit.Verdict) -> int:
    if verdict.intact:
        checked, seq, schema = verdict.checked, verdict.seq, migrate.head()
        _tell(
            f"Nguyên vẹn: {checked} mục đến seq {seq}, cấu trúc {schema}.",
            f"Intact: {checked} entries up to seq {seq}, schema {schema}.",
        )
        _tell("Hãy cất mã đầu này ở nơi khác:", "Keep this head elsewhere:")
        print(f"dxi verify --seq {seq} --head {verdict.head or '-'}")
        return 0
    assert verdict.first_broken is not None
    place = "{}/{}".format(*verdict.first_broken)
    _say(
        f"Nhật ký đã bị can thiệp: {verdict.checked} mục đầu còn đúng, mục {place} sai hoặc thiếu.",
        f"The log was tampered with: the first {verdict.checked} entries are right, {place} is wrong or missing.",
    )
    return 1


def _export(asked: argparse.Namespace, settings: Settings) -> None:
    """Data goes to standard output, so that what is said about it goes to standard error."""
    if asked.file is None and export_command.format_of(asked) is XLSX and sys.stdout.isatty():
        raise Failed("Hãy nêu tên tệp cho XLSX.", "Name a file for XLSX: a terminal cannot show it.", 2)
    watched = sys.stderr.isatty()
    ledger = _ledger(settings)
    with closing(ledger.database):
        try:
            said = export_command.export(asked, ledger, _complain if watched else None)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Failed(f"Không ghi được {asked.file}: {error.strerror}.", f"Cannot write {asked.file}.") from error
    _complain(said)


def _openapi(asked: argparse.Namespace, _: Settings) -> None:
    """Print the OpenAPI file. It depends on the code alone, so it is made over a database of its own."""
    with tempfile.TemporaryDirectory(prefix="dxi-openapi-", ignore_cleanup_errors=True) as folder:
        url = f"sqlite:///{Path(folder) / 'empty.db'}"
        with closing(Database(url)) as database:
            migrate.upgrade(database)
        app = create_app(Settings(database_url=url))
        print(json.dumps(app.openapi(), ensure_ascii=False, indent=2))
        app.state.ledger.close()


# -- arguments ---------------------------------------------------------------------------------------------------------


def _settings(asked: argparse.Namespace) -> Settings:
    given = {name: getattr(asked, name, None) for name in ("host", "port", "workers")}
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        # What concerns several settings names them itself.
        places = [f"DXI_{'_'.join(map(str, e['loc'])).upper()}: " if e["loc"] else "" for e in error.errors()]
        wrong = "; ".join(
            place + e["msg"].removeprefix("Value error, ") for place, e in zip(places, error.errors(), strict=True)
        )
        _complain(wrong)
        raise SystemExit(2) from None


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or "T" not in text:
        raise argparse.ArgumentTypeError(f"{text!r} is not an instant with offset, such as 2027-01-01T00:00:00+07:00")
    return instant


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dxi",
        description="Chỉ số chuyển đổi số thành phố Thanh Hóa · Thanh Hóa digital-transformation indicators.",
    )
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")

    def verb(
        under: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Callable[..., object], says: str
    ) -> argparse.ArgumentParser:
        made = under.add_parser(name, help=says, description=says)
        made.set_defaults(run=run)
        return made

    serve = verb(verbs, "serve", _serve, "Chạy dịch vụ · Run the service.")
    serve.add_argument("--host", help="the address to listen on (DXI_HOST)")
    serve.add_argument("--port", type=int, help="the port to listen on (DXI_PORT)")
    serve.add_argument("--workers", type=int, help="processes; more than one needs PostgreSQL (DXI_WORKERS)")
    migrating = verb(
        verbs,
        "migrate",
        _migrate,
        "Đưa cơ sở dữ liệu về cấu trúc của bản này · Bring the database to this build's schema.",
    )
    migrating.add_argument("--revision", default="head", help="a revision of migrations/versions")
    verb(
        verbs,
        "seed",
        _seed,
        "Nạp kế hoạch: địa bàn, chỉ tiêu, mục tiêu, số liệu gốc; lặp lại không đổi gì"
        " · Load the plan: areas, indicators, targets, baselines. Repeating it changes nothing.",
    )
    keys = verbs.add_parser("keys", help="Cấp, liệt kê, thu hồi khóa · Issue, list and revoke keys.").add_subparsers(
        required=True, metavar="VERB"
    )
    create = verb(
        keys, "create", _create_key, "Cấp một khóa, chỉ in ra một lần · Issue a key; it is printed alone, once."
    )
    create.add_argument("--name", required=True, help="who holds it")
    create.add_argument("--scope", action="append", required=True, choices=SCOPES, help="may be repeated")
    create.add_argument("--area", action="append", default=[], help="an area's id or code; may be repeated")
    create.add_argument("--expires", type=_instant, metavar="RFC3339", help="when it ends")
    verb(keys, "list", _list_keys, "Liệt kê khóa · List keys: id, state, scopes, areas, expiry, name.")
    verb(keys, "revoke", _revoke_key, "Thu hồi khóa ngay · End a key at once.").add_argument("id")
    areas = verbs.add_parser("areas", help="Sắp xếp địa bàn · Reorganise areas.").add_subparsers(
        required=True, metavar="VERB"
    )
    applying = verb(
        areas, "apply", _apply_areas, "Áp dụng một đợt sắp xếp · Apply a reorganisation; no stored figure changes."
    )
    applying.add_argument(
        "file", metavar="FILE", help="a CSV or JSON file, or the day of one that is ready: 2025-07-01"
    )
    applying.add_argument("--preview", action="store_true", help="only show what it would do")
    verify = verb(
        verbs,
        "verify",
        _verify,
        "Kiểm tra cấu trúc, toàn bộ nhật ký và các bảng cộng sẵn; mã thoát 1 khi có sai"
        " · Check the schema, the whole log and the tallies; exit 1 when something is wrong.",
    )
    verify.add_argument(
        "--repair", action="store_true", help="make wrong tallies anew; no observation and no entry of the log changes"
    )
    verify.add_argument("--seq", type=int, help="the seq of an exported head")
    verify.add_argument("--head", help="the digest exported at that seq")
    export_command.arguments(
        verb(
            verbs,
            "export",
            _export,
            "Xuất số liệu ra CSV, XLSX hoặc NDJSON · Write observations as CSV, XLSX or NDJSON.",
        )
    )
    verb(verbs, "openapi", _openapi, "In tệp OpenAPI · Print the OpenAPI file.")
    return parser


def _tell(vi: str, en: str) -> None:
    """What was done, on standard output."""
    print(f"{vi}\n{en}", flush=True)


def _say(vi: str, en: str) -> None:
    """What could not be done, on standard error."""
    _complain(vi)
    _complain(en)


def _complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
