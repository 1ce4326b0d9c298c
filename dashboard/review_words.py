"""What the codes of quarantined operations, flags and clocks are called on the screen, and what to do about them."""

from workorders.models import RescueStep, Visit
from workorders.models.visit import Trust

TYPES = {
    "visit.create": "Hasil kunjungan",
    "trail.create": "Jejak pencarian",
    "pin.create": "Titik rumah",
    "position.report": "Posisi CTB",
    "customer.note": "Catatan pelanggan",
    "rescue.step": "Langkah pencarian alamat",
}
# What of an operation was not found depends on what it is about.
NOT_FOUND = {
    "visit.create": (
        "Order ini tidak pernah ditugaskan kepada CTB tersebut.",
        "Terapkan kalau kunjungannya memang terjadi, misalnya karena tukar rute. Kunjungan itu tetap ditandai.",
    ),
    "trail.create": (
        "Kunjungan dari jejak ini belum ada.",
        "Terapkan dulu kunjungannya bila ia juga di karantina, lalu jejak ini.",
    ),
    "rescue.step": (
        "Order ini tidak pernah ditugaskan kepada CTB tersebut.",
        "Tugaskan ordernya bila memang tugas CTB ini, lalu terapkan; kalau bukan, tolak.",
    ),
}
NOT_HIS = (
    "Pelanggan ini tidak ada di daftar order CTB tersebut.",
    "Tugaskan ordernya bila memang tugas CTB ini, lalu terapkan; kalau bukan, tolak.",
)
ANOTHER_CONTENT = (
    "Isi lain dengan nomor yang sama sudah diterima lebih dulu.",
    "Yang pertama tetap berlaku. Bandingkan isinya, catat bila ada yang penting, lalu tolak.",
)
# code → (why it was put aside, what to do)
CODES = {
    "schema": (
        "Isinya tidak terbaca, biasanya karena aplikasi di ponsel belum diperbarui.",
        "Minta CTB memperbarui aplikasi dan mengirim lagi, lalu tolak yang ini.",
    ),
    "invalid": (
        "Isian yang diwajibkan belum lengkap atau tidak benar.",
        "Tanyakan yang kurang kepada CTB dan minta ia mengirim hasil baru, lalu tolak yang ini.",
    ),
    "not_allowed": (
        "Akun pengirim tidak boleh melakukan ini.",
        "Periksa peran akunnya. Terapkan sesudah perannya benar, atau tolak.",
    ),
    "state_not_possible": (
        "Keadaan order waktu itu tidak memungkinkan langkah ini.",
        "Lihat riwayat ordernya. Terapkan bila keadaannya sekarang sudah cocok.",
    ),
    "not_at_house": (
        "Titik ditandai tanpa keterangan bahwa CTB berada di rumah itu.",
        "Tanyakan kepada CTB di mana ia berdiri, minta titik baru, lalu tolak yang ini.",
    ),
    "fix_outside_indonesia": (
        "Posisinya di luar Indonesia: ponsel belum mendapat GPS.",
        "Minta CTB menandai lagi di tempat terbuka, lalu tolak yang ini.",
    ),
    "fix_too_coarse": (
        "Posisinya terlalu kasar untuk membedakan satu rumah dari rumah lain.",
        "Minta CTB menandai lagi di tempat terbuka, lalu tolak yang ini.",
    ),
    "outside_area": (
        "Titik ini di luar wilayah witel pelanggan.",
        "Bila rumahnya memang di sana, alihkan dulu ordernya ke witel itu, lalu terapkan.",
    ),
    "visit_changed": ANOTHER_CONTENT,
    "trail_changed": ANOTHER_CONTENT,
    "pin_changed": ANOTHER_CONTENT,
    "correction_changed": ANOTHER_CONTENT,
    "step_changed": ANOTHER_CONTENT,
}
UNKNOWN = ("Kiriman ini tidak bisa diterapkan.", "Lihat isi aslinya di bawah, lalu coba terapkan atau tolak.")
READABLE_NOW = "Sekarang isinya sudah terbaca: Anda bisa menerapkannya."
OUT_OF_REACH = (
    "Yang disebut kiriman ini tidak ada, atau di luar wilayah Anda, jadi tidak bisa diterapkan dari sini. "
    "Tolak, atau minta manajer regional memeriksanya."
)
STRANGE_TYPE = "Kiriman yang tidak dikenal"
# What dispositions ask for beside the note, and what the app asks for.
DETAILS = {
    "reason": "Alasan",
    "receipt": "Kuitansi",
    "proof": "Bukti",
    "new_address": "Alamat baru",
    "asked": "Ditanyakan kepada",
    "override_reason": "Alasan check-in di luar batas jarak",
}
DAYS = {"next_on": "Kunjungan berikutnya", "returns_on": "Kembali"}
OUTCOMES = dict(RescueStep.Outcome.choices)

Flag = Visit.Flag
# None of it proves anything: it says why somebody should look.
FLAG_REASONS = {
    Flag.ORDER_CLOSED: "Order sudah ditutup, lunas, atau ditarik ketika hasil ini sampai. Keadaan order tidak berubah.",
    Flag.ORDER_REASSIGNED: "Order sudah di tangan CTB lain ketika hasil ini sampai. Keadaan order tidak berubah.",
    Flag.OUTSIDE_HOURS: "Waktunya di luar jam atau hari kunjungan regional ini.",
    Flag.FAR_FROM_TARGET: "Jaraknya dari titik rumah melebihi batas, juga sesudah ketelitian GPS dikurangkan.",
    Flag.NO_POSITION: "Ponsel tidak mengirim posisi yang bisa dipakai, misalnya karena GPS mati.",
    Flag.CLOCK: "Waktu menurut ponsel berbeda lebih dari 5 menit dari waktu yang dihitung server.",
    Flag.CLOCK_SET: "Jam ponsel diubah antara kunjungan dan pengirimannya.",
    Flag.MOCK: "Ponsel melaporkan bahwa posisinya dibuat aplikasi lain (lokasi palsu).",
    Flag.SAME_FIX: "Koordinatnya sama persis dengan kunjungan CTB ini di rumah lain dalam 12 jam.",
    Flag.PHOTO_REUSED: "Foto yang sama sudah dikirim untuk kunjungan lain. Bandingkan kedua kunjungan.",
    Flag.TOO_FAST: "Dari kunjungan sebelum atau sesudahnya, CTB harus melaju lebih dari 120 km/jam.",
    Flag.OUT_OF_ORDER: "Kiriman ponsel yang mendahuluinya tidak sampai dalam 5 hari, jadi yang ini diterapkan sendiri.",
    Flag.NEVER_ASSIGNED: "Order ini tidak pernah ditugaskan kepada CTB ini; supervisor menerimanya dari karantina.",
    Flag.FEED: "Kunjungan ini dari berkas lama, bukan dari ponsel.",
    Flag.NO_ORDER: "Berkas lamanya tidak menyebut nomor WO.",
}
TRUST = {
    Trust.MONOTONIC: "waktu pasti: dari penghitung ponsel yang tidak bisa diubah",
    Trust.WALL: "waktu dari jam ponsel, sesudah selisihnya dikoreksi",
    Trust.RECEIVED: "jam ponsel tidak masuk akal: dipakai waktu diterima",
    "": "waktu seperti yang dikirim",
}


def why_and_what(kind: str, code: str) -> tuple[str, str]:
    """Why an operation of this type was put aside with this code, and what a supervisor can do."""
    if code == "not_found":
        return NOT_FOUND.get(kind, NOT_HIS)
    return CODES.get(code, UNKNOWN)
