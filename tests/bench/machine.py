"""What the figures depend on: the machine, the system, Python and the libraries."""
from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

LIBRARIES = ("weasyprint", "pydyf", "fonttools", "cffi", "python-docx", "lxml", "pydantic", "PyYAML", "Jinja2", "babel", "click")


def facts() -> dict[str, str]:
    """What to know of this machine, each under its name."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": _memory(),
        "system": f"{_system()}, {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "libraries": ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES),
        "PDF engine": _engine(),
        "load at the start": _load(),
    }


def _processor() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        names = [line.partition(":")[2].strip() for line in listing.read_text("utf-8").splitlines() if line.startswith("model name")]
        return names[0] if names else platform.machine()
    if sys.platform == "darwin":
        return subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True, check=True).stdout.strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


def _engine() -> str:
    """Pango's version, and whether WeasyPrint finds HarfBuzz's own subsetting, without which the plain way is slower."""
    code = (
        "import warnings; warnings.simplefilter('ignore'); from dossier.render.pdf import engine; from weasyprint.text import ffi; "
        "print(engine() + (', with' if ffi.harfbuzz_subset else ', without') + ' libharfbuzz-subset')"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"
