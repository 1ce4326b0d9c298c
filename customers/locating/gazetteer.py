"""Which village an address means, of those of the customer's witel; never a guess.

Most often an address *ends* in its village and district, since forms put them there, whatever stands before. Else a
village is *mentioned* where its name is what the reader took for village, district or city (`address_places`), or one
of the last parts between commas. A mention counts by what stands around it, and only the strongest kind that an address
has is looked at:

1. its district's name right behind it;
2. its district's name elsewhere among those words, or cut off at the end of the text;
3. its regency's name among them, and no other district;
4. nothing more, but it is the last part, there is no other district, and no district or regency is called so.

Two villages of one kind mean that nobody knows, and the address gets none. Names are compared without case, accents,
spaces and the words that only say what they are (`kel.`, `kabupaten`); usual abbreviations are written out.
"""

from dataclasses import dataclass

import polars as pl

# What says of a name that it is a village, district or regency, and nothing more.
KIND_WORDS = r"\b(?:kelurahan|kel|desa|ds|dusun|dsn|kecamatan|kec|kabupaten|kab|kotamadya|kodya|kota|nagari|gampong)\b"
# As people shorten them in addresses; a name of the gazetteer written so comes out the same.
ABBREVIATIONS = {
    "bdg": "bandung", "bgr": "bogor", "bks": "bekasi", "jkt": "jakarta", "sby": "surabaya", "smg": "semarang",
    "tng": "tangerang", "tgr": "tangerang", "mks": "makassar", "plg": "palembang", "crb": "cirebon", "skb": "sukabumi",
    "jak": "jakarta", "yk": "yogyakarta", "jogja": "yogyakarta", "jogjakarta": "yogyakarta",
    "utr": "utara", "slt": "selatan", "sel": "selatan", "brt": "barat", "bar": "barat", "tmr": "timur", "tim": "timur",
    "tgh": "tengah", "teng": "tengah", "tj": "tanjung", "tjg": "tanjung", "tg": "tanjung", "kp": "kampung",
    "kmp": "kampung", "kr": "karang", "krg": "karang", "gn": "gunung", "gng": "gunung", "sei": "sungai", "sn": "sungai",
    "tlk": "teluk", "pd": "pondok", "pdk": "pondok", "kb": "kebon", "kbn": "kebon", "kby": "kebayoran", "ps": "pasar",
    "psr": "pasar", "bt": "batu", "lb": "lubuk", "ma": "muara", "blk": "balik",
}  # fmt: skip
LAST_PARTS = 4  # parts between commas at the end of the text that may name village, district, regency, province
TAIL_WORDS = (2, 9)  # how many words village, district and regency have together, from and before
SHORTEST_NAME = 3  # letters; a shorter word names too many things (`ii`, `no`)
SHORTEST_CUT = 3  # letters that a name cut off at the end of the text must have left
IN_ITS_DISTRICT, BESIDE_DISTRICT, BESIDE_REGENCY, ALONE = range(1, 5)  # kinds of mention, strongest first
MATCHED = {"customer": pl.Int64, "lat": pl.Float64, "lon": pl.Float64, "radius_m": pl.Float64}
VILLAGES = ("area", "name", "district", "regency", "lat", "lon", "radius_m")


def spaced(text: pl.Expr) -> pl.Expr:
    """The words by which names are compared, more than one space between: `Kel. Kr. Anyar` is `karang  anyar`."""
    plain = text.str.normalize("NFKD").str.to_lowercase().str.replace_all(r"\p{M}|['’`]", "")
    words = plain.str.replace_all(r"[^a-z0-9]+", " ").str.replace_all(KIND_WORDS, " ")
    padded = pl.concat_str(pl.lit(" "), words.str.replace_all(" +", "  "), pl.lit(" "))
    short = [f" {word} " for word in ABBREVIATIONS]
    return padded.str.replace_many(short, [f" {word} " for word in ABBREVIATIONS.values()])


def squash(text: pl.Expr) -> pl.Expr:
    """The same words in one: `karanganyar`."""
    return spaced(text).str.replace_all(" ", "")


@dataclass(frozen=True)
class Gazetteer:
    """`villages`: the columns of VILLAGES, `place` (its row), the squashed names as `…_key`, and `is_common`: whether
    something larger is called so too. `endings`: area, place, `ending`: how an address that ends in this village ends.
    """

    villages: pl.DataFrame
    endings: pl.DataFrame


