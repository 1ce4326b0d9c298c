"""What a rehearsal proved, as a document: JSON for programs, and the same in Markdown for people, in Indonesian, under
the headings of the rollback scenario that this product began with."""

import json
from pathlib import Path

import django
from django.conf import settings

from releases.models import Archive, Step
from releases.rehearsal import LIMIT_S, Rehearsed, Stage
from releases.services import who
from releases.structure import fingerprint

KINDS = {
    Step.Kind.STRUCTURE: "struktur",
    Step.Kind.ROWS: "baris",
    Step.Kind.PYTHON: "migrasi data",
    Step.Kind.ARCHIVE: "penyimpanan",
    Step.Kind.RETURN: "pengembalian",
    Step.Kind.RECORD: "pencatatan",
}
WAYS = {Archive.Way.COPIED: "disalin", Archive.Way.RENAMED: "diganti nama", Archive.Way.PARKED: "diparkir di tabelnya"}
NO_FAILURE = (
    "Tidak ada kegagalan: struktur sama dengan yang dicatat, baris yang tinggal tidak berubah, dan semua yang ditarik"
    " kembali utuh pada rilis berikutnya."
)
# The three fears of the scenario: what prevents, what detects, what repairs.
FEARS = [
    {
        "risk": "Struktur tidak kembali",
        "prevented": "Rencana dijalankan dulu pada salinan struktur; langkah yang tidak dapat dibalik ditolak sebelum"
        " langkah pertama.",
        "detected": "Sidik jari struktur dibandingkan dengan yang dicatat sebelum rilis.",
        "repaired": "`rollback --resume` menyelesaikan yang terputus; `verify_schema` menyebut setiap perbedaan.",
    },
    {
        "risk": "Kesalahan aplikasi berlanjut",
        "prevented": "Build sebelumnya ikut dipasang kembali bersama skemanya; halaman pemeliharaan menjawab 503.",
        "detected": "Setiap model dibaca dan `/health/ready/` ditanya setelah rollback.",
        "repaired": "Rilis lagi: baris yang disimpan kembali ke tempatnya.",
    },
    {
        "risk": "Data beberapa tabel hilang",
        "prevented": "Tabel dan kolom tidak dihapus, melainkan disimpan; nilai yang tidak muat ditolak sebelum mulai.",
        "detected": "Jumlah baris dan checksum setiap tabel dibandingkan sebelum dan sesudah.",
        "repaired": "Rilis lagi mengembalikan baris dari simpanan; simpanan hanya dihapus oleh `archives --prune`.",
    },
]
REFERENCES = [
    "Skenario rollback `create_region_witel_table` (dokumen asal produk ini)",
    "docs/rollback.md: halaman operator, kode keluar, tabel risiko",
    "docs/adr: keputusan tentang rilis dan rollback",
]
TERMS = {
    "rilis": "sekumpulan migrasi yang diterapkan bersama dan dicatat",
    "rollback": "menarik kembali sebuah rilis tanpa kehilangan baris",
    "simpanan (archive)": "baris dari tabel atau kolom yang ditarik, menunggu rilis berikutnya",
    "sidik jari": "ringkasan struktur: tipe, kosong/tidak, nilai bawaan, kunci, indeks, acuan, pemeriksaan",
    "checksum": "jumlah yang tidak tergantung urutan, dari semua kolom semua baris sebuah tabel",
}


