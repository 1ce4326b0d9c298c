"""The 7 regions and 61 witel: code, name, seat, zone, centre of the seat, reach in kilometres.

Reach is the distance from the centre beyond which no village of the witel lies, with a quarter and 25 km to spare
because the borders between witel are the operator's, not the map's.
"""
from django.db import migrations

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"

REGIONS = [
    ("TREG1", "Regional 1 Sumatera"),
    ("TREG2", "Regional 2 Jabodetabek"),
    ("TREG3", "Regional 3 Jawa Barat"),
    ("TREG4", "Regional 4 Jateng & DIY"),
    ("TREG5", "Regional 5 Jatim, Bali & Nusra"),
    ("TREG6", "Regional 6 Kalimantan"),
    ("TREG7", "Regional 7 Kawasan Timur Indonesia"),
]

WITELS = [
    ("TREG1", "ACEH", "Aceh", "Kota Banda Aceh", WIB, 5.5587, 95.32771, 630),
    ("TREG1", "MEDAN", "Medan", "Kota Medan", WIB, 3.62904, 98.6672, 145),
    ("TREG1", "SUMUT", "Sumut", "Kota Pematangsiantar", WIB, 2.96142, 99.05903, 530),
    ("TREG1", "RIDAR", "Riau Daratan", "Kota Pekanbaru", WIB, 0.55128, 101.46573, 360),
    ("TREG1", "RIKEP", "Riau Kepulauan", "Kota Batam", WIB, 0.963, 104.06356, 785),
    ("TREG1", "SUMBAR", "Sumbar", "Kota Padang", WIB, -0.89887, 100.43764, 340),
    ("TREG1", "JAMBI", "Jambi", "Kota Jambi", WIB, -1.61818, 103.59979, 365),
    ("TREG1", "SUMSEL", "Sumsel", "Kota Palembang", WIB, -2.97172, 104.74132, 380),
    ("TREG1", "BABEL", "Bangka Belitung", "Kota Pangkalpinang", WIB, -2.11051, 106.11321, 380),
    ("TREG1", "BENGKULU", "Bengkulu", "Kota Bengkulu", WIB, -3.8414, 102.30816, 285),
    ("TREG1", "LAMPUNG", "Lampung", "Kota Bandar Lampung", WIB, -5.4142, 105.26213, 265),
    ("TREG2", "BANTEN", "Banten", "Kota Serang", WIB, -6.12332, 106.16675, 170),
    ("TREG2", "TANGERANG", "Tangerang", "Kota Tangerang", WIB, -6.18437, 106.65199, 70),
    ("TREG2", "JAKBAR", "Jakarta Barat", "Kota Jakarta Barat", WIB, -6.16533, 106.7483, 120),
    ("TREG2", "JAKPUS", "Jakarta Pusat", "Kota Jakarta Pusat", WIB, -6.1812, 106.83512, 35),
    ("TREG2", "JAKSEL", "Jakarta Selatan", "Kota Jakarta Selatan", WIB, -6.2726, 106.81004, 40),
    ("TREG2", "JAKTIM", "Jakarta Timur", "Kota Jakarta Timur", WIB, -6.25497, 106.90069, 40),
    ("TREG2", "JAKUT", "Jakarta Utara", "Kota Jakarta Utara", WIB, -6.12718, 106.86661, 45),
    ("TREG2", "BEKASI", "Bekasi", "Kota Bekasi", WIB, -6.28083, 106.97537, 75),
    ("TREG2", "BOGOR", "Bogor", "Kota Bogor", WIB, -6.59349, 106.79936, 85),
    ("TREG3", "BANDUNG", "Bandung", "Kota Bandung", WIB, -6.91924, 107.6366, 105),
    ("TREG3", "BDGBRT", "Bandung Barat", "Kabupaten Bandung Barat", WIB, -6.89044, 107.41498, 95),
    ("TREG3", "CIREBON", "Cirebon", "Kota Cirebon", WIB, -6.74172, 108.55331, 135),
    ("TREG3", "KARAWANG", "Karawang", "Kabupaten Karawang", WIB, -6.25228, 107.35429, 125),
    ("TREG3", "SUKABUMI", "Sukabumi", "Kota Sukabumi", WIB, -6.93994, 106.92436, 125),
    ("TREG3", "TASIK", "Tasikmalaya", "Kota Tasikmalaya", WIB, -7.36053, 108.21912, 135),
    ("TREG4", "SEMARANG", "Semarang", "Kota Semarang", WIB, -7.0239, 110.39152, 100),
    ("TREG4", "KUDUS", "Kudus", "Kabupaten Kudus", WIB, -6.79026, 110.86991, 195),
    ("TREG4", "MAGELANG", "Magelang", "Kota Magelang", WIB, -7.47655, 110.22011, 100),
    ("TREG4", "PEKALONGAN", "Pekalongan", "Kota Pekalongan", WIB, -6.89341, 109.67716, 125),
    ("TREG4", "PURWOKERTO", "Purwokerto", "Kabupaten Banyumas", WIB, -7.45551, 109.17579, 130),
    ("TREG4", "SOLO", "Solo", "Kota Surakarta", WIB, -7.55789, 110.82314, 115),
    ("TREG4", "YOGYA", "Yogyakarta", "Kota Yogyakarta", WIB, -7.8033, 110.37436, 105),
    ("TREG5", "SBYSEL", "Surabaya Selatan", "Kota Surabaya", WIB, -7.27432, 112.72358, 100),
    ("TREG5", "SBYUT", "Surabaya Utara", "Kota Surabaya", WIB, -7.27432, 112.72358, 240),
    ("TREG5", "MALANG", "Malang", "Kota Malang", WIB, -7.9783, 112.63591, 130),
    ("TREG5", "SIDOARJO", "Sidoarjo", "Kabupaten Sidoarjo", WIB, -7.45147, 112.7003, 80),
    ("TREG5", "MADIUN", "Madiun", "Kota Madiun", WIB, -7.62945, 111.52727, 160),
    ("TREG5", "KEDIRI", "Kediri", "Kota Kediri", WIB, -7.82637, 112.01612, 130),
    ("TREG5", "JEMBER", "Jember", "Kabupaten Jember", WIB, -8.23514, 113.65595, 155),
    ("TREG5", "PASURUAN", "Pasuruan", "Kota Pasuruan", WIB, -7.64957, 112.91, 125),
    ("TREG5", "MADURA", "Madura", "Kabupaten Pamekasan", WIB, -7.06522, 113.50405, 405),
    ("TREG5", "DENPASAR", "Denpasar", "Kota Denpasar", WITA, -8.66836, 115.22082, 100),
    ("TREG5", "SINGARAJA", "Singaraja", "Kabupaten Buleleng", WITA, -8.20095, 114.96091, 95),
    ("TREG5", "NTB", "NTB", "Kota Mataram", WITA, -8.59015, 116.11096, 460),
    ("TREG5", "NTT", "NTT", "Kota Kupang", WITA, -10.20451, 123.60454, 670),
    ("TREG6", "BALIKPAPAN", "Balikpapan", "Kota Balikpapan", WITA, -1.15667, 116.87229, 280),
    ("TREG6", "SAMARINDA", "Samarinda", "Kota Samarinda", WITA, -0.50028, 117.17706, 520),
    ("TREG6", "KALTARA", "Kaltara", "Kota Tarakan", WITA, 3.35941, 117.59951, 495),
    ("TREG6", "KALSEL", "Kalsel", "Kota Banjarmasin", WITA, -3.32912, 114.5918, 320),
    ("TREG6", "KALTENG", "Kalteng", "Kota Palangka Raya", WIB, -2.00746, 113.76747, 460),
    ("TREG6", "KALBAR", "Kalbar", "Kota Pontianak", WIB, -0.02578, 109.3317, 675),
    ("TREG7", "MAKASSAR", "Makassar", "Kota Makassar", WITA, -5.13561, 119.4639, 485),
    ("TREG7", "SULSELBAR", "Sulselbar", "Kota Parepare", WITA, -4.03164, 119.66356, 465),
    ("TREG7", "SULTENG", "Sulteng", "Kota Palu", WITA, -0.83693, 119.91197, 630),
    ("TREG7", "SULTRA", "Sultra", "Kota Kendari", WITA, -3.99771, 122.53288, 390),
    ("TREG7", "GORONTALO", "Gorontalo", "Kota Gorontalo", WITA, 0.53841, 123.0553, 275),
    ("TREG7", "SULUTMALUT", "Sulut Malut", "Kota Manado", WITA, 1.52492, 124.8479, 735),
    ("TREG7", "MALUKU", "Maluku", "Kota Ambon", WIT, -3.68536, 128.19498, 1025),
    ("TREG7", "PAPUABRT", "Papua Barat", "Kota Sorong", WIT, -0.86662, 131.31781, 700),
    ("TREG7", "PAPUA", "Papua", "Kota Jayapura", WIT, -2.66453, 140.80014, 1055),
]


