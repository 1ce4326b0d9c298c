"""The words an Indonesian address is read by, and what each missing part costs.

A number means what the word left of it (`gg 13`, `km 5`, `no 7`) or right of it (`19 ilir`) says.
"""


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RT_WORDS = frozenset(["rt", "erte", "ry"])  # ry, tw: neighbours on the keyboard, met in real text
RW_WORDS = frozenset(["rw", "erwe", "tw"])
NUMBER_WORDS = frozenset(["no", "nomor", "nomer", "nmr", "num", "n0"])  # n0: typed with a zero, met in real text
LOT_WORDS = frozenset(["kav", "kavling", "kavl"])  # a lot number serves as house number
BLOCK_WORDS = frozenset(["blok", "blk", "block"])

ALLEY_WORDS = frozenset(["gg", "gang", "gng", "lorong", "lrg"])  # `mawar 3 gang 5`: the alley's street is mawar 3
# A number right of one of these belongs to the name: alley 13, kilometre 5, floor 4, primary school 2, bank branch 46.
NAMES_BEFORE_NUMBER = ALLEY_WORDS | words(
    """
    lr jalur km kilometer lantai lan lt tower tingkat pintu sektor zona tahap tipe type unit gate
    gerbang lingkungan lingk link dusun dsn rk pos los kios terminal spbu sutet simpang sd sdn sdit smp smpn smu sma
    sman smk smkn slb mts mtsn tk paud neg negeri bni bri bca btn atm bank top world ke telp tlp hp wa telepon
    """
)
# `desa sukamaju 2`, `dusun karang jati 3`: the number of the hamlet, one or two words on.
HAMLET_WORDS = frozenset(["desa", "ds", "dusun", "dsn"])
# A number left of one of these belongs to the name: quarters of Palembang (19 ilir, 10 ulu), the inner part of a
# numbered alley (gang 1 dalam), dates, shifts, sizes.
QUARTER_WORDS = frozenset(["ilir", "ulu"])
NAMES_AFTER_NUMBER = QUARTER_WORDS | words(
    """
    dalam pagi petang siang januari februari maret april mei juni juli agustus september oktober okt nopember november
    nov desember ha hektar meter lantai menit
    """
)
# A single letter before a number is a block (`palem q 53`), but not a Roman numeral or an initial (`h mansur`, `km 5`).
LOOSE_BLOCK_LETTERS = frozenset("abcdefghjknopqtuwyz")
# `no 14 c` is 14c; later letters are initials (h., k.h., m., r.) or Roman (i, v, x).
SUFFIX_LETTERS = frozenset("abcdefg")
ROMAN_NUMERALS = words(
    """
    i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi xxii xxiii xxiv xxv xxvi xxvii xxviii
    xxix xxx vll vlll lll ll
    """
)  # the last four: l typed for i
INITIALS = frozenset(["h", "kh", "hj", "dr", "ir", "k", "m", "mh"])
# Estates number houses by block, so a lone code (`b10`) in one of these is a block.
ESTATE_WORDS = words(
    """
    perum perumahan perumnas komplek kompleks komp kompl griya graha villa vila cluster taman residence residences
    regency btn puri permai asri estate ruko rukan rusun apartemen apartement apartment pergudangan kavling bumi pondok
    tulip
    """
)

# A hamlet (dusun, kp) does a street's work where streets have no names.
STREET_WORDS = words("jl jln jalan jlan gg gang gng lorong lrg lr jend jendral jenderal dusun dsn kp")
VILLAGE_WORDS = frozenset(["kel", "kelurahan", "desa", "ds", "kelur", "nagari", "gampong"])
DISTRICT_WORDS = frozenset(["kec", "kecamatan", "kecam"])
CITY_WORDS = frozenset(["kab", "kabupaten", "kota", "kotamadya", "kodya"])
LANDMARK_WORDS = words(
    """
    toko tk tb warung warkop wr war pt cv ud pd masjid mesjid mushola musholla musola gereja vihara sd sdn sdit smp smpn
    sma sman smk smkn mts slb paud pondokpesantren ponpes pesantren sekolah universitas kampus yayasan kantor bank atm
    rs rsud rsu rumahsakit klinik apotek apotik puskesmas hotel wisma restoran resto rm cafe kafe bengkel salon laundry
    mall plaza pabrik spbu indomaret alfamart alfamrt alfamidi stasiun terminal koperasi bakso konter
    counter butik optik studio depot dekat deket dkt depan dpn samping sebelah belakang blkg seberang sebrang hadap
    """
)
DIRECTION_WORDS = words("utara selatan barat timur tengah tenggara kota kulon wetan kidul lor")
# Second words of village and district names: `cipete selatan`, `kebayoran lama`, `johar baru`.
SECOND_WORDS = DIRECTION_WORDS | words(
    "baru lama putih besar agung jaya indah mas dalam ilir ulu kaja kelod hulu hilir"
)
# First words that name a village or district only with the next: `kebon jeruk`, `tanjung priok`, `medan area`.
FIRST_WORDS = words(
    """
    kebon tanjung tanah pondok pasar rawa sungai sei teluk muara batu karang kota duren kali pulo pulau bukit gunung
    medan padang kampung kampong lubuk taman setia sawah tebet johar cempaka kelapa pangkalan ujung tambun cikarang
    balikpapan pontianak banda lenteng lebak mampang grogol jati kebayoran parung banjar ranca simpang
    """
)
# Words that open a street's name and never a village's.
STREET_NAME_STARTS = words(
    """
    raya haji kyai kiai prof profesor dokter letjen letnan kapten kolonel mayor mayjen brigjen pangeran sultan raden
    ahmad achmad pahlawan merdeka kartini diponegoro sudirman soekarno hayam gajah veteran lintas komplek kompleks
    perumahan perumnas apartemen cluster griya residence ruko pergudangan terusan jembatan
    """
)
KEYWORD_ROLES = (
    dict.fromkeys(LANDMARK_WORDS, "landmark")
    | dict.fromkeys(STREET_WORDS, "street")
    | dict.fromkeys(VILLAGE_WORDS, "village")
    | dict.fromkeys(DISTRICT_WORDS, "district")
    | dict.fromkeys(CITY_WORDS, "city")
)

# What each missing part costs a rider, of 100; the order is the order of `missing`.
MISSING_COSTS = {
    "house_number": 30,  # without it every door of the street is a candidate: nothing else names one house
    "street": 25,  # the longest search: a village instead of one row; a block with a house number stands in for it
    "rt": 20,  # an RT holds 30-50 households, and its head knows each of them by name
    "village": 15,  # streets of one name (Mawar, Merdeka) exist in most villages of a town
    "rw": 10,  # an RT number is unique only within its RW; with village and street known it adds little
}
