"""The catalogue of 30 results, and their names in the old VOC lists."""
from django.db import migrations
from django.db.models import Exists, OuterRef

# code, group, Indonesian, English, contact, right party, final, verdict, required fields, next step, days to revisit
CATALOGUE = [
    ("MET-PAID", "MET", "Sudah bayar", "Paid", 1, 1, 0, "+", ["receipt"], "Tunggu konfirmasi tagihan", 3),
    ("MET-PTP", "MET", "Janji bayar", "Promise to pay", 1, 1, 0, "+", ["amount", "promised_on"], "Kunjungi bila ingkar", 0),
    ("MET-PART", "MET", "Bayar sebagian", "Part payment", 1, 1, 0, "+", ["amount", "promised_on"], "Tagih sisanya", 0),
    ("MET-REFUSE", "MET", "Menolak bayar", "Refuses to pay", 1, 1, 1, "+", ["reason"], "", 0),
    ("MET-DISPUTE", "MET", "Sanggah tagihan", "Disputes the bill", 1, 1, 1, "+", ["note"], "Ke bagian tagihan", 0),
    ("MET-FAULT", "MET", "Gangguan layanan", "Service fault", 1, 1, 0, "+", ["note"], "Kunjungi setelah perbaikan", 3),
    ("MET-STOP", "MET", "Minta cabut", "Wants to stop", 1, 1, 1, "+", [], "Ke retensi", 0),
    ("MET-HARDSHIP", "MET", "Kesulitan ekonomi", "Hardship", 1, 1, 0, "+", ["next_on"], "", 7),
    ("MET-ALREADY", "MET", "Mengaku sudah bayar", "Says it is paid", 1, 1, 0, "+", ["proof"], "Periksa bukti", 3),
    ("TP-MSG", "THIRD_PARTY", "Titip pesan (keluarga/tetangga)", "Message left", 1, 0, 0, "+", ["relation"], "", 2),
    ("TP-TENANT", "THIRD_PARTY", "Penghuni lain/kontrak", "Tenant lives here", 1, 0, 0, "+", [], "", 3),
    ("NC-NOTHOME", "NO_CONTACT", "Rumah kosong sementara", "Nobody home", 0, 0, 0, "+", ["best_time"], "Kunjungi pada jam lain", 1),
    ("NC-AWAY", "NO_CONTACT", "Pergi lama", "Away for long", 0, 0, 0, "+", ["returns_on"], "", 7),
    ("NC-GATE", "NO_CONTACT", "Akses ditolak", "No access", 0, 0, 0, "?", [], "", 2),
    ("NC-HOURS", "NO_CONTACT", "Di luar jam", "Outside hours", 0, 0, 0, "?", [], "", 1),
    ("MV-KNOWN", "MOVED", "Pindah, alamat baru", "Moved, address known", 1, 0, 0, "+", ["new_address"], "", 1),
    ("MV-UNKNOWN", "MOVED", "Pindah, tidak diketahui", "Moved, unknown", 1, 0, 1, "+", [], "", 0),
    ("VC-VACANT", "VACANT", "Rumah tidak dihuni", "House is vacant", 0, 0, 0, "+", [], "", 7),
    ("VC-DEMOL", "VACANT", "Bangunan dibongkar", "Building demolished", 0, 0, 1, "+", [], "", 0),
    ("VC-BUSINESS", "VACANT", "Jadi tempat usaha", "Now a business", 1, 0, 0, "+", [], "", 3),
    ("DC-DECEASED", "DECEASED", "Meninggal", "Deceased", 1, 0, 1, "+", [], "", 0),
    ("ATK-NONUM", "ATK", "ATK: tanpa nomor rumah", "Not found: no house number", 0, 0, 0, "?", [], "Perbaiki alamat", 0),
    ("ATK-NORTRW", "ATK", "ATK: tanpa RT/RW", "Not found: no RT/RW", 0, 0, 0, "?", [], "Perbaiki alamat", 0),
    ("ATK-NOSTREET", "ATK", "ATK: jalan tidak ditemukan", "Not found: street unknown", 0, 0, 0, "-", [], "Perbaiki alamat", 0),
    ("ATK-COORD", "ATK", "ATK: titik koordinat salah", "Not found: wrong point", 0, 0, 0, "-", [], "Perbaiki titik", 0),
    ("ATK-DUP", "ATK", "ATK: nomor ganda", "Not found: number twice", 1, 0, 0, "?", [], "Perbaiki alamat", 0),
    ("ATK-NOTKNOWN", "ATK", "ATK: nama tidak dikenal", "Not found: name unknown", 1, 0, 0, "-", ["asked"], "Perbaiki alamat", 0),
    ("ATK-OUTAREA", "ATK", "ATK: di luar wilayah", "Not found: outside the area", 0, 0, 0, "-", [], "Ke witel yang benar", 0),
    ("UN-UNSAFE", "UNDONE", "Tidak aman", "Unsafe", 0, 0, 0, "?", [], "", 2),
    ("UN-NOTDONE", "UNDONE", "Belum dikunjungi", "Not visited", 0, 0, 0, "?", ["reason"], "", 0),
]

