"""What `dxi` does beside serving: keys, areas, checks and files."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from app.access import audit, queries
from app.access import commands as access
from app.areas import change_commands
from app.areas.change_schemas import AreaChangeIn
from app.areas.reorganisation import Reorganisation, read, shipped
from app.cli.database import ledger_of, opened
from app.cli.said import Failed, complain, say, tell
from app.core.clock import rfc3339
from app.db import migrate
from app.db.engine import Database
from app.exports import command as export_command
from app.formats.tables import XLSX
from app.indicators.preview import preview
from app.indicators.queries import registry
from app.main import create_app, open_ledger
from app.observations import tallies
from app.settings import Settings
from app.web.answers import encoded
from app.web.decoding import decode

ACTOR = "cli"


def create_key(asked: argparse.Namespace, settings: Settings) -> None:
    ledger = ledger_of(settings)
    with closing(ledger.database), ledger.write(ACTOR) as session:
        _, token = access.create(session, name=asked.name, scopes=asked.scope, areas=asked.area, expires=asked.expires)
    print(token)


def list_keys(asked: argparse.Namespace, settings: Settings) -> None:
    ledger = ledger_of(settings)
    with closing(ledger.database), ledger.read() as session:
        found, now = queries.keys(session), ledger.clock.now()
    for record in found:
        ended = "revoked" if record.revoked_at else "expired" if record.expires and record.expires <= now else "valid"
        expires = rfc3339(record.expires) if record.expires else "-"
        print(record.id, ended, ",".join(record.scopes), ",".join(record.areas) or "-", expires, record.name, sep="\t")


def revoke_key(asked: argparse.Namespace, settings: Settings) -> None:
    ledger = ledger_of(settings)
    with closing(ledger.database), ledger.write(ACTOR) as session:
        record = access.revoke(session, asked.id)
    tell(f"Khóa {record.id} đã bị thu hồi.", f"{record.id} is revoked.")


def apply_areas(asked: argparse.Namespace, settings: Settings) -> None:
    wanted = _reorganisation(asked.file)
    ledger = ledger_of(settings)
    with closing(ledger.database):
        if asked.preview:
            with ledger.read() as session:
                shown = json.loads(encoded(preview(session, wanted, "vi")))
            print(json.dumps(shown, ensure_ascii=False, indent=2))
            return
        with ledger.write(ACTOR) as writing:
            _, plan = change_commands.apply(writing, wanted)
    ends, begins, links = len(plan.ends), len(plan.begins), len(plan.links)
    tell(
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


def verify(asked: argparse.Namespace, settings: Settings) -> int:
    if (asked.seq is None) != (asked.head is None):
        raise Failed("--seq và --head đi cùng nhau.", "--seq and --head go together.", 2)
    with closing(opened(settings)) as database:
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
    tell(
        f"Đã tính lại {count} bảng cộng sẵn từ số liệu đã lưu.",
        f"{count} tallies were made anew from the stored observations.",
    )


def _told_wrong(wrong: Sequence[tuple[str, str, int]]) -> None:
    parent, indicator, ends = wrong[0]
    month = f"{ends // 12}-{ends % 12 + 1:02d}"
    say(
        f"{len(wrong)} bảng cộng sẵn không khớp số liệu đã lưu, đầu tiên là {indicator} của {parent}, tháng {month}."
        " Hãy chạy `dxi verify --repair`.",
        f"{len(wrong)} tallies are not what the stored observations add up to, {indicator} of {parent} in {month}"
        " first. Run `dxi verify --repair`.",
    )


def _told_verdict(verdict: audit.Verdict) -> int:
    if verdict.intact:
        checked, seq, schema = verdict.checked, verdict.seq, migrate.head()
        tell(
            f"Nguyên vẹn: {checked} mục đến seq {seq}, cấu trúc {schema}.",
            f"Intact: {checked} entries up to seq {seq}, schema {schema}.",
        )
        tell("Hãy cất mã đầu này ở nơi khác:", "Keep this head elsewhere:")
        print(f"dxi verify --seq {seq} --head {verdict.head or '-'}")
        return 0
    assert verdict.first_broken is not None
    place = "{}/{}".format(*verdict.first_broken)
    say(
        f"Nhật ký đã bị can thiệp: {verdict.checked} mục đầu còn đúng, mục {place} sai hoặc thiếu.",
        f"The log was tampered with: the first {verdict.checked} entries are right, {place} is wrong or missing.",
    )
    return 1


def export(asked: argparse.Namespace, settings: Settings) -> None:
    """Data goes to standard output, so that what is said about it goes to standard error."""
    if asked.file is None and export_command.format_of(asked) is XLSX and sys.stdout.isatty():
        raise Failed("Hãy nêu tên tệp cho XLSX.", "Name a file for XLSX: a terminal cannot show it.", 2)
    watched = sys.stderr.isatty()
    ledger = ledger_of(settings)
    with closing(ledger.database):
        try:
            said = export_command.export(asked, ledger, complain if watched else None)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Failed(f"Không ghi được {asked.file}: {error.strerror}.", f"Cannot write {asked.file}.") from error
    complain(said)


def openapi(asked: argparse.Namespace, _: Settings) -> None:
    """Print the OpenAPI file. It depends on the code alone, so it is made over a database of its own."""
    with tempfile.TemporaryDirectory(prefix="dxi-openapi-", ignore_cleanup_errors=True) as folder:
        url = f"sqlite:///{Path(folder) / 'empty.db'}"
        with closing(Database(url)) as database:
            migrate.upgrade(database)
        app = create_app(Settings(database_url=url))
        print(json.dumps(app.openapi(), ensure_ascii=False, indent=2))
        app.state.ledger.close()
