"""Run as a program: MEDIA TOKEN KEY DIE_AT. Sends a photo in two chunks in this process, which is server and phone.

DIE_AT kills it (SIGKILL) while the second chunk is kept: `fsync` right after the bytes are on disk and before the row
says so, `child` after the commit and before the picture is made, a number at that one of its steps on files. `-` lets it
live: it asks with HEAD where to go on, and prints offset found, hash echoed, state of the photo and steps counted.
"""

import io
import json
import os
import signal
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from tests.workorders.pictures import begin, head, patch, photo  # noqa: E402
from workorders.models import VisitPhoto  # noqa: E402

STEPS = ("open", "os.mkdir", "os.rename", "os.remove", "os.truncate", "os.listdir", "subprocess.Popen")
PHOTO = photo()
HALF = len(PHOTO) // 2
fsync = os.fsync


class Death:
    def __init__(self, at: str, media: str):
        self.at, self.media, self.steps, self.is_near = at, media, 0, False

    def audit(self, event: str, given: tuple) -> None:
        if self.is_near and event in STEPS and (event == "subprocess.Popen" or self.media in str(given)):
            self.step("child" if event == "subprocess.Popen" else "")

    def fsync(self, descriptor: int) -> None:
        if self.is_near:
            self.step()
        fsync(descriptor)
        if self.is_near:
            self.step("fsync")

    def step(self, name: str = "") -> None:
        self.steps += 1
        if self.at in (name, str(self.steps)):
            os.kill(os.getpid(), signal.SIGKILL)


def main(media: str, token: str, key: str, die_at: str) -> None:
    settings.MEDIA_ROOT, settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = media, False, ["testserver"]
    client, death = APIClient(), Death(die_at, media)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    if begin(client, PHOTO, key).status_code == 201:
        assert patch(client, key, 0, PHOTO[:HALF]).status_code == 204
    os.fsync = death.fsync
    sys.addaudithook(death.audit)
    found = int(head(client, key)["Upload-Offset"])
    death.is_near = True
    answer = patch(client, key, found, PHOTO[found:])
    death.is_near = False
    call_command("run_due", verbosity=0, stdout=io.StringIO())
    state = VisitPhoto.objects.get(pk=key).state
    said = {"found": found, "hash": answer["Upload-Sha256"], "state": state, "steps": death.steps}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
