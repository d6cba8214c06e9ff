"""Every document of every sample in every market, in English: filled, laid out as blocks, written as Word."""
from __future__ import annotations

import io
import re
import zipfile

import pytest

from dossier import assemble, blocks, i18n, plan
from dossier.assemble import Order, Workspace
from dossier.blocks import Table
from dossier.plan import Prepared
from dossier.review.ledger import Ledger

from .conftest import DAY, ROOT, SAMPLES

MARKETS = assemble.Workspace().repository.expand(["all"])


@pytest.fixture(scope="module")
def prepared() -> dict[str, Prepared]:
    return {name: plan.prepare(ROOT / "samples" / name) for name in SAMPLES}


@pytest.mark.parametrize("market", MARKETS)
def test_all_documents_of_all_samples_are_made(market: str, prepared: dict[str, Prepared], workspace: Workspace) -> None:
    order = Order((), DAY, DAY)
    for each in prepared.values():
        checklist = assemble.checklist_of(each.file, market, DAY, workspace, each.files)
        kinds = workspace.shelf.for_market(checklist)
        assert {"dossier-checklist", "cover-letter"} <= {kind.id for kind in kinds}
        for kind in kinds:
            document = assemble.document(checklist, kind, i18n.tongue("en"), order, workspace, Ledger())
            text = "\n".join(blocks.plain(tuple(blocks.inlines_of(block))) for block in document.blocks)
            assert not re.search(r"\{[a-z_]+\}", re.sub(r"\{[\w./-]+/[\w-]+\}", "", text)), "a placeholder was not filled"
            assert all(len(row.cells) == len(block.widths) for block in document.blocks if isinstance(block, Table) for row in block.rows)
            with zipfile.ZipFile(io.BytesIO(assemble.rendered(document, "docx", workspace))) as opened:
                assert opened.testzip() is None
        assert not [row for row in checklist.rows if row.standing == "unconfirmed" and row.coverage == "gap"], "nothing unconfirmed is printed as required"
