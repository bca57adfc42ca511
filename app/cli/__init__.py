"""`dxi`: the service and its care, from the command line. Exit codes: 0 done, 1 it could not be, 2 asked wrongly."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from app.access.callers import SCOPES
from app.cli import commands, database, serving
from app.cli.said import Failed, complain, say
from app.core.errors import Problem
from app.db.migrate import SchemaMismatch
from app.exports import command as export_command
from app.settings import Settings
from app.web.problems import sentence


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked, _settings(asked)) or 0)
    except Failed as failed:
        say(failed.vi, failed.en)
        return failed.code
    except SchemaMismatch as mismatch:
        say(mismatch.vi, mismatch.en)
    except Problem as problem:
        for fault in problem.faults or ():
            params = {"given": fault.given, "expected": fault.expected, "hint": fault.hint, **fault.params}
            say(sentence(fault.code, "vi", params), sentence(fault.code, "en", params))
        if not problem.faults:
            say(sentence(problem.code, "vi", problem.params), sentence(problem.code, "en", problem.params))
    except BrokenPipeError:
        # Whoever read the output has seen enough. Standard output is closed at exit once more, which must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except DBAPIError as error:
        say(f"Không dùng được cơ sở dữ liệu: {error.orig}", f"The database cannot be used: {error.orig}")
    return 1


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
        complain(wrong)
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

    serve = verb(verbs, "serve", serving.serve, "Chạy dịch vụ · Run the service.")
    serve.add_argument("--host", help="the address to listen on (DXI_HOST)")
    serve.add_argument("--port", type=int, help="the port to listen on (DXI_PORT)")
    serve.add_argument("--workers", type=int, help="processes; more than one needs PostgreSQL (DXI_WORKERS)")
    migrating = verb(
        verbs,
        "migrate",
        database.migrate,
        "Đưa cơ sở dữ liệu về cấu trúc của bản này · Bring the database to this build's schema.",
    )
    migrating.add_argument("--revision", default="head", help="a revision of migrations/versions")
    verb(
        verbs,
        "seed",
        database.seed,
        "Nạp kế hoạch: địa bàn, chỉ tiêu, mục tiêu, số liệu gốc; lặp lại không đổi gì"
        " · Load the plan: areas, indicators, targets, baselines. Repeating it changes nothing.",
    )
    keys = verbs.add_parser("keys", help="Cấp, liệt kê, thu hồi khóa · Issue, list and revoke keys.").add_subparsers(
        required=True, metavar="VERB"
    )
    create = verb(
        keys, "create", commands.create_key, "Cấp một khóa, chỉ in ra một lần · Issue a key; it is printed alone, once."
    )
    create.add_argument("--name", required=True, help="who holds it")
    create.add_argument("--scope", action="append", required=True, choices=SCOPES, help="may be repeated")
    create.add_argument("--area", action="append", default=[], help="an area's id or code; may be repeated")
    create.add_argument("--expires", type=_instant, metavar="RFC3339", help="when it ends")
    verb(keys, "list", commands.list_keys, "Liệt kê khóa · List keys: id, state, scopes, areas, expiry, name.")
    verb(keys, "revoke", commands.revoke_key, "Thu hồi khóa ngay · End a key at once.").add_argument("id")
    areas = verbs.add_parser("areas", help="Sắp xếp địa bàn · Reorganise areas.").add_subparsers(
        required=True, metavar="VERB"
    )
    applying = verb(
        areas,
        "apply",
        commands.apply_areas,
        "Áp dụng một đợt sắp xếp · Apply a reorganisation; no stored figure changes.",
    )
    applying.add_argument(
        "file", metavar="FILE", help="a CSV or JSON file, or the day of one that is ready: 2025-07-01"
    )
    applying.add_argument("--preview", action="store_true", help="only show what it would do")
    verify = verb(
        verbs,
        "verify",
        commands.verify,
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
            commands.export,
            "Xuất số liệu ra CSV, XLSX hoặc NDJSON · Write observations as CSV, XLSX or NDJSON.",
        )
    )
    verb(verbs, "openapi", commands.openapi, "In tệp OpenAPI · Print the OpenAPI file.")
    return parser
