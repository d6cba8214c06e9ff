"""The command line: arguments in, exit code out, messages to people. No logic of its own."""
from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dossier import __version__, terminal
from dossier.errors import DossierError, ExitCode, Problem

if TYPE_CHECKING:
    from dossier.assemble import Workspace


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit code of the table in the README."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    terminal.ready()
    if arguments in (["--version"], ["-V"]):
        return terminal.say(f"dossier {__version__}")
    import click

    try:
        code = _command()(args=arguments, prog_name="dossier", standalone_mode=False)
        sys.stdout.flush()
        return int(code or ExitCode.DONE)
    except DossierError as error:
        terminal.report(error, arguments)
        return error.code
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "dossier"
        click.echo(f"{where}: {error.format_message()}\nSee: {where} --help", err=True)
        return ExitCode.UNREADABLE
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; what was written is whole, and the same command starts again", err=True)
        return ExitCode.INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click leaves with SystemExit where nobody reads any more
        terminal.hush()
        return ExitCode.DONE
    except OSError as error:
        click.echo(terminal.no_use(error), err=True)
        terminal.hush()
        return ExitCode.UNREADABLE
    except Exception as error:  # the last resort: a fault of ours, told as one
        if os.environ.get("DOSSIER_DEBUG"):
            raise
        click.echo(f"dossier: internal error: {type(error).__name__}: {error}\nThis is a fault in dossier, not in your files. Run again with DOSSIER_DEBUG=1 for the details to report.", err=True)
        return ExitCode.INTERNAL


_LOCALES = "nb, nn, en, sv, da, fi, is, de, fr, or two side by side as nb+en"


