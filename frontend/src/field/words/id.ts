/** What the app says. Plain and polite, verbs on buttons. */
export const id = {
  cancel: "Batal",
  close: "Tutup",
  storage_full: "Ponsel tidak bisa menyimpan, mungkin penuh. Kosongkan sedikit tempat (foto, video), lalu coba lagi. Jangan tutup layar ini.",
  save: "Simpan",
  back: "Kembali",
  skip: "Langsung ke isi",
  places: { orders: "Kunjungan", map: "Peta", day: "Hari", me: "Saya", locate: "Cari" },
  winds: ["utara", "timur laut", "timur", "tenggara", "selatan", "barat daya", "barat", "barat laut"],
  units: { second: "dtk", minute: "mnt", hour: "jam", day: "hari" },
  grades: {
    A: "Titik A: sangat yakin", B: "Titik B: yakin", C: "Titik C: kurang yakin", D: "Titik D: tidak yakin", none: "Belum ada titik",
  } as Record<string, string>,

  sync: {
    offline: "Luring", online: "Daring", sending: "Mengirim …", fetching: "Mengambil …", photos: "Mengirim foto …",
    queue: (n: number) => `${n} antre`,
    received: (at: string) => `✓ ${at}`,
    server: "Server belum menjawab", refused: "Server menolak", retired: "Ponsel ini diganti: selesaikan dan kirim", signed_out: "Perlu masuk lagi", mismatch: "Isi berbeda, diambil ulang", fault: "Ada gangguan di aplikasi", never: "Belum pernah",
    next: (s: string) => `Dicoba lagi dalam ${s}`,
    now: "Kirim dan ambil sekarang",
    pull: "Tarik untuk memperbarui", release: "Lepaskan", open: "Status kirim: buka Hari",
    tidings: (fresh: number, gone: number) =>
      [fresh ? `${fresh} order baru` : "", gone ? `${gone} order ditarik: lunas, selesai, atau dialihkan` : ""].filter(Boolean).join(" · "),
  },

  position: {
    none: "belum ada GPS",
    accuracy: (m: string, age: string) => `GPS ± ${m} · ${age} lalu`,
    waiting: "Menunggu GPS …",
    denied: "Izin lokasi belum diberikan. Tanpa itu jarak tidak bisa dihitung. Ketuk gembok di sebelah alamat, pilih Izin, lalu izinkan Lokasi.",
    unavailable: "GPS ponsel belum memberi posisi. Nyalakan Lokasi, lalu keluar sebentar ke tempat terbuka.",
    again: "Coba lagi",
  },

  signin: {
    title: "Masuk", username: "Nama pengguna", password: "Kata sandi", otp: "Kode dari aplikasi autentikator", go: "Masuk",
    intro: "Untuk petugas CTB dan teknisi Telkom.",
    busy: "Memeriksa …",
    again: "Masuk lagi untuk mengirim dan mengambil. Yang tersimpan di ponsel ini tetap ada.",
    lease: (hours: number) => `Ponsel ini lebih dari ${hours} jam tidak terhubung ke server. Masuk lagi untuk membuka salinan di ponsel; tidak ada yang hilang.`,
    forgot: "Masuk dengan kata sandi untuk membuat PIN baru. Yang tersimpan di ponsel ini tetap ada.",
    other: "Di ponsel ini ada salinan milik pengguna lain. Periksa ejaan nama pengguna Anda.",
    unsent_there: (n: number) => `Di dalamnya ada ${n} hal yang belum terkirim: pemiliknya perlu masuk dan mengirimnya dulu.`,
    erase_text_unsent: (n: number) => `${n} hal yang belum terkirim hilang dan tidak bisa dikembalikan.`,
    unreadable: "Kata sandi Anda sudah diganti. Masukkan PIN yang biasa, supaya salinan di ponsel ini ikut memakai kata sandi baru.",
    erase: "Hapus salinan ini", erase_sure: "Hapus semua yang ada di ponsel ini?",
    erase_text: "Tidak ada yang belum terkirim di dalamnya.",
    offline: "Untuk masuk perlu sinyal. Cari tempat dengan sinyal, lalu coba lagi.",
    lost: "Ponsel ini ditandai hilang oleh supervisor. Semua isinya sudah dihapus. Bila itu keliru, hubungi supervisor Anda.",
    retired: "Ponsel ini sudah diganti. Semua yang ada di sini sudah terkirim, lalu dihapus dari ponsel ini.",
    role: "Aplikasi ini untuk petugas CTB dan teknisi. Untuk peran Anda ada dasbor.",
    dashboard: "Buka dasbor",
    problems: {
      wrong_credentials: "Nama pengguna atau kata sandi salah.", too_many_attempts: "Terlalu banyak percobaan. Tunggu 15 menit, lalu coba lagi.",
      otp_required: "Masukkan kode dari aplikasi autentikator.", otp_wrong: "Kode salah atau sudah dipakai. Tunggu kode berikutnya.",
      second_factor_required: "Akun ini perlu kode dua langkah. Aktifkan dulu di dasbor, halaman Keamanan.",
      device_lost: "Ponsel ini ditandai hilang. Hubungi supervisor Anda.", device_retired: "Ponsel ini sudah diganti dengan ponsel lain, atau milik orang lain. Hubungi supervisor Anda.",
      too_many_phones: "Akun ini memakai terlalu banyak ponsel. Hubungi supervisor Anda.",
    } as Record<string, string>,
  },

  pin: {
    choose: "Buat PIN", unlock: "Masukkan PIN", label: "PIN", again: "PIN sekali lagi", go: "Buka", save: "Simpan PIN",
    why: "PIN membuka data di ponsel ini, juga tanpa sinyal. Jangan pakai tanggal lahir, dan jangan beri tahu siapa pun.",
    short: (n: number) => `PIN minimal ${n} angka.`, differs: "Kedua PIN tidak sama.", simple: "PIN ini terlalu mudah ditebak. Pilih yang lain.",
    wrong: "PIN salah.", wait_more: "Terlalu cepat mencoba lagi. Tunggu sebentar.", wait: (s: string) => `Coba lagi dalam ${s}.`, forgot: "Lupa PIN? Masuk dengan kata sandi",
    spent: "PIN terlalu sering salah dan tidak berlaku lagi. Masuk dengan kata sandi.", busy: "Membuka …",
    old: "PIN sekarang", next: "PIN baru", changed: "PIN sudah diganti.",
  },

  orders: {
    title: "Kunjungan hari ini", search: "Cari nama, nomor, alamat", clear: "Hapus pencarian",
    modes: { nearest: "Terdekat", route: "Rute", due: "Jatuh tempo", promise: "Janji" }, order: "Urutan",
    count: (n: number) => `${n} kunjungan`, resort: "Anda sudah berpindah. Urutkan ulang",
    days: (n: number) => (n < 0 ? "lewat CT0" : n === 0 ? "CT0 hari ini" : `${n} hari`),
    attempt: (n: number) => `kunjungan ke-${n}`, promise_today: "janji hari ini", promise_late: "janji lewat",
    promise_on: (day: string) => `janji ${day}`, risk: (p: string) => `risiko ATK ${p}`, later: (day: string) => `mulai ${day}`,
    without: (part: string) => `tanpa ${part}`, no_address: "Alamat kosong",
    none: "Belum ada kunjungan", none_text: "Order dari supervisor muncul di sini begitu ada sinyal. Tarik layar ke bawah untuk memeriksa.",
    loading: "Mengambil order Anda …", no_match: "Tidak ada yang cocok", no_match_text: "Periksa ejaan, atau cari sebagian nama atau nomor saja.",
    no_promise: "Tidak ada janji bayar yang berjalan", no_promise_text: "Janji yang Anda catat muncul di sini menurut tanggalnya.",
    unfinished: (name: string) => `Hasil kunjungan ${name} belum selesai`, resume: "Lanjutkan",
    route_note: "Rute terpendek menurut garis lurus, dihitung di ponsel dari posisi Anda sekarang.",
    later_title: (n: number) => `${n} dijadwalkan untuk hari lain`,
  },
  missing: {
    house_number: "nomor", street: "jalan", rt: "RT", rw: "RW", village: "kelurahan", district: "kecamatan", city: "kota", postal_code: "kode pos",
  } as Record<string, string>,

  order: {
    on_map: "Lihat di peta", gone: "Order ini tidak lagi di daftar Anda", gone_text: "Sudah lunas, selesai, atau dialihkan. Hasil yang sudah Anda catat tetap terkirim.",
    within: (m: string) => `Titik dalam radius ${m}`, no_point: "Belum ada titik untuk rumah ini",
    no_point_text: "Telusuri dari ODP dan alamat, tanya tetangga, lalu tandai rumahnya: petugas berikut akan tertolong.",
    navigate: "Arahkan ke titik", navigate_here: "Arahkan", call: "Telepon", whatsapp: "WhatsApp", sms: "SMS", arrive: "Tiba", result: "Isi hasil", resume: "Lanjutkan hasil",
    contact: "Hubungi", contact_title: "Hubungi pelanggan", no_phone: "Tidak ada nomor telepon", show: "Tampilkan nomor",
    address: "Alamat", lacking: "Kurang", landmark: "Patokan", complete: "lengkap", bills: "Tagihan", ct0: "Ke CT0", last: "Terakhir", balance: "Tunggakan",
    unpaid: "belum dibayar", paid: "lunas", part: "dibayar sebagian", due: (day: string) => `jatuh tempo ${day}`,
    candidates: "Semua titik yang diketahui", candidates_note: "Setiap titik bisa dituju sendiri.",
    history: "Riwayat", no_history: "Belum pernah dikunjungi.", by: (name: string) => `oleh ${name}`, trail: (m: string, mins: string) => `jejak pencarian ${m}, ${mins}`,
    promise: "Janji bayar", notes: "Catatan lapangan", notes_edit: "Ubah catatan", phone: "Telepon lain", best_time: "Waktu terbaik",
    notes_saved: "Catatan disimpan di ponsel, terkirim saat ada sinyal.", phone_bad: "Tulis nomor dengan angka saja, 6–19 angka.",
    house_here: "Tandai rumah di sini", compass: "Beberapa meter terakhir", risk: "Risiko tidak ketemu", advice: "Saran",
    number: "Order", service: "Nomor layanan", ask_app: "Buka dengan aplikasi apa?", remember: "Pilihan diingat; ganti di Saya.",
    apps: { geo: "Aplikasi peta ponsel", google: "Google Maps", waze: "Waze" },
    sketch: (name: string) => `Sketsa sekitar titik ${name}, utara di atas`, odp: "ODP", clues: "Petunjuk dari sekitar", clues_offline: "Petunjuk tetangga dimuat saat ada sinyal.",
    neighbour: (label: string, m: string) => `${label} berjarak ${m} dari titik`, house: "Rumah", copy: "Salin alamat", copied: "Alamat disalin.",
    ask_pin: "Minta titik dari pelanggan", ask_pin_note: "Pelanggan menerima tautan sekali pakai untuk mengirim titik rumahnya.", ask_pin_offline: "Tautan perlu sinyal.",
  },
  texts: {
    greeting: (agent: string, part: string) =>
      `Selamat ${part}, saya ${agent}, petugas Telkom. Saya akan berkunjung ke alamat Anda hari ini. Mohon balas pesan ini: apakah Anda di rumah, dan apa patokan rumahnya? Terima kasih.`,
  },
  sources: {
    INSTALL: "GPS pemasangan", VISIT: "Kunjungan", AGENT_PIN: "Tanda petugas", CUSTOMER_PIN: "Tanda pelanggan", ODP: "Titik ODP", NEIGHBOUR: "Tetangga", VILLAGE: "Pusat kelurahan",
  } as Record<string, string>,
  candidate_status: { PENDING: "menunggu keputusan", APPROVED: "disetujui", REFUTED: "terbantah", REJECTED: "ditolak" } as Record<string, string>,
  faults: {
    MISSING: "tidak ada koordinat", ZERO: "koordinat nol", SWAPPED: "lintang dan bujur tertukar", SIGN_LOST: "tanda minus hilang", DECIMAL_LOST: "koma desimal hilang",
    COARSE: "terlalu kasar", OUTSIDE_COUNTRY: "di luar Indonesia", OUTSIDE_AREA: "di luar witel", FAR_FROM_ODP: "jauh dari ODP", AT_ODP: "tepat di ODP",
    STACKED: "banyak pelanggan di satu titik", AT_OFFICE: "titik kantor",
  } as Record<string, string>,
  reasons: {
    searched_in_vain: "petugas pernah mencari di sini dan tidak menemukan rumah", reported_elsewhere_m: "dilaporkan {} m dari sini, menunggu keputusan",
    "fixes_agree:1": "satu orang pernah berdiri di titik ini", fixes_agree: "{} orang menunjuk titik yang sama",
    no_fix: "belum ada orang yang berdiri di rumah ini dengan GPS", other_place_m: "mungkin juga {} m dari sini", best: "terutama dari {}",
  } as Record<string, string>,
  risks: {
    address_gaps: "alamat kurang lengkap", spread: "titik kurang pasti", no_fix: "belum ada titik GPS rumah", doubtful: "titik pemasangan meragukan", odp_far: "jauh dari ODP",
    contradicted: "titik dibantah atau dilaporkan di tempat lain", earlier_atk: "pernah tidak ketemu", confirmed: "sudah dipastikan", age: "data pemasangan lama",
  } as Record<string, string>,
  advices: {
    GO: "Berangkat: rumah kemungkinan besar ketemu.", FIX: "Alamat sebaiknya diperbaiki dulu.", ASK: "Minta titik dari pelanggan sebelum berangkat.", LOCAL: "Tanya warga atau ketua RT setempat.",
  } as Record<string, string>,

  arrive: {
    title: "Tiba di lokasi", at: "Saya sudah sampai", distance: "ke titik", margin: (m: string) => `± ${m}`, accuracy: "Ketelitian GPS",
    good: "cukup teliti", fair: "agak kasar", poor: "kasar: tunggu sebentar di tempat terbuka",
    beyond: (m: string) => `Menurut GPS Anda masih ${m} dari titik. Bila Anda memang sudah di tempat, tulis alasannya; kunjungan tetap diterima.`,
    reason: "Alasan", reasons: ["Titiknya salah, rumah di sini", "GPS tidak teliti di sini", "Bertemu di tempat lain"],
    no_fix: "Belum ada posisi GPS. Anda boleh lanjut tanpa posisi; tulis alasannya.", no_point: "Rumah ini belum punya titik. Posisi Anda disimpan sebagai bukti.",
    recorded: (at: string) => `Tiba tercatat ${at}`, go: "Catat tiba", anyway: "Catat tiba dengan alasan ini", need_reason: "Tulis alasannya dulu.",
    mock: "Aplikasi web tidak tahu apakah posisi dipalsukan aplikasi lain; server memeriksa kewajarannya.",
  },

  result: {
    title: "Hasil kunjungan", group: "Kelompok", code: "Hasil",
    groups: {
      MET: "Bertemu", THIRD_PARTY: "Titip pesan", NO_CONTACT: "Tak bertemu", MOVED: "Pindah", VACANT: "Rumah kosong", DECEASED: "Meninggal", ATK: "ATK", UNDONE: "Belum jadi",
    } as Record<string, string>,
    fields: {
      amount: "Jumlah", promised_on: "Dibayar tanggal", next_on: "Kunjungi lagi tanggal", returns_on: "Kembali tanggal", reason: "Alasan", receipt: "Nomor bukti bayar",
      proof: "Bukti yang ditunjukkan", relation: "Hubungan dengan pelanggan", best_time: "Waktu terbaik", new_address: "Alamat baru", asked: "Sudah bertanya kepada",
    } as Record<string, string>,
    options: {
      relation: ["Suami/istri", "Orang tua", "Anak", "Saudara", "Tetangga", "Penjaga rumah"],
      best_time: ["Pagi", "Siang", "Sore", "Malam", "Akhir pekan"],
      asked: ["Tetangga kiri-kanan", "Ketua RT", "Warung terdekat", "Satpam"],
    } as Record<string, string[]>,
    full: "Seluruh tunggakan", half: "Separuh", note: "Catatan", note_hint: "Yang perlu diketahui petugas berikutnya",
    photo: "Foto", add_photo: "+ Foto rumah", photo_kind: "Foto apa ini?", photo_kinds: { HOUSE: "Rumah", ADDRESS: "Nomor/alamat", PROOF: "Bukti bayar", OTHER: "Lain" } as Record<string, string>,
    remove_photo: "Hapus foto", photo_bad: "Foto ini tidak terbaca. Ambil lagi.", photo_most: (n: number) => `Paling banyak ${n} foto.`, photo_saved: (size: string) => `Foto disimpan di ponsel (${size}).`,
    at_house: "Anda di rumahnya?", yes: "Ya", no: "Tidak", send: "Kirim hasil", sent: "Disimpan di ponsel, dikirim saat ada sinyal.", first: "Tersimpan di ponsel dulu, terkirim saat ada sinyal.",
    kept: " ✓", other_code: "Ganti hasil", discard: "Buang isian ini", discard_sure: "Buang isian ini?", discard_text: "Isian dan fotonya dihapus dari ponsel.",
    lacks: {
      code: "Pilih hasilnya dulu.", amount: "Isi jumlahnya.", amount_wrong: "Jumlah harus angka di atas 0.", promised_on: "Pilih tanggal bayar.", next_on: "Pilih tanggal kunjungan berikut.",
      returns_on: "Pilih tanggal kembali.", reason: "Tulis alasannya.", receipt: "Tulis nomor bukti.", proof: "Tulis bukti yang ditunjukkan.", relation: "Pilih hubungannya.", best_time: "Pilih waktunya.",
      new_address: "Tulis alamat barunya.", asked: "Kepada siapa Anda bertanya?", note: "Tulis catatan.", rescue: "Sebelum ATK, selesaikan langkah pencarian.",
      promised_on_past: "Tanggal bayar sudah lewat.", next_on_past: "Tanggal kunjungan sudah lewat.", returns_on_past: "Tanggal kembali sudah lewat.",
    } as Record<string, string>,
    sent_elsewhere: "Hasil ini sudah dikirim atau dibuang di tab lain.",
    not_arrived: "Anda belum mencatat tiba. Itu boleh, tetapi posisi saat tiba memperkuat hasil.",
    rescue_first: "Langkah pencarian sebelum ATK", steps_left: (n: number) => `${n} langkah lagi`,
  },

  rescue: {
    title: "Cari rumahnya", intro: "Satu ketukan untuk setiap langkah. Satu dari lima kunjungan berakhir ATK; langkah ini membantu menemukan rumahnya.",
    required: "wajib", done: (n: number, of: number) => `${n} dari ${of} langkah wajib`, found: "Ketemu", not_found: "Tidak", impossible: "Tidak bisa",
    help: {
      OTHER_POINTS: "Titik lain yang diketahui:", ODP: "Ikuti kabel dari kotak ODP.", NEIGHBOURS: "Pelanggan terdekat yang sudah dipastikan:", LANDMARK: "Patokan yang dicatat:",
      CALL: "Telepon atau kirim pesan.", RT_HEAD: "Tanya ketua RT; mintalah nama gang dan nomor rumah.",
    } as Record<string, string>,
    nothing: "tidak ada yang tercatat", trail: (m: string, n: number) => `Jejak pencarian direkam: ${m}, ${n} titik`, trail_off: "Jejak direkam selama layar ini terbuka; aplikasi web tidak bisa merekam di latar belakang.",
    here: "Rumahnya di sini", continue_atk: "Lanjut ke hasil ATK", found_go: "Ketemu: isi hasilnya",
  },

  pin_house: {
    title: "Tandai rumah di sini", text: "Berdirilah di depan pintu. Titik ini membantu setiap petugas sesudah Anda.", go: "Rumahnya di sini", done: "Titik rumah disimpan di ponsel, dikirim saat ada sinyal. Terima kasih.",
    coarse: (m: string) => `GPS masih ± ${m}. Perlu ± 50 m atau lebih baik: keluar sebentar ke tempat terbuka.`, none: "Belum ada posisi GPS.", moved: (m: string) => `${m} dari titik sekarang`, first: "titik pertama rumah ini",
    note: "Ciri rumah (boleh kosong)",
  },

  day: {
    title: "Hari ini", figures: "Angka Anda hari ini", visits: "kunjungan", met: "bertemu", atk: "ATK", promised: "dijanjikan", pins: "titik rumah", rescued: "ketemu setelah dicari",
    found_rate: (share: string) => `rumah ketemu ${share}`, corrected: (n: number) => `${n} titik Anda diterima`,
    unsent: "Belum terkirim", unsent_none: "Semua sudah terkirim", attention: "Perlu dibaca", held: "Menunggu di server", received: "Diterima server", earlier: "Hari-hari sebelumnya", photo_refused: "Foto tidak diterima server", photo_reasons: { too_large: "terlalu besar", not_a_picture: "tidak terbaca", damaged: "rusak", too_many_photos: "sudah cukup foto", photo_changed: "sudah ada isi lain", upload_changed: "sudah ada isi lain" } as Record<string, string>,
    photos_left: (n: number) => `${n} foto menunggu`,
    saved: (at: string) => `disimpan ${at}`, got: (at: string) => `diterima ${at}`, last: (at: string) => `Terakhir terhubung ${at}`, close: "Tutup hari", ready: "Semua terkirim. Terima kasih untuk hari ini.",
    not_ready: (n: number) => `${n} hal belum terkirim. Biarkan aplikasi terbuka di tempat dengan sinyal.`, tomorrow: (n: number) => `${n} kunjungan tersisa untuk besok`, dismiss: "Sudah saya baca", delete: "Hapus", delete_sure: "Hapus dari ponsel ini?", delete_text: "Server tidak menyimpannya; sesudah dihapus tidak bisa dikembalikan.", left_today: (n: number) => `${n} kunjungan tersisa hari ini`,
    states: {
      waiting: "tersimpan di ponsel", held: "menunggu yang sebelumnya", applied: "diterima", conflict: "diterima; ada yang berbeda, supervisor memutuskan", quarantined: "disimpan server untuk supervisor", refused: "tidak diterima", unreadable: "tidak terbaca",
    } as Record<string, string>,
    codes: {
      not_found: "Order atau pelanggannya tidak dikenal untuk Anda.", visit_changed: "Kunjungan ini sudah diterima dengan isi lain.", schema: "Tidak terbaca server, disimpan apa adanya.",
      invalid: "Ada isian yang tidak diterima.", trail_changed: "Jejak ini sudah diterima dengan isi lain.", fix_too_coarse: "Posisi terlalu kasar untuk menandai rumah.", fix_outside_indonesia: "Posisi di luar Indonesia.",
      not_at_house: "Titik hanya diterima di rumahnya.", pin_changed: "Tanda ini sudah diterima dengan isi lain.", too_many_phone_views: "Batas melihat nomor telepon hari ini tercapai.", not_allowed: "Peran Anda tidak boleh melakukan ini.",
    } as Record<string, string>,
    supervisor: "Supervisor Anda melihatnya.", theirs: "Yang berlaku", yours: "Usulan Anda",
    types: { "visit.create": "Kunjungan", "pin.create": "Tanda rumah", "customer.note": "Catatan lapangan", "position.report": "Posisi", "phone.view": "Nomor telepon dilihat", "trail.create": "Jejak", "rescue.step": "Langkah" } as Record<string, string>,
    background: "Aplikasi web hanya mengirim selama terbuka. Buka lagi bila ada sinyal.", empty: "Belum ada yang Anda kerjakan hari ini", empty_text: "Kunjungan, titik rumah dan catatan Anda muncul di sini dengan waktu diterimanya.",
  },

  me: {
    title: "Saya", language: "Bahasa", theme: "Tampilan", themes: { auto: "Ikut ponsel", light: "Terang", dark: "Gelap" }, navigation: "Aplikasi penunjuk jalan", ask: "Tanya",
    storage: "Penyimpanan", used: (a: string, b: string) => `${a} terpakai dari ${b}`, persistent: "dilindungi dari penghapusan otomatis", not_persistent: "bisa dihapus ponsel bila penuh", persist: "Lindungi penyimpanan",
    map: "Peta luring", device: "Ponsel ini", device_id: "Nomor ponsel", lock: "Kunci sekarang", change_pin: "Ganti PIN", sign_out: "Keluar",
    unsent: (n: number) => `Masih ada ${n} hal yang belum terkirim.`, unsent_text: "Bila keluar sekarang, itu hilang. Cari sinyal, lalu kirim dulu.", send_first: "Kirim dulu",
    sign_out_sure: "Keluar dari ponsel ini?", sign_out_text: "Semua order dan tanda terima di ponsel ini dihapus. Yang sudah diterima server tetap ada.",
    drafts: (n: number) => `${n} isian belum selesai`, limits: "Yang tidak bisa dilakukan aplikasi web",
    limits_text: [
      "Posisi dan jejak hanya direkam selama aplikasi terbuka di layar, tidak di latar belakang.", "Browser tidak memberi tahu apakah posisi dipalsukan; server memeriksa kewajarannya.",
      "Pengiriman berhenti bila aplikasi ditutup, dan berlanjut saat dibuka lagi.", "PIN menahan orang yang memegang ponsel, bukan orang yang menyalin isinya dengan alat forensik. Pakai juga kunci layar ponsel.",
    ],
    version: "Versi", install: "Pasang di layar utama", help: "Panduan", witel: "Witel", signed: "Masuk sebagai", access: "Saat luring salinan terbuka paling lama", hours: (n: number) => `${n} jam`,
  },

  locate: {
    title: "Cari pelanggan", placeholder: "Nama, nomor layanan, atau alamat", none: "Cari pelanggan untuk melihat titik rumahnya", none_text: "Ketik nama, nomor layanan, atau bagian alamat. Yang terdekat lebih dulu.",
    offline: "Pencarian perlu sinyal. Rumah yang sudah Anda buka hari ini tetap ada di bawah.", recent: "Dibuka hari ini", more: "Tampilkan lebih banyak", house: "Rumah pelanggan",
    no_match: "Tidak ada yang cocok di wilayah Anda", no_match_text: "Periksa ejaan, atau cari dengan nomor layanan.",
  },

  map: {
    title: "Peta", zoom_in: "Perbesar", zoom_out: "Perkecil", circle: "Lingkaran menunjukkan ketelitian sebenarnya: rumah ada di dalamnya pada dua dari tiga kasus.", centre: "Ke posisi saya", all: "Semua order", legend: "Keterangan", without: (n: number) => `${n} order tanpa titik`, offline: "Peta dasar luring: garis pantai dan titik Anda sendiri.", loading: "Memuat peta …",
    not_loaded: "Peta belum terunduh ke ponsel ini. Buka sekali saat ada sinyal.",
    no_webgl: "Ponsel ini tidak bisa menggambar peta. Daftar dan sketsa di setiap order tetap bisa dipakai.", open: "Buka",
    layers: { orders: "Order", candidates: "Titik lain", odp: "ODP", visits: "Kunjungan lalu", trails: "Jejak pencarian", searched: "Pernah dicari", me: "Posisi Anda" },
    keep: "Simpan peta area hari ini", keeping: (n: number, of: number) => `Menyimpan peta ${n}/${of}`, kept: (size: string) => `Tersimpan ${size}`, keep_none: "Tidak ada peta dasar dari operator; garis pantai sudah ada di ponsel.", drop: "Hapus peta luring", keep_failed: "Peta belum lengkap; coba lagi dengan sinyal yang baik.",
    budget: (size: string) => `paling banyak ${size}`,
  },

  update: { ready: "Versi baru siap dipakai.", go: "Pakai sekarang", later: "Nanti" },
  broken: "Ada yang salah di aplikasi. Yang sudah disimpan tetap ada.", reload: "Muat ulang",
};

export type Words = typeof id;
