"""The scripts and configuration files are well-formed, as far as the tools on this machine can tell."""

import re
import shutil
import subprocess

import pytest

from findgo.env import BASE_DIR

DEPLOY = BASE_DIR / "deploy"
SCRIPTS = sorted(path for path in DEPLOY.iterdir() if path.is_file() and not path.suffix)
CONFIGURATION = sorted([*DEPLOY.glob("nginx/*.conf"), *DEPLOY.glob("systemd/*")])


def test_every_script_is_an_executable_of_bash():
    assert {path.name for path in SCRIPTS} >= {
        "install",
        "release",
        "rollback",
        "maintenance",
        "backup",
        "restore",
        "drill",
    }
    for path in SCRIPTS:
        assert path.read_text().startswith("#!/usr/bin/env bash\n") and path.stat().st_mode & 0o111, path
        subprocess.run(["bash", "-n", path], check=True)


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_shellcheck_finds_nothing():
    done = subprocess.run(["shellcheck", *SCRIPTS], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", CONFIGURATION, ids=lambda path: path.name)
def test_configuration_as_written_is_that_of_the_usual_place(place, path):
    usual = {"ROOT": "/srv/findgo", "RUN_AS": "findgo", "DOMAIN": "findgo.example", "SOCKET": "/run/findgo.sock"}
    assert place.run("render", path, **usual).stdout == path.read_text()


@pytest.mark.parametrize("path", CONFIGURATION, ids=lambda path: path.name)
def test_another_place_leaves_nothing_of_the_usual_one(place, path):
    done = place.run("render", path, RUN_AS="someone", HTTP_PORT=8080, HTTPS_PORT=8443)
    assert done.returncode == 0
    assert not re.search(r"/srv/findgo|findgo\.example|/run/findgo|^User=findgo|listen (80|443)\b", done.stdout, re.M)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_units_name_only_what_systemd_knows(place, tmp_path):
    """Run against a place that exists, since a program that is missing would be told as well."""
    for program in ("current/.venv/bin/python", "current/deploy/backup", "current/deploy/drill", "shared/env"):
        path = place.root / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    for path in DEPLOY.glob("systemd/*"):
        (tmp_path / path.name).write_text(place.run("render", path, RUN_AS="root").stdout)
    done = subprocess.run(["systemd-analyze", "verify", *tmp_path.glob("findgo*.*")], capture_output=True, text=True)
    told = [line for line in done.stderr.splitlines() if "findgo" in line]
    assert told == []


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_second_install_keeps_what_the_first_was_told(place):
    """Its settings hold without the environment, and the password stays."""
    env = {"SYSTEM": "off", "MARIADB": "true", "DOMAIN": "findgo.test", "RUN_AS": ""}
    assert place.run("install", **env).returncode == 0
    settings, secrets = ((place.root / "shared" / name).read_text() for name in ("deploy.env", "env"))
    place.env = {
        name: text for name, text in place.env.items() if name not in ("DOMAIN", "RUN_AS", "SOCKET", "RESTART")
    }
    done = place.run("install", SYSTEM="off", MARIADB="false")
    assert done.returncode == 0, done.stderr
    assert sorted(settings.splitlines()) == sorted((place.root / "shared/deploy.env").read_text().splitlines())
    assert (place.root / "shared/env").read_text() == secrets