def insert(apps, schema_editor):
    """Those that are not there, changed or not, under keys of their own: what comes again is the same row."""
    for Model, rows in seeds(apps):
        there = {value for pair in Model.objects.values_list("id", "code") for value in pair}
        Model.objects.bulk_create(row for row in rows if not {row.id, row.code} & there)


def delete(apps, schema_editor):
    """Those that nobody changed. The others are of more worth than what the next release would insert."""
    for Model, rows in reversed(list(seeds(apps))):
        names = [field.attname for field in Model._meta.concrete_fields]
        found = {values["id"]: values for values in Model.objects.values()}
        keys = [row.id for row in rows if found.get(row.id) == {name: getattr(row, name) for name in names}]
        if Model._meta.model_name == "region":
            keys = set(keys) - set(apps.get_model("regions", "Witel").objects.values_list("region", flat=True))
        # Straight to the table: historical models cannot follow what refers to it, and all of that went before.
        Model.objects.filter(id__in=keys)._raw_delete(schema_editor.connection.alias)


def seeds(apps):
    Region, Witel = apps.get_model("regions", "Region"), apps.get_model("regions", "Witel")
    yield Region, [Region(id=key, code=code, name=name) for key, (code, name) in enumerate(REGIONS, start=1)]
    regions = dict(Region.objects.values_list("code", "id"))
    yield Witel, [
        Witel(
            id=key, region_id=regions.get(region), code=code, name=name, seat=seat, timezone=zone, lat=lat, lon=lon,
            reach_m=km * 1000,
        )
        for key, (region, code, name, seat, zone, lat, lon, km) in enumerate(WITELS, start=1)
    ]


class Migration(migrations.Migration):
    dependencies = [("regions", "0001_create_region_witel_table")]
    operations = [migrations.RunPython(insert, delete)]
