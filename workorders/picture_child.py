"""Run as a program by `picture.py`: SOURCE PICTURE THUMB BYTES. Makes two JPEG files from a photo that a phone sent.

Imports nothing of ours, and may die of what it reads. Prints `{"width", "height", "lat", "lon", "time"}` as JSON.
Exit codes: 0 done, 3 too large, 4 damaged, 5 not a picture.
"""

import json
import os
import resource
import sys
import warnings
from datetime import datetime

FORMATS = ["JPEG", "PNG", "WEBP"]
MAX_PIXELS = 40_000_000
PICTURE_SIDE, THUMB_SIDE = 2048, 320
SECONDS = 10  # of processor
MAX_WRITTEN = 32 * 1024**2
DONE, TOO_LARGE, DAMAGED, NOT_A_PICTURE = 0, 3, 4, 5
GPS, EXIF = 0x8825, 0x8769


def main(source: str, picture: str, thumb: str, limit: int) -> int:
    from PIL import Image, UnidentifiedImageError

    confine(limit)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source, formats=FORMATS) as image:
            image.draft("RGB", (PICTURE_SIDE, PICTURE_SIDE))  # a JPEG is decoded at a half, a quarter … already
            image.load()
            said = evidence(image)
            clean = redraw(image)
        save(clean, picture, quality=85)
        said |= {"width": clean.width, "height": clean.height}
        clean.thumbnail((THUMB_SIDE, THUMB_SIDE))
        save(clean, thumb, quality=75)
    except (MemoryError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return TOO_LARGE
    except UnidentifiedImageError:
        return NOT_A_PICTURE
    except Exception:  # whatever a decoder makes of bytes that somebody chose
        return DAMAGED
    print(json.dumps(said))  # noqa: T201
    return DONE


def confine(limit: int) -> None:
    with open("/proc/self/statm") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + limit, taken + limit))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def evidence(image) -> dict:
    """What the camera wrote of place and time; nothing where that cannot be read."""
    return {"lat": None, "lon": None, "time": ""} | place_of(image) | time_of(image)


def place_of(image) -> dict:
    try:
        gps = image.getexif().get_ifd(GPS)
        lat, lon = degrees(gps[2], gps[1], "S"), degrees(gps[4], gps[3], "W")
    except Exception:  # tags of any type and length
        return {}
    # Not a number fails both; 0, 0 is what a phone writes that has no fix.
    is_place = abs(lat) <= 90 and abs(lon) <= 180 and (lat or lon)
    return {"lat": round(lat, 7), "lon": round(lon, 7)} if is_place else {}


def degrees(parts, side: str, minus: str) -> float:
    whole, minutes, seconds = (float(part) for part in parts)
    value = whole + minutes / 60 + seconds / 3600
    return -value if side.strip("\0 ").upper() == minus else value


def time_of(image) -> dict:
    """ISO, with the offset only where the camera wrote one."""
    try:
        exif = image.getexif()
        details = exif.get_ifd(EXIF)
        written = str(details.get(0x9003) or exif.get(0x0132) or "").strip("\0 ")
        moment = datetime.strptime(written, "%Y:%m:%d %H:%M:%S")
        offset = str(details.get(0x9011) or "").strip("\0 ")
        return {"time": datetime.fromisoformat(moment.isoformat() + offset).isoformat()}
    except Exception:
        return {}


def redraw(image):
    """The picture upright on a white ground, at most PICTURE_SIDE, and nothing else of the file."""
    from PIL import Image

    if image.mode not in ("RGB", "RGBA", "L"):
        image = image.convert("RGBA" if "transparency" in image.info or image.mode in ("LA", "PA", "La") else "RGB")
    image.thumbnail((PICTURE_SIDE, PICTURE_SIDE), reducing_gap=2.0)
    image = upright(image)
    clean = Image.new("RGB", image.size, "white")
    clean.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return clean


def upright(image):
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except MemoryError:
        raise
    except Exception:  # metadata that nobody can read says nothing of the orientation
        return image


def save(image, path: str, quality: int) -> None:
    with open(path, "wb") as file:
        image.save(file, "JPEG", quality=quality, optimize=True)
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
