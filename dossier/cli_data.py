"""The commands for people who keep requirement data: a new market, what a market still lacks, the requirement table out and in."""
from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from dossier import output, resolve
from dossier.errors import DossierError, ExitCode, Problem

if TYPE_CHECKING:
    from dossier.assemble import Workspace
    from dossier.resolve import Repository

MOST_BYTES = 64_000_000


def new_market(identifier: str, extends: Sequence[str], workspace: Workspace, day: dt.date) -> int:
    """Writes the commented folder of a new market into the user's first folder. Returns the exit code."""
    from dossier import new_market as making

    files = making.files(identifier, extends, workspace.repository, _home(workspace), day)
    for path, content in files.items():
        output.write_text(path, content)
        print(path)
    _tell(f"Fill in the files from the top, then run: dossier check-market {identifier} --home {_home(workspace)}")
    return ExitCode.DONE


def check_market(names: Sequence[str], workspace: Workspace, day: dt.date, as_json: bool) -> int:
    """Names every fault of the markets (of all without a name), else what they still lack. Returns the exit code."""
    from dossier.market_check import check

    repository = workspace.repository
    wanted, unknown = _wanted(names, repository) if names else (list(repository.ids()), [])
    faults = sorted({*unknown, *(problem for name in wanted for problem in resolve.faults_of(repository, name))}) if names else resolve.faults(repository)
    found = [] if faults else sorted({finding for name in wanted for finding in check(repository, name, day)})
    if as_json:
        print(json.dumps({"faults": [asdict(problem) for problem in faults], "findings": [asdict(finding) for finding in found]}, ensure_ascii=False, indent=1))
    elif not faults:
        for finding in found:
            print(finding)
    if faults:
        raise DossierError(faults)
    _tell(f"{_some(len(found), 'thing')} to look at" if found else f"{', '.join(wanted)}: nothing is missing" if len(wanted) < 6 else "nothing is missing")
    return ExitCode.FINDINGS if found else ExitCode.DONE


def _wanted(names: Sequence[str], repository: Repository) -> tuple[list[str], list[Problem]]:
    """The jurisdictions that the names and groups stand for, and every name that stands for none; where a group is named, what is wrong with groups."""
    known, places, _ = repository.grouped
    ids = repository.ids()
    found: list[str] = []
    problems = resolve.group_faults(repository) if any(name not in ids for name in names) else []
    for name in names:
        if name in ids:
            found.append(name)
        elif name in known:
            found += [market for market in ids if repository.read(market)[0].head.kind == "state"] if known[name].every else [market for market in known[name].markets if market in ids]
        elif name not in places:
            problems.append(repository.unknown(name))
    return list(dict.fromkeys(found)), problems


def export_requirements(name: str, file: Path, workspace: Workspace, day: dt.date) -> int:
    """Writes the requirement table of a jurisdiction as a workbook. Returns the exit code."""
    from dossier import requirement_export, requirement_files

    repository = workspace.repository
    if file.suffix.lower() != ".xlsx":
        raise DossierError(Problem(str(file), 0, 0, "does not end in .xlsx, so no program would know that it is a workbook.", f"Write -o {file.with_suffix('.xlsx')}"))
    part, chain = repository.get(name), repository.chain(name)
    files = requirement_files.read(repository.folder(name))
    if not files:
        raise DossierError(Problem(str(repository.folder(name)), 0, 0, "has no requirement file with a group, so there is no table.", f"See what it lacks: dossier check-market {name}"))
    authorities = {authority.id for each in chain for authority in each.authorities}
    output.write_text(file, requirement_export.export(part, files, [*repository.library.sources, *part.sources], list(authorities), day))
    print(file)
    _tell(f"{_some(sum(len(each.rows) for each in files), 'requirement')} of {name}; change the cells, then run: dossier import requirements {file} --home {repository.folder(name).parent.parent}")
    return ExitCode.DONE


def import_requirements(file: Path, market: str, workspace: Workspace, dry_run: bool) -> int:
    """Writes what the workbook changes into the YAML files of the user's folder, or names every fault and writes nothing. Returns the exit code."""
    from dossier import requirement_import

    book, told = requirement_import.market_of(file.name, _bytes(file))
    if market and told and market != told:
        raise DossierError(Problem(file.name, 0, 0, f'says that it holds the requirements of "{told}", not of "{market}".', f"Leave out -m, or give the workbook of {market}."))
    name = market or told
    if not name:
        raise DossierError(Problem(file.name, 0, 0, "does not say whose requirements it holds (sheet Columns, first row).", "Add -m and the id of the jurisdiction."))
    plan = requirement_import.plan(file.name, book, _own_folder(name, workspace), workspace.repository)
    for identifier, columns in plan.changed.items():
        print(f"{identifier}: {', '.join(columns)}")
    for identifier in plan.added:
        print(f"{identifier}: new")
    if plan.absent:
        _tell(f"not in the workbook, and left as they are: {', '.join(plan.absent)}")
    if dry_run or not plan.files:
        _tell("nothing was written (--dry-run)" if plan.files else "nothing differs; nothing was written")
        return ExitCode.DONE
    for path, content in plan.files.items():
        output.write_text(path, content)
        _tell(f"written: {path}")
    return ExitCode.DONE


def _home(workspace: Workspace) -> Path:
    """The user's first folder. Raises DossierError where none is given."""
    if not workspace.home:
        raise DossierError(Problem("--home", 0, 0, "no folder of your own is given, and what is shipped with the program is not written to.", 'Add --home DIR or set DOSSIER_HOME; in a checkout of dossier itself, --home . is the folder "jurisdictions" of the checkout.'))
    return workspace.home[0]


def _own_folder(name: str, workspace: Workspace) -> Path:
    folder = _home(workspace) / "jurisdictions" / name
    if not (folder / "jurisdiction.yaml").is_file():
        raise DossierError(Problem(str(folder), 0, 0, f'there is no jurisdiction "{name}" in this folder to write to.', "Give --home the folder whose jurisdictions you exported from, or begin with dossier new-market."))
    return folder


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise DossierError(Problem(file.name, 0, 0, f"is larger than {MOST_BYTES // 1_000_000} MB; a requirement table never is.", "Remove what was pasted into it."))
        return file.read_bytes()
    except OSError as error:
        raise DossierError(Problem(str(file), 0, 0, f"cannot be read: {(error.strerror or str(error)).lower()}.", "Check the path.")) from None


def _some(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _tell(message: str) -> None:
    print(message, file=sys.stderr)
