"""What a build is made from, and what it is called."""

import os
import subprocess
import sys
import tarfile

import pytest

from findgo.env import BASE_DIR

BEGIN = "import sys; sys.path.insert(0, 'deploy'); import builds, place; from pathlib import Path\n"


def python(place, code: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", BEGIN + code]
    return subprocess.run(command, cwd=BASE_DIR, env=place.env, capture_output=True, text=True)


def unpacked(place, source) -> list[str]:
    build = place.root / "builds/X"
    build.mkdir()
    done = python(place, f"builds.unpack({str(source)!r}, Path({str(build)!r}))")
    assert done.returncode == 0, done.stderr
    return sorted(str(path.relative_to(build)) for path in build.rglob("*"))


@pytest.mark.parametrize("around", ["", "findgo-1.2/"])
def test_tarball_may_have_a_folder_around_everything(place, tmp_path, around):
    with tarfile.open(tmp_path / "v1.2.tar.gz", "w:gz") as tar:
        for name in ("manage.py", "findgo/settings.py"):
            (tmp_path / "file").write_text(name)
            tar.add(tmp_path / "file", around + name)
    assert unpacked(place, tmp_path / "v1.2.tar.gz") == ["findgo", "findgo/settings.py", "manage.py"]


def test_tarball_of_something_else_is_refused(place, tmp_path):
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        tar.add(BASE_DIR / "README.md", "README.md")
    done = place.run("moves.py release", tmp_path / "x.tar.gz")
    assert done.returncode == 2 and "has no manage.py" in done.stdout
    assert not (place.root / "builds/x/BUILD").exists()


def test_a_disk_that_refuses_is_told_in_a_sentence(place, tmp_path):
    (place.root / "builds").rmdir()
    (place.root / "builds").touch()
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        tar.add(BASE_DIR / "README.md", "README.md")
    done = place.run("moves.py release", tmp_path / "x.tar.gz")
    assert done.returncode == 1 and done.stderr == ""
    assert "STOPPED  " in done.stdout and "goes on from here" in done.stdout


def test_git_ref_is_unpacked_and_called_by_day_and_commit(place, tmp_path):
    repository = tmp_path / "repository"
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    env = os.environ | who | {"GIT_COMMITTER_DATE": "2026-11-24T10:00:00+07:00"}
    for command in (["init", "-q", "."], ["add", "."], ["commit", "-qm", "x"], ["tag", "v1"]):
        repository.mkdir(exist_ok=True)
        (repository / "manage.py").touch()
        subprocess.run(["git", *command], cwd=repository, env=env, check=True)
    place.env["REPOSITORY"] = str(repository)
    assert python(place, "place.say(builds.name_of('v1'))").stdout.startswith("20261124-")
    assert unpacked(place, "v1") == ["manage.py"]
    assert "no commit of" in place.run("moves.py release", "v2").stdout


@pytest.mark.parametrize(
    ("file", "name"), [("v1.2.tar.gz", "v1.2"), ("A.tgz", "A"), ("20261124-5590d2a.tar.zst", "20261124-5590d2a")]
)
def test_tarball_gives_its_name(place, tmp_path, file, name):
    (tmp_path / file).touch()
    assert python(place, f"place.say(builds.name_of({str(tmp_path / file)!r}))").stdout.strip() == name


@pytest.mark.parametrize("name", ["../x", "-x", "a b", ""])
def test_name_cannot_lead_elsewhere(place, tmp_path, name):
    done = place.run("moves.py release", f"--name={name}", tmp_path)
    assert done.returncode == 2 and list((place.root / "builds").iterdir()) == []


NPM = """#!/bin/sh
echo "$@" >>../calls.txt
[ "$2" != ci ] || mkdir node_modules
if [ "$3" = build ]; then [ ! -e ../broken ] || { echo "main.ts: no such thing"; exit 2; }; mkdir -p dist/app; fi
"""


@pytest.fixture
def build(place):
    """A build with a field app, whose npm only notes what it is asked."""
    build = place.root / "builds/X"
    for folder in (".venv/bin", "frontend"):
        (build / folder).mkdir(parents=True)
    (build / "frontend/package-lock.json").touch()
    (build / ".venv/bin/npm").write_text(NPM)
    (build / ".venv/bin/npm").chmod(0o755)
    return build


def test_the_agents_app_is_built_and_what_it_was_built_with_goes(place, build):
    done = python(place, f"builds.build_frontend(Path({str(build)!r}))")
    assert done.returncode == 0, done.stderr
    assert [line.split()[1] for line in (build / "calls.txt").read_text().splitlines()] == ["ci", "run"]
    assert sorted(path.name for path in (build / "frontend").iterdir()) == ["dist", "package-lock.json"]


def test_an_app_that_cannot_be_built_stops_the_release_and_says_why(place, build):
    (build / "broken").touch()
    done = python(place, f"place.told(lambda: builds.build_frontend(Path({str(build)!r})))")
    assert "no such thing" in done.stdout and "`npm run build`" in done.stdout and "Nothing has changed" in done.stdout


def test_a_build_from_before_the_agents_app_has_none(place, build):
    (build / "frontend/package-lock.json").unlink()
    assert python(place, f"builds.build_frontend(Path({str(build)!r}))").returncode == 0
    assert not (build / "calls.txt").exists()