def _command() -> Any:
    import click

    home = click.option("--home", multiple=True, metavar="DIR", help="A folder with your own jurisdictions or templates; repeatable. Default: DOSSIER_HOME.")
    market = click.option("-m", "--market", multiple=True, metavar="MARKET", help="Market or group (no, eea); repeatable or comma-separated.")
    date = click.option("--date", metavar="DAY", help="The day whose law is applied (year-month-day). Default: today.")
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

    @click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog="Exit codes: 0 done, 1 findings, 2 wrong usage or unreadable input, 3 some outputs failed, 4 something missing on this machine, 70 internal error, 130 interrupted.")
    @click.version_option(__version__, "-V", "--version", message="dossier %(version)s")
    def dossier() -> None:
        """Documents of a medical-device submission dossier, from one product description."""

    @dossier.command()
    @click.argument("folder", metavar="DIR")
    @click.option("--sample", default="blank", metavar="ID", help="Start from a sample (see: dossier list samples).")
    def new(folder: str, sample: str) -> int:
        """Make a folder to start from."""
        return _new(Path(folder), sample)

    @dossier.command()
    @click.argument("products", nargs=-1, required=True, metavar="PRODUCT...")
    @market
    @date
    @home
    @as_json
    def check(products: tuple[str, ...], market: tuple[str, ...], date: str | None, home: tuple[str, ...], as_json: bool) -> int:
        """Name the problems and gaps of products, without making documents."""
        from dossier import cli_check

        return cli_check.check(products, _split(market), _law_date(date), _workspace(home), as_json=as_json)

    @dossier.command()
    @click.argument("products", nargs=-1, metavar="PRODUCT...")
    @market
    @click.option("-d", "--document", multiple=True, metavar="DOCUMENT", help="Only this document; repeatable.")
    @click.option("-f", "--format", "formats", multiple=True, metavar="FORMAT", help="docx, pdf, xlsx, html, json, or zip for one archive a market; repeatable or comma-separated. Default: docx and pdf.")
    @click.option("-l", "--locale", multiple=True, metavar="LOCALE", help=f"{_LOCALES}. Default: the market's own.")
    @date
    @click.option("-o", "--output", "folder", default="out", metavar="DIR", help="Output folder, or an address that fsspec knows (s3://...). Default: out.")
    @click.option("--plan", "plan_file", metavar="FILE", help="A YAML file that names products, markets, documents, formats and languages.")
    @click.option("-j", "--jobs", type=click.IntRange(1, 256), default=None, metavar="N", help="Worker processes; 1 works in this process. Default: by the size of the work.")
    @click.option("--scheduler", default="", metavar="ADDRESS", help="Let the workers of a dask scheduler do the work (tcp://host:port), or of one started here (local).")
    @click.option("--force", is_flag=True, help="Make everything again, changed or not.")
    @click.option("--dry-run", is_flag=True, help="Print what would be made, and the time it may take.")
    @click.option("--time-limit", type=click.FloatRange(1), default=900.0, metavar="SECONDS", help="The most one document may take in a worker (not with -j 1). Default: 900.")
    @click.option("--memory-limit", type=click.IntRange(200), default=3000, metavar="MB", help="The most memory one worker may use (Linux). Default: 3000.")
    @click.option("--strict", is_flag=True, help="End with exit code 1 when there are gaps.")
    @click.option("--fillable", is_flag=True, help="PDF with form fields (PDF/UA, not PDF/A).")
    @click.option("--with-evidence", is_flag=True, help="Copy the evidence files to where the documents link to them.")
    @click.option("--no-record", is_flag=True, help="Leave the document's own data out of the files.")
    @home
    @click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one a line.")
    def build(products: tuple[str, ...], market: tuple[str, ...], document: tuple[str, ...], formats: tuple[str, ...], locale: tuple[str, ...], date: str | None, folder: str, plan_file: str | None, jobs: int | None, scheduler: str, force: bool, dry_run: bool, time_limit: float, memory_limit: int, strict: bool, fillable: bool, with_evidence: bool, no_record: bool, home: tuple[str, ...], as_json: bool) -> int:
        """Make the documents of products for markets."""
        from dossier import assemble, cli_build, plan
        from dossier.workers import Limits

        law_date = _law_date(date)
        order = assemble.Order((), law_date, today(), tuple(_split(document)), tuple(_split(formats)) or assemble.DEFAULT_FORMATS, tuple(_split(locale)), not no_record, fillable, with_evidence)
        wishes = plan.wished([Path(path) for path in products], _split(market), Path(plan_file) if plan_file else None, law_date if date else None, order)
        run = cli_build.Run(_place(folder), jobs or 0, force, strict, as_json, dry_run, Limits(time_limit, memory_limit), scheduler)
        return cli_build.build(wishes, _workspace(home), run)

    @dossier.command()
    @click.argument("folder", metavar="DIR")
    @click.argument("products", nargs=-1, metavar="[PRODUCT...]")
    @click.option("--rebuild", is_flag=True, help="Make the documents of PRODUCT again and compare them byte for byte.")
    @home
    @as_json
    def verify(folder: str, products: tuple[str, ...], rebuild: bool, home: tuple[str, ...], as_json: bool) -> int:
        """Compare an output folder with its manifest, and with what the same input makes now."""
        from dossier import cli_build
        from dossier.remote import is_address

        if is_address(folder):
            raise DossierError(Problem("verify", 0, 0, f"{folder} is an address, and a folder of this machine is needed.", "Copy it here first."))
        return cli_build.check_folder(Path(folder), [Path(path) for path in products], _workspace(home), rebuild=rebuild, as_json=as_json)

    @dossier.command()
    @click.argument("products", nargs=-1, required=True, metavar="PRODUCT...")
    @market
    @click.option("-f", "--format", "formats", multiple=True, metavar="FORMAT", help="docx, pdf, xlsx, html or json. Default: docx and pdf.")
    @click.option("-l", "--locale", multiple=True, metavar="LOCALE", help=f"{_LOCALES}. Default: en.")
    @date
    @click.option("-o", "--output", "folder", default="out", metavar="DIR", help="Output folder, or an address that fsspec knows (s3://...). Default: out.")
    @home
    def compare(products: tuple[str, ...], market: tuple[str, ...], formats: tuple[str, ...], locale: tuple[str, ...], date: str | None, folder: str, home: tuple[str, ...]) -> int:
        """Set the markets of a launch side by side: differences, gaps, dates, languages, reuse."""
        from dossier import assemble, cli_launch

        workspace = _workspace(home)
        order = assemble.Order(_markets_of(products, _split(market), workspace), _law_date(date), today(), formats=tuple(_split(formats)) or assemble.DEFAULT_FORMATS, locales=tuple(_split(locale)))
        return cli_launch.compare([Path(path) for path in products], order, _place(folder), workspace, _progress())

    @dossier.command()
    @click.argument("products", nargs=-1, required=True, metavar="PRODUCT...")
    @market
    @date
    @home
    @as_json
    def languages(products: tuple[str, ...], market: tuple[str, ...], date: str | None, home: tuple[str, ...], as_json: bool) -> int:
        """Say which languages the product lacks for its markets, and which markets each further one opens."""
        from dossier import assemble, cli_launch

        workspace = _workspace(home)
        order = assemble.Order(_markets_of(products, _split(market), workspace), _law_date(date), today())
        return cli_launch.languages([Path(path) for path in products], order, workspace, as_json=as_json)

    @dossier.command()
    @click.argument("product", required=False)
    @market
    @click.option("--from", "first", metavar="DAY", help="The earlier day. Default: today.")
    @click.option("--to", "last", metavar="DAY", help="The later day. Default: today.")
    @click.option("--from-data", metavar="DIR", help="A folder with an earlier state of the data (DIR/jurisdictions), to compare two versions of them.")
    @home
    @as_json
    def diff(product: str | None, market: tuple[str, ...], first: str | None, last: str | None, from_data: str | None, home: tuple[str, ...], as_json: bool) -> int:
        """Say which requirements appear, change or end between two days or two versions of the data."""
        from dossier import cli_launch
        from dossier.assemble import Workspace

        workspace = _workspace(home)
        older = Workspace(workspace.home, Path(from_data)) if from_data else workspace
        markets = _split(market) or (_markets_of([product], [], workspace) if product else ["no"])
        days = (today() if first is None else _day("--from", first), today() if last is None else _day("--to", last))
        return cli_launch.diff(Path(product) if product else None, markets, days, older, workspace, as_json=as_json)

    @dossier.command("list")
    @click.argument("what", type=click.Choice(["markets", "documents", "requirements", "evidence", "facts", "samples"]))
    @market
    @home
    @as_json
    def list_(what: str, market: tuple[str, ...], home: tuple[str, ...], as_json: bool) -> int:
        """List what dossier knows."""
        return _list(what, _split(market), home, as_json)

    @dossier.command()
    @click.argument("requirement")
    @click.argument("product", required=False)
    @market
    @date
    @home
    def explain(requirement: str, product: str | None, market: tuple[str, ...], date: str | None, home: tuple[str, ...]) -> int:
        """Say what a requirement asks, where it stands, and why it applies to PRODUCT or not."""
        from dossier import cli_check

        return cli_check.explain_decision(requirement, Path(product) if product else None, _split(market) or ["no"], _law_date(date), _workspace(home))

    @dossier.command()
    @click.argument("name", type=click.Choice(["product"]))
    def schema(name: str) -> int:
        """Print the JSON Schema of a file, for editors."""
        from dossier.product import json_schema

        print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        return ExitCode.DONE

    @dossier.group()
    def templates() -> None:
        """Your own wording and look: which file wins, and copies to start from."""

    @templates.command("where")
    @home
    @as_json
    def where(home: tuple[str, ...], as_json: bool) -> int:
        """List every template and style file, and where the one that wins lies."""
        return _where(home, as_json)

    @templates.command("eject")
    @click.argument("name")
    @click.option("--home", required=True, metavar="DIR", help="Your folder; the copies go below DIR/templates.")
    def eject(name: str, home: str) -> int:
        """Copy a template, or the look (NAME: look), to change it."""
        from dossier import housestyle

        for path in housestyle.eject(name, Path(home)):
            print(path)
        return ExitCode.DONE

    @dossier.group()
    def review() -> None:
        """Documents that reviewers filled in: read them back, and compare two issues."""

    report = click.option("-o", "--output", "report", metavar="DIR", help="Write the report (findings list, change note) into this folder.")
    report_format = click.option("-f", "--format", "formats", multiple=True, metavar="FORMAT", help="Formats of the report. Default: docx and pdf.")

    @review.command("read")
    @click.argument("files", nargs=-1, required=True, metavar="FILE...")
    @click.option("--into", metavar="PRODUCT", help="Enter the answers in this product's review record (reviews/ beside product.yaml).")
    @click.option("--dry-run", is_flag=True, help="Show what would be entered; write nothing.")
    @click.option("--yes", is_flag=True, help="Do not ask before entering.")
    @click.option("--force", is_flag=True, help="Take over answers that were given to another revision.")
    @click.option("--prefer", default="", metavar="NAME", help="Settle conflicts: the answers of this reviewer or file, or: record.")
    @click.option("--reviewer", default="", metavar="NAME", help="Who reviewed, where a file names nobody.")
    @click.option("--reviewed", default="", metavar="DAY", help="When, where a file gives no day. Default: today.")
    @market
    @report
    @report_format
    @home
    @as_json
    def review_read(files: tuple[str, ...], into: str | None, dry_run: bool, yes: bool, force: bool, prefer: str, reviewer: str, reviewed: str, market: tuple[str, ...], report: str | None, formats: tuple[str, ...], home: tuple[str, ...], as_json: bool) -> int:
        """Read filled documents (Word, Excel, PDF, answers of the HTML page): answers, findings, what changed."""
        from dossier import cli_review
        from dossier.review.intake import Choices

        choices = Choices(today(), reviewer, _day("--reviewed", reviewed).isoformat() if reviewed else "", "".join(_split(market)[:1]), force, prefer)
        paths = [Path(name) for name in files]
        return cli_review.read(paths, Path(into) if into else None, choices, _workspace(home), dry_run=dry_run, yes=yes, report=None if report is None else Path(_place(report)), formats=_split(formats), as_json=as_json)

    @review.command("compare")
    @click.argument("old")
    @click.argument("new")
    @report
    @report_format
    @home
    @as_json
    def review_compare(old: str, new: str, report: str | None, formats: tuple[str, ...], home: tuple[str, ...], as_json: bool) -> int:
        """Compare two issues of one document: requirements, decisions, evidence, answers."""
        from dossier import cli_review

        return cli_review.compare(Path(old), Path(new), today(), _workspace(home), report=None if report is None else Path(_place(report)), formats=_split(formats), as_json=as_json)

    @dossier.command("new-market")
    @click.argument("identifier", metavar="ID")
    @click.option("--extends", multiple=True, metavar="ID", help="The jurisdiction it builds on (eu-mdr, eea); repeatable or comma-separated. Default: a law of its own.")
    @home
    def new_market(identifier: str, extends: tuple[str, ...], home: tuple[str, ...]) -> int:
        """Make the commented folder of a market that is not there yet."""
        from dossier import cli_data

        return cli_data.new_market(identifier, _split(extends), _workspace(home), today())

    @dossier.command("check-market")
    @click.argument("markets", nargs=-1, metavar="[ID]...")
    @date
    @home
    @as_json
    def check_market(markets: tuple[str, ...], date: str | None, home: tuple[str, ...], as_json: bool) -> int:
        """Name the faults of markets' data, and what is still missing."""
        from dossier import cli_data

        return cli_data.check_market(_split(markets), _workspace(home), _law_date(date), as_json)

    @dossier.group("export")
    def export() -> None:
        """Requirement data as a workbook."""

    @export.command("requirements")
    @click.option("-m", "--market", required=True, metavar="ID", help="The jurisdiction.")
    @click.option("-o", "--output", "file", required=True, metavar="FILE.xlsx", help="The workbook to write.")
    @home
    def export_requirements(market: str, file: str, home: tuple[str, ...]) -> int:
        """Write the requirements of one jurisdiction as a table to edit."""
        from dossier import cli_data

        return cli_data.export_requirements(market, Path(_place(file)), _workspace(home), today())

    @dossier.group("import")
    def import_() -> None:
        """Requirement data from a workbook."""

    @import_.command("requirements")
    @click.argument("file", metavar="FILE.xlsx")
    @click.option("-m", "--market", default="", metavar="ID", help="The jurisdiction. Default: the one the workbook names.")
    @click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
    @home
    def import_requirements(file: str, market: str, dry_run: bool, home: tuple[str, ...]) -> int:
        """Write an edited requirement table back into your jurisdiction's files."""
        from dossier import cli_data

        return cli_data.import_requirements(Path(file), market, _workspace(home), dry_run)

    @dossier.command()
    def doctor() -> int:
        """Look whether everything needed is on this machine."""
        return _doctor()

    return dossier


