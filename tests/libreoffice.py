"""Fills the fields of a Word file as a user of LibreOffice would, and saves it as .docx: soffice does it, driven by UNO.

Run by a Python that has `uno`:  python3 libreoffice.py IN.docx OUT.docx
It made tests/data/review/libreoffice-25.2.docx in LibreOffice 25.2.3 (Debian 13) from the file that `tests.word_files.small()`
gives; and it serves the test that goes through the LibreOffice of this machine.
"""
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REVIEWER, DAY, COMMENT = "Kari Åsen", "2026-11-24", "Utfylt i LibreOffice: æøå <&> “sitat”\nandre linje"


def main(source, target):
    import uno
    from com.sun.star.beans import PropertyValue

    def setting(name, value):
        made = PropertyValue()
        made.Name, made.Value = name, value
        return made

    with tempfile.TemporaryDirectory() as profile:
        pipe = f"dossier{Path(profile).name}"
        office = subprocess.Popen(["soffice", f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore", f"--accept=pipe,name={pipe};urp;"])
        try:
            context = connected(uno, pipe)
            desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
            document = desktop.loadComponentFromURL(Path(source).resolve().as_uri(), "_blank", 0, (setting("Hidden", True),))
            for number, control in enumerate(list(controls(document.Text))):
                fill(control, number)
            document.storeToURL(Path(target).resolve().as_uri(), (setting("FilterName", "MS Word 2007 XML"),))
            document.close(True)
            desktop.terminate()
            office.wait(60)
        finally:
            office.kill()


def connected(uno, pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(120):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.5)
    raise SystemExit("soffice does not answer")


def controls(text):
    """The content controls in document order, those in tables included."""
    blocks = text.createEnumeration()
    while blocks.hasMoreElements():
        block = blocks.nextElement()
        if block.supportsService("com.sun.star.text.TextTable"):
            for name in block.getCellNames():
                yield from controls(block.getCellByName(name))
        elif block.supportsService("com.sun.star.text.Paragraph"):
            portions = block.createEnumeration()
            while portions.hasMoreElements():
                portion = portions.nextElement()
                if portion.TextPortionType == "ContentControl":
                    yield portion.ContentControl


def fill(control, number):
    """One control: a box ticked, the second choice chosen, a day picked, text typed over two lines."""
    control.ShowingPlaceHolder = False
    if control.Checkbox:
        control.Checked = True
        control.setString("\u2611")
    elif control.ListItems:
        item = {part.Name: part.Value for part in control.ListItems[2]}
        control.setString(item["DisplayText"])
    elif control.Date:
        control.CurrentDate = f"{DAY}T00:00:00Z"
        control.setString("24.11.2026")
    elif number == 0:
        control.setString(REVIEWER)
    else:
        control.setString(COMMENT)


if __name__ == "__main__":
    main(*sys.argv[1:])