def make_gazetteer(villages: pl.DataFrame) -> Gazetteer:
    """From one row per village with the columns of VILLAGES (area: the witel's key); made once, used for many."""
    village, district, regency = (squash(pl.col(name).fill_null("")) for name in ("name", "district", "regency"))
    villages = villages.select(VILLAGES).with_columns(village_key=village, district_key=district, regency_key=regency)
    larger = pl.concat([villages["district_key"], villages["regency_key"]]).unique().implode()
    villages = villages.with_columns(is_common=pl.col("village_key").is_in(larger)).with_row_index("place")
    villages = villages.filter(pl.col("village_key").str.len_chars() >= SHORTEST_NAME)
    pair = pl.col("village_key") + pl.col("district_key")
    endings = [
        villages.filter(pl.col("district_key") != "").select("area", "place", ending=text)
        for text in (pair, pair + pl.col("regency_key"))
    ]
    return Gazetteer(villages, pl.concat(endings).unique())


def find_villages(addresses: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """The columns of MATCHED and `place` (the row of the gazetteer) of the addresses whose village is certain.

    `addresses`: customer, area, raw, and village, district, city as read.
    """
    at_end = village_at_end(addresses, gazetteer)
    rest = addresses.join(at_end, on="customer", how="anti")
    found = pl.concat([at_end, village_mentioned(rest, gazetteer)])
    villages = gazetteer.villages.select("place", *list(MATCHED)[1:])
    return found.join(villages, on="place").select("place", *MATCHED).sort("customer")


def village_at_end(addresses: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """customer, place: village and district are the last words; of several such readings the longest."""
    words = spaced(pl.col("raw")).str.split(" ").list.eval(pl.element().filter(pl.element() != ""))
    tails = addresses.select("customer", "area", words=words)
    longest = [
        tails.filter(pl.col("words").list.len() >= size).select(
            "customer", "area", size=pl.lit(size), ending=pl.col("words").list.tail(size).list.join("")
        )
        for size in range(*TAIL_WORDS)
    ]
    found = pl.concat(longest).join(gazetteer.endings, on=["area", "ending"])
    found = found.filter(pl.col("size") == pl.col("size").max().over("customer"))
    return found.filter(pl.len().over("customer") == 1).select("customer", "place")


def village_mentioned(addresses: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """customer, place: the only village of the strongest kind of mention."""
    said = words_of(addresses)
    mentions = said.select("customer", "area", village_key="words").explode("village_key").unique()
    mentions = mentions.join(gazetteer.villages, on=["area", "village_key"]).join(said.drop("area"), on="customer")
    mentions = mentions.with_columns(kind=kind_of_mention()).filter(pl.col("kind").is_not_null())
    strongest = mentions.filter(pl.col("kind") == pl.col("kind").min().over("customer"))
    return strongest.filter(pl.len().over("customer") == 1).select("customer", "place")


def words_of(addresses: pl.DataFrame) -> pl.DataFrame:
    """customer, area, `text` (all of it squashed), `last` (its last part), `read_district`, `words` (a list)."""
    parts = pl.col("raw").str.split(",").list.reverse()
    read = [squash(pl.col(name).fill_null("")) for name in ("village", "district", "city")]
    last = [squash(parts.list.get(k, null_on_oob=True).fill_null("")) for k in range(LAST_PARTS)]
    return addresses.select(
        "customer",
        "area",
        text=squash(pl.col("raw")),
        last=last[0],
        read_district=read[1],
        words=pl.concat_list(*read, *last),
    )


def kind_of_mention() -> pl.Expr:
    """The kind of a mention, null where it is too weak: over the columns of villages and `words_of`."""
    village, district, regency = (pl.col(f"{name}_key") for name in ("village", "district", "regency"))
    last, words, other = pl.col("last"), pl.col("words"), pl.col("read_district")
    has_pair = (district != "") & pl.col("text").str.contains(village + district, literal=True)
    is_cut = (last.str.len_chars() >= SHORTEST_CUT) & (last != village) & district.str.starts_with(last)
    has_district = (district != "") & (district != village) & (words.list.contains(district) | is_cut)
    is_free = (other == "") | (other == village) | (other == regency)
    has_regency = (regency != "") & (regency != village) & words.list.contains(regency)
    return (
        pl.when(has_pair)
        .then(IN_ITS_DISTRICT)
        .when(has_district)
        .then(BESIDE_DISTRICT)
        .when(is_free & has_regency)
        .then(BESIDE_REGENCY)
        .when(is_free & (last == village) & ~pl.col("is_common"))
        .then(ALONE)
    )
