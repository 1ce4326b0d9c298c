"""What codes of the domain are called on the screen."""

from customers.masking import mask_phone
from releases.evidence import KINDS

PHONE_FIELDS = frozenset({"phone", "phones"})

PROBLEMS = {
    "state_not_possible": "Keadaan order ini sudah berubah, jadi langkah itu tidak bisa lagi. Lihat riwayatnya.",
    "agent_out_of_scope": "CTB ini tidak bertugas di witel order tersebut.",
    "not_found": "Order tidak ditemukan.",
    "not_allowed": "Peran Anda tidak boleh melakukan ini.",
    "too_many_rows": "Satu lembar XLSX paling banyak 1.048.575 baris. Persempit saringan, atau unduh CSV.",
    "point_refuted": "Alamat tidak ketemu di titik ini. Order keluar lagi bila ada titik yang lebih baik.",
    "correction_decided": "Koreksi ini sudah diputuskan orang lain.",
    "moved_since": "Titik ini sudah dipindah lagi. Batalkan dulu koreksi yang lebih baru.",
    "witel_out_of_scope": "Hanya yang bertugas di kedua witel yang bisa mengalihkan order.",
    "already_decided": "Ini sudah diputuskan orang lain, mungkin baru saja.",
    "nothing_to_apply": "Ini tidak bisa diterapkan: isi lain sudah tersimpan, atau isinya tidak terbaca. Tolak saja.",
    "busy": "Impor lain sedang berjalan. Tunggu sampai selesai, lalu coba lagi.",
    "invalid": "Ada isian yang belum benar.",
    "otp_wrong": "Kode salah, atau sudah pernah dipakai. Tunggu kode berikutnya, lalu coba lagi.",
    "second_factor_set": "Kode dua langkah sudah aktif.",
    "device_marked_lost": "Ponsel ini sudah ditandai hilang. Batalkan dulu tanda itu.",
    "device_wiped": "Ponsel ini sudah diperintahkan menghapus isinya. Petugas perlu masuk lagi.",
    "too_many_phones": "Petugas ini memakai ponsel lain. Tandai dulu ponsel itu sebagai diganti.",
    "too_many_phone_views": "Batas melihat nomor telepon hari ini sudah tercapai. Coba lagi besok.",
}
VERBS = {
    "assign": "Ditugaskan",
    "unassign": "Dilepas dari CTB",
    "hold": "Ditahan",
    "release": "Dilanjutkan",
    "reopen": "Dibuka lagi",
    "address_held": "Menunggu alamat yang lebih baik",
    "address_repaired": "Alamat diperbaiki",
    "transfer": "Dialihkan ke witel lain",
    "pin": "Titik rumah ditandai",
    "pin_link": "Tautan titik dikirim ke pelanggan",
    "move_point": "Titik rumah pindah",
    "propose_point": "Koreksi titik diusulkan",
    "approve": "Koreksi titik disetujui",
    "reject": "Koreksi titik ditolak",
    "revert": "Koreksi titik dibatalkan",
    "visit": "Keadaan berubah karena kunjungan",
    "check_in": "CTB tiba di lokasi",
    "note": "Catatan lapangan diubah",
    "decide": "Kiriman ponsel diputuskan",
    "reopen_quarantined": "Penolakan kiriman ditarik kembali",
    "review_visit": "Kunjungan bertanda diperiksa",
    "import": "Diimpor",
    "undo_import": "Impor dibatalkan",
    "add_user": "Akun dibuat",
    "update_user": "Akun diubah",
    "enable_second_factor": "Kode dua langkah diaktifkan",
    "disable_second_factor": "Kode dua langkah dimatikan",
    "reset_second_factor": "Kode dua langkah direset",
    "use_recovery_code": "Kode pemulihan dipakai",
    "lose_device": "Ponsel ditandai hilang",
    "retire_device": "Ponsel diganti",
    "restore_device": "Tanda ponsel dibatalkan",
    "recall": "Ditarik",
    "erase_subject": "Data pelanggan dihapus",
    "create_pin_link": "Tautan titik dibuat",
    "load_demo": "Data contoh dimuat",
    "save_areas": "Batas wilayah disimpan",
}
# What programs write where people write reasons.
MACHINE_REASONS = {
    "signed in on ": "masuk lewat ponsel ",
    "visit accepted from quarantine": "kunjungan diterima dari karantina",
}
MISSING_PARTS = {
    "house_number": "nomor rumah",
    "street": "jalan",
    "rt": "RT",
    "rw": "RW",
    "village": "kelurahan",
    "district": "kecamatan",
    "city": "kota",
}
FAULTS = {
    "MISSING": "tidak ada koordinat",
    "ZERO": "koordinat nol",
    "SWAPPED": "lintang dan bujur tertukar",
    "SIGN_LOST": "tanda minus hilang",
    "DECIMAL_LOST": "koma desimal hilang",
    "COARSE": "terlalu kasar",
    "OUTSIDE_COUNTRY": "di luar Indonesia",
    "OUTSIDE_AREA": "di luar witel",
    "FAR_FROM_ODP": "jauh dari ODP",
    "AT_ODP": "tepat di ODP",
    "STACKED": "banyak pelanggan di satu titik",
    "AT_OFFICE": "titik yang sama dipakai untuk ODP lain (kantor)",
}
GRADES = {
    "A": "sangat yakin: rumah ada di titik ini",
    "B": "yakin: rumah ada di sekitar titik ini",
    "C": "kurang yakin: hanya tahu lingkungannya",
    "D": "tidak yakin: hanya tahu daerahnya",
    "": "belum ada titik",
}
# Why a point is where it is and how sure: customers.locating.fusion. A number follows some of them.
POINT_REASONS = {
    "searched_in_vain": "petugas mencari di sini dan tidak menemukan rumah",
    "reported_elsewhere_m": "dilaporkan {} m dari sini, menunggu keputusan",
    "fixes_agree:1": "satu orang berdiri di titik ini",
    "fixes_agree": "{} orang menunjuk titik yang sama",
    "no_fix": "belum ada orang yang berdiri di rumah ini dengan GPS",
    "other_place_m": "mungkin juga {} m dari sini",
    "best": "terutama dari {}",
}
# Why a visit may end in ATK: customers.locating.risk.
RISKS = {
    "address_gaps": "alamat kurang lengkap",
    "spread": "titik kurang pasti",
    "no_fix": "belum ada titik GPS rumah",
    "doubtful": "titik pemasangan meragukan",
    "odp_far": "jauh dari ODP",
    "contradicted": "titik dibantah atau dilaporkan di tempat lain",
    "earlier_atk": "pernah tidak ketemu",
    "confirmed": "sudah dipastikan",
    "age": "data pemasangan lama",
}
HOLDS = {
    "NO_POINT": "belum ada titik yang bisa dipakai",
    "REFUTED": "rumah tidak ada di titik yang diketahui",
    "ATK": "alamat tidak ketemu",
}
PURPOSES = {
    "view": "melihat",
    "list": "daftar",
    "map": "peta",
    "export": "unduhan",
    "phone": "nomor telepon",
    "carried": "membawa ordernya",
}
TARGETS = {
    "customer": "pelanggan",
    "workorder": "order",
    "visit": "kunjungan",
    "correction": "koreksi titik",
    "locationcorrection": "koreksi titik",
    "area": "batas wilayah",
    "quarantine": "kiriman di karantina",
    "conflict": "beda isi",
    "batch": "impor",
    "user": "akun",
    "photo": "foto",
    "device": "ponsel",
    "rowissue": "baris impor",
    "access": "catatan akses",
    "changes": "catatan perubahan",
    "downloads": "catatan unduhan",
    "erasures": "catatan penghapusan",
    "breach": "daftar insiden",
    "erasure": "penghapusan",
    "pinlink": "tautan titik",
}
REASONS = {
    "no_nd": "nomor layanan kosong",
    "scientific": "nomor layanan dibulatkan spreadsheet",
    "bad_nd": "nomor layanan bukan 11–13 angka",
    "no_number": "nomor WO kosong",
    "no_code": "nama ODP kosong",
    "no_username": "nama akun kosong",
    "bad_username": "nama akun tidak benar",
    "no_result": "hasil kunjungan kosong",
    "no_name": "nama kosong",
    "extra_fields": "kolom lebih banyak daripada judulnya",
    "unknown_witel": "witel tidak dikenal",
    "bad_date": "tanggal tidak terbaca",
    "no_date": "tanggal kosong",
    "no_period": "periode kosong",
    "bad_period": "periode tidak terbaca",
    "no_amount": "jumlah kosong",
    "bad_amount": "jumlah tidak terbaca",
    "bad_status": "status bayar tidak dikenal",
    "bad_role": "peran tidak dikenal",
    "bad_flag": "bukan ya atau tidak",
    "bad_number": "angka tidak terbaca",
    "phone_unreadable": "nomor telepon tidak terbaca",
    "point_unreadable": "koordinat tidak terbaca",
    "too_long": "teks terlalu panjang",
    "nul_byte": "berkas rusak di baris ini",
    "superseded": "diganti baris sesudahnya",
    "erased": "data pelanggan ini sudah dihapus",
}
# Kinds and states of the steps of a release or rollback, and ways of keeping what goes away.
STEPS = {
    **KINDS,
    "PENDING": "menunggu",
    "STARTED": "dimulai",
    "DONE": "selesai",
    "COPIED": "disalin ke",
    "RENAMED": "diganti nama menjadi",
    "PARKED": "tetap di tabelnya sebagai",
}


def reason_text(reason: str) -> str:
    """A reason as it was written, and in the reader's language where a program wrote it."""
    for begins, said in MACHINE_REASONS.items():
        if reason.startswith(begins):
            return said + reason.removeprefix(begins)
    return reason


def written_value(field: str, value: str) -> str:
    """What stood in a feed's cell. Telephone numbers are masked, whatever hindered their reading: row and line lead to
    them in the sender's own file.
    """
    return mask_phone(value) if field in PHONE_FIELDS else value


def problem_text(problem) -> str:
    """A refusal in the reader's language."""
    return PROBLEMS.get(problem.code, problem.message)
