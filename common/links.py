"""Addresses that hand a point over to the phone's own maps app. No key, no call of ours."""

from urllib.parse import quote


def links_to(lat: float | None, lon: float | None, label: str) -> dict[str, str] | None:
    """geo: (Android's chooser), Google Maps and Waze; None where there is no point. Debts never go into `label`."""
    if lat is None or lon is None:
        return None
    point = f"{lat:.6f},{lon:.6f}"
    return {
        "geo": f"geo:{point}?q={point}({label if label.isalnum() else quote(label)})",
        "google": f"https://www.google.com/maps/dir/?api=1&destination={point}&dir_action=navigate",
        "waze": f"https://waze.com/ul?ll={point}&navigate=yes",
    }
