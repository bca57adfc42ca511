"""`dxi export`: the same file as the service gives, without one."""

from tests.cli.processes import dxi, process
from tests.service import running

FILTERS = ("--indicator", "commune_dx_completed", "--area", "380", "--period-from", "2025-01", "--lang", "en")
QUERY = "indicator=commune_dx_completed&area=380&period_from=2025-01&lang=en"


def test_a_file_holds_what_the_service_sends(service, database_url, tmp_path):
    for kind in ("csv", "xlsx", "ndjson"):
        path = tmp_path / f"figures.{kind}"

        done = dxi("export", str(path), *FILTERS, url=database_url)

        assert (done.code, done.out) == (0, "")
        assert "1 rows as of seq 1" in done.err
        assert path.read_bytes() == service.get(f"/exports/observations.{kind}?{QUERY}").content
    assert len(list(tmp_path.glob("*figures*"))) == 3


def test_standard_output_holds_the_rows_and_nothing_else(databases, tmp_path):
    with databases.fresh("sqlite", tmp_path) as url, running(url) as service:
        done = process("export", "--fields", "id,value", "--bom", "--as-of", "1", url=url)
        expected = service.get("/exports/observations.csv?fields=id,value&bom=true&as_of=1")

    assert (done.code, done.out.replace("\r\n", "\n")) == (0, expected.content.decode().replace("\r\n", "\n"))


REFUSED = [
    (("--as-of", "99"), 1, "99"),
    (("--as-of", "yesterday"), 1, "yesterday"),
    (("--area", "99999"), 1, "99999"),
    (("--period", "03/2025"), 1, "03/2025"),
    (("--fields", "valeu"), 1, "valeu"),
    (("--format", "pdf"), 2, "pdf"),
]


def test_a_wrong_wish_leaves_no_file(databases, tmp_path):
    with databases.fresh("sqlite", tmp_path) as url:
        for arguments, code, said in REFUSED:
            done = dxi("export", str(tmp_path / "figures.csv"), *arguments, url=url)

            assert (done.code, list(tmp_path.glob("*figures*"))) == (code, [])
            assert said in done.err
            assert "Traceback" not in done.err


def test_a_file_that_cannot_be_written_is_told_and_an_old_one_stays(databases, tmp_path, monkeypatch):
    from app.exports import downloads

    path = tmp_path / "figures.csv"
    path.write_text("old")

    def broken(*_: object):
        yield {}
        raise OSError(28, "No space left on device")

    with databases.fresh("sqlite", tmp_path) as url:
        assert dxi("export", str(tmp_path / "nowhere" / "x.csv"), url=url).code == 1
        monkeypatch.setattr(downloads, "_rows", broken)
        monkeypatch.setattr("app.exports.command.chosen", lambda *_: ())
        done = dxi("export", str(path), url=url)

    assert (done.code, path.read_text()) == (1, "old")
    assert "No space left" in done.err
    assert list(tmp_path.glob("*unfinished*")) == []