# Lower case, as old lists write them; an admin adds more.
ALIASES = {
    "MET-PAID": ["sudah bayar", "lunas", "paid", "bayar", "sudah lunas", "bayar lunas"],
    "MET-PTP": ["janji bayar", "ptp", "promise to pay", "akan bayar", "janji"],
    "MET-PART": ["bayar sebagian", "cicil", "partial"],
    "MET-REFUSE": ["menolak bayar", "tidak mau bayar", "menolak", "tolak bayar", "refuse"],
    "MET-DISPUTE": ["sanggah tagihan", "komplain tagihan", "dispute", "sanggahan"],
    "MET-FAULT": ["gangguan layanan", "gangguan", "komplain gangguan", "internet gangguan", "layanan gangguan"],
    "MET-STOP": ["minta cabut", "cabut", "berhenti berlangganan", "mau berhenti", "stop berlangganan", "putus"],
    "MET-HARDSHIP": ["kesulitan ekonomi", "kendala ekonomi", "tidak ada uang", "belum ada uang", "keuangan"],
    "MET-ALREADY": ["mengaku sudah bayar", "klaim sudah bayar", "klaim bayar"],
    "TP-MSG": ["titip pesan", "bertemu keluarga", "bertemu tetangga", "titip surat", "bertemu selain pelanggan"],
    "TP-TENANT": ["penghuni lain", "kontrak", "rumah kontrakan", "pengontrak", "penghuni kontrak"],
    "NC-NOTHOME": ["rumah kosong", "rumah kosong sementara", "tidak bertemu", "tidak ada orang", "rks", "tidak ketemu pelanggan"],
    "NC-AWAY": ["pergi lama", "keluar kota", "luar kota"],
    "NC-GATE": ["akses ditolak", "tidak bisa masuk", "portal", "ditolak satpam", "dilarang masuk"],
    "NC-HOURS": ["di luar jam", "terlalu malam"],
    "MV-KNOWN": ["pindah alamat baru", "pindah, alamat baru", "pindah alamat"],
    "MV-UNKNOWN": ["pindah", "pindah, tidak diketahui", "sudah pindah", "pindah tidak diketahui", "pindah rumah"],
    "VC-VACANT": ["rumah tidak dihuni", "rumah tidak berpenghuni", "rumah dijual", "kosong lama", "tidak dihuni"],
    "VC-DEMOL": ["bangunan dibongkar", "rumah dibongkar", "digusur"],
    "VC-BUSINESS": ["jadi tempat usaha", "tempat usaha", "jadi toko"],
    "DC-DECEASED": ["meninggal", "pelanggan meninggal", "almarhum", "meninggal dunia"],
    "ATK-NONUM": ["atk tanpa nomor rumah", "tanpa nomor rumah", "tidak ada nomor rumah"],
    "ATK-NORTRW": ["atk tanpa rt/rw", "tanpa rt/rw", "tanpa rt rw"],
    "ATK-NOSTREET": ["atk", "alamat tidak ketemu", "alamat tidak ditemukan", "alamat tidak jelas", "alamat tdk ketemu", "jalan tidak ditemukan"],
    "ATK-COORD": ["titik koordinat salah", "koordinat salah", "salah koordinat", "tikor salah", "koordinat tidak sesuai"],
    "ATK-DUP": ["nomor ganda", "nomor rumah ganda"],
    "ATK-NOTKNOWN": ["nama tidak dikenal", "tidak dikenal", "pelanggan tidak dikenal"],
    "ATK-OUTAREA": ["di luar wilayah", "luar wilayah", "beda wilayah"],
    "UN-UNSAFE": ["tidak aman", "lokasi tidak aman"],
    "UN-NOTDONE": ["belum dikunjungi", "belum visit", "belum kunjungan", "not visited"],
}


def insert(apps, schema_editor):
    """Those that are not there, changed or not, under keys of their own: what comes again is the same row."""
    for Model, rows, name in seeds(apps):
        there = {value for pair in Model.objects.values_list("id", name) for value in pair}
        Model.objects.bulk_create(row for row in rows if not {row.id, getattr(row, name)} & there)


def delete(apps, schema_editor):
    """Those that nobody changed and nothing refers to. The others are of more worth than what the next release would
    insert; visits and orders would be left without their result."""
    for Model, rows, name in reversed(list(seeds(apps))):
        names = [field.attname for field in Model._meta.concrete_fields]
        found = {values["id"]: values for values in Model.objects.values()}
        keys = [row.id for row in rows if found.get(row.id) == {name: getattr(row, name) for name in names}]
        free = Model.objects.filter(id__in=keys)
        for link in Model._meta.get_fields(include_hidden=True):
            if link.auto_created and not link.concrete:
                free = free.exclude(Exists(link.related_model.objects.filter(**{link.field.name: OuterRef("pk")})))
        # Straight to the table: historical models cannot follow what refers to it.
        Model.objects.filter(id__in=list(free.values_list("id", flat=True)))._raw_delete(schema_editor.connection.alias)


def seeds(apps):
    """(model, its rows, the column that tells them apart)."""
    Disposition = apps.get_model("workorders", "Disposition")
    Alias = apps.get_model("workorders", "DispositionAlias")
    yield Disposition, [
        Disposition(
            id=position + 1,
            code=code,
            group=group,
            label_id=label_id,
            label_en=label_en,
            is_contact=bool(contact),
            is_right_party=bool(right_party),
            is_final=bool(final),
            is_attempt=code != "UN-NOTDONE",
            verdict=verdict,
            requires=requires,
            next_step=next_step,
            revisit_days=days,
            position=position,
        )
        for position, (
            code, group, label_id, label_en, contact, right_party, final, verdict, requires, next_step, days,
        ) in enumerate(CATALOGUE)
    ], "code"
    results = dict(Disposition.objects.values_list("code", "id"))
    pairs = [(text, code) for code, *_ in CATALOGUE for text in ALIASES[code]]
    yield Alias, [
        Alias(id=key, text=text, disposition_id=results.get(code)) for key, (text, code) in enumerate(pairs, start=1)
    ], "text"


class Migration(migrations.Migration):
    dependencies = [("workorders", "0001_orders_visits_promises")]
    operations = [migrations.RunPython(insert, delete)]
