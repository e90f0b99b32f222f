"""What every recorder shares: one chart rendered by the real Helm library, and files that are rewritten or only checked."""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import helm_python
from helm_python import Chart, HelmError

VERSION = "4.2.3"


def require_version():
    """Recordings of different versions do not mix."""
    found = helm_python.helm_sdk_version().lstrip("v")
    if found != VERSION:
        sys.exit(f"the recordings are Helm {VERSION}'s, the library is {found}")


def write_files(root, files):
    for path, content in files.items():
        target = Path(root, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())


class Scratch:
    """A directory that holds one chart at a time; meanwhile the library's warnings go nowhere."""

    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="helm-recording-"))

    def __enter__(self):
        sys.stderr.flush()
        self.stderr = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        return self

    def __exit__(self, *_):
        os.dup2(self.stderr, 2)
        os.close(self.stderr)
        shutil.rmtree(self.root)

    def chart(self, files):
        """Writes a chart of these files and returns its directory."""
        shutil.rmtree(self.root / "t", ignore_errors=True)
        write_files(self.root / "t", {"Chart.yaml": "apiVersion: v2\nname: t\nversion: 1.0.0\n", **files})
        return self.root / "t"

    def render(self, files, values=None, **release):
        """The rendered files by path, or the text of Helm's error."""
        try:
            with Chart.load(self.chart(files)) as chart:
                return chart.render(values=values, **{"name": "r", "namespace": "ns", **release}), None
        except HelmError as error:
            return None, str(error)


def lines(path):
    return [json.loads(line) for line in Path(path).read_text().split("\n") if line.strip()]


def finish(recordings, check, whose=f"Helm {VERSION}"):
    """Writes recordings (path to list of records), or compares them with what is there."""
    stale = 0
    for path, records in recordings.items():
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        if not check:
            Path(path).write_text(text)
        elif Path(path).read_text() != text:
            stale += 1
            old = Path(path).read_text().split("\n")
            for was, now in zip(old, text.split("\n")):
                if was != now:
                    print(f"{path}\n  recorded {was}\n  helm     {now}", file=sys.stderr)
                    break
            else:
                print(f"{path}: {len(old)} lines recorded, {len(records)} now", file=sys.stderr)
    total = sum(len(records) for records in recordings.values())
    print(f"{total} answers of {whose} {'checked' if check else 'recorded'}, {stale} files differ")
    return 1 if stale else 0
