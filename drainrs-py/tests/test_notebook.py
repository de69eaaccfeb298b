"""The tutorial runs, and says what it is committed to say.

``python tests/test_notebook.py`` runs it and writes its outputs anew.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
for _module in ("ipykernel", "matplotlib", "pandas", "polars"):
    pytest.importorskip(_module)

NOTEBOOK = Path(__file__).parents[2] / "docs" / "tutorial.ipynb"
# Tables of pandas and polars look different in every version of theirs.
OTHERS = "table-of-another-library"


def executed(notebook: Any, folder: Path) -> Any:
    """Runs a notebook by this very interpreter, whatever kernels are installed, far from anybody's settings."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    own = folder / "kernels" / "python3"
    own.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    settings = {
        "IPYTHONDIR": str(folder / "ipython"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # Bars of progress are of the moment.
        "TQDM_DISABLE": "1",
        "PYTHONWARNINGS": "ignore:IProgress not found",
    }
    spec = {"argv": command, "display_name": "Python 3", "language": "python", "env": settings}
    (own / "kernel.json").write_text(json.dumps(spec))
    manager = AsyncKernelManager(
        kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(folder / "kernels")])
    )
    client = nbclient.NotebookClient(
        notebook, km=manager, timeout=300, record_timing=False, resources={"metadata": {"path": str(folder)}}
    )
    return client.execute()


def said(cell: Any) -> list[tuple[str, str]]:
    """What a cell says in plain text: streams in one piece each, and results."""
    out: dict[str, str] = {}
    results = []
    for output in cell.outputs:
        if output.output_type == "stream":
            out[output.name] = out.get(output.name, "") + output.text
        elif "text/plain" in output.get("data", {}):
            results.append((output.output_type, output.data["text/plain"]))
    return [*out.items(), *results]


@pytest.fixture(scope="module")
def committed() -> Any:
    if not NOTEBOOK.exists():
        pytest.skip("the notebook belongs to the repository, not to the package")
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, committed: Any) -> Any:
    notebook = nbformat.from_dict(json.loads(json.dumps(committed)))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return executed(notebook, tmp_path_factory.mktemp("notebook"))


def test_no_cell_fails(fresh: Any) -> None:
    for cell in fresh.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", output.get("evalue")
            assert output.get("name") != "stderr", output.text


def test_it_says_what_is_committed(committed: Any, fresh: Any) -> None:
    for old, new in zip(committed.cells, fresh.cells, strict=True):
        if new.cell_type != "code":
            continue
        kinds = [sorted(output.get("data", {})) for output in new.outputs]
        assert [sorted(output.get("data", {})) for output in old.outputs] == kinds, new.source
        if OTHERS not in new.metadata.get("tags", []):
            assert said(old) == said(new), new.source


def test_what_is_committed_is_clean(committed: Any) -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert len(text) < 600_000
    nbformat.validate(committed)
    code = [cell for cell in committed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    pictures = [cell.source for cell in code for output in cell.outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == sum("plot." in source and ";" in source for source in (cell.source for cell in code)) == 4
    assert set(committed.metadata) == {"kernelspec", "language_info"}
    assert all(set(cell.metadata) <= {"tags"} for cell in committed.cells)
    places = (tempfile.gettempdir() + "/", "/home/", "/Users/", str(NOTEBOOK.parents[1]))
    assert not any(place in text for place in places)


def write() -> None:
    """Writes the outputs anew, without what differs from host to host."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        notebook = executed(notebook, Path(folder))
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata = {name: value for name, value in cell.metadata.items() if name == "tags"}
    nbformat.validate(notebook)
    nbformat.write(notebook, NOTEBOOK)


if __name__ == "__main__":
    write()
