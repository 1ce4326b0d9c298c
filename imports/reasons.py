"""What each reason word says to the person who has to mend the file."""

MESSAGES = {
    "no_nd": "The service number (ND) is empty. Fill it in and send the row again.",
    "scientific": "A spreadsheet rounded the service number and its last digits are lost. Take it from "
    "the source again, the column set to text.",
    "bad_nd": "A service number has 11 to 13 digits and nothing else. Correct it and send the row again.",
    "no_number": "The work-order number is empty. Fill it in and send the row again.",
    "no_code": "The ODP's name is empty. Fill it in and send the row again.",
    "no_username": "The user name is empty. Fill it in and send the row again.",
    "bad_username": "A user name has letters, digits and . _ - + @ only. Correct it and send the row again.",
    "no_result": "The result of the visit is empty. Fill it in and send the row again.",
    "no_name": "The name is empty; the row was taken without one.",
    "no_area_code": "The code of the area is empty. Fill it in and send the row again.",
    "bad_area_code": "This is no code of a regency (32.14), district (32.14.06) or village (32.14.06.2011). "
    "Correct it, or say with --kind what the rows are.",
    "outside_country": "This point lies outside Indonesia. Write latitude and longitude in decimal degrees.",
    "bad_boundary": "This is no closed Polygon or MultiPolygon within Indonesia, longitude before latitude. Draw it "
    "again, or export it in WGS84.",
    "empty_area": "The row has neither a point nor a boundary nor a witel, so it says nothing. Fill one in.",
    "extra_fields": "The row has more fields than the header, so its values stand under wrong headings. "
    "Put fields that contain the delimiter in quotes.",
    "unknown_witel": "This witel is not one of ours, or none is written. Write its code or name as in the "
    "list of witel.",
    "bad_date": "This is no date we can read. Write it as 2026-10-31.",
    "no_date": "The date is empty. Write it as 2026-10-31.",
    "no_period": "The period is empty. Write it as 202610.",
    "bad_period": "This is no bill period. Write it as 202610.",
    "no_amount": "The amount is empty. Write whole rupiah, such as 387500.",
    "bad_amount": "This is no amount in rupiah of zero or more. Write it as 387500.",
    "no_status": "The payment state is empty. Write LUNAS, BELUM or SEBAGIAN.",
    "bad_status": "This is no payment state we know. Write LUNAS, BELUM or SEBAGIAN.",
    "bad_role": "This is no role we know. Write AGENT, SUPERVISOR, REGION_MANAGER, TECHNICIAN, ANALYST, "
    "ADMIN or AUDITOR.",
    "bad_flag": "This is neither yes nor no. Write YA or TIDAK.",
    "bad_number": "This is no number; it was left out.",
    "phone_unreadable": "A telephone number here cannot be read; it was left out. Write it as 081234567890.",
    "point_unreadable": "These coordinates cannot be read; they were left out. Write latitude and "
    "longitude in decimal degrees.",
    "too_long": "The text is too long and was left out, because half of it could mislead. Shorten it.",
    "nul_byte": "The text contains a NUL character: the export is damaged. Export it again.",
    "formula": "This text is a formula that a spreadsheet would run; no row of a feed needs one. Remove it and "
    "send the row again.",
    "superseded": "A later row of this file has the same key and says something else; the later one counts.",
}