def document_of(found: Rehearsed, *, at) -> dict:
    """The evidence as plain values."""
    return {
        "document": {
            "number": f"EV-RB-{at:%Y%m%d-%H%M}",
            "title": f"Bukti latihan rollback rilis {found.tag or '(belum bernama)'}",
            "at": f"{at:%Y-%m-%d %H:%M} UTC",
            "by": who(),
            "build": getattr(settings, "BUILD", ""),
            "versions": f"Django {django.__version__}, {found.database}",
            "source": "salinan basis data yang sebenarnya, termasuk semua baris",
        },
        "verdict": {
            "result": "PASS" if found.passed else "FAIL",
            "seconds": round(found.rollback_s, 1),
            "limit_s": LIMIT_S,
            "reasons": found.failures,
        },
        "initial": {
            "tag": found.tag,
            "migrations": [".".join(key) for key in found.migrations],
            "fingerprint": fingerprint(found.structure_applied) if found.structure_applied else "",
            "tables": len(found.rows_applied),
            "rows": sum(rows for rows, _ in found.rows_applied.values()),
            "bytes": found.copy_bytes,
            "invented": found.filled,
        },
        "target": {
            "fingerprint_recorded": fingerprint(found.structure_before) if found.structure_before else "",
            "fingerprint_reached": fingerprint(found.back.structure) if found.back else "",
            "tables": len(found.back.rows) if found.back else 0,
            "rows": sum(rows for rows, _ in found.back.rows.values()) if found.back else 0,
        },
        "procedure": [
            {"stage": name, "steps": [step_of(step) for step in stage.steps]} for name, stage in stages(found)
        ],
        "duration": [
            {
                "stage": name,
                "seconds": round(stage.seconds, 1),
                "statements_s": round(stage.statement_s, 1),
                "steps": len(stage.steps),
            }
            for name, stage in stages(found)
        ]
        + [{"stage": "salinan", "seconds": round(found.copy_s, 1), "statements_s": None, "steps": None}],
        "failures": found.failures,
        "notes": found.notes,
        "impact": {
            "kept": [
                {"what": str(a), "way": a.way, "rows": a.rows, "name": a.name, "migration": f"{a.app}.{a.migration}"}
                for a in found.archives
            ],
            "rows_kept": sum(archive.rows or 0 for archive in found.archives),
        },
        "mitigation": FEARS,
        "evidence": {"tables": table_rows(found), "ready": {name: ready_of(stage) for name, stage in stages(found)}},
        "references": REFERENCES,
        "terms": TERMS,
        "revisions": [
            {"version": "1.0", "at": f"{at:%Y-%m-%d}", "by": who(), "change": "dibuat oleh rehearse_rollback"}
        ],
    }


def stages(found: Rehearsed) -> list[tuple[str, Stage]]:
    all_of = [("rilis", found.first), ("rollback", found.back), ("rilis kembali", found.again)]
    return [(name, stage) for name, stage in all_of if stage]


def step_of(step: Step) -> dict:
    return {
        "number": step.number,
        "migration": f"{step.app}.{step.migration}",
        "operation": step.operation,
        "kind": step.kind,
        "milliseconds": step.milliseconds,
    }


def table_rows(found: Rehearsed) -> list[dict]:
    """Each table with rows and checksum before the rollback, after it, and after the next release."""
    rows = []
    for table, before in found.rows_applied.items():
        back = found.back.rows.get(table) if found.back else None
        again = found.again.rows.get(table) if found.again else None
        rows.append({"table": table, "before": before, "back": back, "again": again, "same": before == again})
    return rows


def ready_of(stage: Stage) -> str:
    return stage.run.verification["ready"][:200]