def _split(values: Sequence[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _workspace(home: Sequence[str]) -> Workspace:
    from dossier import resources
    from dossier.assemble import Workspace

    return Workspace(resources.homes(home))


def today() -> dt.date:
    """The day of the run: SOURCE_DATE_EPOCH (UTC) where it is set, else the calendar's. The only look at a clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return dt.date.today()
    try:
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        raise DossierError(Problem("SOURCE_DATE_EPOCH", 0, 0, f'"{epoch}" is not a number of seconds.', "Unset it, or give seconds since 1970.")) from None


def _law_date(text: str | None) -> dt.date:
    return today() if text is None else _day("--date", text)


def _day(option: str, text: str) -> dt.date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise DossierError(Problem(option, 0, 0, f'"{text}" is not a day.', "Write it as year-month-day, for example 2026-11-23."))


# --- commands -----------------------------------------------------------------------------------------------------


def _new(folder: Path, sample: str) -> int:
    from dossier import output, resources
    from dossier.cli_list import samples as samples_known
    from dossier.errors import did_you_mean
    from dossier.product import FILE, json_schema
    from dossier.schema import is_reserved

    samples = resources.shipped("samples")
    known = samples_known()
    if sample not in known:
        raise DossierError(Problem("--sample", 0, 0, f'"{sample}" is not a sample.', did_you_mean(sample, known) or f"Known: {', '.join(known)}."))
    if is_reserved(folder.name) or folder.name.endswith((".", " ")):
        raise DossierError(Problem(str(folder), 0, 0, f'Windows takes no folder called "{folder.name}", and the folder may go to a colleague.', "Choose another name."))
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise DossierError(Problem(str(folder), 0, 0, "is there already and is not empty.", "Choose a new folder name."))
    for file in sorted(path for path in (samples / sample).rglob("*") if path.is_file()):
        output.write_text(folder / file.relative_to(samples / sample), file.read_bytes())
    output.write_text(folder / "product.schema.json", (json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n").encode())
    print(folder / FILE)
    print(f"Fill in {folder / FILE}, then run: dossier check {folder} -m no", file=sys.stderr)
    return ExitCode.DONE


def _markets_of(products: Sequence[str], markets: list[str], workspace: Workspace) -> tuple[str, ...]:
    """The markets asked for; without any, those that the product files name."""
    from dossier import plan

    return tuple(markets) or plan.expanded([Path(path) for path in products], (), workspace.repository)


def _place(text: str) -> str:
    """The output folder or address as given. Raises DossierError where it is empty: the current folder is never meant by that."""
    if not text.strip():
        raise DossierError(Problem("--output", 0, 0, "no folder is given.", "Name one, for example: -o out"))
    return text


def _progress() -> Callable[[str], None]:
    if not sys.stderr.isatty():
        return lambda message: None
    return lambda message: print(f"\r\033[K{message}", end="", file=sys.stderr, flush=True)


def _list(what: str, markets: list[str], home: Sequence[str], as_json: bool) -> int:
    from dossier.cli_list import listed, shown

    rows = listed(what, markets, _workspace(home), today())
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return ExitCode.DONE
    for row in rows:
        print("\t".join(shown(value) for value in row.values()))
    return ExitCode.DONE


def _where(home: Sequence[str], as_json: bool) -> int:
    from dossier import housestyle, resources

    found = housestyle.winners(resources.homes(home))
    if as_json:
        print(json.dumps([{"name": each.name, "path": str(each.path), "own": each.own} for each in found], indent=1))
        return ExitCode.DONE
    for each in found:
        print(f"{each.name}\t{'yours' if each.own else 'shipped'}\t{each.path}")
    return ExitCode.DONE


def _doctor() -> int:
    from dossier import doctor

    checks = doctor.examine()
    for check in checks:
        print(f"{'ok ' if check.good else 'NO '} {check.name}: {check.found}")
        if check.remedy:
            print(f"    {check.remedy}")
    return ExitCode.DONE if all(check.good for check in checks) else ExitCode.MISSING_TOOL


if __name__ == "__main__":
    sys.exit(main())