def markdown(document: dict) -> str:
    """The document for people."""
    head, verdict = document["document"], document["verdict"]
    initial, target = document["initial"], document["target"]
    invented = sum(initial["invented"].values())
    lines = [
        f"# {head['title']}",
        "",
        f"**Hasil: {verdict['result']}**."
        f" Rollback {number(verdict['seconds'])} detik dari batas {verdict['limit_s']} detik.",
        "",
        "## Kendali dokumen",
        "",
        *table(
            ["Nomor", head["number"]],
            ["Waktu", head["at"]],
            ["Dibuat oleh", head["by"]],
            ["Build", head["build"] or "–"],
            ["Perangkat lunak", head["versions"]],
            ["Diuji pada", head["source"]],
        ),
        "## Konfigurasi awal",
        "",
        *table(
            ["Rilis yang ditarik", initial["tag"] or "–"],
            ["Migrasi", len(initial["migrations"])],
            ["Tabel", initial["tables"]],
            ["Baris", f"{thousands(initial['rows'])}, termasuk {thousands(invented)} baris uji"],
            ["Ukuran", f"{number(initial['bytes'] / 1e6)} MB"],
            ["Sidik jari struktur", initial["fingerprint"][:16] or "–"],
        ),
    ]
    if initial["invented"]:
        made = ", ".join(f"{name} ({count})" for name, count in initial["invented"].items())
        lines += [f"Baris uji yang ditambahkan pada salinan karena masih kosong: {made}.", ""]
    lines += [
        "## Konfigurasi tujuan",
        "",
        *table(
            ["Sidik jari sebelum rilis, tercatat", target["fingerprint_recorded"][:16] or "tidak tercatat"],
            ["Sidik jari setelah rollback", target["fingerprint_reached"][:16] or "–"],
            ["Tabel", target["tables"]],
            ["Baris", thousands(target["rows"])],
        ),
        "## Prosedur",
        "",
        "Pada salinan: rollback dari rilis terakhir, lalu rilis lagi"
        " (didahului rilis bila ada migrasi yang menunggu). Migrasi yang ditarik dan diterapkan kembali:",
        "",
        *(f"- {name}" for name in initial["migrations"]),
        "",
    ]
    for stage in document["procedure"]:
        lines += [f"### {stage['stage'].capitalize()}", "", *steps_table(stage["steps"]), ""]
    lines += [
        "## Durasi",
        "",
        "| Tahap | Detik | Di antaranya pernyataan | Langkah |",
        "|---|---:|---:|---:|",
        *(
            f"| {row['stage']} | {number(row['seconds'])} | {number(row['statements_s'])} | {row['steps'] or '–'} |"
            for row in document["duration"]
        ),
        "",
        "## Analisis kegagalan",
        "",
        *([f"- {line}" for line in document["failures"]] or [NO_FAILURE]),
        *(f"- Catatan: {line}" for line in document["notes"]),
        "",
        "## Dampak",
        "",
        f"{thousands(document['impact']['rows_kept'])} baris dan nilai disimpan (tabel Django sendiri, dan baris uji,"
        " termasuk) dan kembali pada rilis berikutnya:",
        "",
        "| Yang disimpan | Cara | Baris | Nama simpanan |",
        "|---|---|---:|---|",
        *(
            f"| {row['what']} | {WAYS[row['way']]} | {thousands(row['rows'])} | {row['name']} |"
            for row in document["impact"]["kept"]
        ),
        "",
        "## Mitigasi",
        "",
        "| Risiko | Dicegah oleh | Diketahui dari | Diperbaiki dengan |",
        "|---|---|---|---|",
        *(f"| {f['risk']} | {f['prevented']} | {f['detected']} | {f['repaired']} |" for f in document["mitigation"]),
        "",
        "## Bukti",
        "",
        "Baris dan checksum setiap tabel: sebelum rollback, sesudahnya, dan setelah dirilis kembali.",
        "",
        "| Tabel | Sebelum | Setelah rollback | Setelah rilis kembali | Sama |",
        "|---|---|---|---|---|",
        *(
            f"| {row['table']} | {sum_of(row['before'])} | {sum_of(row['back'])} | {sum_of(row['again'])} |"
            f" {'ya' if row['same'] else '**tidak**'} |"
            for row in document["evidence"]["tables"]
        ),
        "",
        *(f"- `/health/ready/` setelah {name}: {text}" for name, text in document["evidence"]["ready"].items() if text),
        "",
        "## Rujukan",
        "",
        *(f"- {line}" for line in document["references"]),
        "",
        "## Istilah",
        "",
        *(f"- **{term}**: {meaning}" for term, meaning in document["terms"].items()),
        "",
        "## Riwayat perubahan",
        "",
        "| Versi | Tanggal | Oleh | Perubahan |",
        "|---|---|---|---|",
        *(f"| {r['version']} | {r['at']} | {r['by']} | {r['change']} |" for r in document["revisions"]),
        "",
    ]
    return "\n".join(lines)


def table(*rows: list) -> list[str]:
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows), ""]


def steps_table(steps: list[dict], most: int = 40) -> list[str]:
    """The slowest steps in the order of their execution; all of them are in the JSON."""
    slowest = sorted(steps, key=lambda step: -(step["milliseconds"] or 0))[:most]
    chosen = sorted(slowest, key=lambda step: step["number"])
    lines = ["| Langkah | Migrasi | Operasi | Jenis | ms |", "|---:|---|---|---|---:|"]
    for step in chosen:
        operation = step["operation"].replace("|", "/")
        lines.append(
            f"| {step['number']} | {step['migration']} | {operation} | {KINDS[step['kind']]} | {step['milliseconds']} |"
        )
    if len(steps) > most:
        lines += ["", f"{len(steps)} langkah; ditampilkan {most} yang terlama, semuanya ada di berkas JSON."]
    return lines


def sum_of(pair) -> str:
    return f"{thousands(pair[0])} · {str(pair[1])[:16] or '–'}" if pair else "–"


def number(value) -> str:
    return "–" if value is None else f"{value:.1f}".replace(".", ",")


def thousands(value) -> str:
    return f"{value or 0:,}".replace(",", ".")


def write(document: dict, folder: Path, stem: str) -> Path:
    """`stem`.md and `stem`.json in `folder`, with a number where they are taken; the path without an ending."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [stem, *(f"{stem}-{number}" for number in range(2, 100))]
    path = next(folder / name for name in names if not (folder / f"{name}.json").exists())
    path.with_suffix(".json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    path.with_suffix(".md").write_text(markdown(document))
    return path
